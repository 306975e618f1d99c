/**
 * The embedded driver: `node:sqlite`, one file, write-ahead log. Commits that arrive while others are being written
 * share one transaction and so one fsync (group commit); each still holds or fails by itself. Reads are carried out
 * here, commits in a thread: measured, that leaves an eighth of a commit's time on the event loop (`npm run bench -- store`).
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Driver, isWrite, type RawCommit, type RawEntry, type RawListed, type RawRecord } from '../driver.ts';
import { StoreError } from '../store.ts';
import { type CommitRequest, createCommitWriter } from './commit-writer.ts';
import { openDatabase, unavailable } from './database.ts';
import { createThreadWriter } from './thread-writer.ts';

/** Batches under way: while one is on its way to the disk the thread has the next in hand, and a third gathers. */
const BATCHES = 2;
/** So many go at once, while the event loop is still at work on others: else one of the two threads always waits. */
const ENOUGH = 8;

interface Waiting extends CommitRequest {
  resolve(result: RawCommit): void;
  reject(error: unknown): void;
}

export interface EmbeddedOptions {
  /** A file, or `:memory:` (which has no thread: it exists in one connection only). */
  path: string;
  busyTimeoutMs?: number;
  thread?: boolean;
  /** Nobody else may have the file open; without a thread, which would be somebody else. */
  alone?: boolean;
  /** With these the thread seals, too (`createKeyRing`). */
  secretKeys?: string;
}

/**
 * @throws StoreError when it cannot be opened.
 */
export function createEmbeddedDriver(options: EmbeddedOptions): Driver {
  const { path, busyTimeoutMs = 1000, alone = false, secretKeys = null } = options;
  const { thread = path !== ':memory:' && !alone } = options;
  const db = openDatabase(path, busyTimeoutMs, alone);
  const writer = thread ? createThreadWriter({ path, busyTimeoutMs, secretKeys }) : null;
  const write = writer?.write ?? createCommitWriter(db, null);
  const sql = prepare(db);
  const spaces = new Map<string, number>();
  const listeners = new Set<Parameters<Driver['watch']>[0]>();
  let queue: Waiting[] = [];
  let closed = false;
  let gathering = false;
  let underWay = 0;
  const idle: (() => void)[] = [];

  /** Reads never create a space. */
  const findSpace = (municipality: string, kind: string): number | null => {
    const name = `${municipality}/${kind}`;
    const known = spaces.get(name);
    if (known !== undefined) return known;
    const row = sql.space.get(municipality, kind) as { space: number } | undefined;
    if (row) spaces.set(name, row.space);
    return row?.space ?? null;
  };

  const settle = (waiting: Waiting, outcome: RawCommit | StoreError): void => {
    if (outcome instanceof Error) {
      waiting.reject(outcome);
      return;
    }
    waiting.resolve(outcome);
    if (!outcome.ok) return;
    for (const operation of waiting.operations) {
      if (!isWrite(operation)) continue;
      const change = { municipality: waiting.municipality, kind: operation.kind, id: operation.id };
      // In a step of its own: a listener that throws must not stop the writing.
      for (const listener of listeners) queueMicrotask(() => listener(change));
    }
  };
  /** Few wait a moment longer, so that what comes in the same round of the event loop is written with them. */
  const gather = (): void => {
    if (queue.length === 0 || underWay >= BATCHES) return;
    if (queue.length >= ENOUGH) {
      writeAll();
      return;
    }
    if (gathering) return;
    gathering = true;
    setImmediate(() => {
      gathering = false;
      if (queue.length > 0 && underWay < BATCHES) writeAll();
    });
  };
  const writeAll = (): void => {
    const batch = queue;
    queue = [];
    void carryOut(batch);
  };
  const carryOut = async (batch: readonly Waiting[]): Promise<void> => {
    underWay++;
    const requests = batch.map(({ municipality, operations, durable }) => ({ municipality, operations, durable }));
    const outcomes = await write(requests);
    for (const [i, waiting] of batch.entries()) settle(waiting, outcomes[i]!);
    underWay--;
    gather();
    if (underWay === 0 && queue.length === 0) for (const resolve of idle.splice(0)) resolve();
  };
  const whenIdle = (): Promise<void> =>
    underWay === 0 && queue.length === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
  const guarded = <T>(read: () => T): Promise<T> => {
    if (closed) return Promise.reject(new StoreError('closed', 'the store is closed'));
    try {
      return Promise.resolve(read());
    } catch (error) {
      return Promise.reject(unavailable(error));
    }
  };

  const driver: Driver = {
    seals: writer !== null && secretKeys !== null,
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
        gather();
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
    snapshot() {
      db.exec('BEGIN');
      // The moment is fixed by the first read.
      db.prepare('SELECT count(*) FROM spaces').get();
      return () => db.exec('COMMIT');
    },
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
      closed = true;
      await whenIdle();
      await writer?.close();
      db.close();
    },
  };
  return driver;
}

const COLUMNS = 'r.id, r.revision, r.version, r.body';
const LIST = `SELECT e.key, ${COLUMNS} FROM entries e JOIN records r ON r.space = e.space AND r.id = e.id
  WHERE e.space = ?1 AND e.name = ?2 AND (e.key, e.id) > (?3, ?4) AND (e.key, e.id) < (?5, ?6)`;

/** `LIMIT +?`: SQLite plans by the value of a bare `LIMIT ?` and so prepares the statement again at every call. */
function prepare(db: DatabaseSync) {
  const p = (text: string) => db.prepare(text);
  return {
    space: p('SELECT space FROM spaces WHERE municipality = ? AND kind = ?'),
    get: p(`SELECT ${COLUMNS} FROM records r WHERE space = ? AND id = ?`),
    counts: p('SELECT grp, n FROM counts WHERE space = ? AND name = ? AND n > 0'),
    listUp: p(`${LIST} ORDER BY e.key, e.id LIMIT +?7`),
    listDown: p(`${LIST} ORDER BY e.key DESC, e.id DESC LIMIT +?7`),
    expired: p(`SELECT s.kind, r.id, r.revision FROM records r INDEXED BY records_expires
      CROSS JOIN spaces s ON s.space = r.space
      WHERE r.expires IS NOT NULL AND r.expires <= ? AND s.municipality = ? ORDER BY r.expires LIMIT +?`),
    // CROSS: in the order of the rows as they lie. The other way round each page would sort all there is of the city.
    scan: p(`SELECT r.rowid AS rowid, s.kind, ${COLUMNS}, r.entries, r.expires AS expiresAt FROM records r
      CROSS JOIN spaces s ON s.space = r.space WHERE r.rowid > ? AND s.municipality = ? ORDER BY r.rowid LIMIT +?`),
    municipalities: p("SELECT DISTINCT municipality FROM spaces WHERE municipality <> '-' ORDER BY municipality"),
  };
}
