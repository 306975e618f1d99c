/** A resident's words. Order: crisis, a human's floor, repair words, the flow. */
import type { Assessment } from '#contracts/assessment.ts';
import type { Incoming } from '#contracts/event.ts';
import { resume, start } from '#engine/engine.ts';
import { answerCrisis } from './crisis.ts';
import { toHuman } from './floor.ts';
import { repair } from './repair.ts';
import { runEngine } from './run-engine.ts';
import { isOpen } from './say-again.ts';
import type { Talk } from './talk.ts';

type Text = Extract<Incoming, { type: 'text' }>;

export async function answerText(talk: Talk, event: Text): Promise<void> {
  const { world } = talk;
  const text = event.text.trim();
  if (text === '') return;
  // R14: in every state, before any other logic.
  const assessment = world.triage.assess(text);
  talk.assessed = { text, assessment };
  const command = world.content().repair(text);
  if (assessment.crisis !== 'none' && (command === null || isRuled(assessment)))
    return answerCrisis(talk, event, assessment);
  if (await toHuman(talk, event)) return;
  if (command !== null && (await repair(talk, command))) return;
  await hear(talk, event, text);
}

/** 「データを消して」 is a command of ours; only a reviewed crisis rule outweighs it, a learned suspicion does not. */
function isRuled(assessment: Assessment): boolean {
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
