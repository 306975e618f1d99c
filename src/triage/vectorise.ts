/** From features to numbers: known names only, weighed by rarity, each kind brought to a fixed length. */
import { FEATURE_KINDS, type Features } from './features.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Vector {
  /** Index into the vocabulary. */
  readonly at: number[];
  readonly value: number[];
  /** Index into the features it was made from. */
  readonly from: number[];
}

/** How much each kind of feature counts beside the others (chosen by cross-checking, see docs/dictionaries-ja.md). */
export const KIND_SCALE: readonly number[] = [1, 1, 0.7, 0.7, 1, 0.7, 0.5, 0.8];

/** Of features that were gathered with this vocabulary. */
export function vectorise(features: Features, vocabulary: Vocabulary): Vector {
  const vector: Vector = { at: [], value: [], from: [] };
  const squares = new Array<number>(FEATURE_KINDS.length).fill(0);
  const { rarity } = vocabulary;
  for (let i = 0; i < features.kinds.length; i++) {
    const at = features.at![i]!;
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
