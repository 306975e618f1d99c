/** Where the features of a text are gathered: by name to learn from, by place in the vocabulary to answer (known-features.ts). */
import type { Span } from './negation.ts';

/** Kinds of features; each kind's values are scaled together. A kind is told by its place here. */
export const FEATURE_KINDS = ['語', '群', '組', '続', '字', '音', '印', '漢'] as const;
export const KIND = { word: 0, group: 1, groups: 2, words: 3, characters: 4, reading: 5, mark: 6, kanji: 7 } as const;

/** Kinds of names made of parts, with what stands between the parts. */
export const JOINTS = { 語: '', 続: ' ', 組: '+' } as const;
export type JoinedPrefix = keyof typeof JOINTS;

/** Each name counts once, at its first place: [start, end) of the normalised text, -1 for the whole. */
export interface Gathering {
  begin(negated: readonly Span[]): void;
  inNegated(start: number, end: number): boolean;
  /** `prefix:name`. */
  add(kind: number, prefix: string, name: string, start: number, end: number): void;
  /** `語:base`; `word` is the analyser's number for a word with this base, -1 for none. */
  addWord(base: string, word: number, start: number, end: number): void;
  /** `続:` of the word before, unless the clause ended there, and the word just added. */
  addNeighbours(): void;
  endClause(): void;
  /** `群:name`; `number` is the dictionary's for the group, -1 for none. */
  addGroup(name: string, number: number, start: number, end: number): void;
  /** What addPair knows a group by; -1 when no known pair is made of it. */
  pairing(name: string, number: number): number;
  /** `組:` of two groups, whichever comes first. */
  addPair(a: number, b: number, start: number, end: number): void;
  /** One kanji, and two or three characters of one clause. */
  addCharacters(text: string): void;
  /** Three or four of the first `length` kana, of one clause; `places[i]` is where kana i stands in the text. */
  addReading(kana: Uint16Array, length: number, places: Int32Array): void;
}

/** Longer texts are looked at character by character only so far. */
export const MAX_GRAM_TEXT = 600;

/** 1 for the UTF-16 units that part clauses. */
export const BREAK = new Uint8Array(0x10000);
for (const mark of '。、!?… 「」『』()・,.') BREAK[mark.charCodeAt(0)] = 1;

export function isKanji(code: number): boolean {
  return (code >= 0x4e00 && code <= 0x9fff) || code === 0x3005;
}

export function touches(negated: readonly Span[], start: number, end: number): boolean {
  for (const span of negated) if (start < span.end && end > span.start) return true;
  return false;
}

/** Everything a text has, by name. */
export class NameGathering implements Gathering {
  readonly names: string[] = [];
  readonly kinds: number[] = [];
  readonly #seen = new Set<string>();
  readonly #groups: string[] = [];
  #negated: readonly Span[] = [];
  #before: string | undefined;
  #word: string | undefined;

  begin(negated: readonly Span[]): void {
    this.#negated = negated;
  }

  inNegated(start: number, end: number): boolean {
    return touches(this.#negated, start, end);
  }

  add(kind: number, prefix: string, name: string): void {
    this.#note(kind, `${prefix}:${name}`);
  }

  addWord(base: string): void {
    this.#before = this.#word;
    this.#word = base;
    this.#note(KIND.word, `語:${base}`);
  }

  addNeighbours(): void {
    if (this.#before !== undefined) this.#note(KIND.words, `続:${this.#before}${JOINTS.続}${this.#word}`);
  }

  endClause(): void {
    this.#word = undefined;
  }

  addGroup(name: string): void {
    this.#note(KIND.group, `群:${name}`);
  }

  pairing(name: string): number {
    return this.#groups.push(name) - 1;
  }

  addPair(a: number, b: number): void {
    const [first, second] = [this.#groups[a]!, this.#groups[b]!].sort();
    this.#note(KIND.groups, `組:${first}${JOINTS.組}${second}`);
  }

  addCharacters(text: string): void {
    const length = Math.min(text.length, MAX_GRAM_TEXT);
    for (let at = 0; at < length; at++) {
      if (isKanji(text.charCodeAt(at)) && !this.inNegated(at, at + 1)) this.#note(KIND.kanji, `漢:${text[at]}`);
    }
    this.#grams(text, 2, 3, (from, to) => {
      if (!this.inNegated(from, to)) this.#note(KIND.characters, `字:${text.slice(from, to)}`);
    });
  }

  addReading(kana: Uint16Array, length: number): void {
    const reading = String.fromCharCode(...kana.subarray(0, length));
    this.#grams(reading, 3, 4, (from, to) => this.#note(KIND.reading, `音:${reading.slice(from, to)}`));
  }

  #note(kind: number, name: string): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.names.push(name);
    this.kinds.push(kind);
  }

  #grams(text: string, shortest: number, longest: number, each: (from: number, to: number) => void): void {
    const length = Math.min(text.length, MAX_GRAM_TEXT);
    for (let start = 0; start < length; start++) {
      for (let n = 1; n <= longest && start + n <= length; n++) {
        if (BREAK[text.charCodeAt(start + n - 1)] === 1) break;
        if (n >= shortest) each(start, start + n);
      }
    }
  }
}
