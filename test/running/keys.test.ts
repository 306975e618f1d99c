/**
 * A new key for a service that runs: servers restarted one after the other while residents write, and `keys rotate` beside
 * them, killed on the way and begun again. Then the old key is taken out, and nothing misses it.
 */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKey } from '#support/key-ring.ts';
import { openStore } from '../../src/open-store.ts';
import { startTsunagi, tsunagi } from '../support/command.ts';
import { addTimers } from '../support/many-timers.ts';
import { whyNoRedis } from '../support/redis-server.ts';
import { openTown, type Town, WORDS } from './town.ts';

const noRedis = await whyNoRedis();
/** More than `keys rotate` looks at before it first says how far it is. */
const RECORDS = 11_500;
const DAY = 86_400_000;

const TOWNS: [name: string, servers: number][] = [['one server on the embedded store', 1]];
if (noRedis === null) TOWNS.push(['two servers on one Redis', 2]);

describe.each(TOWNS)('a new key for %s', (_, servers) => {
  const redis = servers > 1;
  const newer = generateKey('k2');
  let older: string;
  let ring: string | null = null;
  let town: Town;
  const residents: string[] = [];
  beforeAll(async () => {
    town = await openTown({
      servers,
      redis,
      env: async () => (ring === null ? {} : { SECRET_KEYS: ring }),
    });
    older = town.secretKeys;
    const store = await openStore(env(older));
    await addTimers(store, RECORDS, Date.now() + DAY);
    await store.close();
  });
  afterAll(() => town.close());

  const env = (keys: string) => ({
    DATA_DIR: town.dataDir,
    SECRET_KEYS: keys,
    ...(redis ? { REDIS_URL: town.redis!.url } : {}),
  });
  /** New residents write for as long as the work takes. */
  const meanwhile = async <T>(work: () => Promise<T>): Promise<T> => {
    let done = false;
    const end = (): void => {
      done = true;
    };
    const working = work();
    void working.then(end, end);
    while (!done) residents.push(...(await town.wave(2, 600)));
    return working;
  };
  const expectAnswers = async (users: string[], each: number): Promise<void> => {
    await town.settle(users, each);
    await expect.poll(() => town.told(users), { timeout: 20_000 }).toEqual(users.map(() => each));
  };
  const restart = async (i: number): Promise<void> => {
    // Whatever could not be read would stand in the log.
    expect(town.servers[i]!.output()).not.toContain('KeyError');
    await town.kill(i, 'SIGTERM');
    await town.start(i);
  };
  /** While the servers differ, somebody writes at the one that has the new ring, and then at the one that has the old. */
  const restartAll = async (keys: string): Promise<void> => {
    ring = keys;
    await restart(0);
    if (servers === 1) return;
    const user = town.line.addResident('ashiya').userId;
    for (const i of [0, 1]) {
      town.aim(i);
      await town.line.say(user, WORDS);
      await expectAnswers([user], i + 1);
    }
    town.aim(null);
    await restart(1);
  };

  it('is made known to one server after the other, then used by one after the other', async () => {
    await meanwhile(async () => {
      if (servers > 1) await restartAll(`${older},${newer}`);
      await restartAll(`${newer},${older}`);
    });
    await expectAnswers(residents, 1);
  });

  it('seals what was there: says how far it is, is killed on the way, goes on when begun again', async () => {
    const { first, again } = await meanwhile(async () => {
      const child = startTsunagi(['keys', 'rotate'], env(`${newer},${older}`));
      const [said] = (await once(child.stderr!, 'data')) as [Buffer];
      child.kill('SIGKILL');
      await once(child, 'exit');
      return { first: said.toString(), again: await tsunagi(['keys', 'rotate'], env(`${newer},${older}`)) };
    });
    const before = Number(/^ashiya: 10000件まで（(\d+)件を新しい鍵に）/u.exec(first)![1]);
    expect(before).toBeGreaterThan(0);
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain('古い鍵は SECRET_KEYS から外せます。');
    const after = Number(/^ashiya: (\d+)件を鍵「k2」に移しました。/mu.exec(again.out)![1]);
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThan(RECORDS - 1_000);
    await expectAnswers(residents, 1);
    console.log(
      `keys: ${before} sealed again before the kill, ${after} afterwards, ${residents.length} residents wrote meanwhile`,
    );
  });

  it('is then the only one needed: whoever wrote goes on with their talk', async () => {
    await meanwhile(() => restartAll(newer));
    await Promise.all(residents.map((user) => town.line.say(user, WORDS)));
    await expectAnswers(residents, 2);
    const doctor = await tsunagi(['doctor'], env(newer));
    expect(doctor.out).not.toContain('×');
    expect(doctor.code).toBe(0);
    console.log(`keys: ${residents.length} residents, one answer a message; ${doctor.out.split('\n')[1]}`);
  });
});
