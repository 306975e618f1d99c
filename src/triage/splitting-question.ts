/** One good question between the needs a text leaves open. First version: the names of the top needs. */
import type { Assessment } from '#contracts/assessment.ts';
import { NEED_NAMES, type Need } from '#contracts/labels.ts';

export interface Splitting {
  question: string;
  choices: { label: string; need: Need }[];
}

/** @returns null when there is nothing to split. */
export function splittingQuestion(assessment: Assessment): Splitting | null {
  const top = assessment.needs.slice(0, 2);
  if (top.length < 2) return null;
  return {
    question: 'いま、いちばん困っているのは、どちらに近いですか。',
    choices: top.map(({ need }) => ({ label: NEED_NAMES[need], need })),
  };
}
