/**
 * The reminder of a booked time, on the day before at a decent hour. It carries time and place only (R3). Whoever comes
 * because of violence gets none unless they asked: somebody else may be looking at the screen (R31).
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Slot } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { addDays, dayOf } from '#engine/japan-time.ts';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import { momentOf } from './opening-hours.ts';

/** Japan time. */
const REMIND_AT = '17:00';

export const reminderId = (ticket: string): string => `reminder|${ticket}`;

/** Puts the ticket's reminder as its booking now is: anew, moved, or away. */
export async function setReminder(
  draft: Draft,
  options: { municipality: Municipality; ticket: Ticket; now: number },
): Promise<void> {
  const reminder = reminderFor(options.municipality, options.ticket, options.now);
  if (reminder === null) await draft.delete('timer', reminderId(options.ticket.id));
  else await draft.put('timer', reminderId(options.ticket.id), reminder);
}

/** @returns null when there is nothing to be reminded of, or its moment has passed. */
function reminderFor(municipality: Municipality, ticket: Ticket, now: number): Body<'timer'> | null {
  const { booking } = ticket;
  if (booking === null || !isStanding(ticket) || !wantsReminder(ticket)) return null;
  const { start, window } = booking.slot;
  const at = momentOf(addDays(dayOf(start), -1), REMIND_AT);
  if (at <= now) return null;
  return {
    at,
    what: 'reminder',
    contact: ticket.contact,
    ticket: ticket.id,
    data: { window, start: String(start), place: placeOf(municipality, booking.slot) },
  };
}

/** Where to go, for who comes to the window; empty when it is not known or nobody has to go anywhere. */
export function placeOf(municipality: Municipality, slot: Slot): string {
  const place = municipality.windows.find((one) => one.id === slot.window)?.place;
  if (slot.way !== 'visit' || place === undefined) return '';
  return typeof place === 'object' ? place.value : place;
}

/** Look again before sending: the booking still stands, at the time the timer was set for. */
export function stillDue(ticket: Ticket | null, timer: Body<'timer'>): boolean {
  return (
    ticket !== null &&
    isStanding(ticket) &&
    ticket.booking?.slot.start === Number(timer.data.start) &&
    ticket.state !== 'closed'
  );
}

/** R31: not to whoever came because of violence, unless they asked. */
export function wantsReminder(ticket: Ticket): boolean {
  if (ticket.answers.reminder?.text?.startsWith('はい') === true) return true;
  const violent = ticket.crisis === 'violence' || ticket.crisis === 'child_abuse';
  return !violent && !ticket.needs.some(({ need }) => need === 'abuse');
}

const isStanding = (ticket: Ticket): boolean =>
  ticket.booking !== null && (ticket.booking.state === 'booked' || ticket.booking.state === 'moved');
