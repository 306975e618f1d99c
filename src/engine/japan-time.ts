/** Days and hours in Japan (UTC+9, no summer time) of milliseconds UTC. */
const OFFSET = 9 * 3_600_000;
const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'] as const;

const DAY = 86_400_000;
/** The day asked for last: mostly today. */
let known = { number: Number.NaN, day: '' };

/** @returns `YYYY-MM-DD` in Japan. */
export function dayOf(ms: number): string {
  const number = Math.floor((ms + OFFSET) / DAY);
  if (number !== known.number) known = { number, day: new Date(number * DAY).toISOString().slice(0, 10) };
  return known.day;
}
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
export const hourOf = (ms: number): number => new Date(ms + OFFSET).getUTCHours();
export const minuteOf = (ms: number): number => new Date(ms + OFFSET).getUTCMinutes();
/** 0 = Sunday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

/** `YYYY-MM-DD` → `11/24(火)`. */
export const dayLabel = (day: string): string =>
  `${Number(day.slice(5, 7))}/${Number(day.slice(8, 10))}(${WEEKDAYS[weekdayOf(day)] ?? ''})`;
/** → `10:00`. */
export const timeLabel = (ms: number): string => `${hourOf(ms)}:${String(minuteOf(ms)).padStart(2, '0')}`;
/** → `11/24(火) 10:00`: at most 16 characters, fits a label. */
export const slotLabel = (ms: number): string => `${dayLabel(dayOf(ms))} ${timeLabel(ms)}`;
/** → `11月24日（火）10:00〜11:00`, for sentences. */
export const slotSentence = (slot: { start: number; end: number }): string => {
  const day = dayOf(slot.start);
  const date = `${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日（${WEEKDAYS[weekdayOf(day)] ?? ''}）`;
  return `${date}${timeLabel(slot.start)}〜${timeLabel(slot.end)}`;
};
