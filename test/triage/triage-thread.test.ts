/** Triage beside the event loop: the same answers as in place, and no text takes another's answer with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createTriageThread, type TriageThread } from '#triage/triage-thread.ts';
import { evaluationMessages, ownTriage } from './triage-fixture.ts';

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

afterEach(() => thread.close());
afterAll(() => rmSync(dir, { recursive: true }));

describe('the triage thread', () => {
  it('answers as triage in place does', async () => {
    const inPlace = await ownTriage();
    thread = await createTriageThread({ dictionariesDir: 'dictionaries', cacheDir: '.cache' });
    const texts = evaluationMessages().map(({ text }) => text);
    const answers = await Promise.all(texts.map((text) => thread.assess(text)));
    expect(answers).toEqual(texts.map((text) => inPlace.assess(text)));
    expect(await thread.assess('お金のことです', ['母の介護で'])).toEqual(
      inPlace.assess('お金のことです', ['母の介護で']),
    );
  });

  it('keeps the order of many, and what was said before', async () => {
    await moody();
    const texts = Array.from({ length: 100 }, (_, i) => `${i}`);
    expect(await Promise.all(texts.map((text) => wordsOf(text, ['前'])))).toEqual(texts.map((text) => `前${text}`));
  });

  it('tries what was lost with the thread once more', async () => {
    await moody();
    expect(await Promise.all(['a', '一度', 'b'].map((text) => wordsOf(text)))).toEqual(['a', '一度', 'b']);
  });

  it.each(['落ちる', 'だまる'])('「%s」 fails alone, every other text is answered', async (text) => {
    await moody();
    const all = await Promise.allSettled(['a', text, 'b', 'c'].map((one) => wordsOf(one)));
    expect(all.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual(['a', 'failed', 'b', 'c']);
    expect(await wordsOf('あとから')).toBe('あとから');
  });

  it('rejects at the start when it cannot be opened, and after the end', async () => {
    await expect(createTriageThread({ dictionariesDir: join(dir, 'none') })).rejects.toThrow(/weights\.tsv/u);
    await moody();
    await thread.close();
    await expect(thread.assess('a')).rejects.toThrow('closed');
  });
});
