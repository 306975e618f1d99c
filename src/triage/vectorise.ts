/** From named features to numbers: known names only, weighed by rarity, each kind brought to a fixed length. */
import { FEATURE_KINDS, type Features } from './features.ts';

export interface Vocabulary {
  readonly names: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  /** The same for kinds 4 (字) and 5 (音), by the characters alone. */
  readonly grams: { readonly 4: ReadonlyMap<string, number>; readonly 5: ReadonlyMap<string, number> };
  /** Rarity of each name: log of (examples / examples with it). */
  readonly rarity: Float64Array;
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
  if (kind === 4 || kind === 5) return vocabulary.grams[kind].get(features.names[i]!.slice(2));
  return vocabulary.index.get(features.names[i]!);
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
  const grams = { 4: new Map<string, number>(), 5: new Map<string, number>() };
  names.forEach((name, i) => {
    if (name.startsWith('字:')) grams[4].set(name.slice(2), i);
    else if (name.startsWith('音:')) grams[5].set(name.slice(2), i);
    else index.set(name, i);
  });
  return { names, index, grams, rarity };
}
