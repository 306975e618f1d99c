/** Takes a booked time back: the place is free again, the reminder is gone, the ticket stays with its window. */
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from './audit.ts';
import { cancelBooking } from './claims.ts';
import { reminderId } from './reminders.ts';

/** @returns false when there is nothing (left) to cancel. */
export async function cancelHandOff(
  draft: Draft,
  options: { ticket: string; by: string; now: number; ids: Ids },
): Promise<boolean> {
  const { by, now, ids } = options;
  const ticket = await draft.get('ticket', options.ticket);
  const booking = ticket?.booking;
  if (!ticket || !booking || (booking.state !== 'booked' && booking.state !== 'moved')) return false;
  await cancelBooking(draft, { booking: booking.id });
  await draft.put('ticket', ticket.id, {
    ...ticket,
    booking: { ...booking, state: 'cancelled' },
    updatedAt: now,
    history: [
      ...ticket.history,
      { at: now, by, what: 'booking_cancelled', detail: { start: String(booking.slot.start) } },
    ],
  });
  await draft.delete('timer', reminderId(ticket.id));
  writeAudit(draft, { at: now, by, action: 'booking.cancel', subject: ticket.id }, ids);
  return true;
}
