/**
 * The driver for several servers: Redis 7 or newer with append-only persistence; one server, Sentinels or a cluster.
 * Knows nothing of what records mean. `keys.ts` = what stands in Redis, `scripts.ts` = the atomic steps, `calls.ts` =
 * what happens while Redis is away.
 *
 * A commit whose answer was lost ends in `unavailable` and may have been carried out. Its caller reads again and finds
 * either its own work done or nothing of it, because a commit is whole; so a commit must contain at least one
 * condition that it makes untrue itself (the event it deletes, the session it raises), or bear being done twice.
 */
import type { Driver, RawCommit, RawOperation, RawRecord } from '../driver.ts';
import { StoreError } from '../store.ts';
import { type Calls, createCalls } from './calls.ts';
import { createChanges } from './changes.ts';
import { checkServer } from './check-server.ts';
import { type Argument, connect } from './connection.ts';
import { CITIES, keysOf, LAYOUT, NEW_CITY, PING, readRecord, readRevision, readWhole, splitName } from './keys.ts';
import { migrateLayout } from './layout.ts';
import { COMMIT, LIST } from './scripts.ts';
import { type RedisPlace, readTarget } from './target.ts';

export type RedisDriverOptions = RedisPlace & {
  /** Starts although Redis may lose or drop records. */
  allowUnsafe?: boolean;
  /** How long a call waits for Redis, in ms. */
  waitMs?: number;
};

/** @throws StoreError `misconfigured` or `unavailable`, with one sentence that says what to do. */
export async function createRedisDriver(options: RedisDriverOptions): Promise<Driver> {
  const waitMs = options.waitMs ?? 3000;
  const connection = await connect(readTarget(options), waitMs);
  const calls = createCalls({ connection, waitMs });
  try {
    if (options.allowUnsafe !== true) await checkServer(connection);
    await migrateLayout({ calls });
  } catch (error) {
    calls.close();
    connection.close();
    throw error;
  }

  const cities = async (): Promise<string[]> => {
    const members = (await calls.call(CITIES, ['SMEMBERS', CITIES], true)) as Iterable<Buffer>;
    return [...members].map(String).sort();
  };
  const changes = createChanges({ connection, cities });
  const commit = createCommit({ calls, changes });
  let closed = false;
  const open = (): void => {
    if (closed) throw new StoreError('closed', 'the store is closed');
  };
  const fetch = async (names: readonly string[]): Promise<(Buffer | null)[]> =>
    names.length === 0 ? [] : ((await calls.call(names[0]!, ['MGET', ...names], true)) as (Buffer | null)[]);

  const driver: Driver = {
    async get(city, kind, ids) {
      open();
      const keys = keysOf(city);
      const values = await fetch(ids.map((id) => keys.record(kind, id)));
      return ids.map((id, i): RawRecord | null => (values[i] ? readRecord(id, values[i]) : null));
    },
    async list(city, kind, index, { from, to, after, limit, reverse }) {
      open();
      const keys = keysOf(city);
      const cursor = after === null ? null : `(${after.key}\0${after.id}`;
      const low = cursor !== null && !reverse ? cursor : `[${from}`;
      const high = cursor !== null && reverse ? cursor : to === null ? '+' : `(${to}`;
      const bounds = reverse ? [high, low] : [low, high];
      const args = [keys.record(kind, ''), ...bounds, String(limit), reverse ? 'REV' : ''];
      const reply = (await calls.run(LIST, [keys.index(`${kind}/${index}`)], args, true)) as (Buffer | null)[];
      const rows = Array.from({ length: reply.length / 2 }, (_, i) => {
        const row = reply[2 * i]!;
        const at = row.indexOf(0);
        return { key: row.toString('utf8', 0, at), id: row.toString('utf8', at + 1), value: reply[2 * i + 1] ?? null };
      });
      // While a slot moves the script may not find a record; asked for by its own key, Redis says where it is.
      const missing = rows.filter((row) => row.value === null);
      const found = await fetch(missing.map((row) => keys.record(kind, row.id)));
      for (const [i, row] of missing.entries()) row.value = found[i] ?? null;
      return rows.flatMap(({ key, id, value }) => (value === null ? [] : [{ ...readRecord(id, value), key }]));
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
      const values = await fetch(names.map((name) => keys.records + name));
      return {
        cursor: names.length < limit ? null : (names.at(-1) ?? null),
        records: names.flatMap((name, i) => (values[i] ? [readWhole(name, values[i])] : [])),
      };
    },
    watch: (listener) => changes.watch(listener),
    async municipalities() {
      open();
      return cities();
    },
    async ping() {
      open();
      await calls.call(PING, ['SET', PING, '1'], true);
      await calls.call(PING, ['GET', PING], true);
    },
    async close() {
      if (closed) return;
      closed = true;
      calls.close();
      connection.close();
    },
  };
  return driver;
}

function createCommit(options: { calls: Calls; changes: ReturnType<typeof createChanges> }) {
  const { calls, changes } = options;
  /** Index names of each kind, as far as this process has met them; Redis names the ones a record still stands in. */
  const known = new Map<string, Set<string>>();
  const learn = (kind: string, name: string): void => {
    const names = known.get(kind);
    if (names) names.add(name);
    else known.set(kind, new Set([name]));
  };

  return async (city: string, operations: readonly RawOperation[]): Promise<RawCommit> => {
    const keys = keysOf(city);
    for (const operation of operations) {
      if (operation.type === 'put') for (const [name] of operation.entries) learn(operation.kind, name);
    }
    const message = changes.message(operations);
    const records = operations.map(({ kind, id }) => keys.record(kind, id));
    const asked = operations.flatMap(encode);
    for (;;) {
      const kinds = new Set(operations.flatMap(({ type, kind }) => (type === 'check' ? [] : [kind])));
      const indexes = [...kinds].flatMap((kind) => [...(known.get(kind) ?? [])].map((name) => `${kind}/${name}`));
      const reply = await calls.run(
        COMMIT,
        [
          keys.layout,
          keys.all,
          keys.expiry,
          keys.changes,
          ...indexes.flatMap((name) => [keys.index(name), keys.counts(name)]),
          ...records,
        ],
        [String(LAYOUT), message, String(indexes.length), ...indexes, ...asked],
        false,
      );
      if (reply === 0) {
        changes.tell(city, operations);
        return { ok: true };
      }
      if (typeof reply === 'number') {
        const { kind, id } = operations[reply - 1]!;
        return { ok: false, kind, id };
      }
      const [word, rest = ''] = String(reply).split(/ (.*)/su);
      if (word === 'new') await register(calls, city);
      else if (word === 'index') learn(rest.slice(0, rest.indexOf('/')), rest.slice(rest.indexOf('/') + 1));
      else
        throw new StoreError(
          'misconfigured',
          `the data of ${city} in Redis has layout ${rest}, this program writes ${LAYOUT}`,
        );
    }
  };
}

/** A city is known before anything of it is kept. */
async function register(calls: Calls, city: string): Promise<void> {
  const { layout } = keysOf(city);
  await calls.call(CITIES, ['SADD', CITIES, city], true);
  await calls.call(layout, ['SET', layout, String(LAYOUT), 'NX'], true);
  await calls.call(NEW_CITY, ['SPUBLISH', NEW_CITY, city], true);
}

function encode(operation: RawOperation): Argument[] {
  const { type, kind, id, revision } = operation;
  const start = [type, kind, id, String(revision)];
  if (operation.type !== 'put') return start;
  const { version, expiresAt, entries, body } = operation;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return [...start, String(version), expiresAt === null ? '-' : String(expiresAt), JSON.stringify(entries), bytes];
}
