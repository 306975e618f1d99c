import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IpadicFeatures, Tokenizer } from 'kuromoji';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { readExamples } from '#triage/read-dictionaries.ts';
import { CACHE, DICTIONARIES } from './triage-fixture.ts';

const require = createRequire(import.meta.url);
let theirs: Tokenizer<IpadicFeatures>;
let place: string;

beforeAll(async () => {
  place = mkdtempSync(path.join(tmpdir(), 'tsunagi-kuromoji-'));
  const kuromoji = require('kuromoji') as typeof import('kuromoji');
  const dicPath = path.join(path.dirname(require.resolve('kuromoji/package.json')), 'dict');
  theirs = await new Promise((resolve, reject) => {
    kuromoji.builder({ dicPath }).build((error, tokenizer) => (error ? reject(error) : resolve(tokenizer)));
  });
}, 60_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

it('finds the same words as kuromoji', { timeout: 60_000 }, () => {
  const own = createKuromojiTokenizer({ cacheDir: CACHE });
  const texts = readExamples(DICTIONARIES)
    .examples.filter((_, i) => i % 4 === 0)
    .map((e) => e.text)
    .filter((t) => !/[\ud800-\udfff]/.test(t));
  const differing = texts.filter(
    (text) =>
      theirs
        .tokenize(text)
        .map((t) => t.surface_form)
        .join('|') !==
      own
        .tokenize(text)
        .map((t) => t.surface)
        .join('|'),
  );
  expect(differing).toEqual([]);
});

it('covers the whole text, whatever is in it', () => {
  const own = createKuromojiTokenizer({ cacheDir: CACHE });
  for (const text of ['', '。。。', '𠮷野家で\ud800泣く\udc00', 'ｱ\u0000ｲ', '😭'.repeat(50), 'ア'.repeat(3_000)]) {
    expect(
      own
        .tokenize(text)
        .map((t) => t.surface)
        .join(''),
    ).toBe(text);
  }
});

it('keeps an inflated copy, works without one, and does not trust a broken one', { timeout: 60_000 }, () => {
  const text = '財布に38円しかない';
  const words = createKuromojiTokenizer({ cacheDir: place }).tokenize(text);
  const [file] = readdirSync(place);
  expect(file).toMatch(/^kuromoji-.*\.bin$/);
  writeFileSync(path.join(place, file!), 'broken');
  expect(createKuromojiTokenizer({ cacheDir: place }).tokenize(text)).toEqual(words);
  expect(readFileSync(path.join(place, file!)).length).toBeGreaterThan(1_000_000);
  writeFileSync(path.join(place, 'not-a-folder'), '');
  expect(createKuromojiTokenizer({ cacheDir: path.join(place, 'not-a-folder') }).tokenize(text)).toEqual(words);
  expect(existsSync(path.join(place, 'not-a-folder'))).toBe(true);
});
