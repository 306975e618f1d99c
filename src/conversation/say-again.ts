/** Puts the open question again after something else came up, or begins the talk when none is open. */

import type { Session } from '#contracts/session.ts';
import { repeat, start } from '#engine/engine.ts';
import { runEngine } from './run-engine.ts';
import type { Talk } from './talk.ts';

export async function sayAgain(talk: Talk, lead?: string): Promise<void> {
  const { script, session, now } = talk;
  if (isOpen(session)) {
    return runEngine(talk, repeat(script, session, lead === undefined ? {} : { lead }));
  }
  if (lead !== undefined) talk.said.push({ type: 'text', text: lead, choices: [] });
  return begin(talk, now);
}

/** A new talk from the city's first flow. */
export async function begin(talk: Talk, at: number): Promise<void> {
  const greeted = talk.contact.greeted;
  talk.contact = { ...talk.contact, greeted: true };
  const { script, world } = talk;
  await runEngine(talk, start(script, { flow: script.municipality.flow, talk: world.ids.id(), at, greeted }));
}

/** A talk that stands at its first question, for what needs one to work on. Its words are not said. */
export function freshSession(talk: Talk): Session {
  const { script, world, now } = talk;
  return start(script, { flow: script.municipality.flow, talk: world.ids.id(), at: now, greeted: true }).session;
}

export function isOpen(session: Session | null): session is Session {
  return session !== null && (session.status === 'waiting' || session.status === 'asking');
}
