/**
 * The features of one text that weights are known for, in arrays that are used again for the next text: what is in them
 * holds until then.
 */
import {
  BREAK,
  FEATURE_KINDS,
  type Gathering,
  isKanji,
  type JoinedPrefix,
  KIND,
  MAX_GRAM_TEXT,
  type Part,
  touches,
} from './gathering.ts';
import { goesOn, placeOf } from './gram-index.ts';
import type { Span } from './negation.ts';
import type { Vocabulary } from './vocabulary.ts';

/** How much each kind of feature counts beside the others, in the order of FEATURE_KINDS (chosen by cross-checking). */
export const KIND_SCALE: readonly number[] = [1, 1, 0.7, 0.7, 1, 0.7, 0.5, 0.8];

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
  /** For each name the last text it was seen in, counted to 255 and from 1 again. */
  readonly #seen: Uint8Array;
  #text = 0;
  readonly #factors = new Float64Array(FEATURE_KINDS.length);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#seen = new Uint8Array(vocabulary.size);
  }

  begin(negated: readonly Span[]): void {
    this.#negated = negated;
    this.count = 0;
    if (this.#text === 255) {
      this.#text = 0;
      this.#seen.fill(0);
    }
    this.#text++;
  }

  inNegated(start: number, end: number): boolean {
    return touches(this.#negated, start, end);
  }

  add(kind: number, name: string, start: number, end: number): void {
    this.#keep(this.#vocabulary.whole(name), kind, start, end);
  }

  part(text: string): Part {
    return this.#vocabulary.part(text);
  }

  addJoined(kind: number, prefix: JoinedPrefix, a: Part, b: Part, start: number, end: number): void {
    if (a.id >= 0 && b.id >= 0) this.#keep(this.#vocabulary.joined(prefix, a.id, b.id), kind, start, end);
  }

  addCharacters(text: string): void {
    const { characters } = this.#vocabulary;
    const length = Math.min(text.length, MAX_GRAM_TEXT);
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (BREAK[code] === 1) continue;
      if (isKanji(code) && !this.inNegated(at, at + 1))
        this.#keep(placeOf(characters.find(code << 16, 0)), KIND.kanji, at, at + 1);
      if (at + 1 >= length) return;
      const second = text.charCodeAt(at + 1);
      if (BREAK[second] === 1) continue;
      const pair = (code << 16) | second;
      const two = characters.find(pair, 0);
      if (two === 0) continue;
      if (!this.inNegated(at, at + 2)) this.#keep(placeOf(two), KIND.characters, at, at + 2);
      if (!goesOn(two) || at + 2 >= length || this.inNegated(at, at + 3)) continue;
      this.#keep(placeOf(characters.find(pair, text.charCodeAt(at + 2) << 16)), KIND.characters, at, at + 3);
    }
  }

  addReading(reading: string, places: readonly number[]): void {
    const { readings } = this.#vocabulary;
    const length = Math.min(reading.length, MAX_GRAM_TEXT);
    for (let at = 0; at + 2 < length; at++) {
      const third = reading.charCodeAt(at + 2);
      if (BREAK[third] === 1) {
        at += 2;
        continue;
      }
      const pair = (reading.charCodeAt(at) << 16) | reading.charCodeAt(at + 1);
      const three = readings.find(pair, third << 16);
      if (three === 0) continue;
      this.#keep(placeOf(three), KIND.reading, places[at]!, places[at + 2]! + 1);
      if (!goesOn(three) || at + 3 >= length) continue;
      const four = readings.find(pair, (third << 16) | reading.charCodeAt(at + 3));
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
    if (place < 0 || this.#seen[place] === this.#text) return;
    this.#seen[place] = this.#text;
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
