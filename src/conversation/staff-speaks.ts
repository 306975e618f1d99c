/**
 * A member of staff speaks to a resident from a ticket. The resident learns that a person writes, not who; staff never learn
 * the LINE account (R6). Whoever speaks has the floor: the bot is silent until it is given back, or the time is over.
 */
import type { Incoming } from '#contracts/event.ts';
import type { Message } from '#contracts/message.ts';
import { writeAudit } from '#handoff/audit.ts';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import { enqueue } from './enqueue.ts';
import type { World } from './talk.ts';

export const FLOOR_MINUTES = 30;
/** LINE: 5,000 UTF-16 units a text message; a reader on a telephone gives up earlier. */
export const LONGEST_ANSWER = 2000;

const STAFF_MARK = '【職員より】';
const HANDED_BACK =
  '職員とのやりとりは、いったんここまでです。ここからは自動の案内がお返事します。何かあれば、またいつでも書いてください。';

export type Speaking =
  | { ok: true; outgoing: string | null }
  | { ok: false; why: 'no_ticket' | 'no_contact' | 'blocked' | 'empty' | 'too_long' | 'floor_taken' };

interface Act {
  ticket: string;
  /** Id of the member of staff. */
  staff: string;
}
type Tools = Pick<World, 'clock' | 'ids'>;

/** Sends words, takes the floor for a while, keeps what was said with the ticket. */
export async function sayToResident(draft: Draft, world: Tools, act: Act & { text: string }): Promise<Speaking> {
  const text = act.text.trim();
  if (text === '') return { ok: false, why: 'empty' };
  if (text.length > LONGEST_ANSWER) return { ok: false, why: 'too_long' };
  const found = await find(draft, act, world.clock.now());
  if (!found.ok) return found;
  const { ticket, contact } = found;
  const now = world.clock.now();
  const messages: Message[] = [{ type: 'text', text: `${STAFF_MARK}\n${text}`, choices: [] }];
  const outgoing = enqueue(draft, world, {
    contact: ticket.contact,
    cause: 'staff',
    messages,
    reply: contact.freeReply ?? null,
    quotes: [],
  });
  await draft.put('contact', ticket.contact, {
    ...contact,
    freeReply: null,
    floor: { staff: act.staff, ticket: ticket.id, until: now + FLOOR_MINUTES * 60_000 },
  });
  const id = world.ids.id();
  await draft.put('ticket', ticket.id, {
    ...ticket,
    updatedAt: now,
    said: [...(ticket.said ?? []), { id, at: now, by: act.staff, text, outgoing }],
    history: [...ticket.history, { at: now, by: act.staff, what: 'answered', detail: {} }],
  });
  writeAudit(
    draft,
    { at: now, by: act.staff, action: 'talk.answer', subject: ticket.id, detail: { outgoing } },
    world.ids,
  );
  return { ok: true, outgoing };
}

/** The bot is silent from now on; nothing is sent. */
export async function takeFloor(draft: Draft, world: Tools, act: Act & { minutes?: number }): Promise<Speaking> {
  const now = world.clock.now();
  const found = await find(draft, act, now);
  if (!found.ok) return found;
  const { ticket, contact } = found;
  const until = now + (act.minutes ?? FLOOR_MINUTES) * 60_000;
  await draft.put('contact', ticket.contact, { ...contact, floor: { staff: act.staff, ticket: ticket.id, until } });
  await draft.put('ticket', ticket.id, {
    ...ticket,
    updatedAt: now,
    history: [...ticket.history, { at: now, by: act.staff, what: 'floor_taken', detail: {} }],
  });
  writeAudit(draft, { at: now, by: act.staff, action: 'talk.floor_taken', subject: ticket.id }, world.ids);
  return { ok: true, outgoing: null };
}

/** @param act.tell the resident is told that the automatic guide answers again (one more message). */
export async function releaseFloor(draft: Draft, world: Tools, act: Act & { tell: boolean }): Promise<Speaking> {
  const now = world.clock.now();
  const ticket = await draft.get('ticket', act.ticket);
  if (!ticket) return { ok: false, why: 'no_ticket' };
  const contact = await draft.get('contact', ticket.contact);
  if (!contact) return { ok: false, why: 'no_contact' };
  const had = contact.floor !== null && contact.floor.ticket === ticket.id;
  const mayTell = act.tell && had && !contact.blocked && contact.address !== null && contact.wordless !== true;
  const outgoing = mayTell
    ? enqueue(draft, world, {
        contact: ticket.contact,
        cause: 'staff',
        messages: [{ type: 'text', text: HANDED_BACK, choices: [] }],
        reply: contact.freeReply ?? null,
        quotes: [],
      })
    : null;
  if (had) await draft.put('contact', ticket.contact, { ...contact, floor: null, freeReply: null });
  await draft.put('ticket', ticket.id, {
    ...ticket,
    updatedAt: now,
    history: [...ticket.history, { at: now, by: act.staff, what: 'floor_released', detail: {} }],
  });
  writeAudit(draft, { at: now, by: act.staff, action: 'talk.floor_released', subject: ticket.id }, world.ids);
  return { ok: true, outgoing };
}

/** The free way to answer that came with a resident's message; young for less than a minute. */
export const freeReplyOf = (event: Incoming): Body<'contact'>['freeReply'] =>
  event.replyToken === undefined ? null : { token: event.replyToken, receivedAt: event.receivedAt };

async function find(draft: Draft, act: Act, now: number) {
  const ticket = await draft.get('ticket', act.ticket);
  if (!ticket) return { ok: false as const, why: 'no_ticket' as const };
  const contact = await draft.get('contact', ticket.contact);
  if (!contact) return { ok: false as const, why: 'no_contact' as const };
  if (contact.blocked || contact.address === null || contact.wordless === true)
    return { ok: false as const, why: 'blocked' as const };
  const { floor } = contact;
  // A colleague is speaking with this person right now, about this or another matter.
  if (floor !== null && floor.until > now && floor.staff !== act.staff) {
    return { ok: false as const, why: 'floor_taken' as const };
  }
  return { ok: true as const, ticket, contact };
}
