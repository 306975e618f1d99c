/** The little language of patterns: `通帳…(おろせない|下ろせない)`, `〈親〉…叩`, where `…` is a gap within a sentence. */

export type Alternative = { readonly literal: string } | { readonly group: string };

export interface PatternPart {
  readonly alternatives: readonly Alternative[];
  /** Characters that may stand before this part: 0 right after, GAP after `…`. */
  readonly gap: number;
}

/** How many characters `…` may stand for. */
const GAP = 16;

/** undefined when parentheses or brackets do not close, or nothing is left to search for. */
export function parsePattern(pattern: string): PatternPart[] | undefined {
  const parts: PatternPart[] = [];
  let gap = 0;
  for (let at = 0; at < pattern.length; ) {
    const c = pattern[at]!;
    if (c === '…') {
      gap = GAP;
      at++;
      continue;
    }
    const close = { '(': ')', '〈': '〉' }[c];
    const end = close === undefined ? plainEnd(pattern, at) : pattern.indexOf(close, at);
    if (end < 0) return undefined;
    const piece = close === undefined ? pattern.slice(at, end) : pattern.slice(at + 1, end);
    const alternatives = c === '〈' ? [{ group: piece }] : piece.split('|').map(alternative);
    if (alternatives.some((a) => ('group' in a ? a.group : a.literal) === '')) return undefined;
    parts.push({ alternatives, gap: parts.length === 0 ? 0 : gap });
    gap = 0;
    at = close === undefined ? end : end + 1;
  }
  return parts.length === 0 ? undefined : parts;
}

function alternative(text: string): Alternative {
  const group = /^〈(.+)〉$/u.exec(text.trim());
  return group ? { group: group[1]! } : { literal: text.trim() };
}

function plainEnd(pattern: string, from: number): number {
  const rest = pattern.slice(from).search(/[…(〈]/u);
  return rest < 0 ? pattern.length : from + rest;
}
