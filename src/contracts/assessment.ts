/** What triage says about a text: the labels, how sure it is, and the words that made it so. */
import { z } from 'zod';
import { aboutSchema, concernSchema, crisisSchema, needSchema, scopeSchema } from './labels.ts';

export const evidenceSchema = z.strictObject({
  /** The resident's own words, as written; empty for a weight that has no single place in the text. */
  words: z.string(),
  /** `rule`: an entry of a dictionary file; `weight`: a learned weight. */
  by: z.enum(['rule', 'weight']),
  /** The label this speaks for, e.g. `need:livelihood`, `crisis:suicide`, `about:family`, `scope:other`. */
  label: z.string(),
  /** Its part in that label's score; negative where it speaks against. */
  score: z.number(),
  /**
   * Of an explanation only (and of what earlier versions kept): which entry or feature, as staff find it (file:line for a
   * rule, the feature's name for a weight), and the UTF-16 range [start, end) of `words` in the text, where there is one.
   */
  source: z.string().optional(),
  start: z.int().nonnegative().optional(),
  end: z.int().nonnegative().optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const assessmentSchema = z.strictObject({
  /** Strongest first; score is the calibrated probability 0…1. Empty when scope is `unclear` or `other`. */
  needs: z.array(z.strictObject({ need: needSchema, score: z.number().min(0).max(1) })),
  scope: scopeSchema,
  about: aboutSchema,
  crisis: crisisSchema,
  /** True when the first need is sure enough to act on without a splitting question. */
  confident: z.boolean(),
  /** What speaks for the needs and the crisis; in an explanation, for everything that was found. */
  evidence: z.array(evidenceSchema),
  /** The kinds of trouble of the standard form; at most one is `most` (◎). */
  concerns: z.array(z.strictObject({ concern: concernSchema, most: z.boolean() })),
});
export type Assessment = z.infer<typeof assessmentSchema>;
/** An assessment for staff who ask why. */
export interface Explanation extends Assessment {
  evidence: (Evidence & { source: string })[];
}
