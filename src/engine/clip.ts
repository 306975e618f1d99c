const segmenter = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** Length as LINE counts labels: grapheme clusters. */
export const graphemes = (text: string): number => [...segmenter.segment(text)].length;

/** Shortens to at most `limit` grapheme clusters, with 「…」 as the last one. */
export function clip(text: string, limit: number): string {
  const parts = [...segmenter.segment(text)];
  if (parts.length <= limit) return text;
  return `${parts
    .slice(0, limit - 1)
    .map((part) => part.segment)
    .join('')}…`;
}
