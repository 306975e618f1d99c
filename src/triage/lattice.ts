/** The cheapest path through kuromoji's words (Viterbi), on arrays that are reused from one sentence to the next. */
import type { KuromojiData } from './kuromoji-dictionary.ts';

/** `entry`: see KuromojiData. */
type Emit = (start: number, end: number, entry: number) => void;

interface CharClass {
  readonly alwaysInvoke: boolean;
  readonly grouping: boolean;
}

/** Numbers that are read together stand together, in records of so many. */
const NODE = 8;
const POSITION = 4;
const WAY = 4;
const STEP = 4;
const STEP_BITS = 16;
const STEPS = 1 << STEP_BITS;
/** More than any path costs: a path is a few thousand words long at most, and each costs less than 2^16. */
const DEAREST = 0x7fffffff;

export class Lattice {
  readonly #data: KuromojiData;
  readonly #classes: CharClass[];
  readonly #rights: number;
  /** Of each node: start, entry, right context, cost so far, the node before, the next node that ends where it does. */
  #nodes = new Int32Array(NODE * 1024);
  #count = 0;
  /**
   * Of each position: first and last node that end there (kuromoji settles equal costs by order of entry, so order is kept), and
   * where the run of characters of one class ends.
   */
  #positions = new Int32Array(POSITION * 256);
  /** Cost, right context and number of the nodes that end at the position looked at and that a cheapest path may take. */
  #ends = new Int32Array(WAY * 256);
  #endCount = 0;
  /**
   * Of each left context: the step it was worked out in, the cost of the cheapest way to the position looked at, the node it comes
   * from. Many words at one position share a context.
   */
  readonly #ways: Int32Array;
  /** Positions looked at, over all texts. */
  #looked = 0;
  /**
   * Steps down the trie that were taken lately: node + 1 (0 for an unused slot), UTF-16 unit, the node it leads to, the first entry
   * of the word that ends there (-1 for none). Texts take the same steps again and again, and one step down the trie reads from
   * four far places. Steps from one node by neighbouring units are neighbours: few cache lines for the kana that begin words.
   */
  readonly #steps = new Int32Array(STEP * STEPS);
  #path = new Int32Array(1024);

  constructor(data: KuromojiData) {
    this.#data = data;
    this.#classes = readClasses(data.invoke);
    this.#rights = data.bounds.length / 2;
    this.#ways = new Int32Array(WAY * (data.costs.length / this.#rights));
  }

  /** Calls `emit` for each word of text[from, to), first to last. */
  bestPath(text: string, from: number, to: number, emit: Emit): void {
    const length = to - from;
    this.#prepare(text, from, length);
    const positions = this.#positions;
    for (let pos = 0; pos < length; pos++) {
      if (positions[POSITION * pos] === -1 || isLowHalf(text, from, pos)) continue;
      this.#look(pos);
      const found = this.#addKnown(text, from, pos, length);
      const charClass = this.#classOf(text, from + pos);
      if (!found || this.#classes[charClass]!.alwaysInvoke)
        this.#addUnknown(pos, charClass, this.#unknownLength(text, from, pos, charClass));
    }
    this.#walkBack(from, length, emit);
  }

  #prepare(text: string, from: number, length: number): void {
    if (this.#positions.length <= POSITION * length) this.#positions = new Int32Array(2 * POSITION * length);
    const positions = this.#positions;
    positions[POSITION * length] = -1;
    let runEnd = length;
    let after = -1;
    for (let pos = length - 1; pos >= 0; pos--) {
      const charClass = this.#classOf(text, from + pos);
      if (charClass !== after) runEnd = pos + 1;
      after = charClass;
      positions[POSITION * pos] = -1;
      positions[POSITION * pos + 2] = runEnd;
    }
    this.#nodes.fill(0, 0, NODE);
    this.#nodes[5] = -1;
    this.#count = 1;
    positions[0] = 0;
    positions[1] = 0;
  }

  #classOf(text: string, at: number): number {
    const code = text.charCodeAt(at);
    return code >= 0xd800 && code <= 0xdfff ? 0 : this.#data.charClass[code]!;
  }

  #unknownLength(text: string, from: number, pos: number, charClass: number): number {
    const runEnd = this.#positions[POSITION * pos + 2]!;
    if (this.#classes[charClass]!.grouping) return runEnd - pos;
    return isLowHalf(text, from, pos + 1) && pos + 1 < runEnd ? 2 : 1;
  }

  /**
   * Gathers the nodes that end at a position. One that costs more before the cheapest left context than another before the dearest
   * one is on no cheapest path; a third of them are such.
   */
  #look(pos: number): void {
    const nodes = this.#nodes;
    const { bounds } = this.#data;
    const first = this.#positions[POSITION * pos]!;
    let limit = DEAREST;
    let count = 0;
    for (let node = first; node !== -1; node = nodes[NODE * node + 5]!) {
      const most = nodes[NODE * node + 3]! + bounds[2 * nodes[NODE * node + 2]! + 1]!;
      if (most < limit) limit = most;
      count++;
    }
    if (this.#ends.length < WAY * count) this.#ends = new Int32Array(2 * WAY * count);
    const ends = this.#ends;
    let to = 0;
    for (let node = first; node !== -1; node = nodes[NODE * node + 5]!) {
      const right = nodes[NODE * node + 2]!;
      const cost = nodes[NODE * node + 3]!;
      if (cost + bounds[2 * right]! > limit) continue;
      ends[to] = cost;
      ends[to + 1] = right;
      ends[to + 2] = node;
      to += WAY;
    }
    this.#endCount = to;
    if (this.#looked === DEAREST) {
      this.#looked = 0;
      this.#ways.fill(0);
    }
    this.#looked++;
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
    const slot = STEP * (((Math.imul(node, 0x9e3779b1) >>> (32 - STEP_BITS)) + code) & (STEPS - 1));
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
    const ways = this.#ways;
    const way = WAY * left;
    if (ways[way] !== this.#looked) this.#workOut(left);
    const { entries } = this.#data;
    const n = this.#count++;
    if (this.#nodes.length <= NODE * n) this.#grow();
    const nodes = this.#nodes;
    const positions = this.#positions;
    const at = NODE * n;
    nodes[at] = start;
    nodes[at + 1] = entry;
    nodes[at + 2] = entries[3 * entry + 1]!;
    nodes[at + 3] = ways[way + 1]! + entries[3 * entry + 2]!;
    nodes[at + 4] = ways[way + 2]!;
    nodes[at + 5] = -1;
    const place = POSITION * end;
    if (positions[place] === -1) positions[place] = n;
    else nodes[NODE * positions[place + 1]! + 5] = n;
    positions[place + 1] = n;
  }

  #workOut(left: number): void {
    const { costs } = this.#data;
    const ends = this.#ends;
    const count = this.#endCount;
    const row = left * this.#rights;
    let best = DEAREST;
    let from = -1;
    for (let i = 0; i < count; i += WAY) {
      const cost = ends[i]! + costs[row + ends[i + 1]!]!;
      if (cost < best) {
        best = cost;
        from = ends[i + 2]!;
      }
    }
    const way = WAY * left;
    this.#ways[way] = this.#looked;
    this.#ways[way + 1] = best;
    this.#ways[way + 2] = from;
  }

  #walkBack(from: number, length: number, emit: Emit): void {
    this.#look(length);
    this.#workOut(0);
    if (this.#path.length < length) this.#path = new Int32Array(length * 2);
    const path = this.#path;
    const nodes = this.#nodes;
    let words = 0;
    for (let node = this.#ways[2]!; node > 0; node = nodes[NODE * node + 4]!) path[words++] = node;
    for (let i = words - 1; i >= 0; i--) {
      const at = NODE * path[i]!;
      const end = i === 0 ? length : nodes[NODE * path[i - 1]!]!;
      emit(from + nodes[at]!, from + end, nodes[at + 1]!);
    }
  }

  #grow(): void {
    const wider = new Int32Array(2 * this.#nodes.length);
    wider.set(this.#nodes);
    this.#nodes = wider;
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
