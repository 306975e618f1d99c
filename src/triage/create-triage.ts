/**
 * The room's front door. Triage knows text, tokens and staff's dictionaries; not flows, tickets, LINE. It logs nothing it
 * reads and sends nothing anywhere.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Assessment } from '#contracts/assessment.ts';
import { assess } from './assess.ts';
import { compileDictionary, type Dictionary } from './dictionary.ts';
import { type Analysis, analyse } from './features.ts';
import { createKuromojiTokenizer } from './kuromoji-tokenizer.ts';
import { readModel } from './model.ts';
import { normalise, type SlipTable } from './normalise.ts';
import { readDictionaries } from './read-dictionaries.ts';
import { slipTable } from './slip-table.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Vocabulary } from './vectorise.ts';

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
  /** Where the inflated analyser dictionary may be kept (about 70 MB), so that the next start is quick. */
  readonly cacheDir?: string;
  /** Another analyser than kuromoji. */
  readonly tokenizer?: Tokenizer;
}

/** Rejects when weights.tsv is missing or of another version (run `tsunagi triage learn`). */
export async function createTriage(options: TriageOptions): Promise<Triage> {
  const { dictionariesDir, cacheDir } = options;
  const tokenizer = options.tokenizer ?? createKuromojiTokenizer(cacheDir === undefined ? {} : { cacheDir });
  const model = readModel(readFileSync(path.join(dictionariesDir, 'weights.tsv'), 'utf8'));
  const analyser = createAnalyser(dictionariesDir, tokenizer, model.vocabulary);
  return {
    assess(text, earlier = []) {
      const before = earlier.length === 0 ? '' : `${earlier.join('。')}。`;
      return withWords(assess(analyser(before + text), model), before + text, before.length);
    },
  };
}

/** Turns texts into what rules and weights look at; learning uses the same, without a vocabulary. */
export function createAnalyser(
  dictionariesDir: string,
  tokenizer: Tokenizer,
  vocabulary?: Vocabulary,
): (text: string) => Analysis {
  const entries = readDictionaries(dictionariesDir);
  const slips: SlipTable = slipTable(entries.slips);
  const dictionary: Dictionary = compileDictionary(entries, tokenizer, slips);
  return (text) => {
    const normalised = normalise(text, slips);
    return analyse(normalised, tokenizer.tokenize(normalised.text), dictionary, vocabulary);
  };
}

function withWords(assessment: Assessment, whole: string, offset: number): Assessment {
  const evidence = assessment.evidence.map(({ start, end, ...rest }) => {
    if (start === undefined || end === undefined) return rest;
    const words = whole.slice(start, end);
    return start < offset ? { ...rest, words } : { ...rest, words, start: start - offset, end: end - offset };
  });
  return { ...assessment, evidence };
}
