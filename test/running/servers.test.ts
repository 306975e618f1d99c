/**
 * Two servers on one Redis, real processes: killed, restarted, cut off from Redis, fed twice. After each: every message that
 * was taken has one answer, and the whole store holds together. `KILL_ROUNDS=200` for the long run.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { whyNoRedis } from '../support/redis-server.ts';
import { openTown, type Town, WORDS } from './town.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2);
const RESIDENTS = 12;
const noRedis = await whyNoRedis();
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(noRedis !== null)('two servers on one Redis', () => {
  let town: Town;
  let everybody: string[] = [];
  beforeAll(async () => {
    town = await openTown({ servers: 2, redis: true });
  }, 120_000);
  afterEach(() => {
    town.line.clearFaults();
  });
  afterAll(async () => {
    const reports = await town.examine();
    const faults = reports.flatMap((report) => report.faults);
    console.log(`servers: ${reports.reduce((sum, one) => sum + one.records, 0)} records read, ${faults.length} faults`);
    await town.close();
    expect(faults).toEqual([]);
  }, 120_000);

  const expectOnce = async (users: string[]): Promise<void> => {
    await town.settle(users);
    expect(town.told(users)).toEqual(users.map(() => 1));
    everybody = everybody.concat(users);
  };

  it(`${ROUNDS} × kill -9 of one of the two under load: nothing lost, nothing twice`, {
    timeout: 60_000 + ROUNDS * 30_000,
  }, async () => {
    let longest = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const victim = round % 2;
      const writing = town.wave(RESIDENTS, 200);
      await wait(20 + ((round * 37) % 200));
      const killed = performance.now();
      await town.kill(victim, 'SIGKILL');
      const users = await writing;
      await expectOnce(users);
      longest = Math.max(longest, performance.now() - killed);
      await town.start(victim);
    }
    console.log(
      `servers: ${ROUNDS} kills, ${ROUNDS * RESIDENTS} messages, longest from the kill to the last answer ${(longest / 1000).toFixed(1)} s`,
    );
  });

  it('a rolling restart under load loses nothing and needs no second delivery of what was taken', {
    timeout: 120_000,
  }, async () => {
    const writing = town.wave(60, 4_000);
    for (const i of [0, 1]) {
      await town.kill(i, 'SIGTERM');
      await town.start(i);
    }
    await expectOnce(await writing);
  });

  it('Redis is killed and comes back', { timeout: 60_000 }, async () => {
    const writing = town.wave(30, 2_000);
    await wait(500);
    await town.redis!.kill();
    await wait(500);
    await town.redis!.start();
    await expectOnce(await writing);
  });

  it('Redis pauses for two seconds', { timeout: 60_000 }, async () => {
    const writing = town.wave(30, 1_500);
    await town.redis!.cli('CLIENT', 'PAUSE', '2000', 'ALL');
    await expectOnce(await writing);
  });

  it('Redis stands still for ten seconds: LINE is told so, and afterwards nobody was forgotten', {
    timeout: 120_000,
  }, async () => {
    process.kill(town.redis!.pid, 'SIGSTOP');
    const began = performance.now();
    const users = await town.wave(10, 1_000);
    expect(performance.now() - began).toBeLessThan(12_000);
    await wait(Math.max(0, 10_000 - (performance.now() - began)));
    process.kill(town.redis!.pid, 'SIGCONT');
    await expectOnce(users);
  });

  it('the same body to both at once, again, under another event id, out of order: one answer', {
    timeout: 60_000,
  }, async () => {
    const { line } = town;
    const users = Array.from({ length: 10 }, () => line.addResident('ashiya').userId);
    for (const [i, user] of users.entries()) {
      const event = line.events.text(user, WORDS);
      const other = { ...event, webhookEventId: `01ARZ3NDEKTSV4RRFFQ69G5F${String(i).padStart(2, '0')}` };
      await Promise.all([line.deliver('ashiya', [event]), line.deliver('ashiya', [event])]);
      await Promise.all([line.deliver('ashiya', [other]), line.deliver('ashiya', [event])]);
    }
    await expectOnce(users);
  });

  it('LINE answers later than a silent server is waited for: another takes over, one answer each', {
    timeout: 60_000,
  }, async () => {
    const { invalid } = town.line.counts();
    town.line.fault({ kind: 'slow', ms: 9_000, times: 5 });
    const users = await town.wave(10, 100);
    // LINE has taken all; whoever asks again is refused the used token.
    await expect.poll(() => town.line.counts().invalid - invalid, { timeout: 20_000 }).toBe(5);
    await expectOnce(users);
  });

  it('a later message before an earlier one, then both again: one answer each', { timeout: 60_000 }, async () => {
    const { line } = town;
    const users = Array.from({ length: 10 }, () => line.addResident('ashiya').userId);
    for (const user of users) {
      const events = [WORDS, '父のことも心配です'].map((text, i) =>
        line.events.text(user, text, { at: Date.now() + i }),
      );
      for (const event of events.toReversed()) await line.deliver('ashiya', [event]);
      await Promise.all(events.map((event) => line.deliver('ashiya', [event])));
    }
    await town.settle(users, 2);
    await expect.poll(() => town.told(users), { timeout: 20_000 }).toEqual(users.map(() => 2));
  });

  it('two residents in one body', { timeout: 60_000 }, async () => {
    const { line } = town;
    const users = [line.addResident('ashiya').userId, line.addResident('ashiya').userId];
    await line.deliver(
      'ashiya',
      users.map((user) => line.events.text(user, WORDS)),
    );
    await expectOnce(users);
  });

  it('whoever was answered was answered once, to the end', async () => {
    expect(town.told(everybody)).toEqual(everybody.map(() => 1));
    const pushes = town.line.counts().pushes;
    console.log(`servers: ${everybody.length} residents in all, ${pushes} answered by push`);
  });
});
