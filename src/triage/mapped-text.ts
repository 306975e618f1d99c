/** A text on its way through changes that remembers, for every character, where in the resident's own text it came from. */

export interface MappedText {
  readonly text: string;
  /** For each UTF-16 unit of `text` the unit of the original it stands for; one more at the end for the original's length. */
  readonly origin: readonly number[];
}

/** Replaces every match; all characters of a replacement point at the start of what they replace. */
export function replaceMapped(
  source: MappedText,
  pattern: RegExp,
  replacement: (match: RegExpMatchArray) => string,
): MappedText {
  // Most patterns are not in most texts, and asking is cheaper than starting to replace.
  pattern.lastIndex = 0;
  if (!pattern.test(source.text)) return source;
  let text = '';
  const origin: number[] = [];
  let from = 0;
  pattern.lastIndex = 0;
  for (const match of source.text.matchAll(pattern)) {
    const put = replacement(match);
    if (put === match[0]) continue;
    text += source.text.slice(from, match.index) + put;
    for (let i = from; i < match.index; i++) origin.push(source.origin[i]!);
    for (let i = 0; i < put.length; i++) origin.push(source.origin[match.index + Math.min(i, match[0].length - 1)]!);
    from = match.index + match[0].length;
  }
  if (from === 0) return source;
  text += source.text.slice(from);
  for (let i = from; i < source.origin.length; i++) origin.push(source.origin[i]!);
  return { text, origin };
}

/** The range of the original that [start, end) of the changed text stands for. */
export function originalRange(mapped: MappedText, start: number, end: number): { start: number; end: number } {
  const from = mapped.origin[start] ?? mapped.origin.at(-1)!;
  const lastUnit = mapped.origin[Math.max(start, end - 1)] ?? from;
  const next = mapped.origin[end] ?? mapped.origin.at(-1)!;
  return { start: from, end: Math.max(from, next > lastUnit ? next : lastUnit + 1) };
}
