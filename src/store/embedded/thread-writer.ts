/**
 * Commits in a thread of their own, so that neither SQLite's work nor the disk's fsync holds up the event loop. While
 * a batch is being written the next one gathers.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RawCommit } from '../driver.ts';
import { StoreError } from '../store.ts';
import type { CommitRequest } from './commit-writer.ts';
import { type Answer, pack, type ThreadData } from './thread-messages.ts';

export interface ThreadWriter {
  /** Batches are carried out in order. @returns one outcome a request, in order; a lost thread is `unavailable` for all of them. */
  write(batch: readonly CommitRequest[]): Promise<(RawCommit | StoreError)[]>;
  close(): Promise<void>;
}

export function createThreadWriter(options: ThreadData): ThreadWriter {
  let worker: Worker | null = null;
  /** Of the batches under way, the oldest first. */
  let waiting: ((answers: Answer[] | Error) => void)[] = [];

  const settle = (answers: Answer[]): void => {
    const [oldest, ...others] = waiting;
    waiting = others;
    if (waiting.length === 0) worker?.unref();
    oldest?.(answers);
  };
  const start = (): Worker => {
    const next = new Worker(new URL('./write-thread.ts', import.meta.url), { workerData: options, execArgv: [] });
    const lost = (error: Error): void => {
      if (worker !== next) return;
      worker = null;
      const unanswered = waiting;
      waiting = [];
      for (const one of unanswered) one(error);
    };
    next.on('message', settle);
    next.on('error', lost);
    next.on('exit', () => lost(new Error('the thread that writes has ended')));
    return next;
  };

  return {
    async write(batch) {
      worker ??= start();
      // Only a thread that has something to do keeps the process alive.
      worker.ref();
      const packed = pack(batch);
      const answers = await new Promise<Answer[] | Error>((resolve) => {
        waiting.push(resolve);
        worker!.postMessage(packed, packed.sealed === null ? [] : [packed.sealed.buffer]);
      });
      if (answers instanceof Error)
        return batch.map(() => failed('unavailable', 'the database cannot be written', answers));
      return answers.map((answer) =>
        'ok' in answer ? answer : failed(answer.code, answer.message, new Error(answer.cause)),
      );
    },
    async close() {
      const last = worker;
      worker = null;
      if (last === null) return;
      last.ref();
      const ended = once(last, 'exit');
      last.postMessage('close');
      await ended;
    },
  };
}

const failed = (code: StoreError['code'], message: string, cause: Error): StoreError =>
  new StoreError(code, message, { cause });
