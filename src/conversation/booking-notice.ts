/**
 * Staff set, moved or cancelled a resident's time: the resident is told, by time and place only (R3). Nothing is pushed to
 * whoever came because of violence unless they asked for reminders (R31): there the counsellor finds a safe way.
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { slotSentence } from '#engine/japan-time.ts';
import { placeOf, wantsReminder } from '#handoff/reminders.ts';
import type { Draft } from '#store/draft.ts';
import { enqueue } from './enqueue.ts';
import type { World } from './talk.ts';

/** @returns false when the resident is not told by the service: blocked, gone, or not safe to write to. */
export async function tellBooking(
  draft: Draft,
  world: Pick<World, 'clock' | 'ids'>,
  { ticket, municipality }: { ticket: Ticket; municipality: Municipality },
): Promise<boolean> {
  const contact = await draft.get('contact', ticket.contact);
  if (!contact || contact.blocked || contact.address === null || ticket.booking === null || !wantsReminder(ticket))
    return false;
  const { slot, state } = ticket.booking;
  const place = placeOf(municipality, slot);
  const text =
    state === 'cancelled'
      ? `お約束の時間（${slotSentence(slot)}）は、なくなりました。新しい時間を選ぶときは、ここに書いてください。`
      : `お約束の時間のお知らせです。\n${slotSentence(slot)}${place === '' ? '' : `\n${place}`}\n見る・変える・取り消すときは「予約」と書いてください。`;
  enqueue(draft, world, {
    contact: ticket.contact,
    cause: 'booking',
    messages: [{ type: 'text', text, choices: [] }],
    reply: null,
    quotes: [],
  });
  return true;
}
