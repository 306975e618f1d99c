/**
 * Longer than other steps: one question after another (way, time, other day, time of that day), each of which can fail
 * because somebody else was quicker, and all of which read better in one place.
 */
import type { FlowStepOf } from '#contracts/flow.ts';
import { type Heard, type Result, type Slot, WAY_NAMES, type Way, waySchema } from '#contracts/session.ts';
import { fillFacts, windowOf } from '../fill.ts';
import { addDays, dayLabel, dayOf, hourOf, slotLabel, timeLabel } from '../japan-time.ts';
import {
  type Asked,
  choice,
  facts,
  humanChoice,
  letGo,
  type Move,
  type Run,
  type StepHandler,
  say,
  wording,
} from '../run.ts';
import { fits, type WhenSaid, whenSaid } from '../when-said.ts';

type Book = FlowStepOf<'book'>;

/** Places asked for at once; a few of them are shown, spread over days and hours. */
const LOOK = 60;
const SHOWN = 8;
const DAYS_SHOWN = 10;

/**
 * Finds a time that is truly free and holds it while the resident decides. Booking is never a must.
 *
 *     - step: 予約
 *       book: { later: 同意 }
 */
export const book: StepHandler<'book'> = {
  enter(step, run) {
    const known = facts(run);
    const ways = bookableWays(run);
    if (known.hold !== null && known.slot !== null) return { to: 'next' };
    if (ways.length === 0) {
      say(run, fillFacts(run, wording(run, step, 'book.not_bookable')));
      return { to: 'next', step: step.book.later };
    }
    if (known.way === null || !ways.includes(known.way)) {
      if (ways.length > 1) return askWay(step, run, ways);
      known.way = ways[0]!;
    }
    return look('slots', run);
  },

  result(step, run, result) {
    if (result.type === 'hold') return held(step, run, result.hold);
    if (result.type === 'slot_taken') {
      facts(run).slot = null;
      say(run, wording(run, step, 'book.taken'));
      return look('slots', run);
    }
    if (result.type !== 'slots') return null;
    if (result.days.length === 0) return nothingFree(step, run);
    if (run.session.stage === 'days') return offerDays(step, run, result.days);
    return offerSlots(step, run, result);
  },

  question(step, run) {
    const key = {
      way: 'book.way',
      day: 'book.which_day',
      'time-of-day': 'book.offer_day',
      none: 'book.none',
    } as const;
    const stage = run.session.stage as keyof typeof key;
    return { text: fillFacts(run, wording(run, step, key[stage] ?? 'book.offer')) };
  },

  answer(step, run, answer) {
    if (answer.type === 'date') return look('time-of-day', run, answer.date);
    const [kind, rest = ''] = [answer.value.slice(0, 1), answer.value.slice(2)];
    if (kind === 's') return hold(run, rest);
    if (kind === 'd') return look('time-of-day', run, rest);
    if (kind === 'w') {
      facts(run).way = waySchema.parse(rest);
      return look('slots', run);
    }
    if (answer.value === 'days') return look('days', run);
    if (answer.value === 'way') return askWay(step, run, bookableWays(run));
    return later(step, run);
  },

  hear(step, run, heard) {
    return hear(step, run, heard);
  },
};

function bookableWays(run: Run): Way[] {
  const known = facts(run);
  const window = windowOf(run.script.municipality, known.window);
  if (window?.booking === undefined) return [];
  const offered = known.candidates.find((candidate) => candidate.window === known.window)?.ways ?? window.ways;
  return (window.booking.ways ?? window.ways).filter((way) => offered.includes(way));
}

function askWay(step: Book, run: Run, ways: Way[]): Move {
  const choices = ways.map((way) => choice(wording(run, step, `windows.${way}`), `w:${way}`, [WAY_NAMES[way]]));
  return { to: 'wait', stage: 'way', choices: [...choices, laterChoice(step, run)] };
}

/** `stage` says what the answer is for: `slots`, `days`, or one day's times. */
function look(stage: 'slots' | 'days' | 'time-of-day', run: Run, day?: string, wish: WhenSaid = {}): Move {
  const known = facts(run);
  if (known.window === null || known.way === null) return { to: 'human' };
  const request = { type: 'slots', window: known.window, way: known.way, limit: LOOK } as const;
  if (day === undefined) return { to: 'request', stage, request };
  // The hours wished for travel in the stage, so that the day's answer can be narrowed to them.
  const hours = wish.from === undefined && wish.to === undefined ? '' : `:${wish.from ?? 0}-${wish.to ?? 1440}`;
  return { to: 'request', stage: `${stage}${hours}`, request: { ...request, day } };
}

function offerSlots(step: Book, run: Run, result: Extract<Result, { type: 'slots' }>): Move {
  const [stage, hours] = (run.session.stage ?? '').split(':');
  const ofDay = stage === 'time-of-day';
  if (result.slots.length === 0) {
    say(run, wording(run, step, 'book.none_day'));
    return offerDays(step, run, result.days);
  }
  const fitting = narrowed(result.slots, hours);
  // 「金曜の10時」 and it is free: no need to ask again.
  if (hours !== undefined && fitting.length === 1) return hold(run, `${fitting[0]!.start}:${fitting[0]!.end}`);
  const shown = ofDay ? (fitting.length > 0 ? fitting : result.slots).slice(0, SHOWN) : spread(result.slots);
  const choices = shown.map((slot) => slotChoice(slot, ofDay));
  return {
    to: 'wait',
    stage: ofDay ? 'time-of-day' : 'slot',
    choices: [...choices, ...ends(step, run, result.days.length > 1)],
  };
}

/** The places within the hours wished for (minutes, `780-1440`). */
function narrowed(slots: readonly Slot[], hours: string | undefined): readonly Slot[] {
  if (hours === undefined) return slots;
  const [from = 0, to = 1440] = hours.split('-').map(Number);
  return slots.filter((slot) => fits({ from, to }, slot.start));
}

const slotChoice = (slot: Slot, ofDay: boolean): Asked =>
  choice(ofDay ? timeLabel(slot.start) : slotLabel(slot.start), `s:${slot.start}:${slot.end}`);

function ends(step: Book, run: Run, otherDays: boolean): Asked[] {
  const other = otherDays
    ? [choice(wording(run, step, 'book.other_day'), 'days', ['ほかの日', '別の日', '他の日'])]
    : [];
  return [...other, laterChoice(step, run), humanChoice(run)];
}

const laterChoice = (step: Book, run: Run): Asked =>
  choice(wording(run, step, 'book.later'), 'later', ['予約しない', 'いらない', '予約はいい', 'まだいい', '今はいい']);

/** A few places on each of the first days, in the morning and in the afternoon: not eight times the same morning. */
function spread(slots: readonly Slot[]): Slot[] {
  const chosen: Slot[] = [];
  const halves = new Map<string, number>();
  for (const slot of slots) {
    const half = `${dayOf(slot.start)}${hourOf(slot.start) < 12 ? 'a' : 'p'}`;
    const taken = halves.get(half) ?? 0;
    if (taken >= 2) continue;
    halves.set(half, taken + 1);
    chosen.push(slot);
    if (chosen.length === SHOWN) break;
  }
  return chosen;
}

function offerDays(step: Book, run: Run, days: string[]): Move {
  const shown = days.slice(0, DAYS_SHOWN).map((day) => choice(dayLabel(day), `d:${day}`));
  const [first, last] = [days[0], days.at(-1)];
  const picker: Asked[] =
    days.length > DAYS_SHOWN && first !== undefined && last !== undefined && first < last
      ? [{ ...choice(wording(run, step, 'book.pick_day'), 'pick'), date: { min: first, max: last } }]
      : [];
  return { to: 'wait', stage: 'day', choices: [...shown, ...picker, laterChoice(step, run), humanChoice(run)] };
}

function nothingFree(step: Book, run: Run): Move {
  const others = bookableWays(run).filter((way) => way !== facts(run).way);
  const other = others.length > 0 ? [choice(wording(run, step, 'book.other_way'), 'way')] : [];
  return { to: 'wait', stage: 'none', choices: [...other, laterChoice(step, run), humanChoice(run)] };
}

function hold(run: Run, value: string): Move {
  const known = facts(run);
  const [start = 0, end = 0] = value.split(':').map(Number);
  if (known.window === null || known.way === null) return { to: 'human' };
  letGo(run);
  const slot: Slot = { window: known.window, way: known.way, start, end };
  known.slot = slot;
  return { to: 'request', stage: 'hold', request: { type: 'hold', slot } };
}

function held(step: Book, run: Run, id: string): Move {
  facts(run).hold = id;
  say(run, fillFacts(run, wording(run, step, 'book.held')));
  return { to: 'next' };
}

function later(step: Book, run: Run): Move {
  // Not moving leaves the earlier booking as it is.
  if (step.book.move) return { to: 'next', step: step.book.later };
  letGo(run);
  say(run, fillFacts(run, wording(run, step, 'book.later_said')));
  return { to: 'next', step: step.book.later };
}

/** A time said in words: one fitting place is taken, several are shown, a day not shown is looked up. */
function hear(step: Book, run: Run, heard: Heard): Move | null {
  const when =
    heard.text === null || heard.text.length > 40 || facts(run).way === null ? null : whenSaid(heard.text, heard.at);
  if (when === null) return null;
  const open = run.session.asked.filter((option) => option.value.startsWith('s:'));
  const fitting = open.filter((option) => fits(when, startOf(option)));
  const days = new Set(open.map((option) => dayOf(startOf(option))));
  // Not every free place is shown: a day that is named is looked up whole, unless one place answers the wish already.
  const day = when.day ?? (days.size === 1 ? [...days][0] : weekday(heard.at, when));
  if (fitting.length === 1 && when.from !== undefined) return hold(run, fitting[0]!.value.slice(2));
  if (day !== undefined) return look('time-of-day', run, day, when);
  if (fitting.length > 0) {
    return { to: 'wait', stage: run.session.stage, choices: [...fitting, ...ends(step, run, true)] };
  }
  say(run, wording(run, step, 'book.unclear'));
  return look('days', run);
}

const startOf = (option: Asked): number => Number(option.value.slice(2).split(':')[0]);
const weekday = (at: number, when: WhenSaid): string | undefined =>
  when.weekday === undefined ? undefined : nextWeekday(dayOf(at), when.weekday);

function nextWeekday(today: string, weekday: number): string {
  let day = addDays(today, 1);
  while (new Date(`${day}T00:00:00Z`).getUTCDay() !== weekday) day = addDays(day, 1);
  return day;
}
