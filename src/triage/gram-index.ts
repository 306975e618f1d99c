/**
 * Places of short runs of characters (up to four UTF-16 units): an open-addressing table in one array, so that it can be kept in
 * a file as it is. A run also tells whether a known run goes on from it, so that most longer runs need not be looked for.
 */
export class GramIndex {
  /** Slots of three: the first two units, the last two, what is found (0 for an empty slot). */
  readonly table: Int32Array;
  readonly #mask: number;

  /** `table` as another index of this class had it. */
  constructor(table: Int32Array) {
    this.table = table;
    this.#mask = table.length / SLOT - 1;
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
    let size = 1024;
    while (size < found.size * 2) size *= 2;
    const index = new GramIndex(new Int32Array(size * SLOT));
    for (const [run, value] of found) index.#put(packed(run, 0), packed(run, 2), value);
    return index;
  }

  /** What is kept for a run, 0 for nothing: see placeOf and goesOn. */
  find(first: number, second: number): number {
    const { table } = this;
    for (let slot = hash(first, second) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * SLOT;
      const value = table[at + 2]!;
      if (value === 0 || (table[at] === first && table[at + 1] === second)) return value;
    }
  }

  #put(first: number, second: number, value: number): void {
    const { table } = this;
    let slot = hash(first, second) & this.#mask;
    while (table[slot * SLOT + 2] !== 0) slot = (slot + 1) & this.#mask;
    table.set([first, second, value], slot * SLOT);
  }
}

const SLOT = 3;
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

function hash(first: number, second: number): number {
  let h = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
