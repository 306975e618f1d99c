/**
 * kuromoji's dictionary files as flat typed arrays in one buffer, kept inflated under a cache directory so that a start
 * reads one file instead of inflating twelve. The cache is a copy: losing it costs a second, nothing else.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Arrays named after kuromoji's files. `mapStart[v]…mapStart[v+1]` are the entries in `mapIds` of the trie's value v. */
export interface KuromojiData {
  /** base and check of the double array in turn, because they are read together: node n at 2n and 2n + 1. */
  readonly trie: Int32Array;
  readonly tokens: Uint8Array;
  readonly features: Uint8Array;
  readonly mapStart: Int32Array;
  readonly mapIds: Int32Array;
  readonly costs: Int16Array;
  readonly unknownTokens: Uint8Array;
  readonly unknownFeatures: Uint8Array;
  readonly unknownStart: Int32Array;
  readonly unknownIds: Int32Array;
  readonly charClass: Uint8Array;
  readonly invoke: Uint8Array;
}

type TypedArray = Int32Array | Int16Array | Uint8Array;
const MAGIC = 'tsunagi-kuromoji-4';
const KINDS = { i32: Int32Array, i16: Int16Array, u8: Uint8Array } as const;

/** Reads the cache, or inflates `dicPath` and writes the cache (silently without one when the place cannot be written). */
export function readKuromojiDictionary(dicPath: string, version: string, cacheDir?: string): KuromojiData {
  const file = cacheDir === undefined ? undefined : path.join(cacheDir, `kuromoji-${version}.bin`);
  const cached = file === undefined ? undefined : readCache(file);
  if (cached !== undefined) return cached;
  const data = inflate(dicPath);
  if (file !== undefined) writeCache(file, data);
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
  return {
    trie: interleave(i32('base'), i32('check')),
    tokens: trim(bytes('tid')),
    features: trim(bytes('tid_pos')),
    mapStart: map.start,
    mapIds: map.ids,
    costs: new Int16Array(bytes('cc').buffer),
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

/** kuromoji's files are padded with zeros to the next power of two; eight of them stay as terminators. */
function trim(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, Math.min(bytes.length, end + 8));
}

function kindOf(array: TypedArray): keyof typeof KINDS {
  if (array instanceof Int32Array) return 'i32';
  return array instanceof Int16Array ? 'i16' : 'u8';
}

interface Part {
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly length: number;
  readonly offset: number;
}

const HEAD = 4096;

function writeCache(file: string, data: KuromojiData): void {
  const parts: Part[] = [];
  let offset = HEAD;
  for (const [name, array] of Object.entries(data) as [string, TypedArray][]) {
    parts.push({ name, kind: kindOf(array), length: array.length, offset });
    offset += Math.ceil(array.byteLength / 8) * 8;
  }
  const whole = Buffer.alloc(offset);
  whole.write(JSON.stringify({ magic: MAGIC, size: offset, parts }));
  for (const part of parts) {
    const array = data[part.name as keyof KuromojiData];
    whole.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), part.offset);
  }
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.tmp`;
    writeFileSync(draft, whole);
    renameSync(draft, file);
  } catch {
    // A read-only or full disk: triage works from memory all the same.
  }
}

function readCache(file: string): KuromojiData | undefined {
  try {
    const whole = readFileSync(file);
    const buffer = whole.buffer as ArrayBuffer;
    const head = whole.subarray(0, whole.indexOf(0)).toString('utf8');
    const { magic, size, parts } = JSON.parse(head) as { magic: string; size: number; parts: Part[] };
    if (magic !== MAGIC || size !== whole.byteLength || whole.byteOffset !== 0) return undefined;
    const data: Record<string, TypedArray> = {};
    for (const part of parts) data[part.name] = new KINDS[part.kind](buffer, part.offset, part.length);
    return data as unknown as KuromojiData;
  } catch {
    return undefined;
  }
}
