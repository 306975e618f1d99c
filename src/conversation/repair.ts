/** The words that work at any step: やめる, 最初から, ひとつ戻る, 訂正, もう一度, あとで, 人と話す, データを消す … */

import type { Step } from '#contracts/session.ts';
import type { RepairCommand } from '#contracts/texts.ts';
import { back, correct, human, stop } from '#engine/engine.ts';
import { command } from './command.ts';
import { runEngine } from './run-engine.ts';
import { begin, freshSession, isOpen, sayAgain } from './say-again.ts';
import type { Talk } from './talk.ts';

/** @returns false when the words mean nothing special here and belong to the flow. */
export async function repair(talk: Talk, what: RepairCommand): Promise<boolean> {
  const { script, session } = talk;
  const texts = script.texts;
  const open = isOpen(session);
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
      return engine(human(script, freshSession(talk)));
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

function say(talk: Talk, text: string): void {
  talk.said.push({ type: 'text', text, choices: [] });
}
