/** Time must not grow with the dictionary. Work is counted, not measured: a count is the same on any machine. */
import { expect, it } from 'vitest';
import { compileDictionary } from '#triage/compile-dictionary.ts';
import { openDictionary } from '#triage/dictionary.ts';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { normalise } from '#triage/normalise.ts';
import { readDictionaries } from '#triage/read-dictionaries.ts';
import { slipTable } from '#triage/slip-table.ts';
import { CACHE, DICTIONARIES, evaluationMessages } from './triage-fixture.ts';

const tokenizer = createKuromojiTokenizer({ cacheDir: CACHE });
const own = readDictionaries(DICTIONARIES);
const slips = slipTable(own.slips);

const KANJI = '水火木金土日月山川田森林空雨雪風花鳥魚犬猫馬牛羊石竹米糸貝車';
const madeUp = (i: number): string =>
  [i % 30, Math.floor(i / 30) % 30, Math.floor(i / 900) % 30, (i * 7) % 30].map((k) => KANJI[k]).join('');

function stepsWith(more: number): number {
  const words = Array.from({ length: more }, (_, i) => ({
    word: madeUp(i),
    group: `組${i % 100}`,
    file: 'f',
    line: i,
  }));
  const dictionary = openDictionary(compileDictionary({ ...own, words: [...own.words, ...words] }, tokenizer, slips));
  for (const { text } of evaluationMessages().slice(0, 100)) {
    const { text: plain, kanaOnly } = normalise(text, slips);
    dictionary.search(plain, tokenizer.tokenize(plain), kanaOnly);
  }
  return dictionary.steps();
}

it('looks at hardly more places in a text when the dictionary has 30,000 entries more', { timeout: 60_000 }, () => {
  const few = stepsWith(1_000);
  expect(few).toBeGreaterThan(0);
  expect(stepsWith(30_000) / few).toBeLessThan(1.1);
});
