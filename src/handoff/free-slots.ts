/**
 * The places that can truly be booked: a window's open hours cut into talks, minus the notice it needs, minus what others
 * hold or have booked. A place is one window at one time, however one meets there; capacity counts all ways together.
 */
import type { Municipality, Window } from '#contracts/municipality.ts';
import type { Slot, Way } from '#contracts/session.ts';
import { addDays, dayOf } from '#engine/japan-time.ts';
import type { Draft } from '#store/draft.ts';
import { type Body, timeKey } from '#store/kinds.ts';
import { intervalsOf } from './opening-hours.ts';

const HOUR = 3_600_000;
/** Longest talk a window may offer: how far back a claim may begin and still overlap. */
const LONGEST_TALK_MS = 8 * HOUR;
const PAGE = 1000;

export type Claim = Body<'place'>['claims'][number];

/** @returns the window's booking rules; null when it takes no bookings or its hours are not known. */
export function bookingRules(municipality: Municipality, id: string, way: Way) {
  const window = municipality.windows.find((one) => one.id === id);
  if (window?.booking === undefined || window.hours === undefined) return null;
  return (window.booking.ways ?? window.ways).includes(way) ? { window, ...window.booking } : null;
}

/**
 * @param query.day `YYYY-MM-DD` narrows `slots` to that day; without it they are the soonest.
 * @returns `days` with a free place, soonest first; both empty when the window takes no bookings this way.
 */
export async function freeSlots(
  draft: Draft,
  query: { municipality: Municipality; window: string; way: Way; day?: string; limit: number; now: number },
): Promise<{ days: string[]; slots: Slot[] }> {
  const { municipality, way, now } = query;
  const rules = bookingRules(municipality, query.window, way);
  if (rules === null) return { days: [], slots: [] };
  const offered = offeredSlots(municipality, rules.window, way, now);
  const taken = await claimsBetween(draft, query.window, now, (offered.at(-1)?.end ?? now) + 1);
  const free = offered.filter((slot) => overlapping(taken, slot, now).length < rules.capacity);
  const days = [...new Set(free.map((slot) => dayOf(slot.start)))];
  const asked = query.day === undefined ? free : free.filter((slot) => dayOf(slot.start) === query.day);
  const slots: Slot[] = [];
  for (const slot of asked) {
    if (slots.length >= query.limit) break;
    // The list above is the store's; what this very draft has claimed shows only here.
    const place = await draft.get('place', placeId(slot));
    if (place === null || living(place.claims, now).length < rules.capacity) slots.push(slot);
  }
  return { days, slots };
}

/** @returns the places the window's pattern offers from `now` on, taken or not. */
export function offeredSlots(municipality: Municipality, window: Window, way: Way, now: number): Slot[] {
  if (window.booking === undefined) return [];
  const { minutes, noticeHours, daysAhead } = window.booking;
  const length = minutes * 60_000;
  const earliest = now + noticeHours * HOUR;
  const today = dayOf(now);
  const slots: Slot[] = [];
  for (let i = 0; i <= daysAhead; i++) {
    for (const interval of intervalsOf(municipality, window, addDays(today, i))) {
      for (let start = interval.start; start + length <= interval.end; start += length) {
        if (start >= earliest && start > now) slots.push({ window: window.id, start, end: start + length, way });
      }
    }
  }
  return slots;
}

export const placeId = (slot: Slot): string => `${slot.window}|${slot.start}`;

/** Bookings, and holds that have not run out. */
export const living = (claims: readonly Claim[], now: number): Claim[] =>
  claims.filter((claim) => claim.until === null || claim.until > now);

/** @returns living claims of all places that share time with the slot: its own, and those of an earlier pattern. */
export function overlapping(places: readonly Body<'place'>[], slot: Slot, now: number): Claim[] {
  return places
    .filter((place) => place.slot.start < slot.end && place.slot.end > slot.start)
    .flatMap((place) => living(place.claims, now));
}

/** @returns the window's places with at least one claim that end after `from` and begin before `to`, as stored. */
export async function claimsBetween(draft: Draft, window: string, from: number, to: number): Promise<Body<'place'>[]> {
  const places: Body<'place'>[] = [];
  let after: string | undefined;
  for (;;) {
    const rows = await draft.list('place', 'window', {
      prefix: `${window}|`,
      from: timeKey(from - LONGEST_TALK_MS),
      to: timeKey(to),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    places.push(...rows.map((row) => row.body).filter((body) => body.claims.length > 0 && body.slot.end > from));
    if (rows.length < PAGE) return places;
    after = rows.at(-1)?.cursor;
  }
}
