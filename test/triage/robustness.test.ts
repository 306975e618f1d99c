/** Each evaluation message written another way: how often the answer stays. Prints the shares, and holds them above a bound. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Labelled } from '#triage/evaluate.ts';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { CACHE, ownTriage, ROOT } from './triage-fixture.ts';

const triage = await ownTriage();
const tokenizer = createKuromojiTokenizer({ cacheDir: CACHE });
const messages = readFileSync(path.join(ROOT, 'test/triage/eval/tuning.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as Labelled).text);

/** Columns of the flick keyboard: a slip of the thumb gives another kana of the same key. */
const KEYS = [
  'あいうえお',
  'かきくけこ',
  'さしすせそ',
  'たちつてと',
  'なにぬねの',
  'はひふへほ',
  'まみむめも',
  'らりるれろ',
];
const kana = (text: string): string =>
  tokenizer
    .tokenize(text)
    .map((t) => t.reading)
    .join('');

const VARIANTS: Record<string, { change: (text: string) => string; stays: number }> = {
  'spaces for commas': { change: (t) => t.replace(/[、。]/g, ' '), stays: 0.9 },
  'no marks at all': { change: (t) => t.replace(/[、。…！？!?]/g, ''), stays: 0.85 },
  'full width': {
    change: (t) => t.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
    stays: 0.97,
  },
  'half-width katakana': { change: (t) => t.normalize('NFKC').replace(/[ァ-ヶー]/g, (c) => HALF[c] ?? c), stays: 0.97 },
  'lengthened end': { change: (t) => `${t}ーーー`, stays: 0.85 },
  'emoji at the end': { change: (t) => `${t}😭😭`, stays: 0.85 },
  'zero-width marks inside': { change: (t) => [...t].join('\u200b'), stays: 0.99 },
  'all in hiragana': { change: kana, stays: 0.55 },
  'one flick slip': { change: flickSlip, stays: 0.8 },
};

const HALF: Record<string, string> = Object.fromEntries(
  [...'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンー'].map((c, i) => [
    c,
    [...'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｰ'][i]!,
  ]),
);

/** The middle kana that stands on a key becomes its neighbour. */
function flickSlip(text: string): string {
  const places = [...text].flatMap((c, i) => (KEYS.some((key) => key.includes(c)) ? [i] : []));
  const at = places[Math.floor(places.length / 2)];
  if (at === undefined) return text;
  const units = [...text];
  const key = KEYS.find((k) => k.includes(units[at]!))!;
  units[at] = key[(key.indexOf(units[at]!) + 1) % key.length]!;
  return units.join('');
}

it.each(Object.entries(VARIANTS))('%s', (name, { change, stays }) => {
  const same = messages.filter((text) => {
    const before = triage.assess(text);
    const after = triage.assess(change(text));
    return (
      (before.crisis === 'none') === (after.crisis === 'none') &&
      before.scope === after.scope &&
      before.needs[0]?.need === after.needs[0]?.need
    );
  });
  const share = same.length / messages.length;
  console.info(`answer stays: ${name} ${(100 * share).toFixed(1)} %`);
  expect(share).toBeGreaterThanOrEqual(stays);
});
