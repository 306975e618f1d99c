/** An answer looks features up by numbers, learning gathers them by name: both must see the same in a text. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { compileDictionary } from '#triage/compile-dictionary.ts';
import { openDictionary } from '#triage/dictionary.ts';
import { analyse } from '#triage/features.ts';
import { NameGathering } from '#triage/gathering.ts';
import { KnownFeatures } from '#triage/known-features.ts';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { readModel } from '#triage/model.ts';
import { normalise } from '#triage/normalise.ts';
import { readDictionaries } from '#triage/read-dictionaries.ts';
import { slipTable } from '#triage/slip-table.ts';
import { CACHE, DICTIONARIES, evaluationMessages } from './triage-fixture.ts';

const tokenizer = createKuromojiTokenizer({ cacheDir: CACHE });
const entries = readDictionaries(DICTIONARIES);
const slips = slipTable(entries.slips);
const dictionary = openDictionary(compileDictionary(entries, tokenizer, slips));
const { vocabulary } = readModel(readFileSync(path.join(DICTIONARIES, 'weights.tsv'), 'utf8'));
const known = new Set(vocabulary.allNames());
const features = new KnownFeatures(vocabulary);

it('finds by number exactly the known ones of the names a text has, each once', () => {
  const odd = [
    '',
    '。。',
    'あ',
    '々々',
    '母の介護で夜も眠れず。'.repeat(300),
    '😭'.repeat(50),
    '(()',
    '介護の話じゃなくて、お金',
  ];
  for (const text of [...odd, ...evaluationMessages().map((message) => message.text)]) {
    const normalised = normalise(text, slips);
    const tokens = tokenizer.tokenize(normalised.text);
    const all = new NameGathering();
    analyse(normalised, tokens, dictionary, all);
    analyse(normalised, tokens, dictionary, features);
    const found = Array.from(features.at.subarray(0, features.count), (place) => vocabulary.name(place));
    expect(found.sort()).toEqual(all.names.filter((name) => known.has(name)).sort());
  }
});
