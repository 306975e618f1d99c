/**
 * A message was unsent (R7): its words leave the ticket everywhere, and with them what was concluded from them alone. That
 * a message was withdrawn stays (`text: null`), and so do a crisis flag and its time (R8), what the resident confirmed
 * with a button, and what staff wrote.
 */
import type { Heard } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Draft } from '#store/draft.ts';
import { membersIn } from './read-words.ts';

/** @returns the ticket without the message's words; the same object when they were not in it. Pure. */
export function withdrawWords(ticket: Ticket, messageId: string, now: number): Ticket {
  if (messageId === '' || !mentions(ticket, messageId)) return ticket;
  const empty = (heard: Heard): Heard => (heard.messageId === messageId ? { ...heard, text: null } : heard);
  const emptyOne = (heard: Heard | null): Heard | null => (heard === null ? null : empty(heard));
  const words = ticket.words.map(empty);
  const household = ticket.household.map(empty);
  const evidence = withoutEvidence(ticket, messageId);
  const gone = onlyFrom(ticket, messageId);
  const nothingLeft = [...words, ...household].every((heard) => heard.text === null);
  const needs = ticket.needs.filter(({ need, confirmed }) => confirmed || !(nothingLeft || gone.has(`need:${need}`)));
  return {
    ...ticket,
    words,
    household,
    consideration: ticket.consideration.map(empty),
    safeHours: emptyOne(ticket.safeHours),
    nickname: emptyOne(ticket.nickname),
    name: emptyOne(ticket.name),
    phone: emptyOne(ticket.phone),
    answers: Object.fromEntries(Object.entries(ticket.answers).map(([key, heard]) => [key, empty(heard)])),
    evidence,
    needs,
    // The form's kinds carry no words; without any need left they would tell what was withdrawn.
    concerns: needs.length === 0 && nothingLeft ? [] : ticket.concerns,
    deadlines: ticket.deadlines.map((deadline) =>
      deadline.messageId === messageId ? { ...deadline, words: null } : deadline,
    ),
    ...(ticket.members === undefined ? {} : { members: stillSaid(ticket.members, [...words, ...household]) }),
    updatedAt: now,
    history: [...ticket.history, { at: now, by: 'resident', what: 'withdrawn', detail: {} }],
  };
}

/** All tickets of the contact, and the work list of unmatched messages. @returns ids of the tickets that changed. */
export async function withdrawFromTickets(
  draft: Draft,
  options: { contact: string; messageId: string; now: number },
): Promise<string[]> {
  const { contact, messageId, now } = options;
  const changed: string[] = [];
  for (const row of await draft.list('ticket', 'contact', { prefix: `${contact}|`, limit: 1000 })) {
    const ticket = await draft.get('ticket', row.id);
    const without = ticket && withdrawWords(ticket, messageId, now);
    if (!without || without === ticket) continue;
    await draft.put('ticket', row.id, without);
    changed.push(row.id);
  }
  for (const row of await draft.list('unmatched', 'message', { prefix: messageId, limit: 10 })) {
    if (row.body.messageId === messageId) await draft.delete('unmatched', row.id);
  }
  return changed;
}

function mentions(ticket: Ticket, messageId: string): boolean {
  const { words, household, consideration, safeHours, nickname, name, phone, answers } = ticket;
  const said = [...words, ...household, ...consideration, ...Object.values(answers), safeHours, nickname, name, phone];
  return said.some((heard) => heard?.messageId === messageId && heard.text !== null);
}

/** Words whose message is not known are taken away when the withdrawn message holds them. */
function withoutEvidence(ticket: Ticket, messageId: string): Ticket['evidence'] {
  const said = [...ticket.words, ...ticket.household].find((heard) => heard.messageId === messageId)?.text ?? '';
  return ticket.evidence.map((evidence) => {
    const from =
      evidence.messageId === messageId || (evidence.messageId === null && said.includes(evidence.words ?? ''));
    return from ? { ...evidence, words: null } : evidence;
  });
}

/** Labels that nothing but this message spoke for. */
function onlyFrom(ticket: Ticket, messageId: string): Set<string> {
  const here = ticket.evidence.filter((evidence) => evidence.messageId === messageId);
  const elsewhere = ticket.evidence.filter((evidence) => evidence.messageId !== messageId && evidence.words !== null);
  const kept = new Set(elsewhere.map((evidence) => evidence.label));
  return new Set(here.map((evidence) => evidence.label).filter((label) => !kept.has(label)));
}

function stillSaid(members: NonNullable<Ticket['members']>, heard: readonly Heard[]): NonNullable<Ticket['members']> {
  const said = new Map(membersIn(heard).map((member) => [member.relation, member]));
  return members.flatMap((member) => said.get(member.relation) ?? []);
}
