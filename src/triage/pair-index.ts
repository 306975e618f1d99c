/** A number for each of many pairs of numbers: an open-addressing table in one array, so that it can be kept in a file as it is. */
export class PairIndex {
  /** Slots of three: first, second, number + 1 (0 for an empty slot). */
  readonly table: Int32Array;
  readonly #mask: number;

  /** `table` as another index of this class had it. */
  constructor(table: Int32Array) {
    this.table = table;
    this.#mask = table.length / SLOT - 1;
  }

  static forEntries(count: number): PairIndex {
    let size = 1024;
    while (size < count * 2) size *= 2;
    return new PairIndex(new Int32Array(size * SLOT));
  }

  /** The number of the pair, -1 when it is not known. */
  find(first: number, second: number): number {
    const { table } = this;
    for (let slot = hash(first, second) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * SLOT;
      const number = table[at + 2]!;
      if (number === 0) return -1;
      if (table[at] === first && table[at + 1] === second) return number - 1;
    }
  }

  put(first: number, second: number, number: number): void {
    const { table } = this;
    let slot = hash(first, second) & this.#mask;
    while (table[slot * SLOT + 2] !== 0) slot = (slot + 1) & this.#mask;
    table[slot * SLOT] = first;
    table[slot * SLOT + 1] = second;
    table[slot * SLOT + 2] = number + 1;
  }
}

const SLOT = 3;

function hash(first: number, second: number): number {
  let h = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
