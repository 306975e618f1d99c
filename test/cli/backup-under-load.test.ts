/** A backup shows one moment, whatever is written meanwhile: pairs that every commit keeps equal are equal in the copy. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backup } from '#cli/backup.ts';
import { doctor } from '#cli/doctor.ts';
import { restore } from '#cli/restore.ts';
import type { Driver } from '#store/driver.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createRedisDriver } from '#store/redis/redis-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Operation, Store } from '#store/store.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import type { Storage } from '../../src/open-store.ts';
import { startCluster, startRedis, whyNoRedis } from '../support/redis-server.ts';

const noRedis = await whyNoRedis();
const ROUNDS = Number(process.env.BACKUP_ROUNDS ?? 3);
const PAIRS = 400;
const dir = mkdtempSync(join(tmpdir(), 'tsunagi-backup-'));
const keyRing = createKeyRing(generateKey('k1'));
const storageOf = (driver: Driver): Storage => ({ driver, keyRing, store: createSealedStore({ driver, keyRing }) });
const quiet = { stdout: { write: () => true }, stderr: { write: () => true } };
const cleanUp: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of cleanUp.reverse()) await end();
});

const put = (id: string, at: number): Operation => ({
  type: 'put',
  kind: 'timer',
  id,
  revision: 'any',
  body: { at, what: 'pair', contact: null, ticket: null, data: {} },
});
/** Two records far apart, written together; now and then both are gone. */
const write = (store: Store, city: string, pair: number, at: number) =>
  store.commit(
    city,
    [`a${pair}`, `z${pair}`].map((id) =>
      at % 7 === 0 ? ({ type: 'delete', kind: 'timer', id, revision: 'any' } as const) : put(id, at),
    ),
  );

describe.each([
  ['embedded', () => Promise.resolve([createEmbeddedDriver({ path: join(dir, 'source.db') })])],
  [
    'redis',
    async () => {
      const redis = await startRedis();
      cleanUp.push(() => redis.stop());
      return Promise.all([createRedisDriver({ url: redis.url }), createRedisDriver({ url: redis.url })]);
    },
  ],
  [
    'cluster',
    async () => {
      const cluster = await startCluster();
      cleanUp.push(() => cluster.stop());
      return Promise.all([createRedisDriver({ url: cluster.url }), createRedisDriver({ url: cluster.url })]);
    },
  ],
])('a backup of the %s store under constant writes', (name, open) => {
  it.skipIf(name !== 'embedded' && noRedis !== null)(
    `${ROUNDS} times`,
    { timeout: 60_000 + ROUNDS * 5_000 },
    async () => {
      // On Redis the writer is another server than the one that is backed up from.
      const drivers = await open();
      const source = storageOf(drivers[0]!);
      const { store: writer } = storageOf(drivers.at(-1)!);
      for (const driver of drivers) cleanUp.push(() => driver.close());
      // Much that stands still lies between the two halves of each pair.
      for (let i = 0; i < 12_000; i += 500) {
        await writer.commit(
          'ashiya',
          Array.from({ length: 500 }, (_, n) => put(`m${i + n}`, 1)),
        );
      }
      let written = 0;
      let stop = false;
      const writing = Array.from({ length: 8 }, async () => {
        while (!stop) {
          const at = ++written;
          await write(writer, 'ashiya', at % PAIRS, at);
        }
      });
      let changed = 0;
      try {
        while (written < 2_000) await new Promise((resolve) => setTimeout(resolve, 10));
        for (let round = 0; round < ROUNDS; round++) {
          const file = join(dir, `${name}-${round}.jsonl`);
          const before = written;
          await backup({ file, now: 0 }, quiet, source);
          changed += written - before;
          const copy = storageOf(createEmbeddedDriver({ path: join(dir, `${name}-${round}.db`) }));
          cleanUp.push(() => copy.driver.close());
          await restore({ file }, quiet, copy);
          const rows = await copy.store.list('ashiya', 'timer', 'at', { limit: 100_000 });
          const half = (letter: string) =>
            new Map(rows.flatMap(({ id, body }) => (id.startsWith(letter) ? [[id.slice(1), body.at] as const] : [])));
          const [a, z] = [half('a'), half('z')];
          const torn = [...new Set([...a.keys(), ...z.keys()])].filter((pair) => a.get(pair) !== z.get(pair));
          expect({ round, torn: torn.length, still: rows.length - a.size - z.size }).toEqual({
            round,
            torn: 0,
            still: 12_000,
          });
          expect(await copy.store.counts('ashiya', 'timer', 'at')).toEqual({ waiting: rows.length });
          expect(await doctor({ now: 0 }, quiet, copy, new Map())).toBe(0);
        }
        // Beside the writers, too: what changes while it looks is no fault.
        expect(await doctor({ now: 0 }, quiet, source, new Map())).toBe(0);
      } finally {
        stop = true;
        await Promise.all(writing);
      }
      console.log(`backup, ${name}: ${ROUNDS} under load, ${changed} commits during them, 0 torn pairs`);
      expect(changed).toBeGreaterThan(100);
    },
  );
});
