/** What the engine asks of the world, answered from triage, the hand-off room and the clock. */
import type { Request, Result } from '#contracts/session.ts';
import { cancelHandOff } from '#handoff/cancel-hand-off.ts';
import { holdSlot, releaseHold } from '#handoff/claims.ts';
import { findResources } from '#handoff/find-resources.ts';
import { findWindows } from '#handoff/find-windows.ts';
import { freeSlots } from '#handoff/free-slots.ts';
import { handOff } from '#handoff/hand-off.ts';
import { splittingQuestion } from '#triage/splitting-question.ts';
import type { Talk } from './talk.ts';
import { keepUnmatched } from './unmatched.ts';

export async function answerRequest(talk: Talk, request: Request): Promise<Result> {
  const { draft, script, world, now } = talk;
  const { municipality } = script;
  const facts = talk.session!.facts;
  const contact = talk.event.contact;
  switch (request.type) {
    case 'triage':
      return assess(talk);
    case 'windows':
      return { type: 'windows', candidates: findWindows({ municipality, facts, limit: request.limit }) };
    case 'resources':
      return { type: 'resources', resources: findResources({ municipality, facts, limit: request.limit }) };
    case 'slots':
      return { type: 'slots', ...(await freeSlots(draft, { ...request, municipality, now })) };
    case 'hold': {
      const held = await holdSlot(draft, { municipality, slot: request.slot, contact, id: world.ids.id(), now });
      return held.taken ? { type: 'slot_taken' } : { type: 'hold', hold: held.hold, until: held.until };
    }
    case 'release':
      await releaseHold(draft, { hold: request.hold, contact });
      return { type: 'release' };
    case 'handoff': {
      const { channel } = talk.event;
      const result = await handOff(draft, {
        municipality,
        facts,
        contact,
        channel,
        urgent: request.urgent,
        ...(request.outreach === undefined ? {} : { outreach: request.outreach }),
        now,
        ids: world.ids,
      });
      if (result.type === 'handoff') rememberTicket(talk, result.ticket);
      return result;
    }
    case 'cancel_booking': {
      const ticket = facts.ticket;
      const cancelled =
        ticket !== null && (await cancelHandOff(draft, { ticket, by: 'resident', now, ids: world.ids }));
      return { type: 'cancel_booking', cancelled };
    }
  }
}

/** A second message adds to the first: all that was said in this talk is assessed together. */
async function assess(talk: Talk): Promise<Result> {
  const { heard, household } = talk.session!.facts;
  const texts = [...heard, ...household]
    .sort((a, b) => a.at - b.at)
    .flatMap(({ text }) => (text === null ? [] : [text]));
  const { words } = talk;
  const assessment = await (words !== null && texts.length === 1 && texts[0] === words.text
    ? words.assessment
    : talk.world.triage.assess(texts.at(-1) ?? '', texts.slice(0, -1)));
  keepUnmatched(talk, assessment);
  const question = splittingQuestion(assessment, talk.world.questions);
  return { type: 'triage', assessment, question: question && { ...question, choices: [...question.choices] } };
}

export function rememberTicket(talk: Talk, ticket: string): void {
  const { tickets } = talk.contact;
  if (!tickets.includes(ticket)) talk.contact = { ...talk.contact, tickets: [...tickets, ticket] };
}
