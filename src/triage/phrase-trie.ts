/**
 * Literals of the dictionary in one trie: the time to search a text depends on the text, not on how many literals there are.
 * The edges stand in a table of numbers, so that a compiled trie can be kept in a file.
 */
import { PairIndex } from './pair-index.ts';

export type Found = (symbol: number, start: number, end: number, kind: number) => void;

/** What a literal is: a word, a word's reading, a part of a pattern. */
export const LITERAL = { word: 0, reading: 1, phrase: 2 } as const;
const KIND_BITS = 2;

/** A trie as it is kept; see PhraseTrie for what the numbers mean. */
export interface TrieArrays {
  readonly edges: Int32Array;
  readonly first: Int32Array;
  readonly begins: Uint8Array;
  readonly endsAt: Int32Array;
  readonly ends: Int32Array;
}

export class PhraseTrie {
  /** From a node and a UTF-16 unit to the next node, as a step: node · 2, + 1 when literals end there. */
  readonly #edges: PairIndex;
  /** The step that a UTF-16 unit is from the root; 0 for none. */
  readonly #first: Int32Array;
  /** A bit for each pair of units that a literal may begin with: few begin at a place of a text, and so most need no look at the edges. */
  readonly #begins: Uint8Array;
  /** What ends at node n: ends[endsAt[n]…endsAt[n + 1]], each a symbol and its LITERAL. */
  readonly #endsAt: Int32Array;
  readonly #ends: Int32Array;
  /** Literals looked at so far, for tests: the work done does not grow with the dictionary. */
  steps = 0;

  constructor(arrays: TrieArrays) {
    this.#edges = new PairIndex(arrays.edges);
    this.#first = arrays.first;
    this.#begins = arrays.begins;
    this.#endsAt = arrays.endsAt;
    this.#ends = arrays.ends;
  }

  search(text: string, found: Found): void {
    const first = this.#first;
    const begins = this.#begins;
    const edges = this.#edges;
    const { length } = text;
    let steps = 0;
    let next = length > 0 ? text.charCodeAt(0) : 0;
    for (let start = 0; start < length; start++) {
      const code = next;
      let step = first[code]!;
      let at = start + 1;
      if (at < length) next = text.charCodeAt(at);
      if (step === 0) continue;
      steps++;
      if ((step & 1) === 1) this.#tell(step >> 1, start, at, found);
      if (at === length || !mayBegin(begins, code, next)) continue;
      while (at < length) {
        step = edges.find(step >> 1, text.charCodeAt(at));
        if (step < 0) break;
        at++;
        steps++;
        if ((step & 1) === 1) this.#tell(step >> 1, start, at, found);
      }
    }
    this.steps += steps;
  }

  #tell(node: number, start: number, end: number, found: Found): void {
    const endsAt = this.#endsAt;
    const ends = this.#ends;
    const last = endsAt[node + 1]!;
    for (let i = endsAt[node]!; i < last; i++)
      found(ends[i]! >> KIND_BITS, start, end, ends[i]! & ((1 << KIND_BITS) - 1));
  }
}

/** Gathers literals; `arrays()` is what PhraseTrie searches. */
export class TrieBuilder {
  readonly #next: Map<number, number>[] = [new Map()];
  readonly #ends: number[][] = [[]];

  /** `kind`: one of LITERAL. */
  add(literal: string, symbol: number, kind: number): void {
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
    const end = (symbol << KIND_BITS) | kind;
    if (!this.#ends[node]!.includes(end)) this.#ends[node]!.push(end);
  }

  arrays(): TrieArrays {
    const first = new Int32Array(0x10000);
    const begins = new Uint8Array(BEGINS / 8);
    const edges = PairIndex.forEntries(this.#next.length);
    const step = (node: number): number => 2 * node + (this.#ends[node]!.length > 0 ? 1 : 0);
    for (const [code, node] of this.#next[0]!) {
      first[code] = step(node);
      for (const second of this.#next[node]!.keys()) {
        const bit = bitOf(code, second);
        begins[bit >> 3]! |= 1 << (bit & 7);
      }
    }
    this.#next.forEach((next, node) => {
      if (node > 0) for (const [code, to] of next) edges.put(node, code, step(to));
    });
    const endsAt = new Int32Array(this.#ends.length + 1);
    this.#ends.forEach((ends, node) => {
      endsAt[node + 1] = endsAt[node]! + ends.length;
    });
    return { edges: edges.table, first, begins, endsAt, ends: Int32Array.from(this.#ends.flat()) };
  }
}

const BEGINS_BITS = 16;
const BEGINS = 1 << BEGINS_BITS;

function bitOf(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) + Math.imul(second, 0x85ebca6b)) >>> (32 - BEGINS_BITS);
}

function mayBegin(begins: Uint8Array, first: number, second: number): boolean {
  const bit = bitOf(first, second);
  return ((begins[bit >> 3]! >> (bit & 7)) & 1) === 1;
}
