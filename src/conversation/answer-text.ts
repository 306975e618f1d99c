/** A resident's words. Order: crisis, a human's floor, an answer to 「その後いかがですか」, repair words, the flow. */
import type { Assessment } from '#contracts/assessment.ts';
import type { Incoming } from '#contracts/event.ts';
import { resume, start } from '#engine/engine.ts';
import { matchAnswer } from '#engine/match-answer.ts';
import { hearPlace } from './ask-after-place.ts';
import { answerCrisis } from './crisis.ts';
import { toHuman } from './floor.ts';
import { hearTouch } from './keep-in-touch.ts';
import { repair } from './repair.ts';
import { runEngine } from './run-engine.ts';
import { isOpen } from './say-again.ts';
import type { Talk } from './talk.ts';

type Text = Extract<Incoming, { type: 'text' }>;

export async function answerText(talk: Talk, event: Text): Promise<void> {
  const { world, words } = talk;
  if (words === null) return;
  const { text } = words;
  // R14: in every state, before any other logic.
  const assessment = await words.assessment;
  const command = world.content().repair(text);
  const ours = command !== null || isLabel(talk, text);
  if (assessment.crisis !== 'none' && (!ours || isRuled(assessment))) return answerCrisis(talk, event, assessment);
  if (await toHuman(talk, event)) return;
  if (await hearTouch(talk, event, command)) return;
  if (await hearPlace(talk, event, command)) return;
  if (command !== null && (await repair(talk, command))) return;
  await hear(talk, event, text);
}

/** The words of a button that stands open, typed instead of tapped. */
function isLabel({ session }: Talk, text: string): boolean {
  return isOpen(session) && matchAnswer(text, session.asked) !== null;
}

/** 「データを消して」 and 「精道」 are words of ours: a reviewed crisis rule outweighs them, a learned suspicion does not. */
export function isRuled(assessment: Assessment): boolean {
  return assessment.evidence.some(({ by, label }) => by === 'rule' && label.startsWith('crisis:'));
}

async function hear(talk: Talk, event: Text, text: string): Promise<void> {
  const { script, session, now } = talk;
  if (isOpen(session)) {
    return runEngine(talk, resume(script, session, { type: 'text', text, messageId: event.messageId, at: now }));
  }
  const greeted = talk.contact.greeted;
  talk.contact = { ...talk.contact, greeted: true };
  return runEngine(
    talk,
    start(script, {
      flow: script.municipality.flow,
      talk: talk.world.ids.id(),
      at: now,
      first: { text, messageId: event.messageId },
      greeted,
    }),
  );
}
