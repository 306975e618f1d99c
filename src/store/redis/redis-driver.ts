/**
 * The driver for several servers: Redis 7 or newer with append-only persistence; one server, Sentinels or a cluster.
 * Knows nothing of what records mean. `keys.ts` = what stands in Redis, `scripts.ts` = the atomic steps, `calls.ts` =
 * what happens while Redis is away.
 *
 * A commit whose answer was lost ends in `unavailable` and may have been carried out. Its caller reads again and finds
 * either its own work done or nothing of it, because a commit is whole; so a commit must contain at least one
 * condition that it makes untrue itself (the event it deletes, the session it raises), or bear being done twice.
 */
import type { Driver, RawRecord } from '../driver.ts';
import { StoreError } from '../store.ts';
import { createCalls } from './calls.ts';
import { createChanges } from './changes.ts';
import { checkServer } from './check-server.ts';
import { createCommit } from './commit.ts';
import { connect } from './connection.ts';
import { createCopy } from './copy.ts';
import { CITIES, keysOf, PING, readRecord, readRevision, readWhole, splitName } from './keys.ts';
import { migrateLayout } from './layout.ts';
import { createReads } from './read.ts';
import { type RedisPlace, readTarget } from './target.ts';

export type RedisDriverOptions = RedisPlace & {
  /** Starts although Redis may lose or drop records. */
  allowUnsafe?: boolean;
  /** How long a call waits for Redis, in ms. */
  waitMs?: number;
  /** To each server. */
  connections?: number;
};

/** @throws StoreError `misconfigured` or `unavailable`, with one sentence that says what to do. */
export async function createRedisDriver(options: RedisDriverOptions): Promise<Driver> {
  const waitMs = options.waitMs ?? 3000;
  const target = readTarget(options);
  const connections = [await connect(target, waitMs)];
  const end = (): void => {
    for (const connection of connections) connection.close();
  };
  try {
    if (options.allowUnsafe !== true) await checkServer(connections[0]!);
    const more = Array.from({ length: (options.connections ?? 16) - 1 }, () => connect(target, waitMs));
    for (const one of await Promise.allSettled(more)) if (one.status === 'fulfilled') connections.push(one.value);
    await Promise.all(more);
    await migrateLayout({ calls: createCalls({ connections, waitMs }) });
  } catch (error) {
    end();
    throw error;
  }
  const calls = createCalls({ connections, waitMs });

  const cities = async (): Promise<string[]> => {
    const members = (await calls.call(CITIES, ['SMEMBERS', CITIES], true)) as Iterable<Buffer>;
    return [...members].map(String).sort();
  };
  const changes = createChanges({ connection: connections[0]!, cities });
  const commit = createCommit({ calls, changes, waitMs });
  let closed = false;
  const open = (): void => {
    if (closed) throw new StoreError('closed', 'the store is closed');
  };
  const reads = createReads(calls);

  const driver: Driver = {
    async get(city, kind, ids) {
      open();
      const keys = keysOf(city);
      const values = await reads.fetch(
        city,
        ids.map((id) => keys.record(kind, id)),
      );
      return ids.map((id, i): RawRecord | null => (values[i] ? readRecord(id, values[i]) : null));
    },
    async list(city, kind, index, options) {
      open();
      const rows = await reads.list(city, kind, index, options);
      return rows.map(({ key, id, value }) => ({ ...readRecord(id, value), key }));
    },
    async counts(city, kind, index) {
      open();
      const name = keysOf(city).counts(`${kind}/${index}`);
      const reply = (await calls.call(name, ['HGETALL', name], true)) as Record<string, Buffer>;
      return Object.fromEntries(Object.entries(reply).map(([group, n]) => [group, Number(String(n))]));
    },
    async commit(city, operations) {
      open();
      return commit(city, operations);
    },
    async expired(city, now, limit) {
      open();
      const keys = keysOf(city);
      const range = ['ZRANGE', keys.expiry, '-inf', String(now), 'BYSCORE', 'LIMIT', '0', String(limit)];
      const names = ((await calls.call(keys.expiry, range, true)) as Buffer[]).map(String);
      const heads = await Promise.all(
        names.map((name) => {
          const key = keys.records + name;
          return calls.call(key, ['GETRANGE', key, '0', '15'], true) as Promise<Buffer>;
        }),
      );
      return names.flatMap((name, i) =>
        heads[i]!.length === 0 ? [] : [{ ...splitName(name), revision: readRevision(heads[i]!) }],
      );
    },
    async scan(city, cursor, limit) {
      open();
      const keys = keysOf(city);
      const from = cursor === null ? '-' : `(${cursor}`;
      const range = ['ZRANGE', keys.all, from, '+', 'BYLEX', 'LIMIT', '0', String(limit)];
      const names = ((await calls.call(keys.all, range, true)) as Buffer[]).map(String);
      const values = await reads.fetch(
        city,
        names.map((name) => keys.records + name),
      );
      return {
        cursor: names.length < limit ? null : (names.at(-1) ?? null),
        records: names.flatMap((name, i) => (values[i] ? [readWhole(name, values[i])] : [])),
      };
    },
    copy: (city) => {
      open();
      return createCopy(calls, driver.scan)(city);
    },
    watch: (listener) => changes.watch(listener),
    async municipalities() {
      open();
      // `-` is the place for what belongs to no city.
      return (await cities()).filter((city) => city !== '-');
    },
    async time() {
      open();
      // In a cluster every node has a clock: the one that holds this key is asked by all.
      const [seconds, micros] = (await calls.call(CITIES, ['TIME'], true)) as [Buffer, Buffer];
      return Number(String(seconds)) * 1000 + Math.floor(Number(String(micros)) / 1000);
    },
    async ping() {
      open();
      await calls.call(PING, ['SET', PING, '1'], true);
      await calls.call(PING, ['GET', PING], true);
    },
    async close() {
      if (closed) return;
      closed = true;
      end();
    },
  };
  return driver;
}
