/** The thread that calls LINE; started by `call-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { goBehind } from '#support/go-behind.ts';
import type { FromCallThread, ToCallThread } from './call-thread.ts';
import { type CallOptions, createCalls } from './calls.ts';

const port = parentPort!;
goBehind();
const calls = createCalls(workerData as CallOptions);
let answers: FromCallThread = [];

const tell = (): void => {
  port.postMessage(answers);
  answers = [];
};

port.on('message', (group: ToCallThread) => {
  for (const [number, call] of group) {
    void calls.make(call).then((judged) => {
      if (answers.push([number, judged]) === 1) setImmediate(tell);
    });
  }
});
