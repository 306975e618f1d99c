/**
 * Staff's words and patterns, compiled for searching. The time for one text depends on what is found in it, not on how
 * many entries there are: literals stand in one trie, a pattern is tried only when its rarest part was found.
 */
import type { PatternEntry, WordEntry } from '#contracts/dictionary.ts';
import { toHiragana } from './normalise.ts';
import { parsePattern } from './parse-pattern.ts';
import { PhraseTrie } from './phrase-trie.ts';
import type { DictionaryEntries } from './read-dictionaries.ts';
import type { Token, Tokenizer } from './tokenizer.ts';

export interface GroupHit {
  readonly group: string;
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
  /** Names of all groups. */
  readonly groups: ReadonlySet<string>;
}

interface Step {
  readonly symbols: readonly number[];
  /** Characters that may stand between this step and the one before. */
  readonly gap: number;
}

interface CompiledPattern {
  readonly entry: PatternEntry;
  readonly steps: readonly Step[];
}

type Places = Map<number, { start: number; end: number }[]>;

export function compileDictionary(entries: DictionaryEntries, tokenizer: Tokenizer): Dictionary {
  const symbols = new Symbols();
  const trie = new PhraseTrie();
  const bases = new Map<string, number[]>();
  for (const entry of entries.words) addWord(entry, symbols.group(entry.group), trie, bases, tokenizer);
  const patterns = entries.patterns.flatMap((entry) => compilePattern(entry, symbols, trie));
  const triggers = triggersOf(patterns, symbols);
  return {
    groups: new Set(symbols.groupNames.values()),
    search(text, tokens, kanaOnly) {
      const places: Places = new Map();
      const edges = wordEdges(tokens, text.length);
      trie.search(text, (symbol, start, end, byReading) => {
        if (fits(text, start, end, edges, kanaOnly, byReading)) note(places, symbol, start, end);
      });
      for (const token of tokens) {
        const found = bases.get(token.base);
        if (found !== undefined) for (const symbol of found) note(places, symbol, token.start, token.end);
      }
      return { groups: groupHits(places, symbols), patterns: patternHits(places, patterns, triggers, text) };
    },
  };
}

class Symbols {
  readonly groupNames = new Map<number, string>();
  readonly #ids = new Map<string, number>();

  group(name: string): number {
    const id = this.#id(`〈${name}〉`);
    this.groupNames.set(id, name);
    return id;
  }

  literal(text: string): number {
    return this.#id(text);
  }

  #id(key: string): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(key, id);
    }
    return id;
  }
}

function addWord(
  entry: WordEntry,
  symbol: number,
  trie: PhraseTrie,
  bases: Map<string, number[]>,
  tokenizer: Tokenizer,
): void {
  trie.add(entry.word, symbol);
  const tokens = tokenizer.tokenize(entry.word);
  if (tokens.length === 1) {
    const list = bases.get(entry.word) ?? [];
    if (!list.includes(symbol)) list.push(symbol);
    bases.set(entry.word, list);
  }
  const reading = toHiragana(tokens.map((t) => t.reading || t.surface).join(''));
  if (reading !== entry.word && reading.length >= 3 && /^[ぁ-んー]+$/u.test(reading)) trie.add(reading, symbol, true);
}

function compilePattern(entry: PatternEntry, symbols: Symbols, trie: PhraseTrie): CompiledPattern[] {
  const parsed = parsePattern(entry.pattern);
  if (parsed === undefined) return [];
  const steps = parsed.map((part) => ({
    gap: part.gap,
    symbols: part.alternatives.map((alternative) => {
      if ('group' in alternative) return symbols.group(alternative.group);
      const id = symbols.literal(alternative.literal);
      trie.add(alternative.literal, id);
      return id;
    }),
  }));
  return [{ entry, steps }];
}

/** For each symbol the patterns to try when it is found: those whose most telling step holds it. */
function triggersOf(patterns: readonly CompiledPattern[], symbols: Symbols): Map<number, number[]> {
  const triggers = new Map<number, number[]>();
  patterns.forEach(({ steps }, index) => {
    const cost = (step: Step): number =>
      step.symbols.length + (step.symbols.some((s) => symbols.groupNames.has(s)) ? 50 : 0);
    const telling = steps.reduce((best, step) => (cost(step) < cost(best) ? step : best));
    for (const symbol of telling.symbols) triggers.set(symbol, [...(triggers.get(symbol) ?? []), index]);
  });
  return triggers;
}

function note(places: Places, symbol: number, start: number, end: number): void {
  const list = places.get(symbol);
  if (list === undefined) places.set(symbol, [{ start, end }]);
  else if (list.length < 64 && !list.some((p) => p.start === start && p.end === end)) list.push({ start, end });
}

/** 1 where a word begins (and one past the end), so that short words are not found inside others. */
function wordEdges(tokens: readonly Token[], length: number): Uint8Array {
  const edges = new Uint8Array(length + 1);
  for (const token of tokens) edges[token.start] = 1;
  edges[length] = 1;
  return edges;
}

function fits(
  text: string,
  start: number,
  end: number,
  edges: Uint8Array,
  kanaOnly: boolean,
  byReading: boolean,
): boolean {
  const atEdges = edges[start] === 1 && edges[end] === 1;
  const length = end - start;
  if (atEdges) return true;
  if (length === 1) return false;
  if (byReading) return kanaOnly && (length >= 4 || edges[start] === 1);
  const piece = text.slice(start, end);
  if (/^[ぁ-んー]+$/u.test(piece)) return length >= 4 || (length === 3 && (kanaOnly || edges[start] === 1));
  if (/^[ァ-ヶー]+$/u.test(piece))
    return length >= 4 || !(/[ァ-ヶー]/u.test(text[start - 1] ?? '') || /[ァ-ヶー]/u.test(text[end] ?? ''));
  if (/^[a-z0-9]+$/.test(piece)) return !(/[a-z0-9]/.test(text[start - 1] ?? '') || /[a-z0-9]/.test(text[end] ?? ''));
  return true;
}

function groupHits(places: Places, symbols: Symbols): GroupHit[] {
  const hits: GroupHit[] = [];
  for (const [symbol, list] of places) {
    const group = symbols.groupNames.get(symbol);
    if (group !== undefined) for (const { start, end } of list) hits.push({ group, start, end });
  }
  return hits.sort((a, b) => a.start - b.start || b.end - a.end || (a.group < b.group ? -1 : 1));
}

function patternHits(
  places: Places,
  patterns: readonly CompiledPattern[],
  triggers: Map<number, number[]>,
  text: string,
): PatternHit[] {
  const candidates = new Set<number>();
  for (const symbol of places.keys()) for (const index of triggers.get(symbol) ?? []) candidates.add(index);
  const hits: PatternHit[] = [];
  for (const index of [...candidates].sort((a, b) => a - b)) {
    const { entry, steps } = patterns[index]!;
    const range = matchSteps(steps, places, text);
    if (range !== undefined) hits.push({ entry, ...range });
  }
  return hits;
}

function matchSteps(steps: readonly Step[], places: Places, text: string): { start: number; end: number } | undefined {
  let reached = placesOf(steps[0]!, places);
  for (const step of steps.slice(1)) {
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
    if (reached.length === 0) return undefined;
  }
  return reached[0];
}

function placesOf(step: Step, places: Places): { start: number; end: number }[] {
  return step.symbols.flatMap((symbol) => places.get(symbol) ?? []);
}
