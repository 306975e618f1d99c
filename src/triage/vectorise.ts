/** From named features to numbers: known names only, weighed by rarity, each kind brought to a fixed length. */
import { FEATURE_KINDS, type Features } from './features.ts';
import { GramIndex } from './gram-index.ts';

export interface Vocabulary {
  readonly names: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  /** The same for kinds 4 (字) and 5 (音), by the characters alone. */
  readonly grams: { readonly 4: GramIndex; readonly 5: GramIndex };
  /** Names made of one or two parts, by their parts. */
  readonly joined: Readonly<Record<JoinedPrefix, ReadonlyMap<string, ReadonlyMap<string, number>>>>;
  /** Rarity of each name: log of (examples / examples with it). */
  readonly rarity: Float64Array;
}

export type JoinedPrefix = '語' | '続' | '組';
const JOINTS: Readonly<Record<JoinedPrefix, string>> = { 語: '', 続: ' ', 組: '+' };

export function joinedName(prefix: JoinedPrefix, a: string, b: string): string {
  return `${prefix}:${a}${JOINTS[prefix]}${b}`;
}

export interface Vector {
  /** Index into the vocabulary. */
  readonly at: number[];
  readonly value: number[];
  /** Index into the features it was made from. */
  readonly from: number[];
}

/** How much each kind of feature counts beside the others (chosen by cross-checking, see docs/dictionaries-ja.md). */
export const KIND_SCALE: readonly number[] = [1, 1, 0.7, 0.7, 1, 0.7, 0.5];

export function vectorise(features: Features, vocabulary: Vocabulary, scales: readonly number[] = KIND_SCALE): Vector {
  const vector: Vector = { at: [], value: [], from: [] };
  const squares = new Array<number>(FEATURE_KINDS.length).fill(0);
  for (let i = 0; i < features.names.length; i++) {
    const at = features.at === undefined ? placeOf(features, i, vocabulary) : features.at[i];
    if (at === undefined) continue;
    const rarity = vocabulary.rarity[at]!;
    squares[features.kinds[i]!]! += rarity * rarity;
    vector.at.push(at);
    vector.value.push(rarity);
    vector.from.push(i);
  }
  for (let k = 0; k < vector.at.length; k++) {
    const kind = features.kinds[vector.from[k]!]!;
    vector.value[k] = (vector.value[k]! * scales[kind]!) / Math.sqrt(squares[kind]!);
  }
  return vector;
}

function placeOf(features: Features, i: number, vocabulary: Vocabulary): number | undefined {
  const kind = features.kinds[i]!;
  const name = features.names[i]!;
  if (kind !== 4 && kind !== 5) return vocabulary.index.get(name);
  const at = vocabulary.grams[kind].find(name, 2, name.length);
  return at < 0 ? undefined : at;
}

/** Names seen in at least `least[kind]` examples, in a fixed order. */
export function buildVocabulary(all: readonly Features[], least: readonly number[]): Vocabulary {
  const counts = new Map<string, number>();
  const kinds = new Map<string, number>();
  for (const features of all) {
    features.names.forEach((name, i) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      kinds.set(name, features.kinds[i]!);
    });
  }
  const names = [...counts.keys()].filter((name) => counts.get(name)! >= least[kinds.get(name)!]!).sort();
  const rarity = new Float64Array(names.length);
  names.forEach((name, i) => {
    rarity[i] = Math.round((1 + Math.log(all.length / counts.get(name)!)) * 100) / 100;
  });
  return vocabularyOf(names, rarity);
}

export function vocabularyOf(names: readonly string[], rarity: Float64Array): Vocabulary {
  const index = new Map<string, number>();
  const characters: [string, number][] = [];
  const readings: [string, number][] = [];
  names.forEach((name, i) => {
    if (name.startsWith('字:')) characters.push([name.slice(2), i]);
    else if (name.startsWith('音:')) readings.push([name.slice(2), i]);
    else index.set(name, i);
  });
  const joined = { 語: new Map(), 続: new Map(), 組: new Map() } as Record<
    JoinedPrefix,
    Map<string, Map<string, number>>
  >;
  for (const [name, i] of index) addJoined(joined, name, i);
  const grams = { 4: new GramIndex(characters), 5: new GramIndex(readings) };
  return { names, index, grams, joined, rarity };
}

function addJoined(joined: Record<JoinedPrefix, Map<string, Map<string, number>>>, name: string, place: number): void {
  const prefix = name[0]!;
  if (name[1] !== ':' || !(prefix in JOINTS)) return;
  const joint = JOINTS[prefix as JoinedPrefix];
  const split = joint === '' ? name.length : name.indexOf(joint, 3);
  const first = name.slice(2, split);
  const map = joined[prefix as JoinedPrefix];
  const inner = map.get(first) ?? new Map<string, number>();
  inner.set(name.slice(split + joint.length), place);
  map.set(first, inner);
}
