/**
 * The hand-off in one unit of work: ticket opened or brought up to date, held place booked or booking moved, reminder set,
 * audit line written. Either all of it stands in the draft, or (`slot_taken`) nothing.
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Facts, Result, Slot } from '#contracts/session.ts';
import type { Booking, Ticket } from '#contracts/ticket.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from './audit.ts';
import { type Booked, confirmBooking, moveBooking } from './claims.ts';
import { overallConsent } from './consent.ts';
import { putIntroduced, withIntroduction } from './introduction.ts';
import { openTicket, updateTicket } from './open-ticket.ts';
import { setReminder } from './reminders.ts';

export type HandOffResult = Extract<Result, { type: 'handoff' | 'slot_taken' }>;

export interface HandOff {
  municipality: Municipality;
  facts: Facts;
  contact: string;
  channel: Ticket['channel'];
  urgent: boolean;
  /** A report about somebody who was not asked (アウトリーチ): marked in the history; it claims no consent. */
  outreach?: boolean;
  now: number;
  ids: Ids;
}

/** The contact's record is left alone: the caller notes the ticket there (R18). */
export async function handOff(draft: Draft, options: HandOff): Promise<HandOffResult> {
  const { municipality, now, ids, facts } = options;
  const { ticket: before, isNew } = await ticketOf(draft, options);
  let ticket = before;
  if (facts.slot !== null) {
    const booked = await book(draft, options, ticket, facts.slot);
    if (booked?.taken) return { type: 'slot_taken' };
    if (booked) ticket = withBooking(municipality, ticket, booked.booking, booked.slot, now);
  }
  if (!isNew) ticket = atChosenWindow(municipality, ticket, facts);
  if (options.outreach === true) ticket = asOutreach(ticket, now);
  ticket = withIntroduction(municipality, ticket, now);
  await putIntroduced(draft, ticket);
  await setReminder(draft, { municipality, ticket, now });
  const action = isNew ? 'ticket.open' : 'ticket.update';
  writeAudit(draft, { at: now, by: 'resident', action, subject: ticket.id, detail: { window: ticket.window } }, ids);
  const { receipt, callBackCode } = ticket;
  const booking = ticket.booking !== null && ticket.booking.state !== 'cancelled' ? ticket.booking.id : null;
  return { type: 'handoff', ticket: ticket.id, receipt, booking, callBackCode };
}

async function ticketOf(draft: Draft, options: HandOff): Promise<{ ticket: Ticket; isNew: boolean }> {
  const { municipality, facts, contact, channel, now, ids, urgent } = options;
  const known = facts.ticket === null ? null : await draft.get('ticket', facts.ticket);
  // A closed case is not reopened by a resident's new words: they make a new ticket.
  if (known && known.contact === contact && known.state !== 'closed') {
    return { ticket: updateTicket(known, facts, { now, urgent }), isNew: false };
  }
  const callBackCode = facts.callBackCode ?? ids.callBackCode();
  const meta = { id: ids.id(), receipt: ids.receipt(), callBackCode, contact, channel, now, urgent };
  return { ticket: openTicket(municipality, facts, meta), isNew: true };
}

/** @returns null when the ticket has this very booking already (the turn ran twice). */
async function book(draft: Draft, options: HandOff, ticket: Ticket, slot: Slot): Promise<Booked | null> {
  const { municipality, facts, contact, now, ids } = options;
  const standing = ticket.booking !== null && ticket.booking.state !== 'cancelled' ? ticket.booking : null;
  if (facts.hold === null && standing !== null && sameTime(standing.slot, slot)) return null;
  const wanted = { municipality, slot, contact, id: ids.id(), now, hold: facts.hold, ticket: ticket.id };
  return standing === null ? confirmBooking(draft, wanted) : moveBooking(draft, { ...wanted, from: standing.id });
}

/** The ticket with its booking at that time; who had one before has moved it. */
export function withBooking(
  municipality: Municipality,
  ticket: Ticket,
  id: string,
  slot: Slot,
  now: number,
  by = 'resident',
): Ticket {
  const place = municipality.windows.find((one) => one.id === slot.window)?.place;
  const moved = ticket.booking !== null && ticket.booking.state !== 'cancelled';
  const booking: Booking = {
    id,
    slot,
    state: moved ? 'moved' : 'booked',
    place: (typeof place === 'object' ? place.value : place) ?? null,
  };
  const detail = { window: slot.window, start: String(slot.start), way: slot.way };
  return {
    ...ticket,
    way: slot.way,
    booking,
    updatedAt: now,
    history: [...ticket.history, { at: now, by, what: moved ? 'booking_moved' : 'booked', detail }],
  };
}

/** A resident may choose another window until one took the ticket up; a notice of danger stays where it must be (R28). */
function atChosenWindow(municipality: Municipality, ticket: Ticket, facts: Facts): Ticket {
  const chosen = facts.slot?.window ?? facts.window;
  if (chosen === null || chosen === ticket.window || ticket.state !== 'new' || ticket.crisis !== 'none') return ticket;
  if (!municipality.windows.some((window) => window.id === chosen)) return ticket;
  return { ...ticket, window: chosen, consent: overallConsent(ticket.consents, chosen) };
}

const sameTime = (a: Slot, b: Slot): boolean => a.window === b.window && a.start === b.start;

/** R25: nobody asked the person it is about, so nothing is consented to, whatever the reporter agreed to for themselves. */
function asOutreach(ticket: Ticket, now: number): Ticket {
  const marked = ticket.history.some((entry) => entry.what === 'outreach');
  const history = marked
    ? ticket.history
    : [...ticket.history, { at: now, by: 'resident', what: 'outreach', detail: {} }];
  return { ...ticket, history, consent: 'none' };
}
