import { countGraphemes } from '#support/graphemes.ts';

const segmenter = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** Length as LINE counts labels: grapheme clusters. */
export const graphemes = countGraphemes;

/** Shortens to at most `limit` grapheme clusters, with 「…」 as the last one. */
export function clip(text: string, limit: number): string {
  // A cluster has at least one unit.
  if (text.length <= limit || countGraphemes(text) <= limit) return text;
  const parts = [...segmenter.segment(text)];
  return `${parts
    .slice(0, limit - 1)
    .map((part) => part.segment)
    .join('')}…`;
}
