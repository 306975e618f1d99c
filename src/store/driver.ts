/**
 * What a driver must do: keep sealed records under revisions, with ordered index entries and counted groups, and commit
 * several operations at once. It never keeps a body's content. `sealed-store.ts` makes a `Store` of it.
 */

/** A key never holds a control character, so this ends every prefix range. */
export const AFTER_ALL = '\u{10ffff}';

/** One row of an index: name, key that sorts by bytes, group counted (or null). */
export type RawEntry = readonly [index: string, key: string, group: string | null];

export interface RawRecord {
  readonly id: string;
  readonly revision: number;
  readonly version: number;
  readonly body: Uint8Array;
}

/** What the seal binds a body to: it opens nowhere else. */
export const contextOf = (municipality: string, kind: string, id: string): string => `${municipality}/${kind}/${id}`;

export type RawOperation =
  | {
      type: 'put';
      kind: string;
      id: string;
      revision: number | 'any';
      version: number;
      /** A string is sealed where it is written (`Driver.seals`). */
      body: Uint8Array | string;
      entries: readonly RawEntry[];
      expiresAt: number | null;
    }
  | { type: 'delete'; kind: string; id: string; revision: number | 'any' }
  | { type: 'check'; kind: string; id: string; revision: number }
  | { type: 'none'; kind: string; index: string; prefix: string };

export interface RawListed extends RawRecord {
  readonly key: string;
}

export interface RawListOptions {
  /** Inclusive lower bound of (key, id); null id = from the key's first id. */
  from: string;
  /** Exclusive upper bound of keys; null = none. */
  to: string | null;
  /** Exclusive cursor. */
  after: { key: string; id: string } | null;
  limit: number;
  reverse: boolean;
}

export const isWrite = (one: RawOperation): one is Extract<RawOperation, { type: 'put' | 'delete' }> =>
  one.type === 'put' || one.type === 'delete';

/** What a commit that failed over this operation tells. */
export const failureOf = (operation: RawOperation): RawCommit => ({
  ok: false,
  kind: operation.kind,
  id: operation.type === 'none' ? operation.prefix : operation.id,
});

export type RawCommit = { ok: true } | { ok: false; kind: string; id: string };

/** Kind and id of the mark, in `-`, that the store is being filled by a copy, or was and the copy was broken off. */
export const UNFINISHED = 'unfinished';

/** A record as it is kept, or that it is no longer there. */
export type Copied =
  | (RawRecord & { kind: string; entries: readonly RawEntry[]; expiresAt: number | null })
  | { kind: string; id: string; gone: true };

export interface Driver {
  /** It was given the keys and seals beside the event loop: `commit` takes unsealed bodies, too. */
  readonly seals?: boolean;
  get(municipality: string, kind: string, ids: readonly string[]): Promise<(RawRecord | null)[]>;
  list(municipality: string, kind: string, index: string, options: RawListOptions): Promise<RawListed[]>;
  counts(municipality: string, kind: string, index: string): Promise<Record<string, number>>;
  commit(municipality: string, operations: readonly RawOperation[], durable: boolean): Promise<RawCommit>;
  /** Records whose `expiresAt` ≤ now, at most `limit`, soonest first. */
  expired(municipality: string, now: number, limit: number): Promise<{ kind: string; id: string; revision: number }[]>;
  /** Every record once, in an order of the driver's own; a record written meanwhile may come or not. */
  scan(
    municipality: string,
    cursor: string | null,
    limit: number,
  ): Promise<{
    cursor: string | null;
    records: (RawRecord & { kind: string; entries: readonly RawEntry[]; expiresAt: number | null })[];
  }>;
  /**
   * From now on this driver's reads see one moment, whatever is written meanwhile; only where the store can do that.
   * @returns ends it.
   */
  snapshot?(): () => void;
  /**
   * Every record of a city as it stands at the moment at which this ends, whatever is written meanwhile; for stores whose
   * reads cannot be held at one moment. A record may come again with what it is then, or as gone: the last one counts.
   * @throws StoreError `unavailable` when the moment could not be held, or somebody else copies: to be begun again.
   */
  copy?(municipality: string): AsyncIterable<Copied[]>;
  watch(listener: (change: { municipality: string; kind: string; id: string }) => void): () => void;
  municipalities(): Promise<string[]>;
  /** See `Store.time`. */
  time?(): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
