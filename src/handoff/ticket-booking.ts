/** Staff move or cancel a booking: the ticket, the place and the reminder change together, in one unit of work. */
import type { Municipality } from '#contracts/municipality.ts';
import type { Slot } from '#contracts/session.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from './audit.ts';
import { cancelHandOff } from './cancel-hand-off.ts';
import { confirmBooking, moveBooking } from './claims.ts';
import { withBooking } from './hand-off.ts';
import { setReminder } from './reminders.ts';
import { isLegal, type Outcome } from './transitions.ts';

interface Request {
  ticket: string;
  by: string;
  now: number;
  ids: Ids;
}

/** @returns the ticket as the draft leaves it. */
export async function cancelTicketBooking(draft: Draft, request: Request): Promise<Outcome> {
  const ticket = await draft.get('ticket', request.ticket);
  if (!ticket || !isLegal(ticket, 'cancelBooking')) return { ok: false, why: 'wrong_state' };
  if (!(await cancelHandOff(draft, request))) return { ok: false, why: 'no_booking' };
  return { ok: true, ticket: (await draft.get('ticket', request.ticket))! };
}

/** Moves the booking, or books when there is none. A place that is not free changes nothing. */
export async function moveTicketBooking(
  draft: Draft,
  request: Request & { municipality: Municipality; slot: Slot; hold?: string | null },
): Promise<Outcome> {
  const { municipality, slot, now, by, ids } = request;
  const ticket = await draft.get('ticket', request.ticket);
  if (!ticket || !isLegal(ticket, 'moveBooking')) return { ok: false, why: 'wrong_state' };
  const { id, contact } = ticket;
  const wanted = { municipality, slot, contact, id: ids.id(), now, hold: request.hold ?? null, ticket: id };
  const from = ticket.booking?.state === 'booked' || ticket.booking?.state === 'moved' ? ticket.booking.id : null;
  const booked = from === null ? await confirmBooking(draft, wanted) : await moveBooking(draft, { ...wanted, from });
  if (booked.taken) return { ok: false, why: 'slot_taken' };
  const moved = withBooking(municipality, ticket, booked.booking, booked.slot, now, by);
  await draft.put('ticket', id, moved);
  await setReminder(draft, { municipality, ticket: moved, now });
  writeAudit(draft, { at: now, by, action: 'booking.move', subject: id, detail: { start: String(slot.start) } }, ids);
  return { ok: true, ticket: moved };
}
