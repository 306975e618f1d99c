/** Weeks by window, and what staff decide over the city's file: hours, single days, places, days of consultation. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Municipality, Window } from '#contracts/municipality.ts';
import { WEEKDAYS } from '#contracts/municipality.ts';
import { WAY_NAMES, WAYS } from '#contracts/session.ts';
import { eventSchema } from '#contracts/staff.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { addDays, dayLabel, dayOf, timeLabel } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { momentOf } from '#handoff/opening-hours.ts';
import { inDraft } from '#store/draft.ts';
import { changeCalendar, readHours } from './calendar-change.ts';
import { mondayOf, standing, type WeekDay, weekOf } from './calendar-week.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { booked } from './feed.ts';
import { fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, page } from './layout.ts';

const DAY_NAMES = ['日', '月', '火', '水', '木', '金', '土'] as const;
const CLOSED = { holiday: '祝日', closed: '休み', special: 'この日だけ' } as const;

export function calendarRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  const edit = allowed(desk, 'calendar.edit');
  app.get('/calendar', allowed(desk, 'calendar.see'), (c) => calendarPage(desk, c, {}));
  app.post('/calendar/events', edit, (c) => addEvent(desk, c));
  app.post('/calendar/events/:id/delete', edit, (c) => deleteEvent(desk, c, c.req.param('id')));
  app.post('/calendar/:window/:what', edit, (c) =>
    changeCalendar(desk, c, c.req.param('window'), c.req.param('what'), (extra) => calendarPage(desk, c, extra)),
  );
  return app;
}

async function calendarPage(
  desk: Desk,
  c: Ctx,
  extra: { fault?: string; said?: string; window?: string },
): Promise<Response> {
  const city = c.get('city');
  const me = c.get('me');
  const now = desk.clock.now();
  const windows =
    me.can('calendar.edit') || me.can('ticket.see_all')
      ? city.windows
      : city.windows.filter((window) => me.sees(window.id));
  const asked = extra.window ?? c.req.query('window') ?? '';
  const window = windows.find((one) => one.id === asked) ?? windows[0];
  if (window === undefined)
    return page(desk, c, {
      title: 'カレンダー',
      body: html`<h1>カレンダー</h1><p class="empty">担当の窓口がありません。</p>`,
    });
  const week = c.req.query('week') ?? '';
  const monday = mondayOf(/^\d{4}-\d{2}-\d{2}$/u.test(week) && !Number.isNaN(Date.parse(week)) ? week : dayOf(now));
  const tickets = await booked(
    desk,
    city.id,
    window.id,
    momentOf(monday, '00:00') - 86_400_000,
    momentOf(addDays(monday, 7), '00:00'),
  );
  const to = (day: string): string => `?${new URLSearchParams({ window: window.id, week: day })}`;
  const outside = window.hours === undefined;
  const body = html`<div class="head"><h1>カレンダー</h1>
      <form method="get" class="filters"><label>窓口<select name="window">${windows.map((one) => html`<option value="${one.id}" ${one.id === window.id ? 'selected' : ''}>${one.name}</option>`)}</select></label><label>週<input type="date" name="week" value="${monday}"></label><button>見る</button></form></div>
    <nav class="weeknav" aria-label="週"><a class="button" href="${to(addDays(monday, -7))}">前の週</a><b>${dayLabel(monday)} 〜 ${dayLabel(addDays(monday, 6))}</b><a class="button" href="${to(addDays(monday, 7))}">次の週</a></nav>
    ${outside ? html`<p class="warn">この窓口は、受付時間がまだ決まっていません。</p>` : window.hours?.demo ? html`<p class="warn">受付時間は見本の値です。下の「受付時間」で、ほんとうの時間にしてください。</p>` : ''}
    <ol class="week">${weekOf(city, window, monday, tickets).map((day) => dayColumn(c, day, dayOf(now)))}</ol>
    ${me.can('calendar.edit') ? editors(c, city, window, now) : ''}`;
  return page(desk, c, {
    title: 'カレンダー',
    body,
    wide: true,
    fault: extra.fault,
    said: extra.said,
    status: extra.fault === undefined ? 200 : 422,
  });
}

function dayColumn(c: Ctx, { day, intervals, why, places }: WeekDay, today: string): Html {
  const hours = intervals.map((one) => `${timeLabel(one.start)}〜${timeLabel(one.end)}`).join('、');
  return html`<li class="day${day === today ? ' today' : ''}${intervals.length === 0 ? ' shut' : ''}"><h2>${dayLabel(day)}</h2>
    <p class="hint">${why === null ? '' : html`<b>${CLOSED[why]}</b> `}${hours === '' ? '受付なし' : hours}</p>
    <ul>${places.map(
      (
        place,
      ) => html`<li class="${place.outside ? 'place outside' : place.booked.length > 0 ? 'place has' : 'place'}"><span class="time">${timeLabel(place.start)}</span>
      ${place.booked.map((ticket) => bookedOne(c, ticket))}${place.outside ? html`<span class="late">受付時間の外</span>` : place.free > 0 ? html`<span class="free">空き${place.free}</span>` : place.booked.length === 0 ? '' : html`<span class="full">満</span>`}</li>`,
    )}</ul></li>`;
}

/** Who keeps hours but no tickets sees that somebody comes, not who. */
function bookedOne(c: Ctx, ticket: Ticket): Html {
  const way = WAY_NAMES[ticket.booking!.slot.way];
  if (!c.get('me').sees(ticket.window)) return html`<span class="who">予約（${way}）</span>`;
  return html`<a class="who" href="${path(c, `/tickets/${ticket.id}`)}">${ticket.receipt}<span class="hint">${way}</span></a>`;
}

function editors(c: Ctx, city: Municipality, window: Window, now: number): Html {
  const form = (what: string, inside: Html): Html =>
    html`<form method="post" action="${path(c, `/calendar/${window.id}/${what}`)}" class="stack">${csrf(c.get('me'))}${inside}</form>`;
  const weekly = window.hours?.weekly;
  const { booking } = window;
  const ahead = Object.entries(window.hours?.special ?? {})
    .filter(([day]) => day >= dayOf(now))
    .toSorted();
  const events = city.windows.filter((one) => one.id.startsWith('event-'));
  if (window.id.startsWith('event-')) {
    return html`<section class="box"><h2>${window.name}</h2><form method="post" action="${path(c, `/calendar/events/${window.id.slice(6)}/delete`)}">${csrf(c.get('me'))}<button class="danger">この相談会を取りやめる</button></form></section>`;
  }
  return html`<div class="editors">
    <details class="box"><summary>受付時間（毎週）</summary>${form('weekly', html`<p class="hint">例 09:00-12:00, 13:00-17:00　空けておくと休みです。</p>${[1, 2, 3, 4, 5, 6, 0].map((day) => html`<label class="dayrow"><span>${DAY_NAMES[day]}曜</span><input name="d${day}" value="${weekly?.[WEEKDAYS[day]!].join(', ') ?? ''}" autocomplete="off"></label>`)}<button>決める</button>`)}</details>
    <details class="box"><summary>この日だけ（臨時の受付・休み）</summary>${form('special', html`<label>日<input type="date" name="day" min="${dayOf(now)}" required></label><label>受付時間<input name="hours" placeholder="10:00-15:00" autocomplete="off"><span class="hint">空けておくと、その日は休みになります。</span></label><button>決める</button>`)}
      ${ahead.length === 0 ? '' : html`<ul>${ahead.map(([day, hours]) => html`<li>${dayLabel(day)}　${hours.length === 0 ? '休み' : hours.join('、')} <form method="post" action="${path(c, `/calendar/${window.id}/unspecial`)}" class="inline">${csrf(c.get('me'))}<input type="hidden" name="day" value="${day}"><button class="quiet">もとにもどす</button></form></li>`)}</ul>`}</details>
    <details class="box"><summary>面談の枠</summary>${form(
      'booking',
      html`<label>1回の長さ（分）<input name="minutes" inputmode="numeric" value="${booking?.minutes ?? 60}" required></label><label>同時に会える数<input name="capacity" inputmode="numeric" value="${booking?.capacity ?? 1}" required></label><label>何時間前まで予約できるか<input name="noticeHours" inputmode="numeric" value="${booking?.noticeHours ?? 24}" required></label><label>何日先まで予約できるか<input name="daysAhead" inputmode="numeric" value="${booking?.daysAhead ?? 21}" required></label>
      <fieldset class="grid"><legend>会い方</legend>${WAYS.map((way) => html`<label class="check"><input type="checkbox" name="way" value="${way}" ${(booking?.ways ?? window.ways).includes(way) ? 'checked' : ''}>${WAY_NAMES[way]}</label>`)}</fieldset><button>決める</button>`,
    )}</details>
    <details class="box"><summary>相談会を開く</summary>
      ${
        events.length === 0
          ? ''
          : html`<ul>${events.map(
              (one) =>
                html`<li><a href="?window=${one.id}&amp;week=${Object.keys(one.hours?.special ?? {})[0] ?? ''}">${one.name}</a>　${Object.keys(
                  one.hours?.special ?? {},
                )
                  .map(dayLabel)
                  .join()}</li>`,
            )}</ul>`
      }
      <form method="post" action="${path(c, '/calendar/events')}" class="stack">${csrf(c.get('me'))}<label>名前<input name="name" maxlength="60" placeholder="いこまる相談会" required></label><label>相談する人への説明<input name="about" maxlength="200" required></label><label>場所<input name="place" maxlength="100"></label>
      <label>日<input type="date" name="day" min="${dayOf(now)}" required></label><label>時間<input name="hours" placeholder="13:00-16:00" required></label><div class="row"><label>1回の長さ（分）<input name="minutes" inputmode="numeric" value="30" required></label><label>同時に会える数<input name="capacity" inputmode="numeric" value="2" required></label></div>
      <fieldset class="grid"><legend>会い方</legend>${WAYS.map((way) => html`<label class="check"><input type="checkbox" name="way" value="${way}" ${way === 'visit' ? 'checked' : ''}>${WAY_NAMES[way]}</label>`)}</fieldset><button>開く</button></form></details></div>`;
}

async function addEvent(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const number = (name: string): number => Number(fields.one(name).normalize('NFKC'));
  const by = c.get('me').id;
  const event = eventSchema.safeParse({
    name: fields.one('name').trim(),
    about: fields.one('about').trim(),
    place: fields.one('place').trim(),
    day: fields.one('day'),
    hours: readHours(fields.one('hours')) ?? [],
    minutes: number('minutes'),
    capacity: number('capacity'),
    ways: WAYS.filter((way) => fields.all('way').includes(way)),
    at: desk.clock.now(),
    by,
  });
  if (!event.success || !/^\d{4}-\d{2}-\d{2}$/u.test(event.data.day) || event.data.name === '')
    return calendarPage(desk, c, { fault: '相談会の名前・日・時間・会い方を確かめてください。' });
  const id = desk.ids
    .id()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/gu, '')
    .slice(0, 12);
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    await draft.put('event', id, event.data);
    writeAudit(draft, { at: event.data.at, by, action: 'calendar.event', subject: id }, desk.ids);
  });
  return c.redirect(
    `${path(c, '/calendar')}?${new URLSearchParams({ window: `event-${id}`, week: event.data.day })}`,
    303,
  );
}

/** With bookings on it, it stays: they would have nowhere to be. */
async function deleteEvent(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const tickets = (await booked(desk, c.get('city').id, `event-${id}`, desk.clock.now())).filter(standing);
  if (tickets.length > 0)
    return calendarPage(desk, c, {
      window: `event-${id}`,
      fault: `予約が ${tickets.length} 件あります。先に、一人ずつ時間を変えるか取り消してください。`,
    });
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    await draft.delete('event', id);
    writeAudit(
      draft,
      { at: desk.clock.now(), by: c.get('me').id, action: 'calendar.event_delete', subject: id },
      desk.ids,
    );
  });
  return c.redirect(path(c, '/calendar'), 303);
}
