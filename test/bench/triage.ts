/**
 * `npm run bench -- triage`: triage beside kuromoji alone, in the same run. Prints the ratio of a whole assessment to kuromoji's
 * tokenising, of a cold start to kuromoji's own loading, resident memory, and time by number of dictionary entries.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IpadicFeatures, Tokenizer } from 'kuromoji';
import { compileDictionary } from '#triage/compile-dictionary.ts';
import { createTriage } from '#triage/create-triage.ts';
import { openDictionary } from '#triage/dictionary.ts';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { normalise } from '#triage/normalise.ts';
import { readDictionaries } from '#triage/read-dictionaries.ts';
import { slipTable } from '#triage/slip-table.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const DICTIONARIES = path.join(ROOT, 'dictionaries');
/** Rounds that are not counted: a server answers its thousandth message, not its first. */
const WARM_UP = 8;
const ROUNDS = 12;

export async function run(): Promise<void> {
  const cacheDir = mkdtempSync(path.join(tmpdir(), 'tsunagi-bench-'));
  try {
    const texts = evaluationTexts();
    const triage = await createTriage({ dictionariesDir: DICTIONARIES, cacheDir });
    print('memory after load, RSS', `${mib(process.memoryUsage().rss)} MiB (bound 350)`);
    const kuromoji = await loadKuromoji();
    const { assess, tokenise } = alternate(
      () => {
        for (const text of texts) triage.assess(text);
      },
      () => {
        for (const text of texts) kuromoji.tokenize(text);
      },
    );
    print('kuromoji tokenise', `${((1000 * tokenise) / texts.length).toFixed(0)} µs a message`);
    print('whole assessment', `${((1000 * assess) / texts.length).toFixed(0)} µs a message`);
    print('ratio', `${(assess / tokenise).toFixed(2)} (bound 1.5)`);
    coldStarts(cacheDir);
    byEntries(texts, cacheDir);
    bounded(triage);
  } finally {
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

function evaluationTexts(): string[] {
  const lines = readFileSync(path.join(ROOT, 'test/triage/eval/tuning.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}

function loadKuromoji(): Promise<Tokenizer<IpadicFeatures>> {
  const require = createRequire(import.meta.url);
  const kuromoji = require('kuromoji') as typeof import('kuromoji');
  const dicPath = path.join(path.dirname(require.resolve('kuromoji/package.json')), 'dict');
  return new Promise((resolve, reject) => {
    kuromoji.builder({ dicPath }).build((error, tokenizer) => (error ? reject(error) : resolve(tokenizer)));
  });
}

/** Milliseconds of the best of several rounds, the two taken in turn so that both meet the same machine. */
function alternate(assess: () => void, tokenise: () => void): { assess: number; tokenise: number } {
  const best = { assess: Number.POSITIVE_INFINITY, tokenise: Number.POSITIVE_INFINITY };
  for (let round = 0; round < WARM_UP; round++) {
    assess();
    tokenise();
  }
  for (let round = 0; round < ROUNDS; round++) {
    best.assess = Math.min(best.assess, timed(assess));
    best.tokenise = Math.min(best.tokenise, timed(tokenise));
  }
  return best;
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** New processes: from their start to the first answer, and to the moment kuromoji's own loader is done. */
function coldStarts(cacheDir: string): void {
  const own = bestChild('triage-child.ts', [DICTIONARIES, cacheDir]);
  const theirs = bestChild('kuromoji-child.ts', []);
  print('start to first answer', `${own.ms.toFixed(0)} ms, RSS ${own.rss} MiB`);
  print("start to kuromoji's loader done", `${theirs.ms.toFixed(0)} ms, RSS ${theirs.rss} MiB`);
  print('ratio', `${(own.ms / theirs.ms).toFixed(2)} (bound 0.7)`);
}

function bestChild(file: string, args: readonly string[]): { ms: number; rss: string } {
  let best = { ms: Number.POSITIVE_INFINITY, rss: '' };
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    const child = spawnSync(process.execPath, [path.join(import.meta.dirname, file), ...args], { encoding: 'utf8' });
    const ms = performance.now() - start;
    if (child.status !== 0) throw new Error(`${file} failed: ${child.stderr}`);
    if (ms < best.ms) best = { ms, rss: child.stdout.trim() };
  }
  return best;
}

/** The same texts searched with ever more made-up entries. */
function byEntries(texts: readonly string[], cacheDir: string): void {
  const tokenizer = createKuromojiTokenizer({ cacheDir });
  const own = readDictionaries(DICTIONARIES);
  const slips = slipTable(own.slips);
  const ready = texts.map((text) => {
    const normalised = normalise(text, slips);
    return { normalised, tokens: tokenizer.tokenize(normalised.text) };
  });
  for (const size of [1_000, 10_000, 30_000]) {
    const words = Array.from({ length: size }, (_, i) => ({
      word: madeUp(i),
      group: `組${i % 100}`,
      file: 'made-up',
      line: i,
    }));
    const dictionary = openDictionary(compileDictionary({ ...own, words: [...own.words, ...words] }, tokenizer, slips));
    const search = (): void => {
      for (const { normalised, tokens } of ready) dictionary.search(normalised.text, tokens, normalised.kanaOnly);
    };
    search();
    const best = Math.min(...Array.from({ length: ROUNDS }, () => timed(search)));
    print(`dictionary search, ${size} more entries`, `${((1000 * best) / texts.length).toFixed(1)} µs a message`);
  }
}

function madeUp(i: number): string {
  const kanji = '水火木金土日月山川田森林空雨雪風花鳥魚犬猫馬牛羊石竹米糸貝車';
  return [i % 30, Math.floor(i / 30) % 30, Math.floor(i / 900) % 30, (i * 7) % 30].map((k) => kanji[k]).join('');
}

function bounded(triage: { assess(text: string): unknown }): void {
  const cases: Record<string, string> = {
    '5,000 characters': '母の介護で夜も眠れずお金もなくて'.repeat(320).slice(0, 5000),
    'ten thousand emoji': '😭'.repeat(10_000),
    'lone surrogates': '\ud800あ\udc00'.repeat(1_600),
    'zero-width and bidirectional': '死\u200bに\u202eた\u2066い'.repeat(700),
  };
  for (const [name, text] of Object.entries(cases)) print(name, `${timed(() => triage.assess(text)).toFixed(0)} ms`);
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

function print(what: string, value: string): void {
  console.log(`${what.padEnd(36)} ${value}`);
}
