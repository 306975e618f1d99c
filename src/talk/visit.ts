/**
 * Who is visiting: a random cookie, from which the contact is an HMAC. The server keeps nothing from which the cookie could
 * be found again; whoever presses 「すぐ閉じる」 has left for good.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Municipality } from '#contracts/municipality.ts';
import { createDraft } from '#store/draft.ts';
import { fingerprintOf } from '#support/passwords.ts';
import { randomBytesPooled } from '#support/random.ts';
import type { Ctx, Desk, Env, Visit } from './desk.ts';

const COOKIE = 'tsunagi_talk';
const DAY_MS = 86_400_000;
/** A telephone that is lost or lent shows the talk no longer than this. */
const LONGEST_DAYS = 30;

export const visitDays = (city: Municipality): number => Math.min(LONGEST_DAYS, city.retentionDays.talk);

/** The record outlives the visit: it knows where a reminder goes. */
const endOf = (city: Municipality, expiresAt: number): number =>
  expiresAt - (city.retentionDays.talk - visitDays(city)) * DAY_MS;

/** Finds the visit; somebody new gets a cookie, and nothing is stored before they begin. */
export function withVisit(desk: Desk): MiddlewareHandler<Env> {
  return async (c, next) => {
    const city = c.get('city');
    const known = getCookie(c, COOKIE);
    const fresh = known === undefined || !/^[\w-]{43}$/u.test(known);
    const secret = fresh ? randomBytesPooled(32).toString('base64url') : known;
    const contact = desk.contactOf(city.id, secret);
    const stored = fresh ? null : await desk.store.get(city.id, 'page_session', contact);
    const begun = stored !== null && endOf(city, stored.body.expiresAt) > desk.clock.now() ? stored.body : null;
    c.set('visit', { secret, contact, begun });
    if (fresh && c.req.method === 'GET') give(desk, c, secret);
    await next();
  };
}

export function give(desk: Desk, c: Ctx, secret: string): void {
  const city = c.get('city');
  setCookie(c, COOKIE, secret, {
    path: `/talk/${city.id}`,
    httpOnly: true,
    sameSite: 'Lax',
    secure: desk.secure,
    maxAge: visitDays(city) * 86_400,
  });
}

export function takeBack(desk: Desk, c: Ctx): void {
  deleteCookie(c, COOKIE, { path: `/talk/${c.get('city').id}`, secure: desk.secure });
}

/**
 * Begins, or goes on. A link from LINE is good once; it joins the two contacts only for reminders, and only if wished.
 * @returns `known`: a talk is under way already; `stale`: the link was used or is too old; nothing was begun.
 */
export async function begin(
  desk: Desk,
  city: Municipality,
  visit: Visit,
  wish: { token: string; remind: boolean },
): Promise<'new' | 'known' | 'stale'> {
  const now = desk.clock.now();
  const draft = createDraft(desk.store, city.id);
  const id = fingerprintOf(wish.token);
  const link = wish.token === '' ? null : await draft.get('page_link', id);
  if (wish.token !== '' && (!link || link.expiresAt <= now)) return 'stale';
  if (link) await draft.delete('page_link', id);
  const remindTo = link && wish.remind ? link.contact : (visit.begun?.remindTo ?? null);
  const known = await draft.get('page_session', visit.contact);
  const expiresAt = now + city.retentionDays.talk * DAY_MS;
  await draft.put('page_session', visit.contact, { startedAt: known?.startedAt ?? now, remindTo, expiresAt });
  if (!(await draft.commit()).ok) return 'stale';
  return visit.begun === null ? 'new' : 'known';
}

/** Is the link still good? Looking does not use it up: messengers look at links before people do. */
export async function isGood(desk: Desk, city: Municipality, token: string): Promise<boolean> {
  const link = await desk.store.get(city.id, 'page_link', fingerprintOf(token));
  return link !== null && link.body.expiresAt > desk.clock.now();
}

export async function stopReminding(desk: Desk, city: Municipality, visit: Visit): Promise<void> {
  const draft = createDraft(desk.store, city.id);
  const known = await draft.get('page_session', visit.contact);
  if (known) await draft.put('page_session', visit.contact, { ...known, remindTo: null });
  await draft.commit();
}

/** Stands in every form. Only who holds the cookie can make it, and other sites cannot read it. */
export const formToken = ({ secret }: Visit): string =>
  createHmac('sha256', secret).update('form').digest('base64url').slice(0, 27);

export function isOwnForm(visit: Visit, given: string): boolean {
  const [known, sent] = [Buffer.from(formToken(visit)), Buffer.from(given)];
  return known.length === sent.length && timingSafeEqual(known, sent);
}
