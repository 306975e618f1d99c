import { PairIndex } from './pair-index.ts';

/**
 * Places of short runs of characters (two to four UTF-16 units), looked up as pairs of two units each. A run also tells whether a
 * known run goes on from it, so that most longer runs need not be looked for.
 */
export class GramIndex {
  /** First two units, last two, and what is kept for the run, less one. */
  readonly #pairs: PairIndex;

  /** `table` as another index of this class had it. */
  constructor(table: Int32Array) {
    this.#pairs = new PairIndex(table);
  }

  get table(): Int32Array {
    return this.#pairs.table;
  }

  /** Runs and their places; of a run longer than `shortest` the run one unit shorter says that it goes on. */
  static of(runs: ReadonlyMap<string, number>, shortest: number): GramIndex {
    const found = new Map<string, number>();
    for (const [run, place] of runs) found.set(run, (found.get(run) ?? 0) | (place + 1));
    for (const run of runs.keys()) {
      if (run.length <= shortest) continue;
      const begin = run.slice(0, -1);
      found.set(begin, (found.get(begin) ?? 0) | GOES_ON);
    }
    const pairs = PairIndex.forEntries(found.size);
    for (const [run, value] of found) pairs.put(packed(run, 0), packed(run, 2), value - 1);
    return new GramIndex(pairs.table);
  }

  /** What is kept for a run, 0 for nothing: see placeOf and goesOn. */
  find(first: number, second: number): number {
    return this.#pairs.find(first, second) + 1;
  }
}

const GOES_ON = 1 << 30;

/** -1 when the run itself has none. */
export function placeOf(value: number): number {
  return (value & ~GOES_ON) - 1;
}

export function goesOn(value: number): boolean {
  return (value & GOES_ON) !== 0;
}

function packed(text: string, at: number): number {
  const high = at < text.length ? text.charCodeAt(at) : 0;
  const low = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
  return (high << 16) | low;
}
