import type { Facts, Heard, Session } from '#contracts/session.ts';
import { copy } from '#support/copy.ts';

/**
 * Takes back what a withdrawn message said, everywhere in the session, earlier waits included (R7). Places in the
 * order of things said stay, without words; the crisis flag stays (R8).
 */
export function withdraw(session: Session, messageId: string): Session {
  const copied = copy(session);
  const earlier = [...copied.trail, ...copied.stack].flatMap((wait) => wait.facts ?? []);
  for (const facts of [copied.facts, ...earlier]) clear(facts, messageId);
  return copied;
}

function clear(facts: Facts, messageId: string): void {
  const gone = (heard: Heard): Heard => (heard.messageId === messageId ? { ...heard, text: null } : heard);
  facts.heard = facts.heard.map(gone);
  facts.household = facts.household.map(gone);
  facts.consideration = facts.consideration.map(gone);
  for (const key of ['nickname', 'name', 'phone', 'safeHours'] as const) {
    const heard = facts[key];
    if (heard?.messageId === messageId) facts[key] = null;
  }
  for (const [key, heard] of Object.entries(facts.answers)) facts.answers[key] = gone(heard);
  clearEvidence(facts);
}

/** Evidence names words of the text; those that stand in no remaining message go too. */
function clearEvidence(facts: Facts): void {
  const left = [...facts.heard, ...facts.household].map((heard) => heard.text ?? '').join('\n');
  if (facts.assessment === null) return;
  facts.assessment.evidence = facts.assessment.evidence.map((evidence) => {
    if (evidence.words === '' || left.includes(evidence.words)) return evidence;
    // A learned feature's name may be a word of the text as well.
    const { start: _start, end: _end, ...rest } = evidence;
    return { ...rest, words: '', source: evidence.by === 'weight' ? '' : evidence.source };
  });
}
