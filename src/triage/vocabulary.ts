/**
 * The names of the features that weights are known for, found by numbers rather than by joined strings: characters by their
 * code units, names made of two parts by the numbers of the parts. Names themselves are only read for the evidence.
 */
import { JOINTS, type JoinedPrefix } from './gathering.ts';
import { GramIndex } from './gram-index.ts';
import { PairIndex } from './pair-index.ts';

/** Told apart in one table by the highest bit of the second number. */
const MARK_OF: Record<Exclude<JoinedPrefix, '組'>, number> = { 語: 0, 続: 1 << 30 };

/** The part that stands for nothing: the second of `語:`. */
const NOTHING = 0;

/** A vocabulary as it is kept in a file. `names` is UTF-8, a line each; `parts` too: the whole names, then the parts. */
export interface VocabularyArrays {
  readonly names: Uint8Array;
  /** Where each name begins in `names`; one more at the end. */
  readonly nameAt: Int32Array;
  readonly parts: Uint8Array;
  readonly pairs: Int32Array;
  /**
   * Place + 1 of each pair of groups, 0 for none: row a, column b of a square, and the other way round. The parts that are groups
   * have the lowest numbers.
   * A message has hundreds of such pairs, which stand close together here.
   */
  readonly groupPairs: Int32Array;
  /** Place + 1 of each kanji, by its code unit. */
  readonly kanji: Int32Array;
  readonly characters: Int32Array;
  readonly readings: Int32Array;
  /** Places of the names that are looked up whole. */
  readonly whole: Int32Array;
}

export class Vocabulary {
  readonly arrays: VocabularyArrays;
  readonly size: number;
  /** Two or three characters. */
  readonly characters: GramIndex;
  /** Three or four kana. */
  readonly readings: GramIndex;
  readonly #names: Buffer;
  /** Names that were read before. */
  readonly #read = new Map<number, string>();
  /** By prefix, then by what follows it. */
  readonly #whole: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly #parts: ReadonlyMap<string, number>;
  readonly #pairs: PairIndex;
  /** How many parts may be groups. */
  readonly #groups: number;

  constructor(arrays: VocabularyArrays) {
    this.arrays = arrays;
    this.size = arrays.nameAt.length - 1;
    this.characters = new GramIndex(arrays.characters);
    this.readings = new GramIndex(arrays.readings);
    const { names } = arrays;
    this.#names = Buffer.from(names.buffer, names.byteOffset, names.byteLength);
    const parts = lines(arrays.parts);
    const whole = new Map<string, Map<string, number>>();
    arrays.whole.forEach((place, i) => {
      const [prefix, name] = splitName(parts[i]!);
      const names = whole.get(prefix) ?? new Map<string, number>();
      whole.set(prefix, names.set(name, place));
    });
    this.#whole = whole;
    const known = new Map<string, number>();
    for (let i = arrays.whole.length; i < parts.length; i++) known.set(parts[i]!, i - arrays.whole.length);
    this.#parts = known;
    this.#pairs = new PairIndex(arrays.pairs);
    this.#groups = Math.sqrt(arrays.groupPairs.length);
  }

  name(place: number): string {
    let name = this.#read.get(place);
    if (name === undefined) {
      const { nameAt } = this.arrays;
      name = this.#names.toString('utf8', nameAt[place]!, nameAt[place + 1]! - 1);
      this.#read.set(place, name);
    }
    return name;
  }

  allNames(): string[] {
    return this.size === 0 ? [] : this.#names.toString('utf8', 0, this.#names.length - 1).split('\n');
  }

  /** Place of a name that is not made of parts; -1 when not known. */
  whole(prefix: string, name: string): number {
    return this.#whole.get(prefix)?.get(name) ?? -1;
  }

  /** Place of `漢:character`. */
  kanji(code: number): number {
    return this.arrays.kanji[code]! - 1;
  }

  /** The number of a part; -1 when no known name is made of it. */
  part(text: string): number {
    return this.#parts.get(text) ?? -1;
  }

  /** As `part`, for a group. */
  group(name: string): number {
    const part = this.part(name);
    return part < this.#groups ? part : -1;
  }

  /** Place of `語:part`. */
  word(part: number): number {
    return this.#pairs.find(part, NOTHING | MARK_OF.語);
  }

  /** Place of `続:first second`. */
  neighbours(first: number, second: number): number {
    return this.#pairs.find(first, second | MARK_OF.続);
  }

  /** Place of `組:` of two groups, in either order. */
  pair(a: number, b: number): number {
    return this.arrays.groupPairs[a * this.#groups + b]! - 1;
  }
}

function splitName(name: string): [prefix: string, rest: string] {
  const colon = name.indexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1)];
}

export function vocabularyOf(names: readonly string[]): Vocabulary {
  const parts = new Map<string, number>([['', NOTHING]]);
  const partId = (part: string): number => {
    let id = parts.get(part);
    if (id === undefined) {
      id = parts.size;
      parts.set(part, id);
    }
    return id;
  };
  const partsOf = (name: string): [number, number] => {
    const joint = JOINTS[name[0] as JoinedPrefix];
    const split = joint === '' ? name.length : name.indexOf(joint, 3);
    return [partId(name.slice(2, split)), partId(name.slice(split + joint.length))];
  };
  const startingWith = (prefix: string): string[] => names.filter((name) => name.startsWith(prefix));
  for (const name of startingWith('組:')) partsOf(name);
  const groups = parts.size;
  const groupPairs = new Int32Array(groups * groups);
  const pairs = PairIndex.forEntries(startingWith('語:').length + startingWith('続:').length);
  const kanji = new Int32Array(0x10000);
  const characters = new Map<string, number>();
  const readings = new Map<string, number>();
  const whole: number[] = [];
  names.forEach((name, place) => {
    const body = name.slice(2);
    const prefix = name[1] === ':' ? name[0]! : '';
    if (prefix === '漢') kanji[body.charCodeAt(0)] = place + 1;
    else if (prefix === '字') characters.set(body, place);
    else if (prefix === '音') readings.set(body, place);
    else if (prefix in JOINTS) {
      const [first, second] = partsOf(name);
      if (prefix === '組') {
        groupPairs[first * groups + second] = place + 1;
        groupPairs[second * groups + first] = place + 1;
      } else pairs.put(first, second | MARK_OF[prefix as Exclude<JoinedPrefix, '組'>], place);
    } else whole.push(place);
  });
  const nameAt = new Int32Array(names.length + 1);
  names.forEach((name, place) => {
    nameAt[place + 1] = nameAt[place]! + Buffer.byteLength(name) + 1;
  });
  const wholeNames = whole.map((place) => names[place]!);
  return new Vocabulary({
    names: Buffer.from(names.map((name) => `${name}\n`).join('')),
    nameAt,
    parts: Buffer.from([...wholeNames, ...parts.keys()].join('\n')),
    pairs: pairs.table,
    groupPairs,
    kanji,
    characters: GramIndex.of(characters, 2).table,
    readings: GramIndex.of(readings, 3).table,
    whole: Int32Array.from(whole),
  });
}

function lines(bytes: Uint8Array): string[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
}
