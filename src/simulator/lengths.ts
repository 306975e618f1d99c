/** LINE's two units of length. Zod's own `max` counts a third one (code points), so it is not used for LINE's limits. */
import { z } from 'zod';

const segmenter = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** A text counted in UTF-16 code units. */
export function units(min: number, max: number): z.ZodString {
  return z.string().refine((text) => text.length >= min && text.length <= max, {
    error: ({ input }) => (input === '' ? 'May not be empty' : `Length must be between ${min} and ${max}`),
  });
}

/** A text counted in grapheme clusters: labels, and what a button says. */
export function graphemes(min: number, max: number): z.ZodString {
  const fits = (text: string): boolean => {
    if (text.length < min) return false;
    return text.length <= max || [...segmenter.segment(text)].length <= max;
  };
  return z.string().refine(fits, `Length must be between ${min} and ${max}`);
}

export const label20 = graphemes(1, 20);
/** Characters outside ASCII must be percent-encoded. */
export const httpsUrl = units(1, 2000).regex(/^https:\/\/[!-~]+$/u, 'invalid uri');
