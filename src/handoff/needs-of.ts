/** What a talk has learnt about the trouble itself: needs, words, whose it is, whether anybody is in danger. */
import type { Crisis, Need } from '#contracts/labels.ts';
import type { Facts } from '#contracts/session.ts';

export interface ScoredNeed {
  readonly need: Need;
  /** 0…1; 1 once the resident confirmed it. */
  readonly score: number;
  readonly confirmed: boolean;
}

/** Confirmed ones first, in the resident's order, then those assessed and not rejected, strongest first. */
export function needsOf(facts: Facts): ScoredNeed[] {
  const confirmed = facts.confirmedNeeds ?? [];
  const assessed = (facts.assessment?.needs ?? []).filter(
    ({ need }) => !confirmed.includes(need) && !facts.rejectedNeeds.includes(need),
  );
  return [
    ...confirmed.map((need) => ({ need, score: 1, confirmed: true })),
    ...assessed.map(({ need, score }) => ({ need, score, confirmed: false })),
  ];
}

export const crisisOf = (facts: Facts): Crisis => facts.assessment?.crisis ?? 'none';

/** All that was said about the trouble and is not withdrawn, joined as it is given to triage. */
export const wordsOf = (facts: Facts): string =>
  [...facts.heard, ...facts.household].flatMap((heard) => heard.text ?? []).join('\n');

/** @returns whether the words name the topic and do not turn it down (「保育園の話ではなくて」). */
export function namesTopic(words: string, topic: string): boolean {
  const text = words.normalize('NFKC').toLowerCase();
  const wanted = topic.normalize('NFKC').toLowerCase();
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const after = text.slice(at + wanted.length, at + wanted.length + 14);
    if (!/^(?:[^。、\n]{0,5}(?:では|じゃ|でも)な[いく]|以外|は(?:もう)?(?:いい|大丈夫))/u.test(after)) return true;
  }
  return false;
}
