/**
 * The room's front door. Triage knows text, tokens and staff's dictionaries; not flows, tickets, LINE. It logs nothing it
 * reads and sends nothing anywhere.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Assessment, Evidence, Explanation } from '#contracts/assessment.ts';
import { assess } from './assess.ts';
import { type CompiledDictionary, compileDictionary } from './compile-dictionary.ts';
import { openDictionary } from './dictionary.ts';
import { briefly, explained, type Labels, type Seen } from './evidence.ts';
import { type Analysis, analyse } from './features.ts';
import { NameGathering } from './gathering.ts';
import { KnownFeatures } from './known-features.ts';
import { createKuromojiTokenizer } from './kuromoji-tokenizer.ts';
import { type Model, readModel } from './model.ts';
import { normalise, type SlipTable } from './normalise.ts';
import { readDictionaries } from './read-dictionaries.ts';
import { slipTable } from './slip-table.ts';
import { readStartCache, startCacheFile, writeStartCache } from './start-cache.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface Triage {
  /**
   * Pure and synchronous; never throws, whatever the text. `earlier`: messages of the same talk before this one, oldest
   * first. They add to what this one says, except for topics it turns down (「お金のことじゃなくて」).
   */
  assess(text: string, earlier?: readonly string[]): Assessment;
  /** The same with everything that decided. Places in the evidence refer to `text`; what comes from earlier messages has none. */
  explain(text: string, earlier?: readonly string[]): Explanation;
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
  const opened = openDictionary(dictionary);
  const features = new KnownFeatures(model.vocabulary);
  const read = <E extends Evidence>(
    text: string,
    earlier: readonly string[],
    evidenceOf: (seen: Seen, labels: Labels) => E[],
  ): ReturnType<typeof assess<E>> => {
    const before = earlier.length === 0 ? '' : `${earlier.join('。')}。`;
    const said = before + text;
    const normalised = normalise(said, slips);
    const analysis = analyse(normalised, tokenizer.tokenize(normalised.text), opened, features);
    const seen = { analysis, features, model, said, offset: before.length };
    return assess(analysis, features, model, (labels) => evidenceOf(seen, labels));
  };
  return {
    assess: (text, earlier = []) => read(text, earlier, briefly),
    explain: (text, earlier = []) => read(text, earlier, explained),
  };
}

/** What learning looks at: an analysis with the names and kinds of all its features. */
export interface Learnable extends Analysis {
  readonly names: readonly string[];
  readonly kinds: readonly number[];
}

/** Turns texts into what learning looks at. */
export function createAnalyser(dictionariesDir: string, tokenizer: Tokenizer): (text: string) => Learnable {
  const { dictionary, slips } = compile(dictionariesDir, tokenizer);
  const opened = openDictionary(dictionary);
  return (text) => {
    const normalised = normalise(text, slips);
    const gathering = new NameGathering();
    const analysis = analyse(normalised, tokenizer.tokenize(normalised.text), opened, gathering);
    return { ...analysis, names: gathering.names, kinds: gathering.kinds };
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
