/**
 * What learning looks at, in numbers: every name that occurs gets one, every example becomes a list of them. All examples
 * stand in three arrays, which is most of why learning takes seconds.
 */
import { FEATURE_KINDS } from './gathering.ts';
import { KIND_SCALE } from './known-features.ts';

export interface Numbered {
  readonly names: readonly string[];
  /** Index into FEATURE_KINDS, for each name. */
  readonly kinds: Uint8Array;
  /** For each example the numbers of its names. */
  readonly examples: readonly Int32Array[];
}

export function numberNames(
  all: readonly { readonly names: readonly string[]; readonly kinds: readonly number[] }[],
): Numbered {
  const numbers = new Map<string, number>();
  const kinds: number[] = [];
  const examples = all.map((seen) =>
    Int32Array.from(seen.names, (name, i) => {
      let number = numbers.get(name);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(name, number);
        kinds.push(seen.kinds[i]!);
      }
      return number;
    }),
  );
  return { names: [...numbers.keys()], kinds: Uint8Array.from(kinds), examples };
}

/** Which names are known: `place[name]` is -1 for the others. Rarity is the log of (examples / examples with it). */
export interface Known {
  readonly size: number;
  readonly place: Int32Array;
  readonly rarity: Float64Array;
}

/** Names seen in at least `least[kind]` of the chosen examples. */
export function knownNames(numbered: Numbered, chosen: readonly number[], least: readonly number[]): Known {
  const { names, kinds, examples } = numbered;
  const counts = new Int32Array(names.length);
  for (const i of chosen) for (const name of examples[i]!) counts[name]!++;
  const place = new Int32Array(names.length).fill(-1);
  const rarity: number[] = [];
  counts.forEach((count, name) => {
    if (count < least[kinds[name]!]!) return;
    place[name] = rarity.length;
    rarity.push(Math.round((1 + Math.log(chosen.length / count)) * 100) / 100);
  });
  return { size: rarity.length, place, rarity: Float64Array.from(rarity) };
}

/** Row i holds names at[start[i]…start[i + 1]] with the values they have there. */
export interface Rows {
  readonly count: number;
  readonly start: Int32Array;
  readonly at: Int32Array;
  readonly value: Float64Array;
}

/** The same numbers as KnownFeatures makes of a text. */
export function rowsOf(numbered: Numbered, chosen: readonly number[], known: Known): Rows {
  const { place, rarity } = known;
  const start = new Int32Array(chosen.length + 1);
  chosen.forEach((i, row) => {
    let length = 0;
    for (const name of numbered.examples[i]!) if (place[name]! >= 0) length++;
    start[row + 1] = start[row]! + length;
  });
  const at = new Int32Array(start[chosen.length]!);
  const value = new Float64Array(at.length);
  const squares = new Float64Array(FEATURE_KINDS.length);
  const factors = new Float64Array(FEATURE_KINDS.length);
  let next = 0;
  for (const i of chosen) {
    const names = numbered.examples[i]!;
    squares.fill(0);
    for (const name of names) if (place[name]! >= 0) squares[numbered.kinds[name]!]! += rarity[place[name]!]! ** 2;
    squares.forEach((square, kind) => {
      factors[kind] = square === 0 ? 0 : KIND_SCALE[kind]! / Math.sqrt(square);
    });
    for (const name of names) {
      const known = place[name]!;
      if (known < 0) continue;
      at[next] = known;
      value[next++] = rarity[known]! * factors[numbered.kinds[name]!]!;
    }
  }
  return { count: chosen.length, start, at, value };
}
