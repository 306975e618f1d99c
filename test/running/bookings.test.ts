/**
 * Residents who book at the same time, two servers on one Redis, each of which is killed on the way: everybody has one ticket
 * and one time in the end, every tap one answer, and nowhere stand more people than there are places.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '#simulator/wire.ts';
import { openStore } from '../../src/open-store.ts';
import { labelsOf, tapInAHurry } from '../conversation/in-a-hurry.ts';
import { whyNoRedis } from '../support/redis-server.ts';
import { openTown, type Town, WORDS } from './town.ts';

const noRedis = await whyNoRedis();
const RESIDENTS = 12;
/** A talk that goes round in circles ends here. */
const MOST_TURNS = 25;

describe.skipIf(noRedis !== null)('booking while servers are killed', () => {
  let town: Town;
  beforeAll(async () => {
    town = await openTown({ servers: 2, redis: true });
  });
  afterAll(() => town.close());

  /** From the first words to the receipt. @returns the number of turns. */
  const book = async (user: string): Promise<number> => {
    const { line } = town;
    const turn = async (act: () => Promise<Delivery>): Promise<string[]> => {
      const seen = line.received(user).length;
      const token = (await act()).events[0]!.replyToken;
      await line.whenCalled(({ delivered, endpoint, userId, body }) => {
        const mine = endpoint === 'push' ? userId === user : (body as { replyToken?: string }).replyToken === token;
        return delivered && mine;
      });
      return labelsOf(line.received(user).slice(seen));
    };
    let buttons = await turn(() => line.say(user, WORDS));
    for (let turns = 1; turns < MOST_TURNS; turns++) {
      if (line.screenText(user).join('\n').includes('受付番号')) return turns;
      const label = tapInAHurry(buttons)!;
      buttons = await turn(async () => (await line.tap(user, label))!);
    }
    throw new Error(`no receipt after ${MOST_TURNS} turns:\n${line.screenText(user).slice(-4).join('\n')}`);
  };

  it(`${RESIDENTS} residents at once, each server killed once`, { timeout: 90_000 }, async () => {
    const users = Array.from({ length: RESIDENTS }, () => town.line.addResident('ashiya').userId);
    const booking = Promise.all(users.map(book));
    let booked = false;
    const end = (): void => {
      booked = true;
    };
    void booking.then(end, end);
    const killing = (async () => {
      for (const i of [0, 1]) {
        await wait(300);
        await town.kill(i, 'SIGKILL');
        await town.start(i);
      }
    })();
    // LINE delivers again what got no 200.
    while (!booked) {
      await town.line.redeliver();
      await wait(200);
    }
    const turns = await booking;
    await killing;
    expect(town.told(users)).toEqual(turns);
    const store = await openStore({ DATA_DIR: '', REDIS_URL: town.redis!.url, SECRET_KEYS: town.secretKeys });
    const tickets = await store.list('ashiya', 'ticket', 'created', { limit: 1_000 });
    await store.close();
    expect(new Set(tickets.map(({ body }) => body.contact)).size).toBe(RESIDENTS);
    expect(tickets.map(({ body }) => body.booking?.state)).toEqual(users.map(() => 'booked'));
    const reports = await town.examine();
    expect(reports.flatMap((report) => report.faults)).toEqual([]);
    const places = new Set(tickets.map(({ body }) => `${body.booking!.slot.window} ${body.booking!.slot.start}`));
    const all = turns.reduce((sum, n) => sum + n, 0);
    console.log(`bookings: ${RESIDENTS} residents, ${all} turns, ${places.size} times, 2 kills, 0 faults`);
  });
});
