/**
 * Staff's words and patterns, compiled for searching. The time for one text depends on what is found in it, not on how
 * many entries there are: literals stand in one trie, a pattern is tried only when its rarest part was found.
 */
import type { PatternEntry } from '#contracts/dictionary.ts';
import type { CompiledDictionary, CompiledPattern, Step } from './compile-dictionary.ts';
import { LITERAL, PhraseTrie } from './phrase-trie.ts';
import type { Token } from './tokenizer.ts';

export interface GroupHit {
  readonly group: string;
  /** Of the group, the same in every text; -1 for what is no group of the dictionary (a quantity). */
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export interface PatternHit {
  readonly entry: PatternEntry;
  readonly start: number;
  readonly end: number;
}

export interface Dictionary {
  /** What is found in a normalised text with its tokens; in order of place. */
  search(text: string, tokens: readonly Token[], kanaOnly: boolean): { groups: GroupHit[]; patterns: PatternHit[] };
  /** Places in texts looked at so far: what a test counts to see that the work does not grow with the dictionary. */
  steps(): number;
}

/** What was found of each symbol in the text at hand; the lists are used again for the next text. */
class Places {
  /** In the order they were first found. */
  readonly symbols: number[] = [];
  readonly #lists: { start: number; end: number }[][] = [];

  begin(): void {
    for (const symbol of this.symbols) this.#lists[symbol]!.length = 0;
    this.symbols.length = 0;
  }

  of(symbol: number): readonly { start: number; end: number }[] {
    return this.#lists[symbol] ?? NOWHERE;
  }

  /** Each place once, at most 64 of a symbol. */
  note(symbol: number, start: number, end: number): void {
    let list = this.#lists[symbol];
    if (list === undefined) {
      list = [];
      this.#lists[symbol] = list;
    }
    if (list.length === 0) this.symbols.push(symbol);
    else if (list.length >= 64) return;
    for (const place of list) if (place.start === start && place.end === end) return;
    list.push({ start, end });
  }
}

/** The groups that a word's dictionary form belongs to; for words met lately without looking at its letters. */
class Bases {
  readonly #symbols: ReadonlyMap<string, readonly number[]>;
  readonly #words = new Int32Array(RECENT).fill(-1);
  readonly #found: (readonly number[] | undefined)[] = new Array(RECENT);

  constructor(bases: CompiledDictionary['bases']) {
    this.#symbols = new Map(bases);
  }

  of({ base, word }: Token): readonly number[] | undefined {
    const slot = word & (RECENT - 1);
    if (word >= 0 && this.#words[slot] === word) return this.#found[slot];
    const found = this.#symbols.get(base);
    this.#words[slot] = word;
    this.#found[slot] = found;
    return found;
  }
}

/** A power of two. */
const RECENT = 4096;

const NOWHERE: readonly { start: number; end: number }[] = [];

export function openDictionary(compiled: CompiledDictionary): Dictionary {
  const { patterns } = compiled;
  const trie = new PhraseTrie(compiled.literals);
  const groupNames: string[] = [];
  for (const [symbol, name] of compiled.groups) groupNames[symbol] = name;
  const bases = new Bases(compiled.bases);
  const triggers = triggersOf(patterns);
  const places = new Places();
  let edges = new Uint8Array(1024);
  return {
    search(text, tokens, kanaOnly) {
      places.begin();
      if (edges.length <= text.length) edges = new Uint8Array(2 * text.length);
      markEdges(edges, tokens, text.length);
      trie.search(text, (symbol, start, end, kind) => {
        const fits =
          kind === LITERAL.phrase
            ? phraseFits(text, start, end, edges)
            : wordFits(text, start, end, edges, kanaOnly, kind === LITERAL.reading);
        if (fits) places.note(symbol, start, end);
      });
      for (const token of tokens) {
        const found = bases.of(token);
        if (found !== undefined) for (const symbol of found) places.note(symbol, token.start, token.end);
      }
      return { groups: groupHits(places, groupNames), patterns: patternHits(places, patterns, triggers, text) };
    },
    steps: () => trie.steps,
  };
}

/** For each symbol the patterns to try when it is found: those whose most telling step holds it. */
function triggersOf(patterns: readonly CompiledPattern[]): (number[] | undefined)[] {
  const triggers: (number[] | undefined)[] = [];
  patterns.forEach(({ steps }, index) => {
    const telling = steps.reduce((best, step) => (step.telling > best.telling ? step : best));
    for (const symbol of telling.symbols) {
      triggers[symbol] ??= [];
      triggers[symbol].push(index);
    }
  });
  return triggers;
}

/** Sets 1 where a word begins (and one past the end), so that short words are not found inside others. */
function markEdges(edges: Uint8Array, tokens: readonly Token[], length: number): void {
  edges.fill(0, 0, length);
  for (const token of tokens) edges[token.start] = 1;
  edges[length] = 1;
}

/** Short words count only as whole words, so that 米 is not found in 米国 nor いえ in いえば. */
function wordFits(
  text: string,
  start: number,
  end: number,
  edges: Uint8Array,
  kanaOnly: boolean,
  byReading: boolean,
): boolean {
  if (edges[start] === 1 && edges[end] === 1) return true;
  const length = end - start;
  if (length === 1) return false;
  if (byReading) return kanaOnly && length >= 4;
  switch (scriptOf(text, start, end)) {
    case 'hiragana':
      return length >= 4 || (length === 3 && (kanaOnly || edges[start] === 1));
    case 'katakana':
      return length >= 4 || !(isKatakana(text.charCodeAt(start - 1)) || isKatakana(text.charCodeAt(end)));
    case 'latin':
      return !(isLatin(text.charCodeAt(start - 1)) || isLatin(text.charCodeAt(end)));
    default:
      return true;
  }
}

/** Parts of patterns are stems and particles: only the shortest kana must begin where a word begins. */
function phraseFits(text: string, start: number, end: number, edges: Uint8Array): boolean {
  const length = end - start;
  if (length >= 3) return true;
  const script = scriptOf(text, start, end);
  if (script === 'hiragana') return edges[start] === 1 && (length > 1 || edges[end] === 1);
  return script !== 'latin' || !(isLatin(text.charCodeAt(start - 1)) || isLatin(text.charCodeAt(end)));
}

function scriptOf(text: string, start: number, end: number): 'hiragana' | 'katakana' | 'latin' | 'mixed' {
  let all: 'hiragana' | 'katakana' | 'latin' | undefined;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    const one =
      code >= 0x3041 && code <= 0x3096
        ? 'hiragana'
        : isKatakana(code)
          ? 'katakana'
          : isLatin(code)
            ? 'latin'
            : undefined;
    if (one === undefined || (all !== undefined && all !== one)) return 'mixed';
    all = one;
  }
  return all ?? 'mixed';
}

function isKatakana(code: number): boolean {
  return code >= 0x30a1 && code <= 0x30fc;
}

function isLatin(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

function groupHits(places: Places, groupNames: readonly (string | undefined)[]): GroupHit[] {
  const hits: GroupHit[] = [];
  for (const symbol of places.symbols) {
    const group = groupNames[symbol];
    if (group !== undefined)
      for (const { start, end } of places.of(symbol)) hits.push({ group, number: symbol, start, end });
  }
  return hits.sort((a, b) => a.start - b.start || b.end - a.end || (a.group < b.group ? -1 : 1));
}

function patternHits(
  places: Places,
  patterns: readonly CompiledPattern[],
  triggers: readonly (readonly number[] | undefined)[],
  text: string,
): PatternHit[] {
  const candidates: number[] = [];
  for (const symbol of places.symbols) {
    const triggered = triggers[symbol];
    if (triggered !== undefined) for (const index of triggered) if (!candidates.includes(index)) candidates.push(index);
  }
  const hits: PatternHit[] = [];
  for (const index of candidates.sort((a, b) => a - b)) {
    const { entry, steps } = patterns[index]!;
    const range = matchSteps(steps, places, text);
    if (range !== undefined) hits.push({ entry, start: range.start, end: range.end });
  }
  return hits;
}

function matchSteps(steps: readonly Step[], places: Places, text: string): { start: number; end: number } | undefined {
  let reached = placesOf(steps[0]!, places);
  for (let i = 1; i < steps.length && reached.length > 0; i++) {
    const step = steps[i]!;
    const next = placesOf(step, places);
    const joined: { start: number; end: number }[] = [];
    for (const place of next) {
      const before = reached.find(
        (r) =>
          r.end <= place.start && place.start - r.end <= step.gap && !/[。?!]/.test(text.slice(r.end, place.start)),
      );
      if (before !== undefined) joined.push({ start: before.start, end: place.end });
    }
    reached = joined;
  }
  return reached[0];
}

function placesOf(step: Step, places: Places): readonly { start: number; end: number }[] {
  return step.symbols.length === 1 ? places.of(step.symbols[0]!) : step.symbols.flatMap((symbol) => places.of(symbol));
}
