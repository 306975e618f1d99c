/**
 * kuromoji's dictionary files as flat typed arrays in one buffer, kept inflated under a cache directory so that a start
 * reads one file instead of inflating twelve. The cache is a copy: losing it costs a second, nothing else.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type KeptArray, readArrays, writeArrays } from './array-file.ts';

/** Entries are what a word may be (a noun, a verb's stem, …): those of one word are neighbours, those of unknown words come last. */
export interface KuromojiData {
  /**
   * base and check of the double array in turn, because they are read together: node n at 2n and 2n + 1. The base of a node that
   * ends a word is -1 - the word's first entry.
   */
  readonly trie: Int32Array;
  /** Left context, right context and cost of each entry; the left context of a word's last entry is inverted (~). */
  readonly entries: Int16Array;
  /** Where each entry's line begins in `features`. */
  readonly featureAt: Int32Array;
  readonly features: Uint8Array;
  /** costs[left · rights + right], so that those of one left context are neighbours. Context 0 is the begin or end of a text. */
  readonly costs: Int16Array;
  /** The least and the most that a right context costs before any left one. */
  readonly bounds: Int16Array;
  /** The first entry of an unknown word of each character class. The first of all is the number of known entries. */
  readonly unknownStart: Int32Array;
  readonly charClass: Uint8Array;
  readonly invoke: Uint8Array;
}

const MAGIC = 'tsunagi-kuromoji-7';

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
  const bytes = (name: string): Uint8Array => gunzipSync(readFileSync(path.join(dicPath, `${name}.dat.gz`)));
  const aligned = (name: string): ArrayBuffer => new Uint8Array(bytes(name)).buffer;
  const i32 = (name: string): Int32Array => new Int32Array(aligned(name));
  const known = entriesOf(flatMap(i32('tid_map')), bytes('tid'), trim(bytes('tid_pos')));
  const unknown = entriesOf(flatMap(i32('unk_map')), bytes('unk'), trim(bytes('unk_pos')));
  const costs = new Int16Array(aligned('cc'));
  const ranks = contextRanks(known, costs[0]!, costs[1]!);
  return {
    trie: interleave(i32('base'), i32('check'), known.start),
    entries: ranked(joined(Int16Array, known.entries, unknown.entries), ranks),
    featureAt: joined(
      Int32Array,
      known.featureAt,
      unknown.featureAt.map((at) => at + known.features.length),
    ),
    features: joined(Uint8Array, known.features, unknown.features),
    costs: byLeftContext(costs, ranks),
    bounds: boundsOf(costs, ranks.right),
    unknownStart: unknown.start.map((at) => at + known.featureAt.length),
    charClass: new Uint8Array(bytes('unk_char')),
    invoke: new Uint8Array(trim(bytes('unk_invoke'))),
  };
}

/** Entries of the words in the order of their keys: those of key k begin at start[k]. */
interface Entries {
  readonly start: Int32Array;
  readonly entries: Int16Array;
  readonly featureAt: Int32Array;
  readonly features: Uint8Array;
}

/** `tokens` has ten bytes for each entry: contexts, cost, and where its line is in `features`. */
function entriesOf(
  { start, ids }: { start: Int32Array; ids: Int32Array },
  tokens: Uint8Array,
  features: Uint8Array,
): Entries {
  const view = new DataView(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  const entries = new Int16Array(3 * ids.length);
  ids.forEach((id, i) => {
    for (let k = 0; k < 3; k++) entries[3 * i + k] = view.getInt16(id + 2 * k, true);
  });
  for (let key = 0; key + 1 < start.length; key++) {
    const last = 3 * (start[key + 1]! - 1);
    if (start[key + 1]! > start[key]!) entries[last] = ~entries[last]!;
  }
  return { start, entries, featureAt: ids.map((id) => view.getInt32(id + 6, true)), features };
}

function interleave(base: Int32Array, check: Int32Array, start: Int32Array): Int32Array {
  let used = Math.max(base.length, check.length);
  while (used > 0 && (check[used - 1] ?? -1) <= 0) used--;
  const trie = new Int32Array(2 * (used + 256)).fill(-1);
  for (let n = 0; n < used; n++) {
    const endsWord = base[n]! < 0 && base[check[n]!] === n;
    trie[2 * n] = endsWord ? -1 - start[-1 - base[n]!]! : base[n]!;
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

/** New numbers for contexts: those that are met most are neighbours, so that few pages of the costs are read. */
interface Ranks {
  readonly left: Int16Array;
  readonly right: Int16Array;
}

/** A word is met the more often, chosen or not, the shorter it is, and the more so when it is all hiragana. */
function contextRanks({ entries, featureAt, features }: Entries, rights: number, lefts: number): Ranks {
  const [left, right] = [new Float64Array(lefts), new Float64Array(rights)];
  featureAt.forEach((at, i) => {
    let met = 1;
    for (let byte = at; byte === at || features[byte] !== COMMA; byte++)
      if (features[byte]! >= 0xc0) met /= features[byte] === 0xe3 && features[byte + 1]! <= 0x82 ? 30 : 1000;
    const context = entries[3 * i]!;
    left[context < 0 ? ~context : context]! += met;
    right[entries[3 * i + 1]!]! += met;
  });
  return { left: ranksOf(left), right: ranksOf(right) };
}

const COMMA = 0x2c;

function ranksOf(met: Float64Array): Int16Array {
  met[0] = Number.POSITIVE_INFINITY;
  const ranks = new Int16Array(met.length);
  Array.from(met.keys())
    .sort((a, b) => met[b]! - met[a]! || a - b)
    .forEach((context, rank) => {
      ranks[context] = rank;
    });
  return ranks;
}

function ranked(entries: Int16Array, { left, right }: Ranks): Int16Array {
  for (let i = 0; i < entries.length; i += 3) {
    const context = entries[i]!;
    entries[i] = context < 0 ? ~left[~context]! : left[context]!;
    entries[i + 1] = right[entries[i + 1]!]!;
  }
  return entries;
}

/** kuromoji's `forward, backward, cost[right][left]…`, turned round. */
function byLeftContext(raw: Int16Array, ranks: Ranks): Int16Array {
  const [rights, lefts] = [raw[0]!, raw[1]!];
  const costs = new Int16Array(lefts * rights);
  for (let right = 0; right < rights; right++)
    for (let left = 0; left < lefts; left++)
      costs[ranks.left[left]! * rights + ranks.right[right]!] = raw[right * lefts + left + 2]!;
  return costs;
}

function boundsOf(raw: Int16Array, ranks: Int16Array): Int16Array {
  const [rights, lefts] = [raw[0]!, raw[1]!];
  const bounds = new Int16Array(2 * rights);
  for (let right = 0; right < rights; right++) {
    let least = raw[right * lefts + 2]!;
    let most = least;
    for (let left = 0; left < lefts; left++) {
      const cost = raw[right * lefts + left + 2]!;
      if (cost < least) least = cost;
      if (cost > most) most = cost;
    }
    bounds[2 * ranks[right]!] = least;
    bounds[2 * ranks[right]! + 1] = most;
  }
  return bounds;
}

function joined<T extends Int16Array | Int32Array | Uint8Array>(of: new (length: number) => T, a: T, b: T): T {
  const both = new of(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** kuromoji's files are padded with zeros to the next power of two; eight of them stay as terminators. */
function trim(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, Math.min(bytes.length, end + 8));
}
