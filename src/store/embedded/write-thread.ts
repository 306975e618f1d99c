/** The thread that writes to the embedded database. It has a connection of its own; started by `thread-writer.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { goBehind } from '#support/go-behind.ts';
import { createKeyRing } from '#support/key-ring.ts';
import { createCommitWriter } from './commit-writer.ts';
import { openDatabase } from './database.ts';
import { type Answer, type ThreadData, unpack } from './thread-messages.ts';

const { path, busyTimeoutMs, secretKeys } = workerData as ThreadData;
const db = openDatabase(path, busyTimeoutMs);
const write = createCommitWriter(db, secretKeys === null ? null : createKeyRing(secretKeys).seal);
const port = parentPort!;
goBehind();

port.on('message', (message: Parameters<typeof unpack>[0] | 'close') => {
  if (message === 'close') {
    db.close();
    port.close();
    return;
  }
  const answers = write(unpack(message)).map(
    (outcome): Answer =>
      outcome instanceof Error
        ? { code: outcome.code, message: outcome.message, cause: String(outcome.cause) }
        : outcome,
  );
  port.postMessage(answers);
});
