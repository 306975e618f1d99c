/**
 * Stands in for the thread that calls LINE, with faults on request: the city `falls` ends it, `silent` holds it up for
 * good, any other is delivered; the request id names the thread and the body.
 */
import { parentPort, threadId } from 'node:worker_threads';
import type { FromCallThread, ToCallThread } from '#line/call-thread.ts';

parentPort!.on('message', (group: ToCallThread) => {
  const answers: FromCallThread = group.map(([number, { municipality, body }]) => {
    if (municipality === 'falls') process.exit(1);
    if (municipality === 'silent') for (;;);
    return [number, { outcome: { type: 'delivered' }, status: 200, requestId: `${threadId} ${body}`, detail: null }];
  });
  parentPort!.postMessage(answers);
});
