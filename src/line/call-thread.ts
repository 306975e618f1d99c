/**
 * Calls to LINE from a thread of its own: the event loop that takes webhooks is the first thing to be short of time, and a
 * call over HTTP is a fifth of what it does for a message (docs/performance.md). Calls of one round of the event loop go
 * over together, and so do answers.
 */
import { Worker } from 'node:worker_threads';
import type { CallOptions, Calls, SendCall } from './calls.ts';
import { type Judged, LOST } from './outcome.ts';

/** What goes over: calls, each with a number. */
export type ToCallThread = [number: number, call: SendCall][];
export type FromCallThread = [number: number, judged: Judged][];

/** The thread gives up a call by itself: one that is silent for so much longer has stood still. */
const MARGIN_MS = 5_000;
const SCRIPT = new URL('./call-worker.ts', import.meta.url);

/**
 * The thread starts with the first call. When it is lost or stands still, what it was at has an unknown fate, and the next
 * call starts another.
 */
export function createCallThread(
  options: CallOptions & { marginMs?: number; script?: URL; onLost?(fault: Error): void },
): Calls {
  const { marginMs = MARGIN_MS, script = SCRIPT, onLost, ...workerData } = options;
  const underWay = new Map<number, (judged: Judged) => void>();
  let worker: Worker | null = null;
  let watch: NodeJS.Timeout | undefined;
  let leaving: { call: SendCall; resolve: (judged: Judged) => void }[] = [];
  let handed = 0;
  let isClosed = false;

  const hand = (): void => {
    if (leaving.length === 0) return;
    worker ??= start();
    // Only a thread that has something to do keeps the process alive.
    worker.ref();
    watch ??= setTimeout((silent: Worker) => void silent.terminate(), options.timeoutMs + marginMs, worker);
    const group: ToCallThread = [];
    for (const { call, resolve } of leaving) {
      underWay.set(handed, resolve);
      group.push([handed++, call]);
    }
    leaving = [];
    worker.postMessage(group);
  };
  const rest = (): void => {
    clearTimeout(watch);
    watch = undefined;
  };
  const take = (answers: FromCallThread): void => {
    watch?.refresh();
    for (const [number, judged] of answers) {
      underWay.get(number)?.(judged);
      underWay.delete(number);
    }
    if (underWay.size > 0) return;
    rest();
    worker?.unref();
  };
  const start = (): Worker => {
    const next = new Worker(script, { workerData: workerData satisfies CallOptions, execArgv: [] });
    next.on('message', take);
    let fault = new Error('the thread that calls LINE has ended');
    // 'exit' follows.
    next.on('error', (error: Error) => {
      fault = error;
    });
    next.on('exit', () => {
      worker = null;
      if (!isClosed) onLost?.(fault);
      rest();
      const lost = [...underWay.values()];
      underWay.clear();
      for (const resolve of lost) resolve(LOST);
    });
    return next;
  };

  return {
    make: (call) =>
      new Promise((resolve) => {
        if (leaving.push({ call, resolve }) === 1) setImmediate(hand);
      }),
    async close() {
      isClosed = true;
      for (const { resolve } of leaving) resolve(LOST);
      leaving = [];
      await worker?.terminate();
    },
  };
}
