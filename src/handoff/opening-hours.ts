/**
 * When a window is open. Pure: a city's file and a moment go in, times come out. Times are milliseconds UTC; days
 * (`YYYY-MM-DD`) and hours are Japan's, which has no summer time.
 *
 * The room: windows, hours and holidays, places, bookings, tickets, consent and what may lawfully become of a ticket. It
 * does not know LINE messages, HTML, or which driver is open. Functions that change something put it into a `Draft`; a
 * rule that forbids something is a returned value.
 */
import holidayJp from '@holiday-jp/holiday_jp';
import { type Municipality, WEEKDAYS, type Window } from '#contracts/municipality.ts';
import { addDays, dayOf, weekdayOf } from '#engine/japan-time.ts';

export interface Interval {
  readonly start: number;
  readonly end: number;
}

const OFFSET = 9 * 3_600_000;
/** How far the next opening is looked for: longer than any year-end closure. */
const HORIZON_DAYS = 60;

/** Worked out once for a city's file as it is in effect: every turn asks for today's. */
const kept = new WeakMap<Municipality, Map<Window, Map<string, readonly Interval[]>>>();
/** Days kept of a window; a talk asks for today and the days that can be booked. */
const KEPT_DAYS = 200;

/** @returns when the window is open on that day, in order and without overlap; none when its hours are not known. */
export function intervalsOf(municipality: Municipality, window: Window, day: string): readonly Interval[] {
  if (window.hours === undefined) return [];
  const windows = entryOf(kept, municipality, () => new Map<Window, Map<string, readonly Interval[]>>());
  const days = entryOf(windows, window, () => new Map<string, readonly Interval[]>());
  if (days.size > KEPT_DAYS) days.clear();
  return entryOf(days, day, () => readIntervals(municipality, window.hours!, day));
}

function readIntervals(municipality: Municipality, hours: NonNullable<Window['hours']>, day: string): Interval[] {
  const special = hours.special?.[day];
  if (special === undefined && isClosedDay(municipality, day)) return [];
  const texts = special ?? hours.weekly[WEEKDAYS[weekdayOf(day)]!];
  return merged(texts.map((text) => intervalOn(day, text)).filter(({ start, end }) => start < end));
}

function entryOf<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** @returns whether the city's windows are closed that day: a national holiday (振替休日 too) or a closure of the city. */
export function isClosedDay(municipality: Municipality, day: string): boolean {
  const { nationalHolidays, closures } = municipality.calendar;
  return (nationalHolidays && isNationalHoliday(day)) || closures.some((closure) => inClosure(closure, day));
}

export const isNationalHoliday = (day: string): boolean => Object.hasOwn(holidayJp.holidays, day);

export function isOpen(municipality: Municipality, window: Window, at: number): boolean {
  return intervalsOf(municipality, window, dayOf(at)).some(({ start, end }) => start <= at && at < end);
}

/** @returns whether any window of the city is open: somebody reads now. */
export function isStaffed(municipality: Municipality, at: number): boolean {
  return municipality.windows.some((window) => isOpen(municipality, window, at));
}

/** @returns `at` itself while open, else the next opening; null when hours are not known, or none within 60 days. */
export function nextOpening(municipality: Municipality, window: Window, at: number): number | null {
  for (const { start, end } of comingIntervals(municipality, window, at)) {
    if (end > at) return Math.max(start, at);
  }
  return null;
}

/** @returns the moment by which so many open minutes have passed since `from`; null as with `nextOpening`. */
export function businessDeadline(
  municipality: Municipality,
  window: Window,
  from: number,
  openMinutes: number,
): number | null {
  let left = openMinutes * 60_000;
  for (const { start, end } of comingIntervals(municipality, window, from)) {
    const begin = Math.max(start, from);
    if (end <= begin) continue;
    if (end - begin >= left) return begin + left;
    left -= end - begin;
  }
  return null;
}

/** @returns milliseconds UTC of `HH:MM` on that day in Japan; `24:00` is the end of the day. */
export function momentOf(day: string, time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return Date.parse(`${day}T00:00:00Z`) - OFFSET + (hours * 60 + minutes) * 60_000;
}

function* comingIntervals(municipality: Municipality, window: Window, from: number): Generator<Interval> {
  if (window.hours === undefined) return;
  const today = dayOf(from);
  for (let i = 0; i <= HORIZON_DAYS; i++) yield* intervalsOf(municipality, window, addDays(today, i));
}

function intervalOn(day: string, text: string): Interval {
  const [from, to] = text.split('-') as [string, string];
  return { start: momentOf(day, from), end: Math.min(momentOf(day, to), momentOf(day, '24:00')) };
}

/** Two intervals of a day that touch or overlap are one. */
function merged(intervals: readonly Interval[]): Interval[] {
  const out: { start: number; end: number }[] = [];
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else out.push({ start, end });
  }
  return out;
}

/** @param closure `MM-DD`, `YYYY-MM-DD`, or two of one sort with `/` between; `12-29/01-03` goes over the year's end. */
function inClosure(closure: string, day: string): boolean {
  const [from, to = from] = closure.split('/').map((part) => part.trim()) as [string, string?];
  const yearly = from.length === 5;
  const at = yearly ? day.slice(5) : day;
  return from <= to ? from <= at && at <= to : yearly && (at >= from || at <= to);
}
