/** One good question instead of a list of ten: asked when the first need is not sure, between the needs that came out on top. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Assessment } from '#contracts/assessment.ts';
import { NEEDS, type Need, needSchema } from '#contracts/labels.ts';

export interface SplittingQuestion {
  question: string;
  /** Two or three; labels of at most 20 characters. */
  choices: { label: string; need: Need }[];
}

const label = z.string().min(1).max(20);
const questionsSchema = z.strictObject({
  question: z.string().min(1),
  names: z.record(needSchema, label),
  pairs: z.array(
    z.strictObject({
      needs: z.tuple([needSchema, needSchema]),
      question: z.string().min(1),
      names: z.partialRecord(needSchema, label),
    }),
  ),
});
export type Questions = z.infer<typeof questionsSchema>;

/** A need this much less likely than the first is not worth asking about. */
const WORTH_ASKING = 0.25;

/**
 * The question for an assessment, or null when there is nothing to split: a crisis, a sure answer, no second need near the first.
 * `questions`: those of another folder, from `readQuestions`; by default the project's own, read at the first call.
 */
export function splittingQuestion(
  assessment: Assessment,
  questions: Questions = ownQuestions(),
): SplittingQuestion | null {
  const { needs, scope, crisis, confident } = assessment;
  const first = needs[0];
  if (crisis !== 'none' || scope !== 'need' || confident || first === undefined) return null;
  const near = needs.slice(0, 3).filter(({ score }) => score >= first.score * WORTH_ASKING);
  if (near.length < 2) return null;
  const pair =
    near.length === 2 ? questions.pairs.find(({ needs: two }) => near.every((n) => two.includes(n.need))) : undefined;
  return {
    question: pair?.question ?? questions.question,
    choices: near.map(({ need }) => ({ need, label: pair?.names[need] ?? questions.names[need] })),
  };
}

let own: Questions | undefined;

function ownQuestions(): Questions {
  own ??= readQuestions(path.join(import.meta.dirname, '../../dictionaries'));
  return own;
}

/** Reads `dictionaries/questions.yaml`. Throws a ZodError when it is not of the form described there. */
export function readQuestions(dictionariesDir: string): Questions {
  const questions = questionsSchema.parse(parse(readFileSync(path.join(dictionariesDir, 'questions.yaml'), 'utf8')));
  const missing = NEEDS.filter((need) => questions.names[need] === undefined);
  if (missing.length > 0) throw new Error(`questions.yaml: names lacks ${missing.join(', ')}`);
  return questions;
}
