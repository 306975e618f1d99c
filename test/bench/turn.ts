/**
 * What one turn costs this process, without HTTP: events handed in, answers taken by a channel that says yes at once.
 * Prints processor time a turn, and how much of it triage is. `npm run bench -- turn [--turns N] [--in-flight N]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadContent } from '#content/load-content.ts';
import type { Incoming } from '#contracts/event.ts';
import { openScripts } from '#conversation/scripts.ts';
import { createConversation } from '#conversation/service.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { systemClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { silentLogger } from '#support/logger.ts';
import { createTriage } from '#triage/create-triage.ts';
import { readQuestions } from '#triage/splitting-question.ts';
import { readTexts } from './load/texts.ts';

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { turns: { type: 'string', default: '3000' }, 'in-flight': { type: 'string', default: '64' } },
  });
  const dir = mkdtempSync(join(tmpdir(), 'tsunagi-turn-'));
  const store = createSealedStore({
    driver: createEmbeddedDriver({ path: join(dir, 'tsunagi.db') }),
    keyRing: createKeyRing(generateKey('k1')),
  });
  const files = await loadContent({ dir: 'flows' });
  const triage = await createTriage({ dictionariesDir: 'dictionaries', cacheDir: '.cache' });
  const scripts = await openScripts({ store, content: () => files, now: () => Date.now() });
  await scripts.keep(files);
  let inTriage = 0;
  let told = 0;
  const waiting = new Map<string, () => void>();
  const channel = {
    reply: (_: string, token: string) => {
      told++;
      waiting.get(token)?.();
      return Promise.resolve({ type: 'delivered' as const });
    },
    push: () => Promise.resolve({ type: 'delivered' as const }),
  };
  const conversation = createConversation({
    world: {
      content: () => files,
      script: (city) => scripts.script(city),
      triage: {
        ...triage,
        assess: (...given) => {
          const begin = performance.now();
          const answer = triage.assess(...given);
          inTriage += performance.now() - begin;
          return answer;
        },
      },
      questions: readQuestions('dictionaries'),
      clock: systemClock,
      ids: createIds(),
      log: silentLogger,
      count: () => {},
    },
    store,
    channels: { line: channel, page: channel },
    municipalities: ['ashiya'],
    workers: 64,
    alone: true,
  });
  await conversation.start();
  const texts = readTexts();
  const eventOf = (name: string, n: number): Incoming => ({
    id: `${name}-${n}`,
    municipality: 'ashiya',
    channel: 'line',
    contact: `contact-${name}-${n}`,
    address: `U${String(n).padStart(32, '0')}`,
    at: Date.now(),
    receivedAt: Date.now(),
    replyToken: `${name}-${n}`,
    type: 'text',
    messageId: `${name}-${n}`,
    text: texts[n % texts.length]!,
  });
  const many = async (name: string, turns: number): Promise<void> => {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let n = next++; n < turns; n = next++) {
        const event = eventOf(name, n);
        const answered = new Promise<void>((resolve) => waiting.set(event.replyToken!, resolve));
        await conversation.receive([event]);
        await answered;
        waiting.delete(event.replyToken!);
      }
    };
    await Promise.all(Array.from({ length: Number(values['in-flight']) }, worker));
    await conversation.idle();
  };
  await many('warm', 600);
  const turns = Number(values.turns);
  for (const round of [1, 2]) {
    inTriage = 0;
    told = 0;
    const before = process.cpuUsage();
    const begin = performance.now();
    await many(`r${round}`, turns);
    const { user, system } = process.cpuUsage(before);
    const wall = performance.now() - begin;
    const us = (total: number): string => (total / turns).toFixed(0);
    console.log(
      `turn: ${us(user + system)} µs processor time (triage ${us(inTriage * 1000)} µs by the wall clock), ${us(wall * 1000)} µs wall, ${told} answers`,
    );
  }
  await conversation.stop();
  await store.close();
  rmSync(dir, { recursive: true });
}

if (import.meta.main) await run(process.argv.slice(2));
