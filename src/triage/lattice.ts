/** The cheapest path through kuromoji's words (Viterbi), on arrays that are reused from one sentence to the next. */
import type { KuromojiData } from './kuromoji-dictionary.ts';

/** `entry`: see KuromojiData. */
type Emit = (start: number, end: number, entry: number) => void;

interface CharClass {
  readonly alwaysInvoke: boolean;
  readonly grouping: boolean;
}

const STEP_BITS = 15;
const STEPS = 1 << STEP_BITS;
/** More than any path costs: a path is a few thousand words long at most, and each costs less than 2^16. */
const DEAREST = 0x7fffffff;

export class Lattice {
  readonly #data: KuromojiData;
  readonly #classes: CharClass[];
  readonly #rights: number;
  /** Node n: where it starts, its entry, right context, cost so far, the node before, the next that ends where it does. */
  #start = new Int32Array(1024);
  #entry = new Int32Array(1024);
  #right = new Int32Array(1024);
  #cost = new Int32Array(1024);
  #prev = new Int32Array(1024);
  #next = new Int32Array(1024);
  /** First and last node that end at a position; kuromoji settles equal costs by order of entry, so order is kept. */
  #first = new Int32Array(256);
  #last = new Int32Array(256);
  #runEnd = new Int32Array(256);
  #count = 0;
  /** For each left context the cheapest way to the position looked at: many words at one position share a context. */
  readonly #cheapest: Int32Array;
  readonly #cheapestFrom: Int32Array;
  /** The position (counted over all texts) that the two above were worked out for. */
  readonly #workedOut: Float64Array;
  #position = 0;
  /**
   * Steps down the trie that were taken lately, four numbers each: node + 1 (0 for an unused slot), UTF-16 unit, the node it leads
   * to, the first entry of the word that ends there (-1 for none). Texts take the same steps again and again, and one step down
   * the trie reads from four far places.
   */
  readonly #steps = new Int32Array(4 * STEPS);
  #path = new Int32Array(1024);

  constructor(data: KuromojiData) {
    this.#data = data;
    this.#classes = readClasses(data.invoke);
    this.#rights = data.rightContexts[0]!;
    const lefts = data.costs.length / this.#rights;
    this.#cheapest = new Int32Array(lefts);
    this.#cheapestFrom = new Int32Array(lefts);
    this.#workedOut = new Float64Array(lefts);
  }

  /** Calls `emit` for each word of text[from, to), first to last. */
  bestPath(text: string, from: number, to: number, emit: Emit): void {
    const length = to - from;
    this.#prepare(text, from, length);
    for (let pos = 0; pos < length; pos++) {
      if (this.#first[pos] === -1 || isLowHalf(text, from, pos)) continue;
      this.#position++;
      const found = this.#addKnown(text, from, pos, length);
      const charClass = this.#classOf(text, from + pos);
      if (!found || this.#classes[charClass]!.alwaysInvoke)
        this.#addUnknown(pos, charClass, this.#unknownLength(text, from, pos, charClass));
    }
    this.#walkBack(from, length, emit);
  }

  #prepare(text: string, from: number, length: number): void {
    if (this.#first.length <= length) {
      this.#first = new Int32Array(length * 2);
      this.#last = new Int32Array(length * 2);
      this.#runEnd = new Int32Array(length * 2);
    }
    this.#first.fill(-1, 0, length + 1);
    const runEnd = this.#runEnd;
    let after = -1;
    for (let pos = length - 1; pos >= 0; pos--) {
      const charClass = this.#classOf(text, from + pos);
      runEnd[pos] = charClass === after ? runEnd[pos + 1]! : pos + 1;
      after = charClass;
    }
    this.#count = 1;
    this.#right[0] = 0;
    this.#cost[0] = 0;
    this.#next[0] = -1;
    this.#first[0] = 0;
    this.#last[0] = 0;
  }

  #classOf(text: string, at: number): number {
    const code = text.charCodeAt(at);
    return code >= 0xd800 && code <= 0xdfff ? 0 : this.#data.charClass[code]!;
  }

  #unknownLength(text: string, from: number, pos: number, charClass: number): number {
    if (this.#classes[charClass]!.grouping) return this.#runEnd[pos]! - pos;
    return isLowHalf(text, from, pos + 1) && pos + 1 < this.#runEnd[pos]! ? 2 : 1;
  }

  #addKnown(text: string, from: number, pos: number, length: number): boolean {
    const { entries } = this.#data;
    const steps = this.#steps;
    let node = 0;
    let found = false;
    for (let at = pos; at < length; at++) {
      const slot = this.#step(node, text.charCodeAt(from + at));
      node = steps[slot + 2]!;
      if (node === -1) break;
      let entry = steps[slot + 3]!;
      if (entry === -1) continue;
      found = true;
      for (let isLast = false; !isLast; entry++) {
        const left = entries[3 * entry]!;
        isLast = left < 0;
        this.#addNode(entry, isLast ? ~left : left, pos, at + 1);
      }
    }
    return found;
  }

  /** Where in #steps the step from `node` stands. */
  #step(node: number, code: number): number {
    const steps = this.#steps;
    const slot = 4 * ((Math.imul(node, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b)) >>> (32 - STEP_BITS));
    if (steps[slot] === node + 1 && steps[slot + 1] === code) return slot;
    const { trie } = this.#data;
    const to = step(trie, node, code);
    const end = to === -1 ? -1 : trie[2 * to]!;
    steps[slot] = node + 1;
    steps[slot + 1] = code;
    steps[slot + 2] = to;
    steps[slot + 3] = to !== -1 && trie[2 * end + 1] === to ? -1 - trie[2 * end]! : -1;
    return slot;
  }

  #addUnknown(pos: number, charClass: number, length: number): void {
    const { unknownStart, entries } = this.#data;
    for (let entry = unknownStart[charClass]!; entry < unknownStart[charClass + 1]!; entry++) {
      const left = entries[3 * entry]!;
      this.#addNode(entry, left < 0 ? ~left : left, pos, pos + length);
    }
  }

  #addNode(entry: number, left: number, start: number, end: number): void {
    if (this.#workedOut[left] !== this.#position) this.#workOut(left, start);
    const { entries } = this.#data;
    const n = this.#count++;
    if (n >= this.#start.length) this.#grow();
    this.#start[n] = start;
    this.#entry[n] = entry;
    this.#right[n] = entries[3 * entry + 1]!;
    this.#cost[n] = this.#cheapest[left]! + entries[3 * entry + 2]!;
    this.#prev[n] = this.#cheapestFrom[left]!;
    this.#next[n] = -1;
    if (this.#first[end] === -1) this.#first[end] = n;
    else this.#next[this.#last[end]!] = n;
    this.#last[end] = n;
  }

  #workOut(left: number, start: number): void {
    const { costs } = this.#data;
    const [cost, right, next] = [this.#cost, this.#right, this.#next];
    const row = left * this.#rights;
    let best = DEAREST;
    let from = -1;
    for (let p = this.#first[start]!; p !== -1; p = next[p]!) {
      const through = cost[p]! + costs[row + right[p]!]!;
      if (through < best) {
        best = through;
        from = p;
      }
    }
    this.#cheapest[left] = best;
    this.#cheapestFrom[left] = from;
    this.#workedOut[left] = this.#position;
  }

  #walkBack(from: number, length: number, emit: Emit): void {
    this.#position++;
    this.#workOut(0, length);
    if (this.#path.length < length) this.#path = new Int32Array(length * 2);
    const path = this.#path;
    let words = 0;
    for (let node = this.#cheapestFrom[0]!; node > 0; node = this.#prev[node]!) path[words++] = node;
    for (let i = words - 1; i >= 0; i--) {
      const n = path[i]!;
      const end = i === 0 ? length : this.#start[path[i - 1]!]!;
      emit(from + this.#start[n]!, from + end, this.#entry[n]!);
    }
  }

  #grow(): void {
    const size = this.#start.length * 2;
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(size);
      array.set(old);
      return array;
    };
    this.#start = wider(this.#start);
    this.#entry = wider(this.#entry);
    this.#right = wider(this.#right);
    this.#cost = wider(this.#cost);
    this.#prev = wider(this.#prev);
    this.#next = wider(this.#next);
  }
}

/** One UTF-16 unit down the trie, whose edges are UTF-8 bytes; -1 when no word goes on so. */
function step(trie: Int32Array, from: number, code: number): number {
  // The trie ends its words with a 0 byte, so a 0 in a text must not be followed.
  if (code === 0) return -1;
  if (code < 0x80) return edge(trie, from, code);
  if (code >= 0xd800 && code <= 0xdfff) return -1;
  if (code < 0x800) return edge(trie, edge(trie, from, 0xc0 | (code >> 6)), 0x80 | (code & 0x3f));
  const first = edge(trie, from, 0xe0 | (code >> 12));
  return edge(trie, edge(trie, first, 0x80 | ((code >> 6) & 0x3f)), 0x80 | (code & 0x3f));
}

function edge(trie: Int32Array, from: number, byte: number): number {
  if (from === -1) return -1;
  const to = trie[2 * from]! + byte;
  return trie[2 * to + 1] === from ? to : -1;
}

function isLowHalf(text: string, from: number, pos: number): boolean {
  const code = text.charCodeAt(from + pos);
  if (code < 0xdc00 || code > 0xdfff || pos === 0) return false;
  const before = text.charCodeAt(from + pos - 1);
  return before >= 0xd800 && before <= 0xdbff;
}

/** `always, grouping, length (4 bytes), name, 0` for each class. */
function readClasses(invoke: Uint8Array): CharClass[] {
  const classes: CharClass[] = [];
  for (let at = 0; at + 6 < invoke.length && invoke[at + 6] !== 0; ) {
    classes.push({ alwaysInvoke: invoke[at] === 1, grouping: invoke[at + 1] === 1 });
    at = invoke.indexOf(0, at + 6) + 1;
  }
  return classes;
}
