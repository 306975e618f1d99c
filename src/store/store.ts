/**
 * The store's contract. Two drivers keep it: `embedded` (node:sqlite, one file) and `redis`; `test/store/store.contract.ts`
 * runs against both.
 *
 * A record has a kind (see `kinds.ts`: its schema, version, migrations, index keys, whether its body is sealed, how long
 * it is kept), an id unique within municipality and kind, and a revision that counts up by one with each write.
 * `commit` is the only way to write: all its operations or none, durable when the promise resolves. Every condition is
 * a revision, so two servers (or two counsellors) never overwrite each other. The store decides nothing; it lets no
 * driver's type or error out: a failure is a `StoreError`.
 */
import { KeyError, MissingKey } from '#support/key-ring.ts';
import type { Body, Kind } from './kinds.ts';

export interface Stored<K extends Kind> {
  readonly id: string;
  /** Starts at 1. */
  readonly revision: number;
  readonly body: Body<K>;
}

export type Operation<K extends Kind = Kind> =
  /** `revision`: the one read before; `0` = must not exist; `'any'` = whatever is there. */
  | { [P in K]: { type: 'put'; kind: P; id: string; revision: number | 'any'; body: Body<P> } }[K]
  | { type: 'delete'; kind: K; id: string; revision: number | 'any' }
  /** Holds only if the record still has this revision (0 = absent). */
  | { type: 'check'; kind: K; id: string; revision: number }
  /** Holds only if no record of the kind stands in the index under a key that begins so. */
  | { type: 'none'; kind: K; index: string; prefix: string };

/** `id`: of the first operation that did not hold; of a `none` its prefix. */
export type Commit = { ok: true } | { ok: false; kind: Kind; id: string };

export interface ListOptions {
  /** Keys with this prefix only. */
  prefix?: string;
  /** Exclusive cursor as given by an earlier row's `cursor`. */
  after?: string;
  /** Inclusive lower and exclusive upper bound of keys. */
  from?: string;
  to?: string;
  limit: number;
  /** Largest key first. */
  reverse?: boolean;
  /** All of it or nothing: one damaged record throws. Else it is passed over and reported, so that it hides no other. */
  strict?: boolean;
}

export interface Listed<K extends Kind> extends Stored<K> {
  readonly key: string;
  readonly cursor: string;
}

export interface Inspected {
  cursor: string | null;
  records: {
    kind: string;
    id: string;
    /** null when it cannot be read. */
    body: unknown;
    /** Index and group (null = not counted) of each row it stands in. */
    rows: { index: string; group: string | null }[];
    fault: 'unknown_kind' | 'sealed' | 'newer' | 'shape' | 'rows' | 'unfinished' | null;
  }[];
}

export interface Store {
  get<K extends Kind>(municipality: string, kind: K, id: string): Promise<Stored<K> | null>;
  getMany<K extends Kind>(municipality: string, kind: K, ids: readonly string[]): Promise<(Stored<K> | null)[]>;
  /** Rows in order of key, then id. Cost grows with `limit`, not with what is stored. */
  list<K extends Kind>(municipality: string, kind: K, index: string, options: ListOptions): Promise<Listed<K>[]>;
  /** How many records stand in each group of an index, kept up to date by every commit; cost does not grow. */
  counts(municipality: string, kind: Kind, index: string): Promise<Record<string, number>>;
  /**
   * All operations or none. `ok: false` names the first record whose condition did not hold. `durable: false` survives
   * the process's death but may be lost with the machine's power: for marks that only spare work.
   */
  commit(municipality: string, operations: readonly Operation[], options?: { durable?: boolean }): Promise<Commit>;
  /** Deletes records whose time is over (`expiresAt` of their kind ≤ now). @returns how many, by kind; at most `limit`. */
  sweep(municipality: string, now: number, limit: number): Promise<Partial<Record<Kind, number>>>;
  /**
   * Best effort, in this process and from other servers: called after a commit with what was written.
   * @returns stops listening.
   */
  watch(listener: (change: { municipality: string; kind: Kind; id: string }) => void): () => void;
  /** Seals every body again under the newest key, `limit` records at a time. @returns the next cursor, null at the end. */
  reseal(
    municipality: string,
    cursor: string | null,
    limit: number,
  ): Promise<{ cursor: string | null; resealed: number }>;
  /**
   * Every record with its body read and held against its kind, `limit` at a time, for checks: a record that cannot be
   * read comes with a `fault` instead of an exception. @returns the next cursor, null at the end.
   */
  inspect(municipality: string, cursor: string | null, limit: number): Promise<Inspected>;
  municipalities(): Promise<string[]>;
  /** Where several servers share the store: its own time, milliseconds UTC, for all of them to go by. */
  time?(): Promise<number>;
  /** Resolves when a write and a read work; rejects with a `StoreError` otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** `unavailable`: try again later (locked, disk full, connection lost); `damaged`: a record cannot be read. */
export class StoreError extends Error {
  readonly code: 'unavailable' | 'damaged' | 'closed' | 'misconfigured';
  constructor(code: StoreError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/**
 * The record was changed from outside, and no server can read it any more. One whose key is missing here, or that a newer
 * program wrote, is another server's to read.
 */
export function isSpoilt(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : null;
  return cause instanceof KeyError && !(cause instanceof MissingKey);
}
