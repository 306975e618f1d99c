/** The thread that writes to the embedded database. It has a connection of its own; started by `thread-writer.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { createCommitWriter } from './commit-writer.ts';
import { openDatabase } from './database.ts';
import { type Answer, unpack } from './thread-messages.ts';

const { path, busyTimeoutMs } = workerData as { path: string; busyTimeoutMs: number };
const db = openDatabase(path, busyTimeoutMs);
const write = createCommitWriter(db);
const port = parentPort!;

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
