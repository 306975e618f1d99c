/**
 * A message that may mean danger (R14–R16, R28–R30): one screen before anything else, an urgent ticket to the window in
 * charge even if nothing is ever booked, staff alerted. The flow stays where it is and can be gone on with.
 */

import { crisisMessages, crisisSpeaker } from '#content/crisis-messages.ts';
import type { Assessment } from '#contracts/assessment.ts';
import type { Incoming } from '#contracts/event.ts';
import { withHeard } from '#engine/with-heard.ts';
import { isStaffed } from '#handoff/opening-hours.ts';
import { urgentTicket } from '#handoff/urgent-ticket.ts';
import { raiseAlert } from './alerts.ts';
import { rememberTicket } from './answer-request.ts';
import { freshSession, isOpen } from './say-again.ts';
import type { Talk } from './talk.ts';

type Danger = Exclude<Assessment['crisis'], 'none'>;

export async function answerCrisis(
  talk: Talk,
  event: Extract<Incoming, { type: 'text' }>,
  assessment: Assessment,
): Promise<void> {
  const { draft, now, script, world } = talk;
  const { municipality } = script;
  const kind = assessment.crisis as Danger;
  const heard = { messageId: event.messageId, text: event.text, at: event.at };
  const facts = talk.session?.facts ?? null;
  const ticket = await urgentTicket(draft, {
    municipality,
    crisis: kind,
    assessment,
    heard,
    facts,
    contact: event.contact,
    channel: event.channel,
    ticket: talk.contact.crisis?.ticket ?? facts?.ticket ?? null,
    now,
    ids: world.ids,
  });
  rememberTicket(talk, ticket.ticket);
  await raiseAlert(draft, { ...ticket, kind, at: now });
  talk.contact = { ...talk.contact, crisis: { kind, at: now, ticket: ticket.ticket, messageId: event.messageId } };
  // What was said here need not be told again when the talk goes on.
  const session = withHeard(isOpen(talk.session) ? talk.session : freshSession(talk), heard);
  // A later hand-off of this talk goes into the same ticket: one person, one つなぐシート.
  talk.session = { ...session, facts: { ...session.facts, ticket: session.facts.ticket ?? ticket.ticket } };
  const content = world.content();
  const speaker = crisisSpeaker(content, { kind, text: event.text, about: assessment.about });
  talk.said.push(...crisisMessages(content, { kind, speaker, at: now, open: isStaffed(municipality, now) }));
  world.count('crises', { municipality: municipality.id, kind });
  world.log.warn('crisis', { municipality: municipality.id, kind, ticket: ticket.ticket });
}
