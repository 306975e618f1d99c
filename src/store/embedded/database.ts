/** Opens the file the embedded store lives in. */
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store.ts';
import { migrate } from './schema.ts';

/**
 * @param alone nobody else may have it open, neither now nor later.
 * @throws StoreError when it cannot be opened, or a newer program wrote it.
 */
export function openDatabase(path: string, busyTimeoutMs: number, alone = false): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    // Pages of 8 KB (of a new file) and a log that is folded in every 32 MB: fewer, larger writes for the same records.
    db.exec('PRAGMA page_size = 8192');
    if (alone) takeAlone(db, path);
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000',
    );
    migrate(db);
    return db;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('unavailable', `the database ${path} cannot be opened`, { cause });
  }
}

function takeAlone(db: DatabaseSync, path: string): void {
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; COMMIT');
  } catch (cause) {
    db.close();
    throw new StoreError('unavailable', `the database ${path} is open elsewhere`, { cause });
  }
}

export function unavailable(cause: unknown): StoreError {
  return cause instanceof StoreError
    ? cause
    : new StoreError('unavailable', 'the database did not take the write or read', { cause });
}
