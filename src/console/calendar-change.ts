/** Changing a window's hours and places: what is affected is shown first, and no booking is ever dropped for it. */
import { html } from 'hono/html';
import { WEEKDAYS, type Window } from '#contracts/municipality.ts';
import { WAYS } from '#contracts/session.ts';
import { type CalendarOverride, calendarSchema } from '#contracts/staff.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { slotSentence } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { toWeekly } from '#handoff/calendar-overlay.ts';
import { inDraft } from '#store/draft.ts';
import { affectedBy } from './calendar-week.ts';
import { type Ctx, type Desk, path } from './desk.ts';
import { booked } from './feed.ts';
import { type Fields, fieldsOf } from './form.ts';
import { csrf, page } from './layout.ts';

/** Shows the calendar with what is wrong. */
type Again = (extra: { fault: string; window?: string }) => Promise<Response>;

/** Hours as people type them: full-width signs, 〜 and 、 are fine. */
export function readHours(text: string): string[] | null {
  const plain = text.normalize('NFKC').replaceAll(/[〜~ー−–—]/gu, '-');
  const parts = plain.split(/[,、\s]+/u).filter((part) => part !== '');
  const hours = parts.map((part) =>
    part
      .split('-')
      .map((time) => time.replace(/^(\d):/u, '0$1:'))
      .join('-'),
  );
  const valid = hours.every(
    (one) => /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/u.test(one) && one.slice(0, 5) < one.slice(6),
  );
  return valid ? hours.toSorted() : null;
}

export async function changeCalendar(desk: Desk, c: Ctx, id: string, what: string, again: Again): Promise<Response> {
  const fields = await fieldsOf(c);
  const city = c.get('city');
  const window = city.windows.find((one) => one.id === id);
  if (window === undefined || id.startsWith('event-')) return again({ fault: '窓口を選び直してください。' });
  const stored = await desk.store.get(city.id, 'calendar', id);
  const before: CalendarOverride = stored?.body ?? { weekly: null, special: {}, booking: null, at: 0, by: '' };
  const wanted = read(what, before, fields);
  if (typeof wanted === 'string') return again({ fault: wanted, window: id });
  const after = calendarSchema.safeParse({ ...wanted, at: desk.clock.now(), by: c.get('me').id });
  if (!after.success) return again({ fault: '数や時間を確かめてください。', window: id });
  const changed = inEffect(window, before, after.data);
  const tickets = await booked(desk, city.id, id, desk.clock.now() - 86_400_000);
  const affected = affectedBy(city, changed, tickets, desk.clock.now());
  if (affected.length > 0 && fields.one('seen') !== affected.map((one) => one.id).join())
    return confirmPage(desk, c, window, what, fields, affected);
  await inDraft(desk.store, city.id, async (draft) => {
    await draft.put('calendar', id, after.data);
    for (const { id: ticket } of affected) {
      const one = await draft.get('ticket', ticket);
      if (one)
        await draft.put('ticket', ticket, {
          ...one,
          updatedAt: after.data.at,
          history: [
            ...one.history,
            {
              at: after.data.at,
              by: after.data.by,
              what: 'hours_changed',
              detail: { start: String(one.booking?.slot.start ?? '') },
            },
          ],
        });
    }
    writeAudit(
      draft,
      {
        at: after.data.at,
        by: after.data.by,
        action: 'calendar.change',
        subject: id,
        detail: { what, affected: String(affected.length) },
      },
      desk.ids,
    );
  });
  return c.redirect(`${path(c, '/calendar')}?${new URLSearchParams({ window: id, week: fields.one('day') })}`, 303);
}

/** @returns the record as wanted, or what is wrong with the form. */
function read(what: string, before: CalendarOverride, fields: Fields): Omit<CalendarOverride, 'at' | 'by'> | string {
  const day = fields.one('day');
  const HOURS = '時間は 09:00-12:00 のように書いてください。';
  switch (what) {
    case 'weekly': {
      const weekly = WEEKDAYS.map((_, index) => readHours(fields.one(`d${index}`)));
      return weekly.every((one) => one !== null) ? { ...before, weekly } : HOURS;
    }
    case 'special': {
      const hours = readHours(fields.one('hours'));
      if (hours === null) return HOURS;
      return /^\d{4}-\d{2}-\d{2}$/u.test(day)
        ? { ...before, special: { ...before.special, [day]: hours } }
        : '日を選んでください。';
    }
    case 'unspecial':
      return { ...before, special: Object.fromEntries(Object.entries(before.special).filter(([one]) => one !== day)) };
    case 'booking': {
      const number = (name: string): number => Number(fields.one(name).normalize('NFKC'));
      const ways = WAYS.filter((way) => fields.all('way').includes(way));
      if (ways.length === 0) return '会い方を1つ以上選んでください。';
      return {
        ...before,
        booking: {
          minutes: number('minutes'),
          capacity: number('capacity'),
          noticeHours: number('noticeHours'),
          daysAhead: number('daysAhead'),
          ways,
        },
      };
    }
    default:
      return 'この操作はありません。';
  }
}

/** The window as it would be. Its single days are those of the file and of the record, so a removed one goes. */
function inEffect(window: Window, before: CalendarOverride, after: CalendarOverride): Window {
  const file = Object.fromEntries(
    Object.entries(window.hours?.special ?? {}).filter(([day]) => !(day in before.special)),
  );
  const weekly = after.weekly === null ? (window.hours?.weekly ?? toWeekly([])) : toWeekly(after.weekly);
  return {
    ...window,
    hours: { weekly, demo: false, special: { ...file, ...after.special } },
    ...(after.booking === null ? {} : { booking: after.booking }),
  };
}

async function confirmPage(
  desk: Desk,
  c: Ctx,
  window: Window,
  what: string,
  fields: Fields,
  affected: readonly Ticket[],
): Promise<Response> {
  const names = [
    'd0',
    'd1',
    'd2',
    'd3',
    'd4',
    'd5',
    'd6',
    'day',
    'hours',
    'minutes',
    'capacity',
    'noticeHours',
    'daysAhead',
    'way',
  ];
  const kept = names.flatMap((name) =>
    fields.all(name).map((value) => html`<input type="hidden" name="${name}" value="${value}">`),
  );
  const me = c.get('me');
  const body = html`<h1>予約のある時間が、受付の外になります</h1>
    <p><b>${window.name}</b>の変更で、次の ${affected.length} 件の予約が受付時間や枠からはみ出します。<b>予約は消えません。</b>決めたあと、一人ずつ連絡して、時間を変えるか、そのまま会うかを決めてください。</p>
    <ul class="box">${affected.map((ticket) => html`<li>${slotSentence(ticket.booking!.slot)}　${me.sees(ticket.window) ? html`<a href="${path(c, `/tickets/${ticket.id}`)}">${ticket.receipt}</a>` : ticket.receipt}</li>`)}</ul>
    <form method="post" action="${path(c, `/calendar/${window.id}/${what}`)}" class="row">${csrf(me)}${kept}<input type="hidden" name="seen" value="${affected.map((one) => one.id).join()}"><button class="main">予約を残したまま、時間を変える</button><a class="button" href="${path(c, '/calendar')}?window=${window.id}">やめる</a></form>`;
  return page(desk, c, { title: '予約の確認', body, status: 409 });
}
