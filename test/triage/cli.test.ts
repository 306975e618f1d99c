/** The commands for those who keep the dictionaries, called as functions with streams of the test's own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evalTriage } from '#cli/triage/eval.ts';
import { triageText } from '#cli/triage/triage.ts';
import { type UnmatchedWorld, unmatched } from '#cli/triage/unmatched.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Store } from '#store/store.ts';
import { createManualClock } from '#support/clock.ts';
import { createCountingIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { CACHE, DICTIONARIES } from './triage-fixture.ts';

const NOW = Date.parse('2026-11-16T10:00:00+09:00');
const place = mkdtempSync(path.join(tmpdir(), 'tsunagi-triage-cli-'));
afterAll(() => rmSync(place, { recursive: true }));

let printed = '';
let complained = '';
beforeEach(() => {
  [printed, complained] = ['', ''];
});
const dictionary = { dictionariesDir: DICTIONARIES, cacheDir: CACHE };
const io = (...input: string[]) => ({
  stdin: (async function* () {
    yield* input;
  })(),
  stdout: { write: (text: string) => (printed += text) },
  stderr: { write: (text: string) => (complained += text) },
});

describe('tsunagi triage', () => {
  it('shows on one screen what was seen, why, and what to edit', async () => {
    expect(await triageText({ ...dictionary, text: 'もう消えてしまいたい' }, io())).toBe(0);
    expect(printed).toContain('命に関わる気持ち（suicide）★人につなぎます');
    expect(printed).toMatch(/決まり crisis\.txt:\d+/);
    expect(printed).toContain('変えたいとき');
  });

  it('reads the text from standard input, and gives JSON', async () => {
    expect(await triageText({ ...dictionary, json: true }, io('財布に', '38円'))).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ needs: [{ need: 'livelihood' }], crisis: 'none' });
  });

  it('answers line by line, in order, however the lines are cut', async () => {
    const input = ['{"id":1,"text":"母の物忘れが', 'ひどくて"}\n\n{"id":"b","text":"こんにちは"}'];
    expect(await triageText({ ...dictionary, jsonl: true }, io(...input))).toBe(0);
    const answers = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; scope: string });
    expect(answers.map(({ id, scope }) => [id, scope])).toEqual([
      [1, 'need'],
      ['b', 'other'],
    ]);
  });

  it('names the line that it cannot read, after answering those before', async () => {
    expect(await triageText({ ...dictionary, jsonl: true }, io('{"id":1,"text":"あ"}\nnot json\n'))).toBe(2);
    expect(printed.trim().split('\n')).toHaveLength(1);
    expect(complained).toContain('2行目');
  });
});

describe('tsunagi triage eval', () => {
  const file = path.join(place, 'messages.jsonl');
  const message = { about: 'self', crisis: 'none', scope: 'need' };
  writeFileSync(
    file,
    [
      { id: 'right', text: '財布に38円', needs: ['livelihood'], ...message },
      { id: 'wrong', text: '死にたい', needs: ['mental'], ...message },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );

  it('prints the figures, the table of confusions, the styles and the wrong ones', async () => {
    expect(await evalTriage({ ...dictionary, file }, io())).toBe(0);
    for (const part of ['2 件の成績', '取り違えの表', '書き方ごと', '危機でないのに危機とした割合'])
      expect(printed).toContain(part);
    expect(printed).toContain('wrong\tcrisis none→suicide');
  });

  it('gives the same to programs', async () => {
    expect(await evalTriage({ ...dictionary, file, json: true }, io())).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      messages: 2,
      figures: { crisisFalse: { share: 0.5, hit: 1, of: 2 } },
      wrong: [{ id: 'wrong' }],
    });
  });
});

describe('tsunagi triage unmatched', () => {
  let store: Store;
  let world: UnmatchedWorld;
  const put = (id: string, city: string, at: number, text: string) =>
    store.commit(city, [
      {
        type: 'put',
        kind: 'unmatched',
        id,
        revision: 0,
        body: { at, messageId: `m${id}`, text, assessment: 'need:mental', corrected: null, expiresAt: at + 86_400_000 },
      },
    ]);
  const audit = async (city: string) => (await store.list(city, 'audit', 'at', { limit: 9 })).map(({ body }) => body);

  beforeEach(async () => {
    store = createSealedStore({
      driver: createEmbeddedDriver({ path: ':memory:' }),
      keyRing: createKeyRing(generateKey('k')),
    });
    const clock = createManualClock(NOW);
    world = { store, municipalities: ['ashiya', 'fukui'], clock, ids: createCountingIds(), by: 'cli:tester' };
    await put('1', 'ashiya', NOW - 2_000, '羊の群れが夜どおし');
    await put('2', 'ashiya', NOW - 1_000, 'ふすまの向こう');
    await put('3', 'fukui', NOW - 1_000, 'よその市のことば');
  });
  afterEach(() => store.close());

  it('hides the words and what they may be about, and says in the log that they were listed', async () => {
    expect(await unmatched({}, io(), world)).toBe(0);
    expect(printed).not.toMatch(/羊|ふすま|よその|こころ/u);
    expect(printed.match(/（伏せています）/gu)).toHaveLength(3);
    expect(await audit('ashiya')).toMatchObject([
      { by: 'cli:tester', action: 'unmatched.list', detail: { count: '2' } },
    ]);
    expect(await audit('fukui')).toMatchObject([{ detail: { count: '1' } }]);
  });

  it('shows them for a reason, which is kept', async () => {
    const options = { municipality: 'ashiya', reveal: true, reason: '辞書の見直し', json: true };
    expect(await unmatched(options, io(), world)).toBe(0);
    const lines = JSON.parse(printed) as { text: string; assessed: string[] }[];
    expect(lines.map(({ text }) => text)).toEqual(['ふすまの向こう', '羊の群れが夜どおし']);
    expect(lines[0]!.assessed).toEqual(['mental']);
    expect(await audit('ashiya')).toMatchObject([{ detail: { revealed: 'true', reason: '辞書の見直し' } }]);
    expect(await audit('fukui')).toEqual([]);
  });

  it.each([
    [{ reveal: true }, '--reason'],
    [{ municipality: 'nowhere' }, '自治体「nowhere」はありません'],
    [{ limit: 0 }, '--limit'],
  ])('calls %j wrong use and shows nothing', async (options, said) => {
    expect(await unmatched(options, io(), world)).toBe(2);
    expect(complained).toContain(said);
    expect(printed).toBe('');
    expect(await audit('ashiya')).toEqual([]);
  });
});
