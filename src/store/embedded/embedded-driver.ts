/**
 * The embedded driver: `node:sqlite`, one file, write-ahead log. Commits that arrive in one turn of the event loop share
 * one transaction and so one fsync (group commit); each still holds or fails by itself.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Driver, RawCommit, RawEntry, RawListed, RawOperation, RawRecord } from '../driver.ts';
import { StoreError } from '../store.ts';
import { migrate } from './schema.ts';

interface Waiting {
  municipality: string;
  operations: readonly RawOperation[];
  durable: boolean;
  resolve(result: RawCommit): void;
  reject(error: unknown): void;
}

/** @param options.path a file, or `:memory:`. @throws StoreError when it cannot be opened. */
export function createEmbeddedDriver(options: { path: string; busyTimeoutMs?: number }): Driver {
  const db = open(options.path, options.busyTimeoutMs ?? 2000);
  const sql = prepare(db);
  const spaces = new Map<string, number>();
  const listeners = new Set<Parameters<Driver['watch']>[0]>();
  let queue: Waiting[] = [];
  let closed = false;
  let durableNow = true;

  const spaceOf = (municipality: string, kind: string): number => {
    const name = `${municipality}/${kind}`;
    const known = spaces.get(name);
    if (known !== undefined) return known;
    const row = (sql.space.get(municipality, kind) ?? sql.addSpace.get(municipality, kind)) as { space: number };
    // Not cached inside a transaction that may roll back: looked up again the next time.
    if (!db.isTransaction) spaces.set(name, row.space);
    return row.space;
  };
  /** Reads never create a space. */
  const findSpace = (municipality: string, kind: string): number | null => {
    const name = `${municipality}/${kind}`;
    const known = spaces.get(name);
    if (known !== undefined) return known;
    const row = sql.space.get(municipality, kind) as { space: number } | undefined;
    if (row) spaces.set(name, row.space);
    return row?.space ?? null;
  };

  const removeEntries = (space: number, id: string, entries: readonly RawEntry[]): void => {
    for (const [name, key, group] of entries) {
      sql.dropEntry.run(space, name, key, id);
      if (group !== null) sql.count.run(space, name, group, -1);
    }
  };
  const addEntries = (space: number, id: string, entries: readonly RawEntry[]): void => {
    for (const [name, key, group] of entries) {
      sql.addEntry.run(space, name, key, id);
      if (group !== null) sql.count.run(space, name, group, 1);
    }
  };

  const apply = (municipality: string, operations: readonly RawOperation[]): RawCommit => {
    // Conditions first: nothing of a batch is written unless all of it holds.
    const before = operations.map((operation) => {
      const space = spaceOf(municipality, operation.kind);
      return { space, row: sql.head.get(space, operation.id) as { revision: number; entries: string } | undefined };
    });
    for (const [i, { kind, id, revision }] of operations.entries()) {
      if (revision !== 'any' && revision !== (before[i]!.row?.revision ?? 0)) return { ok: false, kind, id };
    }
    for (const [i, operation] of operations.entries()) {
      const { space, row } = before[i]!;
      if (operation.type === 'check') continue;
      if (operation.type === 'delete') {
        if (!row) continue;
        removeEntries(space, operation.id, JSON.parse(row.entries) as RawEntry[]);
        sql.drop.run(space, operation.id);
        continue;
      }
      const { id, version, body, expiresAt } = operation;
      const entries = JSON.stringify(operation.entries);
      if (row) {
        sql.update.run(row.revision + 1, version, expiresAt, entries, body, space, id);
        if (row.entries !== entries) {
          removeEntries(space, id, JSON.parse(row.entries) as RawEntry[]);
          addEntries(space, id, operation.entries);
        }
      } else {
        sql.insert.run(space, id, version, expiresAt, entries, body);
        addEntries(space, id, operation.entries);
      }
    }
    return { ok: true };
  };

  const transact = (batch: readonly Waiting[]): RawCommit[] => {
    const durable = batch.some((waiting) => waiting.durable);
    if (durable !== durableNow) {
      db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
      durableNow = durable;
    }
    sql.begin.run();
    try {
      const results = batch.map((waiting) => apply(waiting.municipality, waiting.operations));
      sql.commit.run();
      return results;
    } catch (error) {
      if (db.isTransaction) sql.rollback.run();
      throw error;
    }
  };

  const settle = (waiting: Waiting, result: RawCommit): void => {
    waiting.resolve(result);
    if (!result.ok) return;
    for (const { type, kind, id } of waiting.operations) {
      if (type !== 'check')
        for (const listener of listeners) listener({ municipality: waiting.municipality, kind, id });
    }
  };

  const flush = (): void => {
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    try {
      const results = transact(batch);
      for (const [i, waiting] of batch.entries()) settle(waiting, results[i]!);
    } catch {
      // One bad batch must not take the others with it: each alone.
      for (const waiting of batch) {
        try {
          settle(waiting, transact([waiting])[0]!);
        } catch (error) {
          waiting.reject(unavailable(error));
        }
      }
    }
  };

  const guarded = <T>(read: () => T): Promise<T> => {
    if (closed) return Promise.reject(new StoreError('closed', 'the store is closed'));
    try {
      return Promise.resolve(read());
    } catch (error) {
      return Promise.reject(unavailable(error));
    }
  };

  const driver: Driver = {
    get: (municipality, kind, ids) =>
      guarded(() => {
        const space = findSpace(municipality, kind);
        if (space === null) return ids.map(() => null);
        return ids.map((id) => (sql.get.get(space, id) as RawRecord | undefined) ?? null);
      }),
    list: (municipality, kind, index, { from, to, after, limit, reverse }) =>
      guarded(() => {
        const space = findSpace(municipality, kind);
        if (space === null) return [];
        const low = !reverse && after ? after : { key: from, id: '' };
        // An id never begins with this, so (from, '') includes the first row and a cursor excludes itself.
        const high = reverse && after ? after : { key: to ?? '\u{10ffff}\u{10ffff}', id: '' };
        const statement = reverse ? sql.listDown : sql.listUp;
        return statement.all(space, index, low.key, low.id, high.key, high.id, limit) as unknown as RawListed[];
      }),
    counts: (municipality, kind, index) =>
      guarded(() => {
        const space = findSpace(municipality, kind);
        if (space === null) return {};
        const rows = sql.counts.all(space, index) as { grp: string; n: number }[];
        return Object.fromEntries(rows.map(({ grp, n }) => [grp, n]));
      }),
    commit(municipality, operations, durable) {
      if (closed) return Promise.reject(new StoreError('closed', 'the store is closed'));
      return new Promise((resolve, reject) => {
        queue.push({ municipality, operations, durable, resolve, reject });
        if (queue.length === 1) setImmediate(flush);
      });
    },
    expired: (municipality, now, limit) =>
      guarded(() => sql.expired.all(now, municipality, limit) as { kind: string; id: string; revision: number }[]),
    scan: (municipality, cursor, limit) =>
      guarded(() => {
        const rows = sql.scan.all(Number(cursor ?? 0), municipality, limit) as unknown as (RawRecord & {
          rowid: number;
          kind: string;
          entries: string;
          expiresAt: number | null;
        })[];
        const last = rows.at(-1);
        return {
          cursor: rows.length < limit || !last ? null : String(last.rowid),
          records: rows.map(({ rowid: _, ...row }) => ({ ...row, entries: JSON.parse(row.entries) as RawEntry[] })),
        };
      }),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    municipalities: () =>
      guarded(() => (sql.municipalities.all() as { municipality: string }[]).map((row) => row.municipality)),
    async ping() {
      await driver.commit(
        '-',
        [
          {
            type: 'put',
            kind: 'ping',
            id: 'ping',
            revision: 'any',
            version: 1,
            body: Buffer.from('1'),
            entries: [],
            expiresAt: null,
          },
        ],
        false,
      );
      await driver.get('-', 'ping', ['ping']);
    },
    async close() {
      if (closed) return;
      flush();
      closed = true;
      db.close();
    },
  };
  return driver;
}

function open(path: string, busyTimeoutMs: number): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768',
    );
    migrate(db);
    return db;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('unavailable', `the database ${path} cannot be opened`, { cause });
  }
}

const COLUMNS = 'r.id, r.revision, r.version, r.body';
const LIST = `SELECT e.key, ${COLUMNS} FROM entries e JOIN records r ON r.space = e.space AND r.id = e.id
  WHERE e.space = ?1 AND e.name = ?2 AND (e.key, e.id) > (?3, ?4) AND (e.key, e.id) < (?5, ?6)`;

function prepare(db: DatabaseSync) {
  const p = (text: string): StatementSync => db.prepare(text);
  return {
    begin: p('BEGIN IMMEDIATE'),
    commit: p('COMMIT'),
    rollback: p('ROLLBACK'),
    space: p('SELECT space FROM spaces WHERE municipality = ? AND kind = ?'),
    addSpace: p('INSERT INTO spaces (municipality, kind) VALUES (?, ?) RETURNING space'),
    get: p(`SELECT ${COLUMNS} FROM records r WHERE space = ? AND id = ?`),
    head: p('SELECT revision, entries FROM records WHERE space = ? AND id = ?'),
    insert: p(
      'INSERT INTO records (space, id, revision, version, expires, entries, body) VALUES (?, ?, 1, ?, ?, ?, ?)',
    ),
    update: p(
      'UPDATE records SET revision = ?, version = ?, expires = ?, entries = ?, body = ? WHERE space = ? AND id = ?',
    ),
    drop: p('DELETE FROM records WHERE space = ? AND id = ?'),
    addEntry: p('INSERT OR REPLACE INTO entries (space, name, key, id) VALUES (?, ?, ?, ?)'),
    dropEntry: p('DELETE FROM entries WHERE space = ? AND name = ? AND key = ? AND id = ?'),
    count: p('INSERT INTO counts (space, name, grp, n) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET n = n + ?4'),
    counts: p('SELECT grp, n FROM counts WHERE space = ? AND name = ? AND n > 0'),
    listUp: p(`${LIST} ORDER BY e.key, e.id LIMIT ?7`),
    listDown: p(`${LIST} ORDER BY e.key DESC, e.id DESC LIMIT ?7`),
    expired: p(`SELECT s.kind, r.id, r.revision FROM records r JOIN spaces s ON s.space = r.space
      WHERE r.expires IS NOT NULL AND r.expires <= ? AND s.municipality = ? ORDER BY r.expires LIMIT ?`),
    scan: p(`SELECT r.rowid AS rowid, s.kind, ${COLUMNS}, r.entries, r.expires AS expiresAt FROM records r
      JOIN spaces s ON s.space = r.space WHERE r.rowid > ? AND s.municipality = ? ORDER BY r.rowid LIMIT ?`),
    municipalities: p("SELECT DISTINCT municipality FROM spaces WHERE municipality <> '-' ORDER BY municipality"),
  };
}

function unavailable(cause: unknown): StoreError {
  return cause instanceof StoreError
    ? cause
    : new StoreError('unavailable', 'the database did not take the write or read', { cause });
}
