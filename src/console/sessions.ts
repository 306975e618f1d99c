/** Sessions of staff in the store: a random cookie, its hash as the id, an idle and an absolute end. */
import { randomBytes } from 'node:crypto';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { StaffSession } from '#contracts/staff.ts';
import { fingerprintOf } from '#support/passwords.ts';
import type { Ctx, Desk, Me } from './desk.ts';
import { may } from './permissions.ts';

export const IDLE_MS = 30 * 60_000;
export const ABSOLUTE_MS = 12 * 3_600_000;
const COOKIE = 'tsunagi_staff';
/** Not every click is worth a write. */
const TOUCH_MS = 60_000;

/** Begins a session under a new cookie; an older one of this browser ends. */
export async function beginSession(
  desk: Desk,
  c: Ctx,
  session: { account: string; generation: number; stage: StaffSession['stage'] },
): Promise<void> {
  await endSession(desk, c);
  const city = c.get('city').id;
  const token = randomBytes(32).toString('base64url');
  const now = desk.clock.now();
  const body: StaffSession = {
    ...session,
    csrf: randomBytes(24).toString('base64url'),
    createdAt: now,
    lastAt: now,
    expiresAt: now + IDLE_MS,
    opened: {},
    offered: null,
  };
  await desk.store.commit(city, [{ type: 'put', kind: 'staff_session', id: fingerprintOf(token), revision: 0, body }]);
  setCookie(c, COOKIE, token, {
    path: `/console/${city}`,
    httpOnly: true,
    secure: desk.secure,
    // Lax, not Strict: a link in an alert's mail must find the session.
    sameSite: 'Lax',
  });
}

/** @returns who is signed in (or half-way in), null otherwise. */
export async function readSession(desk: Desk, c: Ctx, options: { touch: boolean }): Promise<Me | null> {
  const city = c.get('city').id;
  const token = getCookie(c, COOKIE);
  if (token === undefined || token.length > 100) return null;
  const id = fingerprintOf(token);
  const stored = await desk.store.get(city, 'staff_session', id);
  const now = desk.clock.now();
  if (!stored || stored.body.expiresAt <= now || stored.body.createdAt + ABSOLUTE_MS <= now) return null;
  const account = await desk.store.get(city, 'staff', stored.body.account);
  if (!account || account.body.disabled || account.body.generation !== stored.body.generation) return null;
  let { revision, body } = stored;
  if (options.touch && now - body.lastAt >= TOUCH_MS) {
    body = { ...body, lastAt: now, expiresAt: Math.min(now + IDLE_MS, body.createdAt + ABSOLUTE_MS) };
    const put = { type: 'put', kind: 'staff_session', id, revision, body } as const;
    if ((await desk.store.commit(city, [put], { durable: false })).ok) revision += 1;
  }
  const staff = account.body;
  const all = may(staff.roles, 'ticket.see_all');
  return {
    id: account.id,
    staff,
    session: { id, revision, body },
    can: (action) => may(staff.roles, action),
    sees: (window) => all || (may(staff.roles, 'ticket.see') && staff.windows.includes(window)),
  };
}

/** Changes the session's record as it is now; a lost race is run again. */
export async function changeSession(
  desk: Desk,
  c: Ctx,
  me: Me,
  to: (session: StaffSession) => StaffSession,
): Promise<void> {
  const city = c.get('city').id;
  for (let tries = 0; tries < 5; tries++) {
    const stored = await desk.store.get(city, 'staff_session', me.session.id);
    if (!stored) return;
    const put = {
      type: 'put',
      kind: 'staff_session',
      id: stored.id,
      revision: stored.revision,
      body: to(stored.body),
    } as const;
    if ((await desk.store.commit(city, [put])).ok) return;
  }
}

export async function endSession(desk: Desk, c: Ctx): Promise<void> {
  const token = getCookie(c, COOKIE);
  const city = c.get('city').id;
  if (token !== undefined && token.length <= 100) {
    await desk.store.commit(city, [
      { type: 'delete', kind: 'staff_session', id: fingerprintOf(token), revision: 'any' },
    ]);
  }
  deleteCookie(c, COOKIE, { path: `/console/${city}`, secure: desk.secure });
}
