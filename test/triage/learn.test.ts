import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createAnalyser } from '#triage/create-triage.ts';
import { fingerprint } from '#triage/fingerprint.ts';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { learn } from '#triage/learn.ts';
import { readModel, writeModel } from '#triage/model.ts';
import { readExamples } from '#triage/read-dictionaries.ts';
import { CACHE, DICTIONARIES } from './triage-fixture.ts';

const committed = readFileSync(path.join(DICTIONARIES, 'weights.tsv'), 'utf8');

it('was learned from the dictionaries as they are committed (else run `npx tsunagi triage learn` and commit weights.tsv)', () => {
  expect(readModel(committed).settings.madeFrom).toBe(fingerprint(DICTIONARIES));
});

it('gives the same weights, byte for byte, from the same examples', { timeout: 120_000 }, () => {
  const analyser = createAnalyser(DICTIONARIES, createKuromojiTokenizer({ cacheDir: CACHE }));
  const examples = readExamples(DICTIONARIES).examples.filter((_, i) => i % 12 === 0);
  const once = (): string =>
    writeModel(learn({ examples, analyses: examples.map((example) => analyser(example.text)), madeFrom: 'test' }));
  const [first, second] = [once(), once()];
  expect(second === first).toBe(true);
});

it('reads back what it writes', () => {
  expect(writeModel(readModel(committed)) === committed).toBe(true);
});
