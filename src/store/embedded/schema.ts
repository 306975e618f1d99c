/** The embedded database's tables, one migration a version (`PRAGMA user_version`). Never edit one that was released. */
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store.ts';

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE spaces (space INTEGER PRIMARY KEY, municipality TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (municipality, kind));
   CREATE TABLE records (
     space INTEGER NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, version INTEGER NOT NULL,
     expires INTEGER, entries TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (space, id));
   CREATE INDEX records_expires ON records (expires) WHERE expires IS NOT NULL;
   CREATE TABLE entries (space INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
     PRIMARY KEY (space, name, key, id)) WITHOUT ROWID;
   CREATE TABLE counts (space INTEGER NOT NULL, name TEXT NOT NULL, grp TEXT NOT NULL, n INTEGER NOT NULL,
     PRIMARY KEY (space, name, grp)) WITHOUT ROWID;`,
];

/** @throws StoreError `misconfigured` when the file was written by a newer program. */
export function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      'misconfigured',
      `the database has version ${version}, this program knows ${MIGRATIONS.length}`,
    );
  }
  for (let v = version; v < MIGRATIONS.length; v++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(MIGRATIONS[v]!);
      db.exec(`PRAGMA user_version = ${v + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}
