/**
 * Who speaks. While a member of staff has the floor the bot is silent: what the resident writes goes to the ticket, and
 * the counsellor answers. The floor returns to the bot by click or by time.
 */
import type { Incoming } from '#contracts/event.ts';
import { freeReplyOf } from './staff-speaks.ts';
import type { Talk } from './talk.ts';

/** @returns true when a human has the floor and the event is theirs. */
export async function toHuman(talk: Talk, event: Extract<Incoming, { type: 'text' | 'media' }>): Promise<boolean> {
  const floor = talk.contact.floor;
  if (floor === null || floor.until <= talk.now) {
    if (floor !== null) talk.contact = { ...talk.contact, floor: null };
    return false;
  }
  const ticket = await talk.draft.get('ticket', floor.ticket);
  if (!ticket) return false;
  talk.contact = { ...talk.contact, freeReply: freeReplyOf(event) };
  const heard = event.type === 'text' ? [{ messageId: event.messageId, text: event.text, at: event.at }] : [];
  await talk.draft.put('ticket', floor.ticket, {
    ...ticket,
    words: [...ticket.words, ...heard],
    updatedAt: talk.now,
    history: [...ticket.history, { at: talk.now, by: 'resident', what: 'wrote', detail: { kind: event.type } }],
  });
  return true;
}
