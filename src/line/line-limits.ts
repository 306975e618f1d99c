/**
 * What LINE refuses beyond (Messaging API reference, 2026-08-07). Lengths are UTF-16 code units (`string.length`) except
 * where `graphemes` is said: LINE counts labels and display texts in grapheme clusters.
 */
export const LINE_LIMITS = {
  messagesPerCall: 5,
  text: 5_000,
  altText: 1_500,
  quickReplies: 13,
  /** Graphemes. */
  quickReplyLabel: 20,
  /** Graphemes. */
  flexLabel: 40,
  /** Graphemes. */
  displayText: 300,
  postbackData: 300,
  uri: 1_000,
  bubblesPerCarousel: 12,
  /** Bytes of JSON in UTF-8. LINE says 30 KB and 50 KB; the smaller reading of "KB" is safe under both. */
  bubbleBytes: 30_000,
  carouselBytes: 50_000,
  firstDate: '1900-01-01',
  lastDate: '2100-12-31',
} as const;

const segmenter = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** @returns the largest cut ≤ `limit` that splits no grapheme cluster; a cluster longer than `limit` is cut between code points. */
export function graphemeCut(text: string, limit: number): number {
  if (text.length <= limit) return text.length;
  const start = segmenter.segment(text).containing(limit)?.index ?? limit;
  if (start > 0) return start;
  const trail = text.charCodeAt(limit);
  return trail >= 0xdc00 && trail <= 0xdfff && limit > 1 ? limit - 1 : limit;
}
