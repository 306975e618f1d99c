/** What was not understood becomes a work list for the staff who keep the dictionaries, for as long as talks are kept. */
import type { Assessment } from '#contracts/assessment.ts';
import type { Talk } from './talk.ts';

export function keepUnmatched(talk: Talk, assessment: Assessment): void {
  const { event, draft, now, script } = talk;
  if (event.type !== 'text' || assessment.confident || assessment.crisis !== 'none') return;
  draft.add('unmatched', talk.world.ids.id(), {
    at: now,
    messageId: event.messageId,
    text: event.text,
    assessment: `${assessment.scope}:${assessment.needs.map(({ need }) => need).join(',')}`,
    corrected: null,
    expiresAt: now + script.municipality.retentionDays.unmatched * 86_400_000,
  });
}
