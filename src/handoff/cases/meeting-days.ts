/** When a city's meetings are, and which places an agenda has: from municipality.yaml alone. Pure; times ms UTC, days Japan's. */
import { type Meeting, type Municipality, WEEKDAYS } from '#contracts/municipality.ts';
import { addDays, dayOf, weekdayOf } from '#engine/japan-time.ts';
import { isClosedDay, momentOf } from '../opening-hours.ts';

export interface MeetingDay {
  readonly meeting: string;
  readonly day: string;
  readonly start: number;
  readonly end: number;
  /** The day is a holiday or a closure of the city: staff decide whether it moves. */
  readonly closed: boolean;
}

const YEAR_DAYS = 366;

/** @returns the next `limit` days fixed by the plan, from `from` on; none for meetings whose day the plan does not name. */
export function comingDays(
  municipality: Municipality,
  meeting: Meeting,
  options: { from: number; limit: number },
): MeetingDay[] {
  const { regular } = meeting;
  if (regular === undefined) return [];
  const weekday = WEEKDAYS.indexOf(regular.weekday);
  const [opens, closes] = regular.hours.split('-') as [string, string];
  const days: MeetingDay[] = [];
  for (let i = 0, day = dayOf(options.from); i < YEAR_DAYS && days.length < options.limit; i++, day = addDays(day, 1)) {
    if (weekdayOf(day) !== weekday || !regular.nth.includes(nthOf(day))) continue;
    const start = momentOf(day, opens);
    if (start < options.from) continue;
    days.push({ meeting: meeting.id, day, start, end: momentOf(day, closes), closed: isClosedDay(municipality, day) });
  }
  return days;
}

/** 1 = the first of its weekday in the month. */
export const nthOf = (day: string): number => Math.ceil(Number(day.slice(8)) / 7);

/** The times one case after another has in a meeting: as many as fit whole. */
export function placesOf(
  meeting: Pick<Meeting, 'minutesPerCase'>,
  time: { start: number; end: number },
): { start: number; end: number }[] {
  const length = (meeting.minutesPerCase ?? 30) * 60_000;
  const places: { start: number; end: number }[] = [];
  for (let start = time.start; start + length <= time.end; start += length) places.push({ start, end: start + length });
  return places;
}

/**
 * Until when the next one should have been, where the plan gives a rhythm but no day (小林: every two months).
 * @param last start of the latest one held or planned; null: there was none.
 */
export function dueBy(meeting: Meeting, last: number | null, now: number): string | null {
  const months = meeting.everyMonths ?? (meeting.timesAYear === undefined ? null : Math.floor(12 / meeting.timesAYear));
  if (months === null) return null;
  const [year, month] = dayOf(last ?? now)
    .split('-')
    .map(Number) as [number, number];
  const index = year * 12 + (month - 1) + months;
  const first = `${String(Math.floor(index / 12))}-${String((index % 12) + 1).padStart(2, '0')}-01`;
  // The last day of that month.
  return addDays(addDays(first, 31).slice(0, 8).concat('01'), -1);
}
