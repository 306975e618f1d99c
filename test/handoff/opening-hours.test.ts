import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Municipality, Window } from '#contracts/municipality.ts';
import { addDays, dayOf } from '#engine/japan-time.ts';
import {
  businessDeadline,
  intervalsOf,
  isClosedDay,
  isNationalHoliday,
  isOpen,
  isStaffed,
  nextOpening,
} from '#handoff/opening-hours.ts';
import { ashiya, japan, MONDAY_10 } from './cities.ts';

const sogo = ashiya.windows[0]!;
const at = (window: Window, times: string[]): Window => ({
  ...window,
  hours: { demo: true, weekly: { sun: [], mon: times, tue: [], wed: [], thu: [], fri: [], sat: [] } },
});
const closing = (...closures: string[]): Municipality => ({
  ...ashiya,
  calendar: { nationalHolidays: true, closures },
});

describe('opening hours', () => {
  it('has a lunch break', () => {
    expect(isOpen(ashiya, sogo, japan('2026-11-30T11:59'))).toBe(true);
    expect(isOpen(ashiya, sogo, japan('2026-11-30T12:00'))).toBe(false);
    expect(isOpen(ashiya, sogo, japan('2026-11-30T13:00'))).toBe(true);
    expect(isOpen(ashiya, sogo, japan('2026-11-30T17:00'))).toBe(false);
  });

  it('means Japan’s days: Monday 8:59 there is still Sunday in UTC', () => {
    expect(isOpen(ashiya, sogo, Date.parse('2026-11-29T23:59:00Z'))).toBe(false);
    expect(isOpen(ashiya, sogo, Date.parse('2026-11-30T00:00:00Z'))).toBe(true);
  });

  it('is closed on national holidays, substitute ones and the day between two', () => {
    // 勤労感謝の日; 振替休日 after 建国記念… ; 国民の休日 between 敬老の日 and 秋分の日 2026.
    expect(isClosedDay(ashiya, '2026-11-23')).toBe(true);
    expect(isClosedDay(ashiya, '2026-05-06')).toBe(true);
    expect(isClosedDay(ashiya, '2026-09-22')).toBe(true);
    expect(isClosedDay(ashiya, '2026-11-24')).toBe(false);
    expect(isNationalHoliday('2027-01-11')).toBe(true);
    const notOff = { ...ashiya, calendar: { nationalHolidays: false, closures: [] } };
    expect(isOpen(notOff, sogo, japan('2026-11-23T10:00'))).toBe(true);
  });

  it.each([
    ['12-29/01-03', ['2026-12-29', '2026-12-31', '2027-01-01', '2027-01-03'], ['2026-12-28', '2027-01-04']],
    ['08-13/08-15', ['2026-08-13', '2027-08-15'], ['2026-08-12', '2026-08-16']],
    ['2026-12-07', ['2026-12-07'], ['2027-12-07', '2026-12-08']],
    ['2026-12-07/2026-12-09', ['2026-12-08'], ['2027-12-08', '2026-12-10']],
    ['06-01', ['2026-06-01', '2027-06-01'], ['2026-06-02']],
  ])('understands the closure %s', (closure, closed, open) => {
    const city = closing(closure);
    expect(closed.filter((day) => !isClosedDay(city, day))).toEqual([]);
    expect(open.filter((day) => isClosedDay(city, day))).toEqual([]);
  });

  it('puts a one-off day before week, holidays and closures', () => {
    const special = {
      ...sogo,
      hours: { ...sogo.hours!, special: { '2026-11-23': ['10:00-12:00'], '2026-11-30': [] } },
    };
    expect(isOpen(ashiya, special, japan('2026-11-23T10:30'))).toBe(true);
    expect(isOpen(ashiya, special, japan('2026-11-30T10:30'))).toBe(false);
  });

  it('joins intervals that overlap and leaves out those that end before they begin', () => {
    const window = at(sogo, ['13:00-17:00', '09:00-12:00', '11:00-14:00', '20:00-19:00']);
    expect(intervalsOf(ashiya, window, '2026-11-30')).toEqual([
      { start: japan('2026-11-30T09:00'), end: japan('2026-11-30T17:00') },
    ]);
    expect(intervalsOf(ashiya, at(sogo, ['20:00-24:00']), '2026-11-30')[0]?.end).toBe(japan('2026-12-01T00:00'));
  });

  it('knows nothing of a window without hours', () => {
    const { hours: _, ...unknown } = sogo;
    expect(intervalsOf(ashiya, unknown, '2026-11-30')).toEqual([]);
    expect(nextOpening(ashiya, unknown, MONDAY_10)).toBeNull();
    expect(businessDeadline(ashiya, unknown, MONDAY_10, 10)).toBeNull();
  });

  it('finds the next opening over a weekend with a holiday, and over the year’s end', () => {
    expect(nextOpening(ashiya, sogo, japan('2026-11-20T18:00'))).toBe(japan('2026-11-24T09:00'));
    expect(nextOpening(ashiya, sogo, japan('2026-12-28T17:00'))).toBe(japan('2027-01-04T09:00'));
    expect(nextOpening(ashiya, sogo, MONDAY_10)).toBe(MONDAY_10);
  });

  it('counts deadlines in open minutes', () => {
    expect(businessDeadline(ashiya, sogo, japan('2026-11-30T11:30'), 60)).toBe(japan('2026-11-30T13:30'));
    // Friday 16:30 before a long weekend: half an hour today, half an hour on Tuesday.
    expect(businessDeadline(ashiya, sogo, japan('2026-11-20T16:30'), 60)).toBe(japan('2026-11-24T09:30'));
    expect(businessDeadline(ashiya, sogo, japan('2026-11-20T16:30'), 30)).toBe(japan('2026-11-20T17:00'));
  });

  it('is staffed while any window is open', () => {
    expect(isStaffed(ashiya, MONDAY_10)).toBe(true);
    expect(isStaffed(ashiya, japan('2026-11-29T10:00'))).toBe(false);
  });

  it('agrees with itself at any moment of ten years', () => {
    const moments = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2036-01-01') });
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 3000 }), (moment, minutes) => {
        const next = nextOpening(ashiya, sogo, moment)!;
        expect(next).toBeGreaterThanOrEqual(moment);
        expect(isOpen(ashiya, sogo, next)).toBe(true);
        expect(isOpen(ashiya, sogo, moment)).toBe(next === moment);
        // Between now and the deadline lie exactly that many open minutes.
        const deadline = businessDeadline(ashiya, sogo, moment, minutes)!;
        let open = 0;
        for (let day = dayOf(moment); day <= dayOf(deadline); day = addDays(day, 1)) {
          for (const { start, end } of intervalsOf(ashiya, sogo, day)) {
            open += Math.max(0, Math.min(end, deadline) - Math.max(start, moment));
          }
        }
        expect(open).toBe(minutes * 60_000);
      }),
      { numRuns: 300 },
    );
  });
});
