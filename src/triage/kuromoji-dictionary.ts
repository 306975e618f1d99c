/**
 * kuromoji's dictionary files as flat typed arrays in one buffer, kept inflated under a cache directory so that a start
 * reads one file instead of inflating twelve. The cache is a copy: losing it costs a second, nothing else.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type KeptArray, readArrays, writeArrays } from './array-file.ts';

/** Arrays named after kuromoji's files. `mapStart[v]…mapStart[v+1]` are the entries in `mapIds` of the trie's value v. */
export interface KuromojiData {
  /** base and check of the double array in turn, because they are read together: node n at 2n and 2n + 1. */
  readonly trie: Int32Array;
  readonly tokens: Uint8Array;
  readonly features: Uint8Array;
  readonly mapStart: Int32Array;
  readonly mapIds: Int32Array;
  /** Left context, right context and cost of each entry of `mapIds`, because they are read together. */
  readonly mapEntries: Int16Array;
  /** costs[left · rightContexts + right], so that those of one left context are neighbours. */
  readonly costs: Int16Array;
  /** One number: how many right contexts there are. */
  readonly rightContexts: Int32Array;
  readonly unknownTokens: Uint8Array;
  readonly unknownFeatures: Uint8Array;
  readonly unknownStart: Int32Array;
  readonly unknownIds: Int32Array;
  readonly charClass: Uint8Array;
  readonly invoke: Uint8Array;
}

const MAGIC = 'tsunagi-kuromoji-5';

/** Reads the cache, or inflates `dicPath` and writes the cache (silently without one when the place cannot be written). */
export function readKuromojiDictionary(dicPath: string, version: string, cacheDir?: string): KuromojiData {
  const file = cacheDir === undefined ? undefined : path.join(cacheDir, `kuromoji-${version}.bin`);
  const cached = file === undefined ? undefined : readArrays(file, MAGIC);
  if (cached !== undefined) return cached as unknown as KuromojiData;
  const data = inflate(dicPath);
  if (file !== undefined) writeArrays(file, MAGIC, data as unknown as Record<string, KeptArray>);
  return data;
}

function inflate(dicPath: string): KuromojiData {
  const bytes = (name: string): Uint8Array => {
    const inflated = gunzipSync(readFileSync(path.join(dicPath, `${name}.dat.gz`)));
    return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.byteLength).slice();
  };
  const i32 = (name: string): Int32Array => new Int32Array(bytes(name).buffer);
  const map = flatMap(i32('tid_map'));
  const unknownMap = flatMap(i32('unk_map'));
  const tokens = trim(bytes('tid'));
  const costs = new Int16Array(bytes('cc').buffer);
  return {
    trie: interleave(i32('base'), i32('check')),
    tokens,
    features: trim(bytes('tid_pos')),
    mapStart: map.start,
    mapIds: map.ids,
    mapEntries: entriesOf(map.ids, tokens),
    costs: byLeftContext(costs),
    rightContexts: Int32Array.of(costs[0]!),
    unknownTokens: trim(bytes('unk')),
    unknownFeatures: trim(bytes('unk_pos')),
    unknownStart: unknownMap.start,
    unknownIds: unknownMap.ids,
    charClass: bytes('unk_char'),
    invoke: trim(bytes('unk_invoke')),
  };
}

function interleave(base: Int32Array, check: Int32Array): Int32Array {
  let used = Math.max(base.length, check.length);
  while (used > 0 && (check[used - 1] ?? -1) <= 0) used--;
  const trie = new Int32Array(2 * (used + 256)).fill(-1);
  for (let n = 0; n < used; n++) {
    trie[2 * n] = base[n]!;
    trie[2 * n + 1] = check[n]!;
  }
  return trie;
}

/** kuromoji's `count, (key, n, id × n)…` as offsets and ids. The padding after `count` keys is left out. */
function flatMap(raw: Int32Array): { start: Int32Array; ids: Int32Array } {
  const lists: { key: number; from: number; n: number }[] = [];
  let at = 1;
  let highest = -1;
  for (let i = 0; i < raw[0]!; i++) {
    const key = raw[at]!;
    const n = raw[at + 1]!;
    lists.push({ key, from: at + 2, n });
    if (key > highest) highest = key;
    at += 2 + n;
  }
  const start = new Int32Array(highest + 2);
  for (const list of lists) start[list.key + 1] = list.n;
  for (let i = 1; i < start.length; i++) start[i] = start[i]! + start[i - 1]!;
  const ids = new Int32Array(start[highest + 1]!);
  for (const list of lists) ids.set(raw.subarray(list.from, list.from + list.n), start[list.key]!);
  return { start, ids };
}

function entriesOf(ids: Int32Array, tokens: Uint8Array): Int16Array {
  const entries = new Int16Array(ids.length * 3);
  ids.forEach((id, i) => {
    for (let k = 0; k < 3; k++) entries[3 * i + k] = tokens[id + 2 * k]! | (tokens[id + 2 * k + 1]! << 8);
  });
  return entries;
}

/** kuromoji's `forward, backward, cost[right][left]…`, turned round. */
function byLeftContext(raw: Int16Array): Int16Array {
  const [rights, lefts] = [raw[0]!, raw[1]!];
  const costs = new Int16Array(lefts * rights);
  for (let right = 0; right < rights; right++)
    for (let left = 0; left < lefts; left++) costs[left * rights + right] = raw[right * lefts + left + 2]!;
  return costs;
}

/** kuromoji's files are padded with zeros to the next power of two; eight of them stay as terminators. */
function trim(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, Math.min(bytes.length, end + 8));
}
