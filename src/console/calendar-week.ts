/** One window's week as it is: open hours cut into places, what is booked in each, and bookings outside the hours. */
import type { Municipality, Window } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { addDays, weekdayOf } from '#engine/japan-time.ts';
import { type Interval, intervalsOf, isClosedDay, isNationalHoliday, momentOf } from '#handoff/opening-hours.ts';

export interface WeekDay {
  day: string;
  intervals: readonly Interval[];
  /** A holiday or closure of the city, or a day with hours of its own. */
  why: 'holiday' | 'closed' | 'special' | null;
  places: { start: number; end: number; booked: Ticket[]; free: number; outside: boolean }[];
}

/** @returns the Monday of the week a day lies in. */
export const mondayOf = (day: string): string => addDays(day, -((weekdayOf(day) + 6) % 7));

export function weekOf(city: Municipality, window: Window, monday: string, tickets: readonly Ticket[]): WeekDay[] {
  return Array.from({ length: 7 }, (_, index) => dayOfWeek(city, window, addDays(monday, index), tickets));
}

function dayOfWeek(city: Municipality, window: Window, day: string, tickets: readonly Ticket[]): WeekDay {
  const intervals = intervalsOf(city, window, day);
  const length = (window.booking?.minutes ?? 60) * 60_000;
  const capacity = window.booking?.capacity ?? 0;
  const from = momentOf(day, '00:00');
  const to = momentOf(day, '24:00');
  const mine = tickets.filter(
    (ticket) => standing(ticket) && ticket.booking!.slot.start >= from && ticket.booking!.slot.start < to,
  );
  const taken = new Set<string>();
  const places: WeekDay['places'] = [];
  for (const interval of intervals) {
    for (let start = interval.start; window.booking !== undefined && start + length <= interval.end; start += length) {
      const booked = mine.filter(
        (ticket) => ticket.booking!.slot.start >= start && ticket.booking!.slot.start < start + length,
      );
      for (const ticket of booked) taken.add(ticket.id);
      places.push({ start, end: start + length, booked, free: Math.max(0, capacity - booked.length), outside: false });
    }
  }
  for (const ticket of mine.filter(({ id }) => !taken.has(id))) {
    const { start, end } = ticket.booking!.slot;
    places.push({
      start,
      end,
      booked: [ticket],
      free: 0,
      outside: !intervals.some((one) => one.start <= start && end <= one.end),
    });
  }
  const special = window.hours?.special?.[day] !== undefined;
  const why = special
    ? 'special'
    : isNationalHoliday(day) && isClosedDay(city, day)
      ? 'holiday'
      : isClosedDay(city, day)
        ? 'closed'
        : null;
  return { day, intervals, why, places: places.toSorted((a, b) => a.start - b.start) };
}

export const standing = (ticket: Ticket): boolean =>
  ticket.booking?.state === 'booked' || ticket.booking?.state === 'moved';

/**
 * Bookings from now on that new hours would leave outside, or places that would hold more than they have: nothing is dropped
 * for it, but staff must know.
 */
export function affectedBy(city: Municipality, changed: Window, tickets: readonly Ticket[], now: number): Ticket[] {
  const ahead = tickets.filter(
    (ticket) => standing(ticket) && ticket.booking!.slot.window === changed.id && ticket.booking!.slot.end > now,
  );
  const capacity = changed.booking?.capacity ?? 0;
  const before = new Map<number, number>();
  return ahead
    .toSorted((a, b) => a.booking!.slot.start - b.booking!.slot.start || a.createdAt - b.createdAt)
    .filter((ticket) => {
      const { start, end } = ticket.booking!.slot;
      const day = new Date(start + 9 * 3_600_000).toISOString().slice(0, 10);
      const inside = intervalsOf(city, changed, day).some((one) => one.start <= start && end <= one.end);
      const count = (before.get(start) ?? 0) + 1;
      before.set(start, count);
      return !inside || count > capacity;
    });
}
