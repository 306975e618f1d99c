/**
 * Triage in a thread of its own: the event loop that answers LINE is never held up by a text, and both load side by side
 * at a start. What waits while the thread is at work goes over together. A thread that is lost, or silent for too long, is
 * replaced; what it had in hand is tried once more, text by text, so that one text can spoil no other's answer.
 */
import { Worker } from 'node:worker_threads';
import type { Assessment } from '#contracts/assessment.ts';
import type { TriageOptions } from './create-triage.ts';

export interface TriageThread {
  /** As `Triage.assess`, later. Rejects when the thread was lost twice over this text, or after `close`. */
  assess(text: string, earlier?: readonly string[]): Promise<Assessment>;
  close(): Promise<void>;
}

/** What goes over, and what comes back. */
export type Question = readonly [text: string, earlier: readonly string[]];
export type FromThread = 'ready' | Assessment[];

interface Job {
  question: Question;
  /** The thread was lost with it once. */
  again: boolean;
  resolve(assessment: Assessment): void;
  reject(error: Error): void;
}

/** So many go over together; handing over costs more than waiting for the last. */
const TOGETHER = 64;

/**
 * Resolves when the thread can answer; rejects when it cannot start (see `createTriage`).
 * @param options.silentMs the longest a batch may take; the longest text that a channel lets in takes some 20 ms.
 */
export async function createTriageThread(
  options: Pick<TriageOptions, 'dictionariesDir' | 'cacheDir'> & { silentMs?: number; script?: URL },
): Promise<TriageThread> {
  const { silentMs = 10_000, script = new URL('./triage-worker.ts', import.meta.url), ...workerData } = options;
  let waiting: Job[] = [];
  let inHand: Job[] = [];
  let worker: Worker | null = null;
  let isReady = false;
  let isClosed = false;
  let gathering = false;
  let watch: NodeJS.Timeout | undefined;

  /** What waits goes over a moment later, so that what comes in the same round of the event loop goes with it. */
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    setImmediate(() => {
      gathering = false;
      hand();
    });
  };
  const hand = (): void => {
    if (isClosed || waiting.length === 0 || inHand.length > 0) return;
    if (worker === null) start().catch(() => {});
    if (!isReady) return;
    // What was lost once goes alone.
    const alone = waiting.findIndex((job) => job.again);
    const count = alone === 0 ? 1 : alone < 0 ? TOGETHER : Math.min(TOGETHER, alone);
    inHand = waiting.splice(0, count);
    // Only a thread that has something to do keeps the process alive.
    worker!.ref();
    worker!.postMessage(inHand.map((job) => job.question));
    watch = setTimeout((silent: Worker) => void silent.terminate(), silentMs, worker!);
  };
  const take = (assessments: readonly Assessment[]): void => {
    clearTimeout(watch);
    const done = inHand;
    inHand = [];
    worker?.unref();
    for (const [i, job] of done.entries()) job.resolve(assessments[i]!);
    gather();
  };
  /** What was in hand waits again, first of all; what was lost a second time, or cannot be answered at all, fails. */
  const lose = (fault: Error): void => {
    clearTimeout(watch);
    const wasReady = isReady;
    worker = null;
    isReady = false;
    const lost = inHand;
    inHand = [];
    const failed = lost.filter((job) => job.again);
    waiting = [...lost.filter((job) => !job.again).map((job) => ({ ...job, again: true })), ...waiting];
    if (!wasReady || isClosed) failed.push(...waiting.splice(0));
    for (const job of failed) job.reject(fault);
    gather();
  };
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let fault = new Error('the triage thread has ended');
      worker = new Worker(script, { workerData, execArgv: [] });
      worker.on('message', (message: FromThread) => {
        if (message !== 'ready') return take(message);
        isReady = true;
        worker?.unref();
        resolve();
        gather();
      });
      worker.on('error', (error: Error) => {
        fault = error;
      });
      worker.on('exit', () => {
        lose(fault);
        reject(fault);
      });
    });

  await start();
  return {
    assess(text, earlier = []) {
      if (isClosed) return Promise.reject(new Error('triage is closed'));
      return new Promise((resolve, reject) => {
        waiting.push({ question: [text, earlier], again: false, resolve, reject });
        gather();
      });
    },
    async close() {
      isClosed = true;
      await worker?.terminate();
    },
  };
}
