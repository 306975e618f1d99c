import { addDays, dayOf, hourOf, minuteOf, weekdayOf } from './japan-time.ts';

/** A wish for a time, as far as it was said. */
export interface WhenSaid {
  /** `YYYY-MM-DD` */
  day?: string;
  weekday?: number;
  /** Minutes of the day, inclusive start and exclusive end. */
  from?: number;
  to?: number;
}

/**
 * Reads 「来週の水曜の午後」「24日の10時」「あさって」. Only what a booking needs: day, weekday, time of day.
 * @param at when it was said, milliseconds UTC.
 * @returns null when no time is said at all.
 */
export function whenSaid(text: string, at: number): WhenSaid | null {
  const said = text.normalize('NFKC');
  const when: WhenSaid = { ...daySaid(said, dayOf(at)), ...timeSaid(said) };
  return Object.keys(when).length === 0 ? null : when;
}

export function fits(when: WhenSaid, start: number): boolean {
  const minute = hourOf(start) * 60 + minuteOf(start);
  const day = dayOf(start);
  return (
    (when.day === undefined || when.day === day) &&
    (when.weekday === undefined || when.weekday === weekdayOf(day)) &&
    (when.from === undefined || minute >= when.from) &&
    (when.to === undefined || minute < when.to)
  );
}

const RELATIVE: [RegExp, number][] = [
  [/(今日|きょう|本日)/u, 0],
  [/(明後日|あさって)/u, 2],
  [/(明日|あした|あす)/u, 1],
];

function daySaid(said: string, today: string): WhenSaid {
  for (const [pattern, days] of RELATIVE) if (pattern.test(said)) return { day: addDays(today, days) };
  const dated = /(?:(\d{1,2})\s*[月/])\s*(\d{1,2})|(\d{1,2})\s*日(?![前間目])/u.exec(said);
  if (dated !== null) return nextDate(today, dated[1] ?? null, dated[2] ?? dated[3] ?? '');
  const weekday = /([日月火水木金土])曜/u.exec(said)?.[1];
  if (weekday === undefined) return {};
  const number = '日月火水木金土'.indexOf(weekday);
  if (!/(来週|らいしゅう)/u.test(said)) return { weekday: number };
  const monday = addDays(today, 7 - ((weekdayOf(today) + 6) % 7));
  return { day: addDays(monday, (number + 6) % 7) };
}

/** The next day with this number (and month), today included, within a year. */
function nextDate(today: string, month: string | null, date: string): WhenSaid {
  for (let ahead = 0; ahead < 366; ahead++) {
    const day = addDays(today, ahead);
    if (Number(day.slice(8)) === Number(date) && (month === null || Number(day.slice(5, 7)) === Number(month))) {
      return { day };
    }
  }
  return {};
}

function timeSaid(said: string): WhenSaid {
  const afternoon = /(午後|ごご|夕方|昼から|昼すぎ|昼過ぎ|PM)/iu.test(said);
  const clock = /(\d{1,2})(?:\s*時\s*(半|\d{1,2}\s*分)?|:(\d{2}))/u.exec(said);
  if (clock !== null) {
    const hour = Number(clock[1]) + (afternoon && Number(clock[1]) < 12 ? 12 : 0);
    const minute = clock[2] === '半' ? 30 : Number((clock[2] ?? clock[3] ?? '0').replace(/\D/gu, ''));
    // 「2時」 at an office is 14 時: nobody books a window for the night.
    const day = hour < 7 ? hour + 12 : hour;
    const from = day * 60 + minute;
    return { from, to: from + (minute === 0 && clock[2] === undefined && clock[3] === undefined ? 60 : 1) };
  }
  if (afternoon) return { from: 12 * 60 };
  return /(午前|ごぜん|朝|AM)/iu.test(said) ? { to: 12 * 60 } : {};
}
