/**
 * Literals of the dictionary in one trie: the time to search a text depends on the text, not on how many literals there are.
 * The edges stand in a table of numbers, so that a compiled trie can be kept in a file.
 */
import { PairIndex } from './pair-index.ts';

export type Found = (symbol: number, start: number, end: number, byReading: boolean) => void;

/** A trie as it is kept; see PhraseTrie for what the numbers mean. */
export interface TrieArrays {
  readonly edges: Int32Array;
  readonly first: Int32Array;
  readonly endsAt: Int32Array;
  readonly ends: Int32Array;
}

export class PhraseTrie {
  readonly #edges: PairIndex;
  /** The node that a UTF-16 unit leads to from the root; 0 for none. */
  readonly #first: Int32Array;
  /** What ends at node n: ends[endsAt[n]…endsAt[n + 1]], each symbol · 2, + 1 when the literal is a reading. */
  readonly #endsAt: Int32Array;
  readonly #ends: Int32Array;
  /** Literals looked at so far, for tests: the work done does not grow with the dictionary. */
  steps = 0;

  constructor(arrays: TrieArrays) {
    this.#edges = new PairIndex(arrays.edges);
    this.#first = arrays.first;
    this.#endsAt = arrays.endsAt;
    this.#ends = arrays.ends;
  }

  search(text: string, found: Found): void {
    const endsAt = this.#endsAt;
    let steps = 0;
    for (let start = 0; start < text.length; start++) {
      let node = this.#first[text.charCodeAt(start)]!;
      for (let at = start + 1; node > 0; at++) {
        steps++;
        for (let i = endsAt[node]!; i < endsAt[node + 1]!; i++) {
          const end = this.#ends[i]!;
          found(end >> 1, start, at, (end & 1) === 1);
        }
        node = at < text.length ? this.#edges.find(node, text.charCodeAt(at)) : -1;
      }
    }
    this.steps += steps;
  }
}

/** Gathers literals; `arrays()` is what PhraseTrie searches. */
export class TrieBuilder {
  readonly #next: Map<number, number>[] = [new Map()];
  readonly #ends: number[][] = [[]];

  add(literal: string, symbol: number, byReading = false): void {
    let node = 0;
    for (let i = 0; i < literal.length; i++) {
      const code = literal.charCodeAt(i);
      let next = this.#next[node]!.get(code);
      if (next === undefined) {
        next = this.#next.length;
        this.#next.push(new Map());
        this.#ends.push([]);
        this.#next[node]!.set(code, next);
      }
      node = next;
    }
    const end = symbol * 2 + (byReading ? 1 : 0);
    if (!this.#ends[node]!.includes(end)) this.#ends[node]!.push(end);
  }

  arrays(): TrieArrays {
    const first = new Int32Array(0x10000);
    const edges = PairIndex.forEntries(this.#next.length);
    this.#next.forEach((next, node) => {
      for (const [code, to] of next) {
        if (node === 0) first[code] = to;
        else edges.put(node, code, to);
      }
    });
    const endsAt = new Int32Array(this.#ends.length + 1);
    this.#ends.forEach((ends, node) => {
      endsAt[node + 1] = endsAt[node]! + ends.length;
    });
    return { edges: edges.table, first, endsAt, ends: Int32Array.from(this.#ends.flat()) };
  }
}
