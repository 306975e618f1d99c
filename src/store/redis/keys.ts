/**
 * The names and shapes of what stands in Redis (layout 1; `docs/redis.md` describes it for operators). Every key of a
 * city carries the hash tag `{city}`, so a city lies on one shard and a commit is one script on one shard.
 *
 * A record is a string: `revision version expires length LF entries body`, where `entries` are `length` bytes of JSON
 * (the index rows it stands in) and `body` is sealed. Revision and version are decimal, expires is ms UTC or `-`.
 */
import type { RawEntry, RawRecord } from '../driver.ts';

/** Raised with every change of what stands in Redis, together with a step in `layout.ts`. */
export const LAYOUT = 1;

export const CITIES = 'tsunagi:cities';
export const NEW_CITY = 'tsunagi:cities:new';
export const PING = 'tsunagi:ping';

export interface CityKeys {
  layout: string;
  /** Sorted set of every record's name (`kind/id`), for scanning. */
  all: string;
  /** Sorted set of record names by the time their life is over. */
  expiry: string;
  /** Channel of what was written. */
  changes: string;
  /** Who copies the city just now, and the set of what was written meanwhile: see `copy.ts`. Both end by themselves. */
  copying: string;
  changed: string;
  /** Before a record's name. */
  records: string;
  record(kind: string, id: string): string;
  /** Sorted set of index rows, `key NUL id`: a key never holds a control character, so bytes sort as (key, id). */
  index(name: string): string;
  /** Hash of how many records stand in each group of an index. */
  counts(name: string): string;
}

export function keysOf(city: string): CityKeys {
  // A brace in a city's name would end the hash tag.
  const base = `tsunagi:{${encodeURIComponent(city)}}:`;
  const records = `${base}r:`;
  return {
    layout: `${base}layout`,
    all: `${base}all`,
    expiry: `${base}expiry`,
    changes: `${base}changes`,
    copying: `${base}copying`,
    changed: `${base}changed`,
    records,
    record: (kind, id) => `${records}${kind}/${id}`,
    index: (name) => `${base}i:${name}`,
    counts: (name) => `${base}c:${name}`,
  };
}

export function splitName(name: string): { kind: string; id: string } {
  const at = name.indexOf('/');
  return { kind: name.slice(0, at), id: name.slice(at + 1) };
}

interface Head {
  revision: number;
  version: number;
  expiresAt: number | null;
  /** Where the entries begin and end. */
  start: number;
  end: number;
}

function readHead(value: Buffer): Head {
  const start = value.indexOf(10) + 1;
  const [revision, version, expires, length] = value.toString('latin1', 0, start - 1).split(' ');
  return {
    revision: Number(revision),
    version: Number(version),
    expiresAt: expires === '-' ? null : Number(expires),
    start,
    end: start + Number(length),
  };
}

export function readRecord(id: string, value: Buffer): RawRecord {
  const { revision, version, end } = readHead(value);
  return { id, revision, version, body: value.subarray(end) };
}

export function readWhole(
  name: string,
  value: Buffer,
): RawRecord & { kind: string; entries: readonly RawEntry[]; expiresAt: number | null } {
  const { kind, id } = splitName(name);
  const { expiresAt, start, end } = readHead(value);
  const entries = JSON.parse(value.toString('utf8', start, end)) as RawEntry[];
  return { ...readRecord(id, value), kind, entries, expiresAt };
}

/** @param value at least the first line of a record. */
export function readRevision(value: Buffer): number {
  return Number.parseInt(value.toString('latin1', 0, 16), 10);
}
