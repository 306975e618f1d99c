/** A tapped button: an answer to the open question, or a command that is meant in any state. */
import type { Incoming } from '#contracts/event.ts';
import { decodePostback } from '#contracts/postback.ts';
import { resume } from '#engine/engine.ts';
import { command } from './command.ts';
import { runEngine } from './run-engine.ts';
import { sayAgain } from './say-again.ts';
import type { Talk } from './talk.ts';

export async function answerPostback(talk: Talk, event: Extract<Incoming, { type: 'postback' }>): Promise<void> {
  const { script, session, now } = talk;
  const postback = decodePostback(event.data);
  if (postback === null) return sayAgain(talk, script.texts['reply.old_button']);
  if (postback.type === 'command') return command(talk, postback.command, postback.argument);
  if (!session || session.talk !== postback.talk) return sayAgain(talk, script.texts['reply.old_talk']);
  if (session.turn !== postback.turn || session.status !== 'waiting')
    return sayAgain(talk, script.texts['reply.old_button']);
  const input =
    event.date === undefined
      ? { type: 'choice' as const, value: postback.value, at: now }
      : { type: 'date' as const, date: event.date, at: now };
  await runEngine(talk, resume(script, session, input));
}
