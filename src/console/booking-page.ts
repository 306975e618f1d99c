/** Choosing a free time for a ticket: days of one window and way, then times. The place is taken only when it is still free. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { WAY_NAMES, WAYS, type Way } from '#contracts/session.ts';
import { tellBooking } from '#conversation/booking-notice.ts';
import { dayLabel, dayOf, timeLabel } from '#engine/japan-time.ts';
import { freeSlots } from '#handoff/free-slots.ts';
import { moveTicketBooking } from '#handoff/ticket-booking.ts';
import { createDraft } from '#store/draft.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { allowed } from './guard.ts';
import { csrf, page } from './layout.ts';
import { actGuarded } from './ticket-actions.ts';
import { notThere } from './ticket-page.ts';
import { readTicketView } from './ticket-view.ts';
import { windowName } from './words.ts';

export function bookingRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/tickets/:id/booking', allowed(desk, 'ticket.act'), (c) => choose(desk, c, c.req.param('id')));
  app.post('/tickets/:id/move-booking', allowed(desk, 'ticket.act'), (c) =>
    actGuarded(desk, c, 'move-booking', async (_desk, _c, draft, ticket, fields) => {
      const [start, end, way, ...window] = fields.one('slot').split('|');
      const known = WAYS.find((one) => one === way);
      if (known === undefined || !/^\d{1,15}$/u.test(start ?? '') || !/^\d{1,15}$/u.test(end ?? ''))
        return { ok: false, why: 'slot_taken' };
      const slot = { window: window.join('|'), start: Number(start), end: Number(end), way: known };
      const request = {
        ticket: ticket.id,
        by: c.get('me').id,
        now: desk.clock.now(),
        ids: desk.ids,
        municipality: c.get('city'),
        slot,
      };
      const done = await moveTicketBooking(draft, request);
      if (!done.ok) return done;
      await tellBooking(draft, desk, { ticket: (await draft.get('ticket', ticket.id))!, municipality: c.get('city') });
      return { ok: true };
    }),
  );
  return app;
}

async function choose(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const view = await readTicketView(desk, c, id);
  if (view === null || view.reach !== 'full') return notThere(desk, c);
  const { ticket, revision, now } = view;
  const city = c.get('city');
  const window = city.windows.find((one) => one.id === ticket.window);
  const ways = window?.booking?.ways ?? window?.ways ?? [];
  const way: Way =
    ways.find((one) => one === c.req.query('way')) ?? ways.find((one) => one === ticket.way) ?? ways[0] ?? 'visit';
  const draft = createDraft(desk.store, city.id);
  const asked = c.req.query('day') ?? '';
  const first = await freeSlots(draft, { municipality: city, window: ticket.window, way, limit: 1, now });
  const day = first.days.includes(asked) ? asked : (first.days[0] ?? dayOf(now));
  const { slots } = await freeSlots(draft, { municipality: city, window: ticket.window, way, day, limit: 50, now });
  const to = (query: Record<string, string>): string => `?${new URLSearchParams({ way, day, ...query })}`;
  const body = html`
    <p class="crumb"><a href="${path(c, `/tickets/${id}`)}">相談 ${ticket.receipt}</a></p>
    <h1>面談の時間をえらぶ</h1>
    <p>${windowName(city, ticket.window)}</p>
    <nav class="tabs" aria-label="会い方"><ul>${ways.map((one) => html`<li><a href="${to({ way: one })}" ${one === way ? 'aria-current=page' : ''}>${WAY_NAMES[one]}</a></li>`)}</ul></nav>
    ${
      first.days.length === 0
        ? html`<p class="empty">この窓口に、空いている時間がありません。カレンダーで受付時間を確かめてください。</p>`
        : html`<nav class="days" aria-label="日"><ul>${first.days.slice(0, 15).map((one) => html`<li><a href="${to({ day: one })}" ${one === day ? 'aria-current=page' : ''}>${dayLabel(one)}</a></li>`)}</ul></nav>
        <form method="post" action="${path(c, `/tickets/${id}/move-booking`)}" class="slots">${csrf(c.get('me'))}<input type="hidden" name="revision" value="${revision}"><input type="hidden" name="seen" value="${ticket.history.length}">
        ${slots.map((slot) => html`<button name="slot" value="${slot.start}|${slot.end}|${slot.way}|${slot.window}">${dayLabel(day)} ${timeLabel(slot.start)}〜${timeLabel(slot.end)}</button>`)}</form>`
    }`;
  return page(desk, c, { title: '面談の時間をえらぶ', body });
}
