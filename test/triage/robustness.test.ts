/** Each evaluation message written another way: how often the answer stays. Prints the shares, and holds them above a bound. */
import { expect, it } from 'vitest';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { CACHE, evaluationMessages, ownTriage } from './triage-fixture.ts';
import { sameAnswer, variants } from './variants.ts';

const triage = await ownTriage();
const messages = evaluationMessages().map(({ text }) => text);
const before = messages.map((text) => triage.assess(text));

it.each(Object.entries(variants(createKuromojiTokenizer({ cacheDir: CACHE }))))('%s', (name, { change, stays }) => {
  const same = messages.filter((text, i) => sameAnswer(before[i]!, triage.assess(change(text))));
  const share = same.length / messages.length;
  console.info(`answer stays: ${name} ${(100 * share).toFixed(1)} %`);
  expect(share).toBeGreaterThanOrEqual(stays);
});
