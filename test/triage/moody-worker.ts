/**
 * Stands in for the thread that assesses, with faults on request: 「落ちる」 ends it, 「投げる」 throws, 「だまる」 never
 * answers, 「一度」 ends it once, 「ゆっくり」 takes 10 ms. An answer's source names the thread that gave it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { Assessment } from '#contracts/assessment.ts';
import type { Question } from '#triage/triage-thread.ts';

const { cacheDir: once } = workerData as { cacheDir: string };

parentPort!.on('message', (questions: readonly Question[]) => {
  const answers = questions.map(([text, earlier]): Assessment => {
    if (text === '落ちる') process.exit(1);
    if (text === '投げる') throw new Error('投げた');
    if (text === 'だまる') for (;;);
    if (text === 'ゆっくり') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    if (text === '一度' && !existsSync(once)) {
      writeFileSync(once, '');
      process.exit(1);
    }
    const words = `${earlier.join()}${text}`;
    const seen = { words, by: 'rule' as const, source: `${threadId}`, label: '', score: 0 };
    return {
      needs: [],
      scope: 'unclear',
      about: 'unknown',
      crisis: 'none',
      confident: false,
      evidence: [seen],
      concerns: [],
    };
  });
  parentPort!.postMessage(answers);
});
parentPort!.postMessage('ready');
