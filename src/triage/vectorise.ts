/** From features to numbers: known names only, weighed by rarity, each kind brought to a fixed length. */
import { FEATURE_KINDS, type Features } from './features.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

export interface Vector {
  /** Index into the vocabulary. */
  readonly at: number[];
  readonly value: number[];
  /** Index into the features it was made from. */
  readonly from: number[];
}

/** How much each kind of feature counts beside the others (chosen by cross-checking, see docs/dictionaries-ja.md). */
export const KIND_SCALE: readonly number[] = [1, 1, 0.7, 0.7, 1, 0.7, 0.5];

/** `places`: where each name stands in the vocabulary, for features that were gathered without one (placesOf). */
export function vectorise(
  features: Features,
  vocabulary: Vocabulary,
  places: ReadonlyMap<string, number> | undefined = undefined,
): Vector {
  const vector: Vector = { at: [], value: [], from: [] };
  const squares = new Array<number>(FEATURE_KINDS.length).fill(0);
  const { rarity } = vocabulary;
  for (let i = 0; i < features.kinds.length; i++) {
    const at = features.at === undefined ? places?.get(features.names[i]!) : features.at[i]!;
    if (at === undefined) continue;
    const value = rarity[at]!;
    squares[features.kinds[i]!]! += value * value;
    vector.at.push(at);
    vector.value.push(value);
    vector.from.push(i);
  }
  const factors = squares.map((square, kind) => (square === 0 ? 0 : KIND_SCALE[kind]! / Math.sqrt(square)));
  for (let k = 0; k < vector.at.length; k++) vector.value[k]! *= factors[features.kinds[vector.from[k]!]!]!;
  return vector;
}

export function placesOf(vocabulary: Vocabulary): Map<string, number> {
  return new Map(vocabulary.allNames().map((name, place) => [name, place]));
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
