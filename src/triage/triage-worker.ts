/** The thread that assesses; started by `triage-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { goBehind } from '#support/go-behind.ts';
import { createTriage, type TriageOptions } from './create-triage.ts';
import type { FromThread, Question } from './triage-thread.ts';

const port = parentPort!;
goBehind();
const triage = await createTriage(workerData as TriageOptions);
const tell = (message: FromThread): void => port.postMessage(message);

port.on('message', (questions: readonly Question[]) => {
  tell(questions.map(([text, earlier, whole]) => (whole ? triage.explain : triage.assess)(text, earlier)));
});
tell('ready');
