/** Slows down guessing, per account and per address. Kept in the store, so that several servers count together. */
import { fingerprintOf } from '#support/passwords.ts';
import type { Desk } from './desk.ts';

const KEEP_MS = 24 * 3_600_000;
const LONGEST_MS = 15 * 60_000;
const STEP_MS = 15_000;
/** An office shares one address: it may fail more often than one account. */
const FREE = { account: 4, address: 20 } as const;
export type Throttled = keyof typeof FREE;

const id = (what: Throttled, name: string): string => `${what}|${fingerprintOf(name).slice(0, 32)}`;

/** @returns milliseconds to wait; 0 = go on. */
export async function waitOf(desk: Desk, city: string, names: Record<Throttled, string>): Promise<number> {
  const ids = (Object.keys(names) as Throttled[]).map((what) => id(what, names[what]));
  const rows = await desk.store.getMany(city, 'throttle', ids);
  return Math.max(0, ...rows.map((row) => (row ? row.body.until - desk.clock.now() : 0)));
}

export async function countFailure(desk: Desk, city: string, names: Record<Throttled, string>): Promise<void> {
  const now = desk.clock.now();
  for (const what of Object.keys(names) as Throttled[]) {
    for (let tries = 0; tries < 5; tries++) {
      const key = id(what, names[what]);
      const stored = await desk.store.get(city, 'throttle', key);
      const failures = (stored && stored.body.expiresAt > now ? stored.body.failures : 0) + 1;
      const over = failures - FREE[what];
      const until = over > 0 ? now + Math.min(LONGEST_MS, STEP_MS * 2 ** Math.min(over - 1, 10)) : 0;
      const body = { failures, until, expiresAt: now + KEEP_MS };
      const put = { type: 'put', kind: 'throttle', id: key, revision: stored?.revision ?? 0, body } as const;
      if ((await desk.store.commit(city, [put])).ok) break;
    }
  }
}

/** After a success the account begins anew; the address does not: others guess from there too. */
export async function forgive(desk: Desk, city: string, account: string): Promise<void> {
  await desk.store.commit(city, [{ type: 'delete', kind: 'throttle', id: id('account', account), revision: 'any' }]);
}
