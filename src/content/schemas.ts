/** Schemas of the files in `flows/common/` that only this room reads. */
import { z } from 'zod';
import { crisisLineSchema } from '#contracts/municipality.ts';
import { REPAIRS } from '#contracts/texts.ts';

/** Two levels: `confirm: { ask: … }` is the wording `confirm.ask`. */
export const textsFileSchema = z.record(z.string(), z.record(z.string(), z.string().min(1).max(5000)));

export const repairFileSchema = z.strictObject(
  Object.fromEntries(REPAIRS.map((name) => [name, z.array(z.string().min(1)).min(1)])) as Record<
    (typeof REPAIRS)[number],
    z.ZodArray<z.ZodString>
  >,
);

export const crisisLinesFileSchema = z.array(crisisLineSchema).min(1);

export const SPEAKERS = ['child', 'parent', 'neighbour', 'adult'] as const;
export type Speaker = (typeof SPEAKERS)[number];
export const CRISIS_KINDS = ['suicide', 'violence', 'child_abuse', 'medical'] as const;
export type CrisisKind = (typeof CRISIS_KINDS)[number];

const screenSchema = z.strictObject({ say: z.string().min(1).max(1000), lines: z.array(z.string()).min(1) });
const kindSchema = z.strictObject({
  adult: screenSchema,
  child: screenSchema,
  neighbour: screenSchema,
  parent: screenSchema,
});
export const crisisFileSchema = z.strictObject({
  tell: z.string(),
  continue: z.string(),
  lines_lead: z.string(),
  open: z.string(),
  closed: z.string(),
  call: z.string(),
  speakers: z.strictObject({
    neighbour: z.array(z.string()),
    parent: z.array(z.string()),
    child: z.array(z.string()),
  }),
  kinds: z.strictObject({ suicide: kindSchema, violence: kindSchema, child_abuse: kindSchema, medical: kindSchema }),
});
export type CrisisFile = z.infer<typeof crisisFileSchema>;
