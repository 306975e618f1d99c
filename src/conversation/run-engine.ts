/** Drives the engine to its next rest: says what it says, asks the world what it asks, hands the answers back. */
import type { Request, Step } from '#contracts/session.ts';
import { resume } from '#engine/engine.ts';
import { answerRequest } from './answer-request.ts';
import type { Talk } from './talk.ts';

/** More questions to the world in one turn than any flow has. */
const LIMIT = 40;

export async function runEngine(talk: Talk, first: Step): Promise<void> {
  let step = first;
  for (let i = 0; i < LIMIT; i++) {
    talk.session = step.session;
    let asked: Request | null = null;
    for (const event of step.events) {
      if (event.type === 'say') talk.said.push(...event.messages);
      else if (event.type === 'request' && event.request.type === 'release') await answerRequest(talk, event.request);
      else if (event.type === 'request') asked = event.request;
      else if (event.type === 'failed') {
        talk.world.log.error('flow failed', {
          municipality: talk.draft.municipality,
          code: event.code,
          step: event.step,
        });
        talk.world.count('flow_failures', { municipality: talk.draft.municipality, code: event.code });
      }
    }
    if (asked === null) return;
    const result = await answerRequest(talk, asked);
    step = resume(talk.script, talk.session, { type: 'result', result });
  }
  throw new Error(`the flow ${talk.session?.flow} asks without end`);
}
