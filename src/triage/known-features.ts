/**
 * The features of one text that weights are known for, in arrays that are used again for the next text: what is in them
 * holds until then.
 */
import { BREAK, FEATURE_KINDS, type Gathering, isKanji, KIND, MAX_GRAM_TEXT, touches } from './gathering.ts';
import { goesOn, placeOf } from './gram-index.ts';
import type { Span } from './negation.ts';
import type { Vocabulary } from './vocabulary.ts';

/** How much each kind of feature counts beside the others, in the order of FEATURE_KINDS (chosen by cross-checking). */
export const KIND_SCALE: readonly number[] = [1, 1, 0.7, 0.7, 1, 0.7, 0.5, 0.8];

const WORDS = 4096;
const WORD = 4;
const GROUP = 4;

export class KnownFeatures implements Gathering {
  count = 0;
  /** Places in the vocabulary. */
  at = new Int32Array(1024);
  kinds = new Uint8Array(1024);
  starts = new Int32Array(1024);
  ends = new Int32Array(1024);
  /** What each counts in the scores (weigh). */
  values = new Float64Array(1024);
  readonly #vocabulary: Vocabulary;
  #negated: readonly Span[] = [];
  /** A bit for each name that was seen in the text at hand. */
  readonly #seen: Int32Array;
  /** The part and the start of the word before, and of the word just added, and its end; part -1 for none. */
  #before = -1;
  #startBefore = 0;
  #part = -1;
  #start = 0;
  #end = 0;
  /** What words met lately are to the vocabulary, WORD numbers each: the word + 1, its part, the place of its `語:`. */
  readonly #words = new Int32Array(WORD * WORDS);
  /** What groups are to the vocabulary, GROUP numbers each: 1 once it was asked, the place of its `群:`, its number for pairs. */
  #groups = new Int32Array(GROUP * 1024);
  readonly #factors = new Float64Array(FEATURE_KINDS.length);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#seen = new Int32Array((vocabulary.size >> 5) + 1);
  }

  begin(negated: readonly Span[]): void {
    this.#negated = negated;
    const seen = this.#seen;
    const { at } = this;
    for (let i = 0; i < this.count; i++) seen[at[i]! >> 5] = 0;
    this.count = 0;
  }

  inNegated(start: number, end: number): boolean {
    return touches(this.#negated, start, end);
  }

  add(kind: number, prefix: string, name: string, start: number, end: number): void {
    this.#keep(this.#vocabulary.whole(prefix, name), kind, start, end);
  }

  addWord(base: string, word: number, start: number, end: number): void {
    this.#before = this.#part;
    this.#startBefore = this.#start;
    const words = this.#words;
    const slot = WORD * (word & (WORDS - 1));
    if (word < 0 || words[slot] !== word + 1) {
      const part = this.#vocabulary.part(base);
      words[slot] = word + 1;
      words[slot + 1] = part;
      words[slot + 2] = part < 0 ? -1 : this.#vocabulary.word(part);
    }
    this.#part = words[slot + 1]!;
    this.#start = start;
    this.#end = end;
    this.#keep(words[slot + 2]!, KIND.word, start, end);
  }

  addNeighbours(): void {
    if (this.#before < 0 || this.#part < 0) return;
    this.#keep(this.#vocabulary.neighbours(this.#before, this.#part), KIND.words, this.#startBefore, this.#end);
  }

  endClause(): void {
    this.#part = -1;
  }

  addGroup(name: string, number: number, start: number, end: number): void {
    const place = number < 0 ? this.#vocabulary.whole('群', name) : this.#groups[this.#group(name, number) + 1]!;
    this.#keep(place, KIND.group, start, end);
  }

  pairing(name: string, number: number): number {
    return number < 0 ? this.#vocabulary.group(name) : this.#groups[this.#group(name, number) + 2]!;
  }

  /** Where in #groups a group stands. */
  #group(name: string, number: number): number {
    const slot = GROUP * number;
    if (slot >= this.#groups.length) {
      const wider = new Int32Array(2 * slot + GROUP);
      wider.set(this.#groups);
      this.#groups = wider;
    }
    if (this.#groups[slot] === 0) {
      this.#groups[slot] = 1;
      this.#groups[slot + 1] = this.#vocabulary.whole('群', name);
      this.#groups[slot + 2] = this.#vocabulary.group(name);
    }
    return slot;
  }

  addPair(a: number, b: number, start: number, end: number): void {
    this.#keep(this.#vocabulary.pair(a, b), KIND.groups, start, end);
  }

  addCharacters(text: string): void {
    const { characters } = this.#vocabulary;
    const length = Math.min(text.length, MAX_GRAM_TEXT);
    const anyNegated = this.#negated.length > 0;
    let next = length > 0 ? text.charCodeAt(0) : 0;
    for (let at = 0; at < length; at++) {
      const code = next;
      if (at + 1 < length) next = text.charCodeAt(at + 1);
      if (BREAK[code] === 1) continue;
      if (isKanji(code) && !(anyNegated && this.inNegated(at, at + 1)))
        this.#keep(this.#vocabulary.kanji(code), KIND.kanji, at, at + 1);
      if (at + 1 >= length) return;
      if (BREAK[next] === 1) continue;
      const pair = (code << 16) | next;
      const two = characters.find(pair, 0);
      if (two === 0) continue;
      if (!(anyNegated && this.inNegated(at, at + 2))) this.#keep(placeOf(two), KIND.characters, at, at + 2);
      if (!goesOn(two) || at + 2 >= length || (anyNegated && this.inNegated(at, at + 3))) continue;
      this.#keep(placeOf(characters.find(pair, text.charCodeAt(at + 2) << 16)), KIND.characters, at, at + 3);
    }
  }

  addReading(kana: Uint16Array, length: number, places: Int32Array): void {
    const { readings } = this.#vocabulary;
    for (let at = 0; at + 2 < length; at++) {
      const third = kana[at + 2]!;
      if (BREAK[third] === 1) {
        at += 2;
        continue;
      }
      const pair = (kana[at]! << 16) | kana[at + 1]!;
      const three = readings.find(pair, third << 16);
      if (three === 0) continue;
      this.#keep(placeOf(three), KIND.reading, places[at]!, places[at + 2]! + 1);
      if (!goesOn(three) || at + 3 >= length) continue;
      const four = readings.find(pair, (third << 16) | kana[at + 3]!);
      this.#keep(placeOf(four), KIND.reading, places[at]!, places[at + 3]! + 1);
    }
  }

  /**
   * Rarer names count more; the values of each kind are brought to a fixed length. `rows`: the weights of a model, `width` numbers
   * for each name, the last the rarity in hundredths.
   */
  weigh(rows: Int16Array, width: number): void {
    const { count, at, kinds, values } = this;
    const factors = this.#factors.fill(0);
    for (let i = 0; i < count; i++) {
      const value = rows[at[i]! * width + width - 1]! / 100;
      values[i] = value;
      factors[kinds[i]!]! += value * value;
    }
    for (let kind = 0; kind < factors.length; kind++)
      factors[kind] = factors[kind] === 0 ? 0 : KIND_SCALE[kind]! / Math.sqrt(factors[kind]!);
    for (let i = 0; i < count; i++) values[i]! *= factors[kinds[i]!]!;
  }

  #keep(place: number, kind: number, start: number, end: number): void {
    if (place < 0) return;
    const seen = this.#seen[place >> 5]!;
    const bit = 1 << (place & 31);
    if ((seen & bit) !== 0) return;
    this.#seen[place >> 5] = seen | bit;
    const i = this.count++;
    if (i === this.at.length) this.#grow();
    this.at[i] = place;
    this.kinds[i] = kind;
    this.starts[i] = start;
    this.ends[i] = end;
  }

  #grow(): void {
    const size = this.at.length * 2;
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(size);
      array.set(old);
      return array;
    };
    this.at = wider(this.at);
    this.starts = wider(this.starts);
    this.ends = wider(this.ends);
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds);
    this.kinds = kinds;
    this.values = new Float64Array(size);
  }
}
