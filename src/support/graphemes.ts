/** Length in grapheme clusters (👨‍👩‍👧 is 1), as LINE counts labels. */
const segmenter = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** Printable ASCII, kana, common kanji, full-width forms: one unit each, and none of them joins with another. */
const PLAIN = /^[\x20-\x7e\u3000-\u3029\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\uff01-\uff60]*$/u;

export function countGraphemes(text: string): number {
  // The segmenter is slow, and nearly every label is plain.
  if (PLAIN.test(text)) return text.length;
  let n = 0;
  for (const _ of segmenter.segment(text)) n++;
  return n;
}

/** The first `limit` clusters. */
export function firstGraphemes(text: string, limit: number): string {
  if (PLAIN.test(text)) return text.slice(0, limit);
  let n = 0;
  for (const { index } of segmenter.segment(text)) if (n++ === limit) return text.slice(0, index);
  return text;
}
