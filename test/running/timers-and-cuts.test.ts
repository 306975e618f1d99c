/**
 * Two servers on one Redis, real processes: what is due at a time happens once, and a server that Redis cannot be reached
 * from for ten seconds harms nobody while the other goes on.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPseudonym } from '#conversation/pseudonym.ts';
import type { Operation } from '#store/store.ts';
import { openStorage } from '../../src/open-store.ts';
import { whyNoRedis } from '../support/redis-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { openTown, type Town } from './town.ts';

const noRedis = await whyNoRedis();
const TIMERS = 60;

describe.skipIf(noRedis !== null)('two servers', () => {
  let town: Town;
  let way: TcpProxy;
  beforeAll(async () => {
    town = await openTown({
      servers: 2,
      redis: true,
      async env(i, _, redisUrl) {
        if (i === 1) return {};
        way ??= await startTcpProxy(Number(new URL(redisUrl!).port));
        return { REDIS_URL: `redis://127.0.0.1:${way.port}` };
      },
    });
  }, 120_000);
  afterAll(async () => {
    const faults = (await town.examine()).flatMap((report) => report.faults);
    await town.close();
    await way.close();
    expect(faults).toEqual([]);
  }, 60_000);

  it(`${TIMERS} timers that are due at once, every second one a reminder, are fired once each`, {
    timeout: 60_000,
  }, async () => {
    const { store } = await openStorage({ DATA_DIR: '', REDIS_URL: town.redis!.url, SECRET_KEYS: town.secretKeys });
    const pseudonym = await loadPseudonym(store);
    const seed = town.line.addResident('ashiya').userId;
    await town.line.say(seed, 'もう死にたい');
    await town.settle([seed]);
    const known = (await store.get('ashiya', 'contact', pseudonym('ashiya', 'line', seed)))!.body;
    const [example] = await store.list('ashiya', 'ticket', 'created', { limit: 1 });
    const users = Array.from({ length: TIMERS }, () => town.line.addResident('ashiya').userId);
    const ticketOf = (user: string): string => `t-${user.slice(1, 9)}`;
    // Both look once a second: this is when they both see them.
    const at = Date.now() + 1_500;
    const start = at + 86_400_000;
    const touching = (contact: string, ticket: string): Operation[] => {
      const touch = {
        ticket,
        contact,
        by: 'staff',
        state: 'on' as const,
        everyDays: 30,
        hour: 10,
        left: 3,
        agreed: { at, how: 'line' as const, wording: '' },
        askedAt: null,
        nextAt: null,
        answers: [],
        unseen: false,
        updatedAt: at,
      };
      const timer = { at, what: 'touch', contact, ticket, data: {} };
      return [
        { type: 'put', kind: 'touch', id: ticket, revision: 0, body: touch },
        { type: 'put', kind: 'timer', id: `touch|${ticket}`, revision: 0, body: timer },
      ];
    };
    const reminding = (contact: string, ticket: string): Operation[] => {
      const slot = { window: example!.body.window, start, end: start + 3_600_000, way: 'visit' as const };
      const booking = { id: ticket, slot, state: 'booked' as const, place: null };
      const body = { ...example!.body, id: ticket, contact, crisis: 'none' as const, crisisAt: null, booking };
      const data = { window: slot.window, start: String(start), place: '' };
      return [
        { type: 'put', kind: 'ticket', id: ticket, revision: 0, body },
        {
          type: 'put',
          kind: 'timer',
          id: `reminder|${ticket}`,
          revision: 0,
          body: { at, what: 'reminder', contact, ticket, data },
        },
      ];
    };
    const operations = users.flatMap((address, i): Operation[] => {
      const contact = pseudonym('ashiya', 'line', address);
      const body = { ...known, address, tickets: [], crisis: null, lastAnswer: null };
      const due = i % 2 === 0 ? touching : reminding;
      return [{ type: 'put', kind: 'contact', id: contact, revision: 0, body }, ...due(contact, ticketOf(address))];
    });
    expect(await store.commit('ashiya', operations)).toEqual({ ok: true });
    await expect.poll(() => town.told(users), { timeout: 30_000 }).toEqual(users.map(() => 1));
    // Whatever would come twice has time to.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(town.told(users)).toEqual(users.map(() => 1));
    const reminded = users.filter((_, i) => i % 2 === 1);
    for (const user of reminded) expect(town.line.screenText(user).join('\n')).toContain('明日のお知らせです。');
    // The next touch of each is set, once, and no reminder; all taken out here, as nobody has booked anything.
    const next = await store.list('ashiya', 'timer', 'at', { limit: 1_000 });
    expect(next.map(({ body }) => body.what)).toEqual(Array.from({ length: TIMERS / 2 }, () => 'touch'));
    await store.commit('ashiya', [
      ...next.map(({ id, revision }) => ({ type: 'delete', kind: 'timer', id, revision }) as const),
      ...reminded.map((user) => ({ type: 'delete', kind: 'ticket', id: ticketOf(user), revision: 'any' }) as const),
    ]);
    console.log(`timers: ${TIMERS} due at once, ${town.told(users).reduce((sum, n) => sum + n, 0)} messages`);
    await store.close();
  });

  it('one of them cut off from Redis for ten seconds: LINE is told so, the other answers', {
    timeout: 90_000,
  }, async () => {
    const writing = town.wave(40, 12_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    way.away(true);
    expect((await fetch(`${town.servers[0]!.url}/readyz`)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    way.away(false);
    const users = await writing;
    await town.settle(users);
    await expect.poll(() => town.told(users), { timeout: 20_000 }).toEqual(users.map(() => 1));
    await expect
      .poll(async () => (await fetch(`${town.servers[0]!.url}/readyz`)).status, { timeout: 20_000 })
      .toBe(200);
    console.log(
      `cut off: ${users.length} residents, each answered once, ${town.line.counts().undeliveredWebhooks} webhooks left`,
    );
  });
});
