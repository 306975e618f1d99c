/**
 * What a start would otherwise work out anew — the weights and the compiled dictionary — kept ready to use under the cache
 * directory, under a name made from the files it came from, this room's code among them: what changed is never answered
 * from an old copy.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type KeptArray, readArrays, writeArrays } from './array-file.ts';
import type { CompiledDictionary } from './compile-dictionary.ts';
import type { Model, Settings } from './model.ts';
import type { SlipTable } from './normalise.ts';
import type { TrieArrays } from './phrase-trie.ts';
import { Vocabulary, type VocabularyArrays } from './vocabulary.ts';

export interface Ready {
  readonly model: Model;
  readonly dictionary: CompiledDictionary;
  readonly slips: readonly (readonly [string, string])[];
}

/** Raised when the form of what is kept changes. */
const MAGIC = 'tsunagi-triage-3';
const PREFIX = 'triage-';

/** The file for these dictionaries; `version` is the analyser's. */
export function startCacheFile(cacheDir: string, dictionariesDir: string, version: string): string {
  const hash = createHash('sha1').update(`${MAGIC}\n${version}\n`);
  const files = [
    'weights.tsv',
    'situations.txt',
    'crisis.txt',
    'concerns.txt',
    'slips.txt',
    ...wordFiles(dictionariesDir),
  ];
  for (const file of readdirSync(import.meta.dirname).sort())
    hash.update(readFileSync(path.join(import.meta.dirname, file)));
  for (const file of files) {
    const place = path.join(dictionariesDir, file);
    hash.update(`${file}\n`);
    if (existsSync(place)) hash.update(readFileSync(place));
  }
  return path.join(cacheDir, `${PREFIX}${hash.digest('hex')}.bin`);
}

function wordFiles(dictionariesDir: string): string[] {
  const place = path.join(dictionariesDir, 'words');
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .sort()
    .map((file) => `words/${file}`);
}

/** undefined when nothing is kept for these files. */
export function readStartCache(file: string): Ready | undefined {
  const arrays = readArrays(file, MAGIC);
  if (arrays === undefined) return undefined;
  const rest = JSON.parse(Buffer.from(arrays.rest as Uint8Array).toString('utf8')) as Rest;
  return {
    model: {
      vocabulary: new Vocabulary(inside(arrays, 'vocabulary') as unknown as VocabularyArrays),
      weights: arrays.weights as Int16Array,
      settings: rest.settings,
    },
    dictionary: {
      ...rest.dictionary,
      literals: inside(arrays, 'literals') as unknown as TrieArrays,
    },
    slips: rest.slips,
  };
}

interface Rest {
  readonly settings: Settings;
  readonly dictionary: Omit<CompiledDictionary, 'literals'>;
  readonly slips: readonly (readonly [string, string])[];
}

/** Copies for other dictionaries in the same place are dropped. */
export function writeStartCache(file: string, model: Model, dictionary: CompiledDictionary, slips: SlipTable): void {
  const { literals, ...others } = dictionary;
  const rest: Rest = { settings: model.settings, dictionary: others, slips: [...slips.replacements] };
  dropOld(file);
  writeArrays(file, MAGIC, {
    ...named('vocabulary', model.vocabulary.arrays),
    ...named('literals', literals),
    weights: model.weights,
    rest: Buffer.from(JSON.stringify(rest)),
  });
}

function named(prefix: string, arrays: object): Record<string, KeptArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}.${name}`, array as KeptArray]));
}

function inside(arrays: Readonly<Record<string, KeptArray>>, prefix: string): Record<string, KeptArray> {
  const found: Record<string, KeptArray> = {};
  for (const [name, array] of Object.entries(arrays))
    if (name.startsWith(`${prefix}.`)) found[name.slice(prefix.length + 1)] = array;
  return found;
}

function dropOld(file: string): void {
  try {
    const place = path.dirname(file);
    for (const name of readdirSync(place))
      if (name.startsWith(PREFIX) && name !== path.basename(file)) rmSync(path.join(place, name), { force: true });
  } catch {
    // No such directory yet, or not ours to clean.
  }
}
