/**
 * Servers whose clocks are hours apart and jump under load, real processes: on one Redis they all go by its time, so every
 * answer goes out once, free of charge, in order, and what a server with another clock left is taken over all the same.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openStorage } from '../../src/open-store.ts';
import { whyNoRedis } from '../support/redis-server.ts';
import { newDataDir } from '../support/service.ts';
import { openTown, type Town, WORDS } from './town.ts';

const noRedis = await whyNoRedis();
const HOUR = 3_600_000;
const dir = newDataDir();
const fileOf = (i: number): string => join(dir, `clock-${i}`);
const setClock = (i: number, offset: number): void => writeFileSync(fileOf(i), String(offset));
let town: Town;

const open = async (servers: number, redis: boolean, offsets: number[]): Promise<void> => {
  for (const [i, offset] of offsets.entries()) setClock(i, offset);
  town = await openTown({
    servers,
    redis,
    env: async (i) => ({
      CLOCK_FILE: fileOf(i),
      NODE_OPTIONS: `--import=${join(import.meta.dirname, '..', 'support', 'clock-hook.mjs')}`,
    }),
  });
};
const jump = (i: number, offset: number): void => {
  setClock(i, offset);
  process.kill(town.servers[i]!.pid, 'SIGUSR2');
};
/** Each resident writes three times, to the servers in turn, while clocks jump: answered once each, in order, by reply. */
const talk = async (residents: number, jumps: (() => void)[], free = true): Promise<string[]> => {
  const users = Array.from({ length: residents }, () => town.line.addResident('ashiya').userId);
  const written = new Map<string, string[]>();
  for (const text of [WORDS, '父のことも心配です', '家賃も払えません']) {
    const writing = users.map(async (user, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 40));
      const { events } = await town.line.say(user, text);
      written.set(user, [...(written.get(user) ?? []), events[0]!.replyToken!]);
    });
    jumps.shift()?.();
    await Promise.all(writing);
  }
  await town.settle(users);
  // An answer may be several messages.
  await expect.poll(() => town.told(users), { timeout: 20_000 }).toEqual(users.map(() => 3));
  for (const user of free ? users : []) {
    const tokens = written.get(user)!;
    const answered = town.line.calls.flatMap(({ delivered, body }) => {
      const { replyToken = '' } = body as { replyToken?: string };
      return delivered && tokens.includes(replyToken) ? [replyToken] : [];
    });
    expect(answered).toEqual(tokens);
  }
  return users;
};

afterEach(async () => {
  const faults = (await town.examine()).flatMap((report) => report.faults);
  await town.close();
  expect(faults).toEqual([]);
}, 60_000);

it.skipIf(noRedis !== null)(
  'two servers on one Redis, four hours apart, jumping both ways',
  { timeout: 120_000 },
  async () => {
    await open(2, true, [-2 * HOUR, 2 * HOUR]);
    const users = await talk(12, [() => jump(0, 3 * HOUR), () => jump(1, -26 * HOUR), () => jump(0, -HOUR)]);
    expect(town.line.counts().pushes).toBe(0);
    console.log(`clocks: ${users.length * 3} messages over two servers, 3 jumps, ${town.line.counts().pushes} pushes`);
  },
);

it.skipIf(noRedis !== null)(
  'what a server an hour ahead or behind leaves when it is killed is answered by free reply',
  {
    timeout: 120_000,
  },
  async () => {
    await open(2, true, [-HOUR, HOUR]);
    for (const victim of [0, 1]) {
      const writing = town.wave(12, 200);
      await new Promise((resolve) => setTimeout(resolve, 120));
      await town.kill(victim, 'SIGKILL');
      const users = await writing;
      await town.settle(users);
      expect(town.told(users)).toEqual(users.map(() => 1));
      await town.start(victim);
    }
    expect(town.line.counts().pushes).toBe(0);
  },
);

it.skipIf(noRedis !== null)(
  'a timer fires once, at its time, though one server’s clock is past it',
  {
    timeout: 60_000,
  },
  async () => {
    await open(2, true, [0, 2 * HOUR]);
    await talk(1, []);
    const storage = await openStorage({ DATA_DIR: '', REDIS_URL: town.redis!.url, SECRET_KEYS: town.secretKeys });
    const { store } = storage;
    const body = { what: 'nothing', contact: null, ticket: null, data: {} };
    const put = (id: string, at: number) =>
      store.commit('ashiya', [{ type: 'put', kind: 'timer', id, revision: 0, body: { ...body, at } }]);
    await put('later', Date.now() + HOUR);
    await put('now', Date.now() - 1_000);
    await expect.poll(() => store.get('ashiya', 'timer', 'now'), { timeout: 10_000 }).toBeNull();
    // Several looks of both servers.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await store.get('ashiya', 'timer', 'later')).not.toBeNull();
    await store.close();
  },
);

it('one server on the embedded store, jumping both ways', { timeout: 120_000 }, async () => {
  await open(1, false, [0]);
  const users = await talk(12, [() => jump(0, 3 * HOUR), () => jump(0, -26 * HOUR), () => jump(0, 0)], false);
  // What is under way when the clock is set on by hours looks old: it may cost a push each, and nothing worse.
  expect(town.line.counts().pushes).toBeLessThanOrEqual(users.length);
  console.log(`clocks: ${users.length * 3} messages, 3 jumps, ${town.line.counts().pushes} pushes`);
});
