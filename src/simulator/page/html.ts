import type { HtmlEscapedString } from 'hono/utils/html';

/** What `hono/html` makes: escaped, ready to be put into a page. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const time = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h23',
});
const seconds = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  month: 'numeric',
  day: 'numeric',
  weekday: 'short',
});

/** Japan time, e.g. `9:05`. */
export const timeOf = (ms: number): string => time.format(ms);
export const secondsOf = (ms: number): string => seconds.format(ms);
/** Japan time, e.g. `11/21(土)`. */
export const dayOf = (ms: number): string => day.format(ms);
