/** Somebody adds the account (new, or back after a block), or blocks it. */
import type { Incoming } from '#contracts/event.ts';
import { begin, sayAgain } from './say-again.ts';
import type { Talk } from './talk.ts';

export async function follow(talk: Talk, event: Extract<Incoming, { type: 'follow' }>): Promise<void> {
  const known = talk.contact.blocked || talk.session !== null;
  talk.contact = { ...talk.contact, blocked: false };
  // LINE: `isUnblocked` is a hint, not exact; what we know of the contact decides too.
  if (event.back || known) return sayAgain(talk, talk.script.texts['reply.follow_back']);
  return begin(talk, talk.now);
}

/** R12: pushes stop, the address goes, the retention clock starts. Bookings and tickets stay for the counsellor. */
export async function unfollow(talk: Talk): Promise<void> {
  const { talk: days } = talk.script.municipality.retentionDays;
  talk.contact = { ...talk.contact, blocked: true, address: null, expiresAt: talk.now + days * 86_400_000 };
}
