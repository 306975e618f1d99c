/** Places of grams of up to four UTF-16 units, found without making a string: an open-addressing table of their code units. */
export class GramIndex {
  readonly #mask: number;
  readonly #high: Int32Array;
  readonly #low: Int32Array;
  /** Place + 1; 0 for an empty slot. */
  readonly #place: Int32Array;

  /** `entries`: gram of 1–4 units and its place. */
  constructor(entries: readonly (readonly [string, number])[]) {
    let size = 1024;
    while (size < entries.length * 3) size *= 2;
    this.#mask = size - 1;
    this.#high = new Int32Array(size);
    this.#low = new Int32Array(size);
    this.#place = new Int32Array(size);
    for (const [gram, place] of entries) this.#put(gram, place);
  }

  /** The place of text[start, end), -1 when it is not known. */
  find(text: string, start: number, end: number): number {
    const high = packed(text, start, end);
    const low = packed(text, start + 2, end);
    for (let slot = hash(high, low) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = this.#place[slot]!;
      if (place === 0) return -1;
      if (this.#high[slot] === high && this.#low[slot] === low) return place - 1;
    }
  }

  #put(gram: string, place: number): void {
    const high = packed(gram, 0, gram.length);
    const low = packed(gram, 2, gram.length);
    let slot = hash(high, low) & this.#mask;
    while (this.#place[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#place[slot] = place + 1;
  }
}

function packed(text: string, at: number, end: number): number {
  if (at >= end) return 0;
  return (text.charCodeAt(at) << 16) | (at + 1 < end ? text.charCodeAt(at + 1) : 0);
}

function hash(high: number, low: number): number {
  let h = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
