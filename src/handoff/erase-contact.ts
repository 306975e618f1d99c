/**
 * 「データを消す」 (R12): deletes what is the resident's to delete, and says what is kept. A ticket that a window has taken up
 * is a record of the public body, and a notice of danger must stay (R28): both are kept for their time (R23), without name,
 * telephone and the other ways to reach the person. Everything else goes now.
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from './audit.ts';
import { touchTimer } from './cases/touch.ts';
import { cancelBooking, releaseHold } from './claims.ts';
import { placeTimer } from './introduction.ts';
import { reminderId } from './reminders.ts';
import { sessionOf } from './session-of.ts';

/** The contact's record stays so long that the farewell can still be sent. */
const FAREWELL_MS = 24 * 3_600_000;
const PAGE = 500;

export interface Erased {
  /** Kinds and ids of what is gone. */
  deleted: string[];
  kept: { ticket: string; receipt: string; why: 'taken_up' | 'crisis' }[];
}

export async function eraseContact(
  draft: Draft,
  options: { municipality: Municipality; contact: string; now: number; ids: Ids },
): Promise<Erased> {
  const { contact, now, ids } = options;
  const deleted: string[] = [];
  const kept: Erased['kept'] = [];
  const messages = new Set<string>();
  const drop = async (
    kind: 'ticket' | 'timer' | 'outgoing' | 'unmatched' | 'touch' | 'page_message',
    id: string,
  ): Promise<void> => {
    await draft.delete(kind, id);
    deleted.push(`${kind}/${id}`);
  };

  const known = await draft.get('contact', contact);
  const session = known && (await sessionOf(draft, contact, known));
  if (session) {
    for (const heard of session.facts.heard) messages.add(heard.messageId);
    const { hold } = session.facts;
    if (hold !== null) await releaseHold(draft, { hold, contact });
    // The talk stands in the contact's record, which is emptied below; an earlier version's goes by itself.
    if (known.talk === undefined) await draft.delete('session', contact);
    deleted.push(`session/${contact}`);
  }
  for (const id of await ticketsOf(draft, contact)) {
    const ticket = await draft.get('ticket', id);
    if (!ticket) continue;
    for (const heard of ticket.words) messages.add(heard.messageId);
    // Nobody is asked any more how it goes.
    if (await draft.get('touch', id)) await drop('touch', id);
    if (await draft.get('timer', touchTimer(id))) await drop('timer', touchTimer(id));
    if (await draft.get('timer', placeTimer(id))) await drop('timer', placeTimer(id));
    const why = mustStay(ticket);
    if (why !== null) {
      await draft.put('ticket', id, nameless(ticket, now));
      kept.push({ ticket: id, receipt: ticket.receipt, why });
      continue;
    }
    if (ticket.booking !== null) await cancelBooking(draft, { booking: ticket.booking.id });
    await drop('ticket', id);
    if (await draft.get('timer', reminderId(id))) await drop('timer', reminderId(id));
  }
  for (const messageId of messages) {
    if (messageId === '') continue;
    for (const row of await draft.list('unmatched', 'message', { prefix: messageId, limit: 10 })) {
      if (row.body.messageId === messageId) await drop('unmatched', row.id);
    }
  }
  // What is on its way out just now is left to the outbox.
  for (const row of await draft.list('outgoing', 'contact', { prefix: `${contact}|`, limit: PAGE })) {
    if (row.body.state !== 'waiting' && row.body.state !== 'sending') await drop('outgoing', row.id);
  }
  for (const row of await draft.list('page_message', 'contact', { prefix: `${contact}|`, limit: 5_000 })) {
    await drop('page_message', row.id);
  }
  const visit = await draft.get('page_session', contact);
  if (visit) await draft.put('page_session', contact, { ...visit, remindTo: null });
  await emptyContact(draft, contact, kept, now);
  const counts = { deleted: String(deleted.length), kept: String(kept.length) };
  writeAudit(draft, { at: now, by: 'resident', action: 'contact.erase', subject: contact, detail: counts }, ids);
  return { deleted, kept };
}

function mustStay(ticket: Ticket): 'taken_up' | 'crisis' | null {
  if (ticket.crisis !== 'none') return 'crisis';
  return ticket.state === 'new' && ticket.assignee === null && (ticket.passes ?? []).length === 0 ? null : 'taken_up';
}

/** The work goes on; who it was can no longer be told, except by the call-back code the person has. */
function nameless(ticket: Ticket, now: number): Ticket {
  return {
    ...ticket,
    nickname: null,
    name: null,
    phone: null,
    safeHours: null,
    ...(ticket.introduction == null
      ? {}
      : { introduction: { ...ticket.introduction, mayAsk: 'stopped' as const, nextAt: null } }),
    updatedAt: now,
    history: [...ticket.history, { at: now, by: 'resident', what: 'erased', detail: {} }],
  };
}

async function ticketsOf(draft: Draft, contact: string): Promise<string[]> {
  const known = (await draft.get('contact', contact))?.tickets ?? [];
  const rows = await draft.list('ticket', 'contact', { prefix: `${contact}|`, limit: PAGE });
  return [...new Set([...known, ...rows.map((row) => row.id)])];
}

async function emptyContact(draft: Draft, id: string, kept: Erased['kept'], now: number): Promise<void> {
  const contact = await draft.get('contact', id);
  if (!contact) return;
  const tickets = kept.map(({ ticket }) => ticket);
  const { crisis } = contact;
  await draft.put('contact', id, {
    ...contact,
    firstAt: now,
    lastAt: now,
    floor: null,
    greeted: false,
    touch: null,
    crisis: crisis !== null && tickets.includes(crisis.ticket ?? '') ? crisis : null,
    tickets,
    talk: null,
    expiresAt: now + FAREWELL_MS,
  });
}
