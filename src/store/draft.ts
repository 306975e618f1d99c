/**
 * One unit of work: reads go through to the store once, writes are collected and committed together, each under the
 * revision it was read at. When somebody else was quicker the commit fails and the caller runs again with a new draft.
 */
import type { Body, Kind } from './kinds.ts';
import type { Commit, Listed, ListOptions, Operation, Store, Stored } from './store.ts';

export interface Draft {
  readonly municipality: string;
  /** The record as this draft would leave it. */
  get<K extends Kind>(kind: K, id: string): Promise<Body<K> | null>;
  put<K extends Kind>(kind: K, id: string, body: Body<K>): Promise<void>;
  /** Takes over a record that the caller has just read. */
  know<K extends Kind>(kind: K, stored: Stored<K>): void;
  /** The record that this draft has taken over has another revision by now, and is the same otherwise. */
  moved(kind: Kind, id: string, revision: number): void;
  /** For a new record under an id nobody else can have: saves the read; the commit fails if it exists after all. */
  add<K extends Kind>(kind: K, id: string, body: Body<K>): void;
  delete(kind: Kind, id: string): Promise<void>;
  /** Takes a record that cannot be read for absent: it goes with this draft's commit, or is written over. */
  disregard(kind: Kind, id: string): void;
  /** The store's rows, all of them or none, without what this draft has changed. */
  list<K extends Kind>(kind: K, index: string, options: ListOptions): Promise<Listed<K>[]>;
  /** Makes the commit depend on what was read of this record even though it is not written. */
  hold(kind: Kind, id: string): Promise<void>;
  /** Makes the commit depend on there being no such record by then. */
  expectNone(kind: Kind, index: string, prefix: string): void;
  commit(options?: { durable?: boolean }): Promise<Commit>;
  /** What `commit` would write, for joining into another commit. */
  operations(): OfRecord[];
}

type OfRecord = Exclude<Operation, { type: 'none' }>;

interface Entry {
  kind: Kind;
  id: string;
  revision: number | 'any';
  body: unknown;
  write: 'none' | 'put' | 'delete' | 'check';
}

export function createDraft(store: Store, municipality: string): Draft {
  const entries = new Map<string, Entry>();
  const expected: Operation[] = [];
  const name = (kind: Kind, id: string): string => `${kind}/${id}`;

  const read = async (kind: Kind, id: string): Promise<Entry> => {
    const known = entries.get(name(kind, id));
    if (known) return known;
    const stored = await store.get(municipality, kind, id);
    // Somebody else in this draft may have read or written it while this read was under way.
    const meanwhile = entries.get(name(kind, id));
    if (meanwhile) return meanwhile;
    const entry: Entry = { kind, id, revision: stored?.revision ?? 0, body: stored?.body ?? null, write: 'none' };
    entries.set(name(kind, id), entry);
    return entry;
  };

  const operations = (): OfRecord[] =>
    [...entries.values()].flatMap(({ kind, id, revision, body, write }): OfRecord[] => {
      if (write === 'none' || (write === 'delete' && revision === 0)) return [];
      return write === 'put'
        ? [{ type: 'put', kind, id, revision, body } as OfRecord]
        : [{ type: write, kind, id, revision } as OfRecord];
    });

  return {
    municipality,
    operations,
    async get<K extends Kind>(kind: K, id: string) {
      const entry = await read(kind, id);
      return entry.write === 'delete' ? null : (entry.body as Body<K> | null);
    },
    async put(kind, id, body) {
      const entry = await read(kind, id);
      entry.body = body;
      entry.write = 'put';
    },
    know(kind, { id, revision, body }) {
      entries.set(name(kind, id), { kind, id, revision, body, write: 'none' });
    },
    moved(kind, id, revision) {
      entries.get(name(kind, id))!.revision = revision;
    },
    add(kind, id, body) {
      entries.set(name(kind, id), { kind, id, revision: 0, body, write: 'put' });
    },
    async delete(kind, id) {
      const entry = await read(kind, id);
      entry.body = null;
      entry.write = 'delete';
    },
    disregard(kind, id) {
      entries.set(name(kind, id), { kind, id, revision: 'any', body: null, write: 'delete' });
    },
    list: (kind, index, options) => store.list(municipality, kind, index, { ...options, strict: true }),
    async hold(kind, id) {
      const entry = await read(kind, id);
      if (entry.write === 'none') entry.write = 'check';
    },
    expectNone(kind, index, prefix) {
      expected.push({ type: 'none', kind, index, prefix });
    },
    async commit(options) {
      const all = [...expected, ...operations()];
      return all.length === 0 ? { ok: true } : store.commit(municipality, all, options);
    },
  };
}

/**
 * Runs `work` on a fresh draft until its commit holds.
 * @throws Error after `tries` lost races: something writes the same record without end.
 */
export async function inDraft<T>(
  store: Store,
  municipality: string,
  work: (draft: Draft) => Promise<T>,
  options: { tries?: number } = {},
): Promise<T> {
  for (let tries = options.tries ?? 50; tries > 0; tries--) {
    const draft = createDraft(store, municipality);
    const result = await work(draft);
    if ((await draft.commit()).ok) return result;
  }
  throw new Error(`a commit for ${municipality} lost every race`);
}
