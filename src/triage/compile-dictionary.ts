/** Staff's words and patterns as numbers: what dictionary.ts searches, in a form that can be kept in a file. */
import type { PatternEntry } from '#contracts/dictionary.ts';
import { foldSpelling, type SlipTable } from './normalise.ts';
import { parsePattern } from './parse-pattern.ts';
import { LITERAL, type TrieArrays, TrieBuilder } from './phrase-trie.ts';
import type { DictionaryEntries } from './read-dictionaries.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface Step {
  readonly symbols: readonly number[];
  /** Characters that may stand between this step and the one before. */
  readonly gap: number;
  /** Length of its shortest literal; 0 when a group may stand for it. The higher, the rarer it is found. */
  readonly telling: number;
}

export interface CompiledPattern {
  readonly entry: PatternEntry;
  readonly steps: readonly Step[];
}

/** Symbols are numbers: one for each group, one for each part of a pattern. */
export interface CompiledDictionary {
  /** Symbol and name of each group. */
  readonly groups: readonly (readonly [number, string])[];
  readonly patterns: readonly CompiledPattern[];
  /** Groups of words that are one dictionary form (殴る is found in 殴られた). */
  readonly bases: readonly (readonly [string, readonly number[]])[];
  readonly literals: TrieArrays;
}

export function compileDictionary(
  entries: DictionaryEntries,
  tokenizer: Tokenizer,
  slips: SlipTable,
): CompiledDictionary {
  const building: Building = { symbols: 0, literals: new TrieBuilder(), bases: new Map() };
  const groups = new Map<string, number>();
  const group = (name: string): number => {
    let id = groups.get(name);
    if (id === undefined) {
      id = building.symbols++;
      groups.set(name, id);
    }
    return id;
  };
  const fold = (text: string): string => foldSpelling(text, slips);
  for (const entry of entries.words) addWord(fold(entry.word), group(entry.group), building, tokenizer);
  const patterns = entries.patterns.flatMap((entry) => compilePattern(entry, building, group, fold));
  return {
    groups: [...groups].map(([name, id]) => [id, name]),
    patterns,
    bases: [...building.bases],
    literals: building.literals.arrays(),
  };
}

interface Building {
  /** How many symbols there are so far. */
  symbols: number;
  readonly literals: TrieBuilder;
  readonly bases: Map<string, number[]>;
}

function addWord(word: string, symbol: number, building: Building, tokenizer: Tokenizer): void {
  building.literals.add(word, symbol, LITERAL.word);
  const tokens = tokenizer.tokenize(word);
  if (tokens.length === 1) {
    const list = building.bases.get(word) ?? [];
    if (!list.includes(symbol)) list.push(symbol);
    building.bases.set(word, list);
  }
  const reading = tokens.map((t) => t.reading).join('');
  if (reading !== word && reading.length >= 3 && /^[ぁ-んー]+$/u.test(reading))
    building.literals.add(reading, symbol, LITERAL.reading);
}

function compilePattern(
  entry: PatternEntry,
  building: Building,
  group: (name: string) => number,
  fold: (text: string) => string,
): CompiledPattern[] {
  const parts = parsePattern(entry.pattern);
  if (parts === undefined) return [];
  const steps = parts.map((part): Step => {
    const own = building.symbols++;
    const literals = part.literals.map(fold).filter((literal) => literal !== '');
    for (const literal of literals) building.literals.add(literal, own, LITERAL.phrase);
    const telling = part.groups.length > 0 ? 0 : Math.min(...literals.map((literal) => literal.length));
    return { gap: part.gap, symbols: [own, ...part.groups.map(group)], telling };
  });
  return [{ entry, steps }];
}
