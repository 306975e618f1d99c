/**
 * The room's front door. Triage knows text, tokens and staff's dictionaries; not flows, tickets, LINE. It logs nothing it
 * reads and sends nothing anywhere.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Assessment } from '#contracts/assessment.ts';
import { assess } from './assess.ts';
import { type CompiledDictionary, compileDictionary } from './compile-dictionary.ts';
import { type Dictionary, openDictionary } from './dictionary.ts';
import { type Analysis, analyse } from './features.ts';
import { createKuromojiTokenizer } from './kuromoji-tokenizer.ts';
import { type Model, readModel } from './model.ts';
import { normalise, type SlipTable } from './normalise.ts';
import { readDictionaries } from './read-dictionaries.ts';
import { slipTable } from './slip-table.ts';
import { readStartCache, startCacheFile, writeStartCache } from './start-cache.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Triage {
  /**
   * Pure and synchronous; never throws, whatever the text. `earlier`: messages of the same talk before this one, oldest
   * first. They add to what this one says, except for topics it turns down (「お金のことじゃなくて」).
   * Places in the evidence refer to `text`; evidence from earlier messages has none.
   */
  assess(text: string, earlier?: readonly string[]): Assessment;
}

export interface TriageOptions {
  /** Folder with words/, situations.txt, crisis.txt, concerns.txt, slips.txt and weights.tsv. */
  readonly dictionariesDir: string;
  /** Where the inflated analyser dictionary and the compiled dictionaries may be kept (about 80 MB), so that the next start is quick. */
  readonly cacheDir?: string;
  /** Another analyser than kuromoji. */
  readonly tokenizer?: Tokenizer;
}

/** Rejects when weights.tsv is missing or of another version (run `tsunagi triage learn`). */
export async function createTriage(options: TriageOptions): Promise<Triage> {
  const { dictionariesDir, cacheDir } = options;
  const own = options.tokenizer === undefined;
  const tokenizer = options.tokenizer ?? createKuromojiTokenizer(cacheDir === undefined ? {} : { cacheDir });
  const { model, dictionary, slips } = ready(dictionariesDir, tokenizer, own ? cacheDir : undefined);
  const analyser = analyserOf(tokenizer, openDictionary(dictionary), slips, model.vocabulary);
  return {
    assess(text, earlier = []) {
      const before = earlier.length === 0 ? '' : `${earlier.join('。')}。`;
      return withWords(assess(analyser(before + text), model), before + text, before.length);
    },
  };
}

/** Turns texts into what learning looks at. */
export function createAnalyser(dictionariesDir: string, tokenizer: Tokenizer): (text: string) => Analysis {
  const { dictionary, slips } = compile(dictionariesDir, tokenizer);
  return analyserOf(tokenizer, openDictionary(dictionary), slips);
}

function analyserOf(
  tokenizer: Tokenizer,
  dictionary: Dictionary,
  slips: SlipTable,
  vocabulary?: Vocabulary,
): (text: string) => Analysis {
  return (text) => {
    const normalised = normalise(text, slips);
    return analyse(normalised, tokenizer.tokenize(normalised.text), dictionary, vocabulary);
  };
}

function compile(dir: string, tokenizer: Tokenizer): { dictionary: CompiledDictionary; slips: SlipTable } {
  const entries = readDictionaries(dir);
  const slips = slipTable(entries.slips);
  return { dictionary: compileDictionary(entries, tokenizer, slips), slips };
}

/** From the cache when these very files were compiled before. */
function ready(
  dir: string,
  tokenizer: Tokenizer,
  cacheDir: string | undefined,
): { model: Model; dictionary: CompiledDictionary; slips: SlipTable } {
  const file = cacheDir === undefined ? undefined : startCacheFile(cacheDir, dir, tokenizer.version ?? '');
  const kept = file === undefined ? undefined : readStartCache(file);
  if (kept !== undefined) return { ...kept, slips: slipTable(kept.slips.map(([from, to]) => ({ from, to }))) };
  const model = readModel(readFileSync(path.join(dir, 'weights.tsv'), 'utf8'));
  const compiled = compile(dir, tokenizer);
  if (file !== undefined) writeStartCache(file, model, compiled.dictionary, compiled.slips);
  return { model, ...compiled };
}

function withWords(assessment: Assessment, whole: string, offset: number): Assessment {
  const evidence = assessment.evidence.map(({ start, end, ...rest }) => {
    if (start === undefined || end === undefined) return rest;
    const words = whole.slice(start, end);
    return start < offset ? { ...rest, words } : { ...rest, words, start: start - offset, end: end - offset };
  });
  return { ...assessment, evidence };
}
