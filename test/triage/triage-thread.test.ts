/** Triage beside the event loop: the same answers as in place, and no text takes another's answer with it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createTriageThread, type TriageThread } from '#triage/triage-thread.ts';
import { evaluationMessages, ownTriage, ROOT } from './triage-fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'tsunagi-thread-'));
const script = new URL('./moody-worker.ts', import.meta.url);
let thread: TriageThread;
let n = 0;

const moody = async (): Promise<TriageThread> => {
  thread = await createTriageThread({ dictionariesDir: '', cacheDir: join(dir, `once-${n++}`), script, silentMs: 300 });
  return thread;
};
const wordsOf = async (text: string, earlier?: string[]): Promise<string | undefined> =>
  (await thread.assess(text, earlier)).evidence[0]?.words;
/** The number of the thread that answered. */
const answererOf = async (text: string): Promise<string | undefined> => (await thread.assess(text)).evidence[0]?.source;
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);
const outcomesOf = async (texts: readonly string[]): Promise<(string | undefined)[]> =>
  (await Promise.allSettled(texts.map((text) => wordsOf(text)))).map((one) =>
    one.status === 'fulfilled' ? one.value : 'failed',
  );

afterEach(() => thread.close());
afterAll(() => rmSync(dir, { recursive: true }));

describe('the triage thread', () => {
  it('answers as triage in place does', async () => {
    const inPlace = await ownTriage();
    thread = await createTriageThread({ dictionariesDir: 'dictionaries', cacheDir: '.cache' });
    const texts = evaluationMessages().map(({ text }) => text);
    const answers = await Promise.all(texts.map((text) => thread.assess(text)));
    expect(answers).toEqual(texts.map((text) => inPlace.assess(text)));
    expect(await thread.explain(texts[0]!)).toEqual(inPlace.explain(texts[0]!));
    expect(await thread.assess('お金のことです', ['母の介護で'])).toEqual(
      inPlace.assess('お金のことです', ['母の介護で']),
    );
  });

  it('keeps the order of many, and what was said before', async () => {
    await moody();
    const texts = numbers(200);
    const settled: string[] = [];
    const ask = async (text: string): Promise<string | undefined> => {
      const words = await wordsOf(text, ['前']);
      settled.push(text);
      return words;
    };
    // The first hundred together, the others one after the other while those are being worked on.
    const asked = texts.slice(0, 100).map(ask);
    for (const text of texts.slice(100)) {
      await new Promise(setImmediate);
      asked.push(ask(text));
    }
    expect(await Promise.all(asked)).toEqual(texts.map((text) => `前${text}`));
    expect(settled).toEqual(texts);
  });

  it('tries what was lost with the thread once more', async () => {
    await moody();
    expect(await outcomesOf(['a', '一度', 'b'])).toEqual(['a', '一度', 'b']);
  });

  it.each(['落ちる', '投げる', 'だまる'])('「%s」 fails alone, every other text is answered', async (text) => {
    await moody();
    expect(await outcomesOf(['a', text, 'b', 'c'])).toEqual(['a', 'failed', 'b', 'c']);
    expect(await wordsOf('あとから')).toBe('あとから');
  });

  it.each(['落ちる', '投げる', 'だまる'])('「%s」 fails alone among a hundred that came with it', async (text) => {
    await moody();
    const others = numbers(100);
    const texts = [text, ...others.slice(0, 50), text, ...others.slice(50), text];
    expect(await outcomesOf(texts)).toEqual(texts.map((one) => (one === text ? 'failed' : one)));
  });

  it('lets stand what was answered before the thread was lost', async () => {
    await moody();
    const first = await answererOf('a');
    const answerers = await Promise.allSettled([...numbers(40), '落ちる', ...numbers(40)].map(answererOf));
    expect(answerers.slice(0, 20)).toEqual(Array(20).fill({ status: 'fulfilled', value: first }));
  });

  it('leaves a thread alone that is long at work but goes on answering', async () => {
    await moody();
    const first = await answererOf('a');
    expect(await Promise.all(Array(60).fill('ゆっくり').map(answererOf))).toEqual(Array(60).fill(first));
  });

  it('ends what is left, in hand or waiting, when it is closed', async () => {
    await moody();
    const outcomes = outcomesOf(['だまる', ...numbers(100)]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await thread.close();
    expect(await outcomes).toEqual(Array(101).fill('failed'));
  });

  it('ends what is left when it is closed at the moment the thread is lost', async () => {
    await moody();
    const falling = wordsOf('落ちる').catch(() => thread.close());
    const behind = outcomesOf(numbers(100));
    await falling;
    expect(await behind).toEqual(Array(100).fill('failed'));
  });

  it('keeps the process alive while it has something to do, and no longer', () => {
    const program = `
      import { createTriageThread } from '#triage/triage-thread.ts';
      const thread = await createTriageThread({ dictionariesDir: '', cacheDir: '', script: new URL('${script}') });
      for (let i = 0; i < 40; i++) thread.assess(i === 30 ? 'ゆっくり' : '').then(() => process.stdout.write('.'));
    `;
    const args = ['--input-type=module', '-e', program];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', timeout: 30_000 });
    expect([status, stdout]).toEqual([0, '.'.repeat(40)]);
  });

  it('rejects at the start when it cannot be opened, and after the end', async () => {
    await expect(createTriageThread({ dictionariesDir: join(dir, 'none') })).rejects.toThrow(/weights\.tsv/u);
    await moody();
    await thread.close();
    await expect(thread.assess('a')).rejects.toThrow('closed');
  });
});
