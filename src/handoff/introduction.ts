/**
 * 参加支援: somebody wants to be brought together with a place, and is asked afterwards how it was (社会福祉法 106条の4 2項2号). Asked
 * only when they said that they may be asked, at most twice, by day, in words that name no place (R3, R31). What they tell
 * stands on the ticket for the coordinator, and is counted (`cases/targets.ts`, `cases/places.ts`).
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Introduction, PlaceAnswer, Ticket } from '#contracts/ticket.ts';
import { addDays, dayOf } from '#engine/japan-time.ts';
import type { Draft } from '#store/draft.ts';
import { momentOf } from './opening-hours.ts';
import { reopen } from './transitions.ts';

/** What the wish is called on the ticket (`engine/steps/resources.ts`), and the answer whether one may ask (`flows/common/places.yaml`). */
const WISH = '紹介してほしい場所';
const MAY_ASK = 'あとで聞いてよい';
/** The first question, and the second after 「まだ行っていない」. */
export const AFTER_DAYS = 14;
const AT = '14:00';
export const MOST_QUESTIONS = 2;
/** Answers of somebody who has been there. */
export const WENT: ReadonlySet<PlaceAnswer> = new Set(['good', 'unfit']);

export const placeTimer = (ticket: string): string => `place|${ticket}`;

/** Reads the wish from the answers of the talk; a ticket without one stays as it is. Pure. */
export function withIntroduction(municipality: Municipality, ticket: Ticket, now: number): Ticket {
  const name = ticket.answers[WISH]?.text ?? null;
  if (name === null || ticket.introduction?.name === name) return ticket;
  const mayAsk = ticket.answers[MAY_ASK]?.text?.startsWith('はい') === true ? 'yes' : 'no';
  // They named hours in which they may be reached: staff look at them, and set the day.
  const nextAt = mayAsk === 'yes' && ticket.safeHours === null ? inDays(now, AFTER_DAYS) : null;
  const resource = municipality.resources.find((one) => one.name === name)?.id ?? null;
  const introduction: Introduction = { resource, name, at: now, mayAsk, asked: 0, nextAt, answers: [], unseen: false };
  return { ...ticket, introduction };
}

/** The ticket and the timer of its next question as one. */
export async function putIntroduced(draft: Draft, ticket: Ticket): Promise<void> {
  await draft.put('ticket', ticket.id, ticket);
  await setPlaceTimer(draft, ticket);
}

export async function setPlaceTimer(draft: Draft, ticket: Ticket): Promise<void> {
  const at = ticket.introduction?.nextAt ?? null;
  const id = placeTimer(ticket.id);
  if (at !== null)
    await draft.put('timer', id, { at, what: 'place', contact: ticket.contact, ticket: ticket.id, data: {} });
  else if (ticket.introduction != null) await draft.delete('timer', id);
}

export type PlaceRefusal = 'no_introduction' | 'not_agreed' | 'bad_day' | 'asked_enough';

/** Staff know the day of the visit: the question comes a while after it. @param act.day `YYYY-MM-DD`, Japan. */
export function askOn(
  ticket: Ticket,
  act: { day: string; by: string; now: number },
): { ok: true; ticket: Ticket } | { ok: false; why: PlaceRefusal } {
  const { introduction } = ticket;
  if (introduction == null) return { ok: false, why: 'no_introduction' };
  if (introduction.mayAsk !== 'yes') return { ok: false, why: 'not_agreed' };
  if (introduction.asked >= MOST_QUESTIONS) return { ok: false, why: 'asked_enough' };
  const nextAt = /^\d{4}-\d{2}-\d{2}$/u.test(act.day) ? momentOf(act.day, AT) : Number.NaN;
  if (Number.isNaN(nextAt) || nextAt <= act.now) return { ok: false, why: 'bad_day' };
  const history = [...ticket.history, { at: act.now, by: act.by, what: 'place_day', detail: {} }];
  return { ok: true, ticket: { ...ticket, introduction: { ...introduction, nextAt }, updatedAt: act.now, history } };
}

/** The question has gone out; without an answer there is no other. */
export function asAsked(ticket: Ticket, now: number): Ticket {
  const { introduction } = ticket;
  if (introduction == null) return ticket;
  return { ...ticket, introduction: { ...introduction, asked: introduction.asked + 1, nextAt: null }, updatedAt: now };
}

/** The last thing the person told about the place; free words alone say nothing. */
export const lastTold = ({ introduction }: Ticket): 'good' | 'unfit' | 'not_yet' | null =>
  introduction?.answers
    .map(({ answer }) => answer)
    .findLast((answer): answer is 'good' | 'unfit' | 'not_yet' => answer !== 'words' && answer !== 'stop') ?? null;

/** What came back. 「合わなかった」 and free words open a closed ticket again: somebody may look for another place with them. */
export function withPlaceAnswer(
  ticket: Ticket,
  answer: PlaceAnswer,
  now: number,
  heard?: Ticket['words'][number],
): Ticket {
  const { introduction } = ticket;
  if (introduction == null) return ticket;
  const wanted = answer === 'unfit' || answer === 'words';
  const again = wanted && ticket.state === 'closed' ? reopen(ticket, { by: 'resident', now }) : null;
  const open = again?.ok ? again.ticket : ticket;
  const oncemore = answer === 'not_yet' && introduction.asked < MOST_QUESTIONS && introduction.mayAsk === 'yes';
  return {
    ...open,
    words: heard === undefined ? open.words : [...open.words, heard],
    introduction: {
      ...introduction,
      mayAsk: answer === 'stop' ? 'stopped' : introduction.mayAsk,
      nextAt: oncemore ? inDays(now, AFTER_DAYS) : null,
      answers: [...introduction.answers, { at: now, answer }],
      unseen: introduction.unseen || answer !== 'stop',
    },
    updatedAt: now,
    history: [...open.history, { at: now, by: 'resident', what: 'place_answered', detail: { answer } }],
  };
}

const inDays = (now: number, days: number): number => momentOf(addDays(dayOf(now), days), AT);
