import { countGraphemes, firstGraphemes } from '#support/graphemes.ts';

/** Shortens to at most `limit` grapheme clusters, with 「…」 as the last one. */
export function clip(text: string, limit: number): string {
  // A cluster has at least one unit.
  if (text.length <= limit || countGraphemes(text) <= limit) return text;
  return `${firstGraphemes(text, limit - 1)}…`;
}
