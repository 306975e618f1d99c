/** What triage says about a text: the labels, how sure it is, and the words that made it so. */
import { z } from 'zod';
import { aboutSchema, concernSchema, crisisSchema, needSchema, scopeSchema } from './labels.ts';

export const evidenceSchema = z.strictObject({
  /** The resident's own words, as written; empty for a weight that has no single place in the text. */
  words: z.string(),
  /** UTF-16 range [start, end) of `words` in the text given; both absent when there is no single place. */
  start: z.int().nonnegative().optional(),
  end: z.int().nonnegative().optional(),
  /** `rule`: an entry of a dictionary file; `weight`: a learned weight. */
  by: z.enum(['rule', 'weight']),
  /** Which entry or feature, as staff find it (file:line for a rule, the feature's name for a weight). */
  source: z.string(),
  /** The label this speaks for, e.g. `need:livelihood`, `crisis:suicide`, `about:family`, `scope:other`. */
  label: z.string(),
  /** Its part in that label's score; negative where it speaks against. */
  score: z.number(),
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
  evidence: z.array(evidenceSchema),
  /** The kinds of trouble of the standard form; at most one is `most` (◎). */
  concerns: z.array(z.strictObject({ concern: concernSchema, most: z.boolean() })),
});
export type Assessment = z.infer<typeof assessmentSchema>;
