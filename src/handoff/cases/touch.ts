/**
 * 「その後いかがですか」: asked after days or weeks, only with the person's agreement, in the hour they chose, until they say stop
 * (R3, R31). Here is what is kept and when the next question is due; what is said stands in `conversation/keep-in-touch.ts`.
 */
import type { Touch, TouchAnswer } from '#contracts/case.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { addDays, dayOf } from '#engine/japan-time.ts';
import type { Draft } from '#store/draft.ts';
import { momentOf } from '../opening-hours.ts';
import { reopen } from '../transitions.ts';
import { isViolent } from './case-consent.ts';

/** Counts down; asked about anew after so many questions. */
export const TOUCH_TIMES = 6;
/** An answer in free words is taken as one for so long after the question. */
export const ANSWER_MS = 3 * 86_400_000;
/** Nobody is written to at night, whatever hour is chosen. */
export const DECENT_HOURS = { from: 9, to: 18 } as const;

export type TouchRefusal =
  | 'no_ticket'
  | 'no_contact'
  | 'reporter'
  | 'blocked'
  | 'bad_rhythm'
  | 'push_not_asked'
  | 'hours_chosen_missing'
  | 'not_agreed'
  | 'already_on'
  | 'said_stop';

export interface TouchWish {
  everyDays: number;
  hour: number;
  /** The person named hours in which they may be reached; staff have looked at them. */
  hoursSeen: boolean;
}

export const touchTimer = (ticket: string): string => `touch|${ticket}`;

/** Whether the rhythm is sound, and the bot may ask at all. */
export function touchFault(ticket: Ticket, wish: TouchWish): TouchRefusal | null {
  const { everyDays, hour } = wish;
  const days = Number.isInteger(everyDays) && everyDays >= 2 && everyDays <= 180;
  if (!days || !Number.isInteger(hour) || hour < DECENT_HOURS.from || hour >= DECENT_HOURS.to) return 'bad_rhythm';
  return ticket.safeHours !== null && !wish.hoursSeen ? 'hours_chosen_missing' : null;
}

/** R31: nobody who may be living with violence is written to unasked, not even with the question whether one may write. */
export const mayOffer = (ticket: Ticket): boolean => !isViolent(ticket);

/** @returns the moment of the next question, ms UTC. */
export const nextTouch = (now: number, { everyDays, hour }: Pick<Touch, 'everyDays' | 'hour'>): number =>
  momentOf(addDays(dayOf(now), everyDays), `${String(hour).padStart(2, '0')}:00`);

/** Switches it on, with what was agreed to and how; the timer goes into the same unit of work. */
export async function beginTouch(
  draft: Draft,
  touch: Touch,
  agreed: NonNullable<Touch['agreed']>,
  now: number,
): Promise<Touch> {
  const on: Touch = { ...touch, state: 'on', agreed, left: TOUCH_TIMES, nextAt: nextTouch(now, touch), updatedAt: now };
  await putTouch(draft, on);
  await setLink(draft, on, null);
  return on;
}

/** No more questions: stopped by the person, by staff, or at the end. */
export async function endTouch(
  draft: Draft,
  touch: Touch,
  state: 'stopped' | 'declined' | 'ended',
  now: number,
): Promise<void> {
  await putTouch(draft, { ...touch, state, nextAt: null, askedAt: null, left: 0, updatedAt: now });
  const contact = await draft.get('contact', touch.contact);
  if (contact?.touch?.ticket === touch.ticket) await draft.put('contact', touch.contact, { ...contact, touch: null });
}

/** The record and its timer as one. */
export async function putTouch(draft: Draft, touch: Touch): Promise<void> {
  await draft.put('touch', touch.ticket, touch);
  const timer = touchTimer(touch.ticket);
  if (touch.state === 'on' && touch.nextAt !== null) {
    const { nextAt: at, contact, ticket } = touch;
    await draft.put('timer', timer, { at, what: 'touch', contact, ticket, data: {} });
  } else await draft.delete('timer', timer);
}

/** @param askedAt since when an answer is awaited. */
export async function setLink(draft: Draft, touch: Touch, askedAt: number | null): Promise<void> {
  const contact = await draft.get('contact', touch.contact);
  if (contact) await draft.put('contact', touch.contact, { ...contact, touch: { ticket: touch.ticket, askedAt } });
}

/** What came back: on the touch, on the ticket for the counsellor, by code. 「話したい」 and free words open a closed ticket again. */
export async function keepAnswer(
  draft: Draft,
  touch: Touch,
  answer: TouchAnswer,
  now: number,
  heard?: Ticket['words'][number],
): Promise<void> {
  const news = answer !== 'stop';
  const answers = [...touch.answers, { at: now, answer }];
  await draft.put('touch', touch.ticket, {
    ...touch,
    answers,
    unseen: touch.unseen || news,
    askedAt: null,
    updatedAt: now,
  });
  const ticket = await draft.get('ticket', touch.ticket);
  if (!ticket) return;
  const wanted = answer === 'talk' || answer === 'words';
  const again = wanted && ticket.state === 'closed' ? reopen(ticket, { by: 'resident', now }) : null;
  const open = again?.ok ? again.ticket : ticket;
  await draft.put('ticket', ticket.id, {
    ...open,
    words: heard === undefined ? open.words : [...open.words, heard],
    updatedAt: now,
    history: [...open.history, { at: now, by: 'resident', what: 'touch_answered', detail: { answer } }],
  });
}
