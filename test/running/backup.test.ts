/** What operators do with the data of a service with residents in it: a backup beside it on either store, the move to Redis. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadPseudonym } from '#conversation/pseudonym.ts';
import { openStore } from '../../src/open-store.ts';
import { tsunagi } from '../support/command.ts';
import { startRedis, whyNoRedis } from '../support/redis-server.ts';
import { newDataDir } from '../support/service.ts';
import { openTown, type Town, WORDS } from './town.ts';

const noRedis = await whyNoRedis();
const LATER = '父のことも心配です';
let town: Town;
afterEach(() => town.close());

const expectSound = async (where: Record<string, string>): Promise<string> => {
  const doctor = await tsunagi(['doctor'], where);
  expect(doctor.out).not.toContain('×');
  expect(doctor.code).toBe(0);
  return /ashiya: (\d+)件/u.exec(doctor.out)![1]!;
};

describe.each([
  ['the embedded store', false],
  ['Redis', true],
])('a backup of %s while residents write', (name, redis) => {
  it.skipIf(redis && noRedis !== null)('restored elsewhere, doctor finds nothing', { timeout: 60_000 }, async () => {
    town = await openTown({ servers: redis ? 2 : 1, redis });
    const dir = newDataDir();
    const keys = { SECRET_KEYS: town.secretKeys };
    const source = { DATA_DIR: town.dataDir, ...keys, ...(redis ? { REDIS_URL: town.redis!.url } : {}) };
    const writing = town.wave(60, 6_000);
    const counts: string[] = [];
    for (const n of [1, 2]) {
      const file = join(dir, `backup-${n}`);
      expect(await tsunagi(['backup', file], source)).toMatchObject({ code: 0 });
      const copy = { DATA_DIR: newDataDir(), ...keys };
      expect(await tsunagi(['restore', file], copy)).toMatchObject({ code: 0 });
      counts.push(await expectSound(copy));
    }
    const users = await writing;
    await town.settle(users);
    await expect.poll(() => town.told(users), { timeout: 20_000 }).toEqual(users.map(() => 1));
    console.log(`backup of ${name} while ${users.length} write: ${counts.join(' and ')} records, 0 faults`);
  });
});

describe.skipIf(noRedis !== null)('the move to Redis', () => {
  it('talks go on where they stood', { timeout: 60_000 }, async () => {
    const redis = await startRedis();
    let store: Record<string, string> = {};
    town = await openTown({ servers: 1, redis: false, env: async () => store });
    const users = await town.wave(10, 300);
    await town.settle(users);
    await town.kill(0, 'SIGTERM');
    const keys = { SECRET_KEYS: town.secretKeys };
    expect(await tsunagi(['move', redis.url], { DATA_DIR: town.dataDir, ...keys })).toMatchObject({ code: 0 });
    store = { REDIS_URL: redis.url };
    await town.start(0);
    await Promise.all(users.map((user) => town.line.say(user, LATER)));
    await town.settle(users, 2);
    await expect.poll(() => town.told(users), { timeout: 20_000 }).toEqual(users.map(() => 2));
    const there = await openStore({ DATA_DIR: '', REDIS_URL: redis.url, ...keys });
    const pseudonym = await loadPseudonym(there);
    for (const user of users) {
      const contact = await there.get('ashiya', 'contact', pseudonym('ashiya', 'line', user));
      expect(contact!.body.talk!.session.facts.heard.map(({ text }) => text)).toEqual([WORDS, LATER]);
    }
    await there.close();
    const records = await expectSound({ ...store, ...keys });
    console.log(`move: ${users.length} residents went on, ${records} records, 0 faults`);
    await town.kill(0, 'SIGTERM');
    await redis.stop();
  });
});
