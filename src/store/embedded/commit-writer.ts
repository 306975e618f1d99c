/**
 * Carries out commits on the embedded database: a batch is one transaction and so one fsync, yet each commit of it
 * holds or fails by itself.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { KeyRing } from '#support/key-ring.ts';
import {
  AFTER_ALL,
  contextOf,
  failureOf,
  isWrite,
  type RawCommit,
  type RawEntry,
  type RawOperation,
} from '../driver.ts';
import { StoreError } from '../store.ts';
import { unavailable } from './database.ts';

export interface CommitRequest {
  municipality: string;
  operations: readonly RawOperation[];
  durable: boolean;
}

/** One outcome a request, in order. */
export type WriteCommits = (batch: readonly CommitRequest[]) => (RawCommit | StoreError)[];

/** @param seal for bodies that come unsealed. */
export function createCommitWriter(db: DatabaseSync, seal: KeyRing['seal'] | null): WriteCommits {
  const sql = prepare(db);
  const spaces = new Map<string, number>();
  let durableNow = true;

  const spaceOf = (municipality: string, kind: string): number => {
    const name = `${municipality}/${kind}`;
    const known = spaces.get(name);
    if (known !== undefined) return known;
    const row = (sql.space.get(municipality, kind) ?? sql.addSpace.get(municipality, kind)) as { space: number };
    // A transaction that rolls back takes the space with it, and then all of them are looked up again.
    spaces.set(name, row.space);
    return row.space;
  };

  /** What a transaction adds to each group: written once at its end, since many of its commits touch the same ones. */
  const added = new Map<string, { space: number; name: string; group: string; by: number }>();
  const count = (space: number, name: string, group: string, by: number): void => {
    const place = `${space} ${name} ${group}`;
    const known = added.get(place);
    if (known) known.by += by;
    else added.set(place, { space, name, group, by });
  };
  const writeCounts = (): void => {
    for (const { space, name, group, by } of added.values()) if (by !== 0) sql.count.run(space, name, group, by);
    added.clear();
  };

  const removeEntries = (space: number, id: string, entries: readonly RawEntry[]): void => {
    for (const [name, key, group] of entries) {
      sql.dropEntry.run(space, name, key, id);
      if (group !== null) count(space, name, group, -1);
    }
  };
  const addEntries = (space: number, id: string, entries: readonly RawEntry[]): void => {
    for (const [name, key, group] of entries) {
      sql.addEntry.run(space, name, key, id);
      if (group !== null) count(space, name, group, 1);
    }
  };

  const apply = (municipality: string, operations: readonly RawOperation[]): RawCommit => {
    // Conditions first: nothing of a batch is written unless all of it holds.
    const before = operations.map((operation) => {
      const space = spaceOf(municipality, operation.kind);
      if (operation.type === 'none') return { space, row: undefined };
      return { space, row: sql.head.get(space, operation.id) as { revision: number; entries: string } | undefined };
    });
    for (const [i, operation] of operations.entries()) {
      const { space, row } = before[i]!;
      if (operation.type === 'none') {
        const { index, prefix } = operation;
        if (sql.some.get(space, index, prefix, `${prefix}${AFTER_ALL}`)) return failureOf(operation);
      } else if (operation.revision !== 'any' && operation.revision !== (row?.revision ?? 0))
        return failureOf(operation);
    }
    for (const [i, operation] of operations.entries()) {
      const { space, row } = before[i]!;
      if (!isWrite(operation)) continue;
      if (operation.type === 'delete') {
        if (!row) continue;
        removeEntries(space, operation.id, JSON.parse(row.entries) as RawEntry[]);
        sql.drop.run(space, operation.id);
        continue;
      }
      const { kind, id, version, expiresAt, body: given } = operation;
      const body = typeof given === 'string' ? seal!(Buffer.from(given), contextOf(municipality, kind, id)) : given;
      const entries = JSON.stringify(operation.entries);
      if (row) {
        sql.update.run(row.revision + 1, version, expiresAt, entries, body, space, id);
        if (row.entries !== entries) {
          const old = JSON.parse(row.entries) as RawEntry[];
          removeEntries(space, id, without(old, operation.entries));
          addEntries(space, id, without(operation.entries, old));
        }
      } else {
        sql.insert.run(space, id, version, expiresAt, entries, body);
        addEntries(space, id, operation.entries);
      }
    }
    return { ok: true };
  };

  /** @throws StoreError when somebody else holds the database for longer than is waited. */
  const begin = (): void => {
    try {
      sql.begin.run();
    } catch (cause) {
      throw new StoreError('unavailable', 'the database is held by somebody else', { cause });
    }
  };
  const transact = (batch: readonly CommitRequest[]): RawCommit[] => {
    const durable = batch.some((request) => request.durable);
    if (durable !== durableNow) {
      db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
      durableNow = durable;
    }
    begin();
    try {
      const results = batch.map(({ municipality, operations }) => apply(municipality, operations));
      writeCounts();
      sql.commit.run();
      return results;
    } catch (error) {
      if (db.isTransaction) sql.rollback.run();
      spaces.clear();
      added.clear();
      throw error;
    }
  };

  return (batch) => {
    try {
      return transact(batch);
    } catch (error) {
      // Nothing was begun: each alone would wait as long again, and the channel must be told in time.
      if (error instanceof StoreError) return batch.map(() => error);
      // One bad commit must not take the others with it: each alone.
      return batch.map((request) => {
        try {
          return transact([request])[0]!;
        } catch (error) {
          return unavailable(error);
        }
      });
    }
  };
}

/** Rows of `entries` that `others` does not have, too. */
function without(entries: readonly RawEntry[], others: readonly RawEntry[]): RawEntry[] {
  return entries.filter((row) => !others.some((other) => row.every((part, i) => part === other[i])));
}

function prepare(db: DatabaseSync) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    space: db.prepare('SELECT space FROM spaces WHERE municipality = ? AND kind = ?'),
    addSpace: db.prepare('INSERT INTO spaces (municipality, kind) VALUES (?, ?) RETURNING space'),
    some: db.prepare('SELECT 1 FROM entries WHERE space = ? AND name = ? AND key >= ? AND key < ? LIMIT 1'),
    head: db.prepare('SELECT revision, entries FROM records WHERE space = ? AND id = ?'),
    insert: db.prepare(
      'INSERT INTO records (space, id, revision, version, expires, entries, body) VALUES (?, ?, 1, ?, ?, ?, ?)',
    ),
    update: db.prepare(
      'UPDATE records SET revision = ?, version = ?, expires = ?, entries = ?, body = ? WHERE space = ? AND id = ?',
    ),
    drop: db.prepare('DELETE FROM records WHERE space = ? AND id = ?'),
    addEntry: db.prepare('INSERT OR REPLACE INTO entries (space, name, key, id) VALUES (?, ?, ?, ?)'),
    dropEntry: db.prepare('DELETE FROM entries WHERE space = ? AND name = ? AND key = ? AND id = ?'),
    count: db.prepare(
      'INSERT INTO counts (space, name, grp, n) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET n = n + ?4',
    ),
  };
}
