/** A calendar to subscribe to under a secret address: receipt, time, way; monitoring and meetings. No words, no needs, no names of residents. */

import { Hono } from 'hono';
import ical, { type ICalCalendar } from 'ical-generator';
import type { Municipality } from '#contracts/municipality.ts';
import { WAY_NAMES } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { timeKey } from '#store/kinds.ts';
import { fingerprintOf } from '#support/passwords.ts';
import type { Ctx, Desk, Env } from './desk.ts';
import { may } from './permissions.ts';
import { countFailure, waitOf } from './throttle.ts';
import { windowName } from './words.ts';

const BACK_MS = 14 * 86_400_000;

export function feedRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/feeds/:name', async (c) => {
    const token = c.req.param('name').replace(/\.ics$/u, '');
    const address = desk.address(c);
    const guess = { account: `feed ${address}`, address };
    if ((await waitOf(desk, c.get('city').id, guess)) > 0) return c.text('too many\n', 429);
    const text = await feedOf(desk, c, token);
    if (text === null) {
      await countFailure(desk, c.get('city').id, guess);
      return c.text('not found\n', 404);
    }
    return c.body(text, 200, { 'content-type': 'text/calendar; charset=utf-8' });
  });
  return app;
}

/** @returns null for an address that is not (or no longer) given out. */
async function feedOf(desk: Desk, c: Ctx, token: string): Promise<string | null> {
  const city = c.get('city');
  const feed = await desk.store.get(city.id, 'feed', fingerprintOf(token));
  const owner = feed && (await desk.store.get(city.id, 'staff', feed.body.staff));
  if (!feed || !owner || owner.body.disabled || !may(owner.body.roles, 'ticket.see')) return null;
  const { window } = feed.body;
  const { roles, windows } = owner.body;
  if (window !== null && !may(roles, 'ticket.see_all') && !windows.includes(window)) return null;
  const from = desk.clock.now() - BACK_MS;
  const tickets =
    window === null ? await assigned(desk, city.id, feed.body.staff) : await booked(desk, city.id, window, from);
  const calendar = ical({
    name: window === null ? 'つなぎ 自分の面談' : `つなぎ ${windowName(city, window)}`,
    prodId: '//tsunagi//console//JA',
    ttl: 900,
  });
  for (const { id, receipt, booking, window: holder } of tickets) {
    if (booking === null || booking.state === 'cancelled' || booking.slot.start < from) continue;
    calendar.createEvent({
      id: `${id}@tsunagi.${city.id}`,
      start: new Date(booking.slot.start),
      end: new Date(booking.slot.end),
      stamp: new Date(booking.slot.start),
      summary: `面談 ${receipt}（${WAY_NAMES[booking.slot.way]}）`,
      location: windowName(city, booking.slot.window),
      url: `${desk.publicUrl()}/console/${city.id}/tickets/${id}`,
      description: windowName(city, holder),
    });
  }
  if (window === null && may(roles, 'case.see')) {
    await addCases(desk, city.id, feed.body.staff, calendar);
    if (may(roles, 'ticket.see_all')) await addMeetings(desk, city, from, calendar);
  }
  return calendar.toString();
}

/** Days on which plans are looked at again, of cases that they keep. */
async function addCases(desk: Desk, city: string, staff: string, calendar: ICalCalendar): Promise<void> {
  const rows = await desk.store.list(city, 'case', 'review', { limit: 1000 });
  for (const { id, body: one } of rows) {
    if (one.coordinator !== staff || one.plan?.reviewOn == null) continue;
    calendar.createEvent({
      id: `case-${id}@tsunagi.${city}`,
      start: new Date(`${one.plan.reviewOn}T00:00:00Z`),
      allDay: true,
      stamp: new Date(one.updatedAt),
      summary: `モニタリング ${one.number}`,
      url: `${desk.publicUrl()}/console/${city}/cases/${id}`,
    });
  }
}

/** For those who run them; a 支援会議 stands in no calendar (R26). */
async function addMeetings(desk: Desk, city: Municipality, from: number, calendar: ICalCalendar): Promise<void> {
  const rows = await desk.store.list(city.id, 'conference', 'start', { from: timeKey(from), limit: 1000 });
  for (const { id, body: one } of rows) {
    if (one.state === 'cancelled') continue;
    calendar.createEvent({
      id: `meeting-${id}@tsunagi.${city.id}`,
      start: new Date(one.start),
      end: new Date(one.end),
      stamp: new Date(one.updatedAt),
      summary: city.meetings?.find((meeting) => meeting.id === one.meeting)?.name ?? '会議',
      location: one.place,
      url: `${desk.publicUrl()}/console/${city.id}/meetings/${id}`,
    });
  }
}

async function assigned(desk: Desk, city: string, staff: string): Promise<Ticket[]> {
  const rows = await desk.store.list(city, 'ticket', 'assignee', { prefix: `${staff}|`, limit: 1000, reverse: true });
  return rows.map((row) => row.body);
}

/** Tickets with a claim on a place of the window. */
export async function booked(
  desk: Desk,
  city: string,
  window: string,
  from: number,
  to = from + 200 * 86_400_000,
): Promise<Ticket[]> {
  const places = await desk.store.list(city, 'place', 'window', {
    prefix: `${window}|`,
    from: timeKey(from),
    to: timeKey(to),
    limit: 2000,
  });
  const ids = places.flatMap((row) =>
    row.body.claims.flatMap(({ until, ticket }) => (until === null && ticket !== null ? [ticket] : [])),
  );
  const tickets = await desk.store.getMany(city, 'ticket', [...new Set(ids)]);
  return tickets.flatMap((row) => (row ? [row.body] : []));
}
