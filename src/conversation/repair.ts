/** The words that work at any step: やめる, 最初から, ひとつ戻る, 訂正, もう一度, あとで, 人と話す, データを消す … */

import type { Step } from '#contracts/session.ts';
import type { RepairCommand } from '#contracts/texts.ts';
import { back, correct, human, start, stop } from '#engine/engine.ts';
import { command } from './command.ts';
import { runEngine } from './run-engine.ts';
import { begin, sayAgain } from './say-again.ts';
import type { Talk } from './talk.ts';

/** @returns false when the words mean nothing special here and belong to the flow. */
export async function repair(talk: Talk, what: RepairCommand): Promise<boolean> {
  const { script, session } = talk;
  const texts = script.texts;
  const open = session !== null && (session.status === 'waiting' || session.status === 'asking');
  const engine = async (step: Step): Promise<true> => {
    await runEngine(talk, step);
    return true;
  };
  switch (what) {
    case 'stop':
      if (open) return engine(stop(script, session));
      say(talk, texts['reply.nothing_open']);
      return true;
    case 'restart':
      await begin(talk, talk.now);
      return true;
    case 'back':
      if (open) return engine(back(script, session));
      await sayAgain(talk);
      return true;
    case 'correct':
      if (open) return engine(correct(script, session));
      await sayAgain(talk);
      return true;
    case 'repeat':
      await sayAgain(talk);
      return true;
    case 'later':
      // The session stays as it is: whenever they write again it goes on from here.
      say(talk, texts['reply.later']);
      return true;
    case 'human':
      if (open) return engine(human(script, session));
      return engine(human(script, await freshSession(talk)));
    case 'hide':
      say(talk, texts['reply.hide']);
      return true;
    case 'erase':
      await command(talk, 'erase', null);
      return true;
    case 'booking':
      await command(talk, 'booking', null);
      return true;
  }
}

/** A talk that stands at its first question, for commands that need one. Its words are not said. */
async function freshSession(talk: Talk): Promise<NonNullable<Talk['session']>> {
  const { script, world, now } = talk;
  return start(script, { flow: script.municipality.flow, talk: world.ids.id(), at: now, greeted: true }).session;
}

function say(talk: Talk, text: string): void {
  talk.said.push({ type: 'text', text, choices: [] });
}
