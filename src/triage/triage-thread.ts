/**
 * Triage in a thread of its own: the event loop that answers LINE is never held up by a text, and both load side by side
 * at a start. Texts go over in small groups, and further groups before the first is answered, so that neither side waits
 * for the other. A thread that is lost, or silent for too long, is replaced; the group it was at is tried once more, text
 * by text, so that one text can spoil no other's answer.
 */
import { Worker } from 'node:worker_threads';
import type { Assessment, Explanation } from '#contracts/assessment.ts';
import type { TriageOptions } from './create-triage.ts';

export interface TriageThread {
  /** As `Triage.assess`, later. Rejects when the thread was lost twice over this text, or after `close`. */
  assess(text: string, earlier?: readonly string[]): Promise<Assessment>;
  /** As `Triage.explain`, likewise. */
  explain(text: string): Promise<Explanation>;
  close(): Promise<void>;
}

/** A group of these goes over; their answers come back together, groups in the order in which they went. */
export type Question = readonly [text: string, earlier: readonly string[], explain: boolean];
export type FromThread = 'ready' | Assessment[];

interface Job {
  question: Question;
  /** The thread was lost with it once. */
  again: boolean;
  resolve(assessment: Assessment): void;
  reject(error: Error): void;
}

/** Texts that go over and are answered together: fewer cost more to hand over, more let one side wait for the other. */
const GROUP = 6;
/** Groups in hand at once: enough that the thread has something to do until the event loop comes round again. */
const GROUPS = 12;

/**
 * Resolves when the thread can answer; rejects when it cannot start (see `createTriage`).
 * @param options.silentMs the longest a group may take; the longest text that a channel lets in takes some 20 ms.
 */
export async function createTriageThread(
  options: Pick<TriageOptions, 'dictionariesDir' | 'cacheDir'> & { silentMs?: number; script?: URL },
): Promise<TriageThread> {
  const { silentMs = 10_000, script = new URL('./triage-worker.ts', import.meta.url), ...workerData } = options;
  let waiting: Job[] = [];
  let inHand: Job[][] = [];
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
    if (isClosed || waiting.length === 0) return;
    if (worker === null) start().catch(() => {});
    if (!isReady) return;
    while (waiting.length > 0 && inHand.length < GROUPS) {
      // What was lost once goes alone; it stands before all else.
      const { again } = waiting[0]!;
      if (inHand[0] !== undefined && (again || inHand[0][0]!.again)) return;
      // Only a thread that has something to do keeps the process alive.
      if (inHand.length === 0) worker!.ref();
      watch ??= setTimeout((silent: Worker) => void silent.terminate(), silentMs, worker!);
      const group = waiting.splice(0, again ? 1 : GROUP);
      inHand.push(group);
      worker!.postMessage(group.map((job) => job.question));
    }
  };
  const unwatch = (): void => {
    clearTimeout(watch);
    watch = undefined;
  };
  const take = (assessments: readonly Assessment[]): void => {
    const group = inHand.shift()!;
    if (inHand.length > 0) watch?.refresh();
    else {
      unwatch();
      worker?.unref();
    }
    for (const [i, job] of group.entries()) job.resolve(assessments[i]!);
    gather();
  };
  /**
   * What was in hand waits again, first of all. Answers come in order, so only the first group can hold what ended the
   * thread. What was lost a second time, or cannot be answered at all, fails.
   */
  const lose = (fault: Error): void => {
    unwatch();
    const wasReady = isReady;
    worker = null;
    isReady = false;
    const [lost = [], ...behind] = inHand;
    inHand = [];
    const failed = lost.filter((job) => job.again);
    const once = lost.filter((job) => !job.again).map((job) => ({ ...job, again: true }));
    waiting = [...once, ...behind.flat(), ...waiting];
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

  const ask = (...question: Question): Promise<Assessment> => {
    if (isClosed) return Promise.reject(new Error('triage is closed'));
    return new Promise((resolve, reject) => {
      waiting.push({ question, again: false, resolve, reject });
      gather();
    });
  };

  await start();
  return {
    assess: (text, earlier = []) => ask(text, earlier, false),
    explain: (text) => ask(text, [], true) as Promise<Explanation>,
    async close() {
      isClosed = true;
      await worker?.terminate();
      // Where the thread had just been lost, nothing else ends what waits for the next.
      for (const job of waiting.splice(0)) job.reject(new Error('triage is closed'));
    },
  };
}
