/** Makes a typed `Store` of a driver: schemas, versions and migrations, index keys, seals. Knows no domain rule. */
import type { KeyRing } from '#support/key-ring.ts';
import {
  AFTER_ALL,
  contextOf,
  type Driver,
  type RawEntry,
  type RawOperation,
  type RawRecord,
  UNFINISHED,
} from './driver.ts';
import { type Body, KINDS, type Kind } from './kinds.ts';
import {
  type Inspected,
  isSpoilt,
  type Listed,
  type ListOptions,
  type Operation,
  type Store,
  type Stored,
  StoreError,
} from './store.ts';

interface Definition {
  schema: { parse(value: unknown): unknown };
  version: number;
  migrations?: readonly ((body: unknown) => unknown)[];
  indexes?: Record<string, (body: never, id: string) => { key: string; group?: string } | null>;
  expiresAt?: (body: never) => number | null;
  remains?: (body: never, now: number) => { body: unknown; gone: string } | null;
}
const definitionOf = (kind: Kind): Definition => KINDS[kind] as Definition;

/** Damaged records told of, each once. */
const MOST_TOLD = 1_000;

/** A record that a list passed over. */
export interface PassedOver {
  municipality: string;
  kind: string;
  id: string;
  error: unknown;
}

/** @param options.passedOver told of each damaged record once. */
export function createSealedStore(options: {
  driver: Driver;
  keyRing: KeyRing;
  passedOver?(record: PassedOver): void;
}): Store {
  const { driver, keyRing } = options;
  const told = new Set<string>();

  const encode = (municipality: string, operation: Operation): RawOperation => {
    if (operation.type !== 'put') return operation;
    const definition = definitionOf(operation.kind);
    const { kind, id, revision, body } = operation;
    const text = JSON.stringify(body);
    return {
      type: 'put',
      kind,
      id,
      revision,
      version: definition.version,
      body: driver.seals === true ? text : keyRing.seal(Buffer.from(text), contextOf(municipality, kind, id)),
      entries: entriesOf(definition, body, id),
      expiresAt: definition.expiresAt?.(body as never) ?? null,
    };
  };

  const decode = <K extends Kind>(municipality: string, kind: K, raw: RawRecord): Stored<K> => {
    const definition = definitionOf(kind);
    try {
      let body: unknown = JSON.parse(keyRing.open(raw.body, contextOf(municipality, kind, raw.id)).toString());
      if (raw.version > definition.version) throw new Error(`version ${raw.version} is newer than this program`);
      // What this version wrote was checked by its types; only older shapes are migrated and parsed again.
      if (raw.version < definition.version) {
        for (let v = raw.version; v < definition.version; v++) body = definition.migrations![v - 1]!(body);
        body = definition.schema.parse(body);
      }
      return { id: raw.id, revision: raw.revision, body: body as Body<K> };
    } catch (cause) {
      throw new StoreError('damaged', `${kind} ${raw.id} of ${municipality} cannot be read`, { cause });
    }
  };

  const decodeOrPass = <K extends Kind>(municipality: string, kind: K, raw: RawRecord): Stored<K> | null => {
    try {
      return decode(municipality, kind, raw);
    } catch (error) {
      if (!isSpoilt(error)) throw error;
      const name = contextOf(municipality, kind, raw.id);
      if (!told.has(name) && told.size < MOST_TOLD) {
        told.add(name);
        options.passedOver?.({ municipality, kind, id: raw.id, error });
      }
      return null;
    }
  };

  const examine = (
    municipality: string,
    record: RawRecord & { kind: string; entries: readonly RawEntry[] },
  ): Pick<Inspected['records'][number], 'body' | 'fault'> => {
    if (record.kind === UNFINISHED) return { body: null, fault: 'unfinished' };
    if (!Object.hasOwn(KINDS, record.kind)) return { body: null, fault: 'unknown_kind' };
    const definition = definitionOf(record.kind as Kind);
    if (record.version > definition.version) return { body: null, fault: 'newer' };
    let body: unknown;
    try {
      body = decode(municipality, record.kind as Kind, record).body;
    } catch {
      return { body: null, fault: 'sealed' };
    }
    try {
      definition.schema.parse(body);
    } catch {
      return { body, fault: 'shape' };
    }
    const sorted = (entries: readonly RawEntry[]): string => JSON.stringify(entries.map((e) => e.join('\0')).sort());
    const right = sorted(entriesOf(definition, body, record.id)) === sorted(record.entries);
    return { body, fault: right || record.version < definition.version ? null : 'rows' };
  };

  const getMany: Store['getMany'] = async (municipality, kind, ids) => {
    if (ids.length === 0) return [];
    const raws = await driver.get(municipality, kind, ids);
    return raws.map((raw) => (raw === null ? null : decode(municipality, kind, raw)));
  };

  /** @returns what stays of an expired record; null: nothing; undefined: it cannot be told now. */
  const remainder = async (municipality: string, kind: Kind, id: string, now: number) => {
    const { remains } = definitionOf(kind);
    if (!remains) return null;
    try {
      const [stored] = await getMany(municipality, kind, [id]);
      return stored ? remains(stored.body as never, now) : undefined;
    } catch (error) {
      // What nobody can ever read goes at its end; what another key or program can read waits for that.
      return isSpoilt(error) ? null : undefined;
    }
  };

  return {
    getMany,
    async get(municipality, kind, id) {
      return (await getMany(municipality, kind, [id]))[0] ?? null;
    },
    async list<K extends Kind>(
      municipality: string,
      kind: K,
      index: string,
      options: ListOptions,
    ): Promise<Listed<K>[]> {
      const prefix = options.prefix ?? '';
      const range = {
        from: prefix + (options.from ?? ''),
        to: options.to === undefined ? (prefix === '' ? null : prefix + AFTER_ALL) : prefix + options.to,
        reverse: options.reverse ?? false,
      };
      const rows: Listed<K>[] = [];
      let after = options.after === undefined ? null : parseCursor(options.after);
      for (;;) {
        const limit = options.limit - rows.length;
        const raws = await driver.list(municipality, kind, index, { ...range, after, limit });
        for (const raw of raws) {
          const stored = options.strict ? decode(municipality, kind, raw) : decodeOrPass(municipality, kind, raw);
          if (stored) rows.push({ ...stored, key: raw.key, cursor: JSON.stringify([raw.key, raw.id]) });
        }
        // Short of the limit there is no more, unless some were passed over.
        if (raws.length < limit || rows.length === options.limit) return rows;
        const { key, id } = raws.at(-1)!;
        after = { key, id };
      }
    },
    counts: (municipality, kind, index) => driver.counts(municipality, kind, index),
    async commit(municipality, operations, commitOptions) {
      const result = await driver.commit(
        municipality,
        operations.map((operation) => encode(municipality, operation)),
        commitOptions?.durable ?? true,
      );
      return result as Awaited<ReturnType<Store['commit']>>;
    },
    async sweep(municipality, now, limit) {
      const deleted: Partial<Record<Kind, number>> = {};
      for (const { kind, id, revision } of await driver.expired(municipality, now, limit)) {
        const left = await remainder(municipality, kind as Kind, id, now);
        if (left === undefined) continue;
        const operation: RawOperation =
          left === null
            ? { type: 'delete', kind, id, revision }
            : encode(municipality, { type: 'put', kind, id, revision, body: left.body } as Operation);
        const gone = (left?.gone ?? kind) as Kind;
        const result = await driver.commit(municipality, [operation], false);
        if (result.ok) deleted[gone] = (deleted[gone] ?? 0) + 1;
      }
      return deleted;
    },
    watch: (listener) => driver.watch(listener as Parameters<Driver['watch']>[0]),
    async reseal(municipality, cursor, limit) {
      const page = await driver.scan(municipality, cursor, limit);
      // Side by side, so that they share the disk's writes.
      const done = await Promise.all(
        page.records.map(async (record) => {
          // The driver's own are not sealed.
          if (!Object.hasOwn(KINDS, record.kind)) return false;
          const place = contextOf(municipality, record.kind, record.id);
          if (keyRing.keyOf(record.body) === keyRing.newestAt(place)) return false;
          const body = keyRing.seal(keyRing.open(record.body, place), place);
          // Written meanwhile: then it is under the newest key already.
          return (await driver.commit(municipality, [{ ...record, type: 'put', body }], true)).ok;
        }),
      );
      return { cursor: page.cursor, resealed: done.filter(Boolean).length };
    },
    async inspect(municipality, cursor, limit) {
      const page = await driver.scan(municipality, cursor, limit);
      return {
        cursor: page.cursor,
        records: page.records.flatMap((record) => {
          // The driver's own, written by `ping`.
          if (record.kind === 'ping') return [];
          const { kind, id, entries } = record;
          const rows = entries.map(([index, , group]) => ({ index, group }));
          return [{ kind, id, rows, ...examine(municipality, record) }];
        }),
      };
    },
    municipalities: () => driver.municipalities(),
    ...(driver.time ? { time: () => driver.time!() } : {}),
    ping: () => driver.ping(),
    close: () => driver.close(),
  };
}

function entriesOf(definition: Definition, body: unknown, id: string): RawEntry[] {
  return Object.entries(definition.indexes ?? {}).flatMap(([index, make]): RawEntry[] => {
    const entry = make(body as never, id);
    return entry === null ? [] : [[index, entry.key, entry.group ?? null]];
  });
}

function parseCursor(cursor: string): { key: string; id: string } {
  const parsed: unknown = safeJson(cursor);
  if (!Array.isArray(parsed) || typeof parsed[0] !== 'string' || typeof parsed[1] !== 'string') {
    throw new RangeError('not a cursor of this store');
  }
  return { key: parsed[0], id: parsed[1] };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
