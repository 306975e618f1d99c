/** Buttons and words that mean the same in any state. */
import type { Choice } from '#contracts/message.ts';
import { encodePostback } from '#contracts/postback.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { human, interrupt, resume, start, stop } from '#engine/engine.ts';
import { fill } from '#engine/fill.ts';
import { eraseContact } from '#handoff/erase-contact.ts';
import { isStaffed } from '#handoff/opening-hours.ts';
import { answerPlace } from './ask-after-place.ts';
import { answerMeeting, answerPlan } from './case-messages.ts';
import { answerTouch } from './keep-in-touch.ts';
import { runEngine } from './run-engine.ts';
import { begin, freshSession, isOpen, sayAgain } from './say-again.ts';
import type { Talk } from './talk.ts';

type Command = (talk: Talk, argument: string | null) => Promise<void>;

const COMMANDS: Record<string, Command> = {
  continue: goOn,
  restart: (talk) => begin(talk, talk.now),
  human: toPerson,
  'crisis-tell': tellStaff,
  erase: askToErase,
  'erase-yes': erase,
  'erase-no': (talk) => sayAgain(talk, talk.script.texts['reply.erase_kept']),
  booking: showBooking,
  plan: answerPlan,
  meeting: answerMeeting,
  touch: answerTouch,
  place: answerPlace,
};

export async function command(talk: Talk, name: string, argument: string | null): Promise<void> {
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!known) return sayAgain(talk, talk.script.texts['reply.old_button']);
  await known(talk, argument);
}

async function toPerson(talk: Talk): Promise<void> {
  const { script, session } = talk;
  await runEngine(talk, human(script, isOpen(session) ? session : freshSession(talk)));
}

/** 「市の職員に知らせる」: the urgent ticket is there already; the resident asks that staff contact them (R15). */
async function tellStaff(talk: Talk): Promise<void> {
  const { draft, now, script } = talk;
  const id = talk.contact.crisis?.ticket ?? null;
  const ticket = id === null ? null : await draft.get('ticket', id);
  if (id === null || !ticket) return sayAgain(talk, script.texts['reply.old_button']);
  const asked = { at: now, by: 'resident', what: 'asked_to_tell_staff', detail: {} };
  await draft.put('ticket', id, { ...ticket, updatedAt: now, history: [...ticket.history, asked] });
  const open = isStaffed(script.municipality, now);
  const text = fill(script.texts[open ? 'reply.crisis_told' : 'reply.crisis_told_closed'], {
    受付番号: ticket.receipt,
  });
  // No question now: the talk waits behind a button.
  talk.said.push({ type: 'text', text, choices: [button(talk.world.content().crisis.continue, 'continue')] });
}

/**
 * 「話をつづける」 after a crisis screen. When the crisis was the first thing said, the flow goes on with those very
 * words: nobody is asked to tell them twice (R18). Otherwise the open question stands again.
 */
async function goOn(talk: Talk): Promise<void> {
  const { script, session, now } = talk;
  const last = session?.facts.heard.at(-1);
  if (session?.status !== 'waiting' || session.facts.assessment !== null || !last || last.text === null)
    return sayAgain(talk);
  const before = { ...session, facts: { ...session.facts, heard: session.facts.heard.slice(0, -1) } };
  await runEngine(talk, resume(script, before, { type: 'text', text: last.text, messageId: last.messageId, at: now }));
}

async function askToErase(talk: Talk): Promise<void> {
  const { texts } = talk.script;
  talk.said.push({
    type: 'text',
    text: texts['reply.erase_ask'],
    choices: [button(texts['reply.erase_yes'], 'erase-yes'), button(texts['reply.erase_no'], 'erase-no')],
  });
}

function button(label: string, name: string): Choice {
  return { label, kind: 'postback', data: encodePostback({ type: 'command', command: name, argument: null }) };
}

/** R12: what may go, goes; what a counsellor has taken up stays with them, without name and number. */
async function erase(talk: Talk): Promise<void> {
  const { draft, event, now, script, world } = talk;
  if (talk.session?.status === 'waiting') await runEngine(talk, stop(script, talk.session));
  talk.said.length = 0;
  await draft.put('contact', event.contact, talk.contact);
  const { kept } = await eraseContact(draft, {
    municipality: script.municipality,
    contact: event.contact,
    now,
    ids: world.ids,
  });
  talk.contact = (await draft.get('contact', event.contact)) ?? talk.contact;
  talk.session = null;
  const text = kept.length === 0 ? script.texts['reply.erased'] : script.texts['reply.erased_partly'];
  talk.said.push({ type: 'text', text, choices: [] });
}

/** See, move or cancel the latest booking; the talk under way goes on afterwards. */
async function showBooking(talk: Talk): Promise<void> {
  const { script, session, now, world } = talk;
  const ticket = await latestBooked(talk);
  if (!ticket) return sayAgain(talk, script.texts['reply.no_booking']);
  const facts = {
    window: ticket.window,
    way: ticket.booking!.slot.way,
    slot: ticket.booking!.slot,
    booking: ticket.booking!.id,
    ticket: ticket.id,
    receipt: ticket.receipt,
    callBackCode: ticket.callBackCode,
    candidates: ticket.candidates,
    consents: ticket.consents,
  };
  await runEngine(
    talk,
    isOpen(session)
      ? interrupt(script, session, { flow: 'my-booking', facts })
      : start(script, { flow: 'my-booking', talk: world.ids.id(), at: now, facts }),
  );
}

async function latestBooked(talk: Talk): Promise<Ticket | null> {
  for (const id of talk.contact.tickets.toReversed()) {
    const ticket = await talk.draft.get('ticket', id);
    if (ticket?.booking && (ticket.booking.state === 'booked' || ticket.booking.state === 'moved')) return ticket;
  }
  return null;
}
