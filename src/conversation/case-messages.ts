/**
 * What a compound case asks of the resident, and what they answer: whether others may think along, and whether the plan is
 * right. Plain words, three buttons, one of them a question to a person. What goes out names no trouble (R3); whoever may be
 * living with violence is written to only when they said so (R31). Of a 支援会議 nothing is ever said here (R26).
 */
import type { Choice, Message } from '#contracts/message.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { encodePostback } from '#contracts/postback.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { writeAudit } from '#handoff/audit.ts';
import { hearingOf, isViolent, meetingWording, recordMeetingConsent } from '#handoff/cases/case-consent.ts';
import type { CaseRefusal } from '#handoff/cases/case-steps.ts';
import { actOnCase } from '#handoff/cases/open-case.ts';
import { askAgreement, recordAgreement } from '#handoff/cases/plan.ts';
import { isReport } from '#handoff/cases/reports.ts';
import type { Draft } from '#store/draft.ts';
import { enqueue } from './enqueue.ts';
import { sayAgain } from './say-again.ts';
import { FLOOR_MINUTES } from './staff-speaks.ts';
import type { Talk, World } from './talk.ts';

type Tools = Pick<World, 'clock' | 'ids'>;
export type Asking =
  | { ok: true; outgoing: string }
  | {
      ok: false;
      why: CaseRefusal | 'no_ticket' | 'no_contact' | 'reporter' | 'blocked' | 'push_not_asked' | 'nobody_named';
    };

export interface Ask {
  /** Staff id. */
  staff: string;
  municipality: Municipality;
  /** The person said that they may be written to here: needed where there may be violence. */
  mayWrite?: boolean;
}

const MARK = '【職員より】';
const SAID = {
  plan: 'この案で進めてもよいですか。',
  planYes: 'ありがとうございます。この案で進めます。途中で変えたくなったら、いつでも書いてください。',
  planNo: 'わかりました。この案では進めません。別のやり方を、いっしょに考えさせてください。',
  consentYes: 'ありがとうございます。いっしょに考えます。取り消したくなったら、いつでも書いてください。',
  consentNo: 'わかりました。ほかの所には伝えません。いまの相談は、そのまま続きます。',
  end: '職員どうしの話し合いは、ひと区切りになりました。これからも、いつもの窓口がお話をうかがいます。いつでも、ここに書いてください。',
  question: '聞きたいことを、そのまま書いてください。職員が読んで、お返事します。',
} as const;

const MEETING_ANSWERS = { yes: 'given', ask: 'question', no: 'refused' } as const;

/** Asks whether the case may come before a meeting of these bodies (R21: each is named). */
export async function askMeetingConsent(
  draft: Draft,
  world: Tools,
  act: Ask & { ticket: string; bodies: readonly string[] },
): Promise<Asking> {
  const bodies = [...new Set(act.bodies.map((body) => body.trim()))].filter((body) => body !== '');
  if (bodies.length === 0) return { ok: false, why: 'nobody_named' };
  const found = await reachable(draft, act.ticket, act.mayWrite === true);
  if (!found.ok) return found;
  const { ticket } = found;
  const now = world.clock.now();
  const wording = meetingWording(act.municipality, bodies);
  const key = `${ticket.id}.${now.toString(36)}`;
  const outgoing = send(draft, world, ticket.contact, wording, [
    button('はい', 'meeting', `${key}.yes`),
    button('聞きたいことがある', 'meeting', `${key}.ask`),
    button('いいえ', 'meeting', `${key}.no`),
  ]);
  const history = [...ticket.history, { at: now, by: act.staff, what: 'meeting_asked', detail: {} }];
  const meetingAsk = { at: now, by: act.staff, bodies, wording, answer: null };
  await draft.put('ticket', ticket.id, { ...ticket, meetingAsk, updatedAt: now, history });
  writeAudit(draft, { at: now, by: act.staff, action: 'ticket.meeting_asked', subject: ticket.id }, world.ids);
  return { ok: true, outgoing };
}

/** Shows the plan in its plain words and asks. */
export async function offerPlan(draft: Draft, world: Tools, act: Ask & { case: string }): Promise<Asking> {
  const one = await draft.get('case', act.case);
  if (!one) return { ok: false, why: 'unknown_ticket' };
  const found = await reachable(draft, one.tickets[0]!, act.mayWrite === true);
  if (!found.ok) return found;
  if (hearingOf(found.ticket) !== 'consented') return { ok: false, why: 'consent_missing' };
  const now = world.clock.now();
  const outcome = await actOnCase(
    draft,
    { case: one.id, action: 'plan_asked', by: act.staff, now, ids: world.ids, municipality: act.municipality },
    (known) => askAgreement(known, { by: act.staff, now }),
  );
  if (!outcome.ok) return outcome;
  const plan = outcome.case.plan!;
  const key = `${one.id}.${plan.version}`;
  const text = `これからのことを、こんなふうに考えました。\n\n${plan.forResident}\n\n${SAID.plan}`;
  const outgoing = send(draft, world, found.ticket.contact, text, [
    button('この案でいいです', 'plan', `${key}.yes`),
    button('聞きたいことがある', 'plan', `${key}.ask`),
    button('この案はやめたい', 'plan', `${key}.no`),
  ]);
  return { ok: true, outgoing };
}

/** つなぎ戻し, as it concerns the person: nobody falls silent on them. Names no window: its name may tell the trouble (R3). */
export async function tellEnd(
  draft: Draft,
  world: Tools,
  act: { staff: string; ticket: string; mayWrite: boolean },
): Promise<Asking> {
  const found = await reachable(draft, act.ticket, act.mayWrite);
  if (!found.ok) return found;
  const { ticket } = found;
  const now = world.clock.now();
  const outgoing = send(draft, world, ticket.contact, SAID.end, []);
  const history = [...ticket.history, { at: now, by: act.staff, what: 'end_told', detail: {} }];
  await draft.put('ticket', ticket.id, { ...ticket, updatedAt: now, history });
  writeAudit(draft, { at: now, by: act.staff, action: 'ticket.end_told', subject: ticket.id }, world.ids);
  return { ok: true, outgoing };
}

/** Button under a plan: `<case>.<version>.<yes|ask|no>`. */
export async function answerPlan(talk: Talk, argument: string | null): Promise<void> {
  const { draft, event, now, script, world } = talk;
  const [id = '', version = '', said = ''] = (argument ?? '').split('.');
  const one = await draft.get('case', id);
  const answer = said === 'yes' ? 'agreed' : said === 'ask' ? 'question' : said === 'no' ? 'refused' : null;
  // Somebody else's button, or one of an earlier version.
  if (!one || one.contact !== event.contact || answer === null || one.plan?.version !== Number(version)) {
    return sayAgain(talk, script.texts['reply.old_button']);
  }
  const outcome = await actOnCase(
    draft,
    { case: id, action: 'plan_answered', by: 'resident', now, ids: world.ids, municipality: script.municipality },
    (known) => recordAgreement(known, { by: 'resident', now, version: Number(version), answer, how: 'line' }),
  );
  if (!outcome.ok) return sayAgain(talk, script.texts['reply.old_button']);
  await note(draft, one.tickets[0]!, 'plan_answered', answer, now);
  if (answer === 'question') await openFloor(talk, one.tickets[0]!, one.coordinator ?? one.createdBy);
  say(talk, answer === 'agreed' ? SAID.planYes : answer === 'refused' ? SAID.planNo : SAID.question);
}

/** Button under the question about the meeting: `<ticket>.<asked at, base 36>.<yes|ask|no>`. */
export async function answerMeeting(talk: Talk, argument: string | null): Promise<void> {
  const { draft, event, now, script, world } = talk;
  const [id = '', asked = '', said = ''] = (argument ?? '').split('.');
  const ticket = await draft.get('ticket', id);
  const ask = ticket?.meetingAsk;
  const answer = MEETING_ANSWERS[said as keyof typeof MEETING_ANSWERS] ?? null;
  if (!ticket || !ask || ticket.contact !== event.contact || answer === null || ask.at.toString(36) !== asked) {
    return sayAgain(talk, script.texts['reply.old_button']);
  }
  const answered: Ticket = { ...ticket, meetingAsk: { ...ask, answer }, updatedAt: now };
  if (answer === 'question') {
    await draft.put('ticket', id, answered);
    await note(draft, id, 'meeting_answered', answer, now);
    await openFloor(talk, id, ask.by);
    return say(talk, SAID.question);
  }
  const { version } = script.municipality.consent;
  const { bodies, wording } = ask;
  const row = { bodies, state: answer, wording, version, at: now, by: 'resident' };
  await draft.put('ticket', id, recordMeetingConsent(answered, row));
  writeAudit(
    draft,
    { at: now, by: 'resident', action: 'ticket.meeting_answered', subject: id, detail: { answer } },
    world.ids,
  );
  say(talk, answer === 'given' ? SAID.consentYes : SAID.consentNo);
}

/** The next words go to the ticket, and to the one who asked. */
async function openFloor(talk: Talk, ticket: string, staff: string): Promise<void> {
  const until = talk.now + FLOOR_MINUTES * 60_000;
  talk.contact = { ...talk.contact, floor: { staff, ticket, until } };
}

async function note(draft: Draft, id: string, what: string, answer: string, now: number): Promise<void> {
  const ticket = await draft.get('ticket', id);
  if (!ticket) return;
  const history = [...ticket.history, { at: now, by: 'resident', what, detail: { answer } }];
  await draft.put('ticket', id, { ...ticket, updatedAt: now, history });
}

/** @returns the ticket, when its person can and may be written to. */
export async function reachable(draft: Draft, id: string, mayWrite: boolean) {
  const ticket = await draft.get('ticket', id);
  if (!ticket) return { ok: false as const, why: 'no_ticket' as const };
  // Who reported is not the person it is about.
  if (isReport(ticket)) return { ok: false as const, why: 'reporter' as const };
  const contact = await draft.get('contact', ticket.contact);
  if (!contact) return { ok: false as const, why: 'no_contact' as const };
  if (contact.blocked || contact.address === null || contact.wordless === true)
    return { ok: false as const, why: 'blocked' as const };
  if (isViolent(ticket) && !mayWrite) return { ok: false as const, why: 'push_not_asked' as const };
  return { ok: true as const, ticket, contact };
}

/** From a person, with buttons below. */
export function send(draft: Draft, world: Tools, contact: string, text: string, choices: Choice[]): string {
  const messages: Message[] = [{ type: 'text', text: `${MARK}\n${text}`, choices }];
  return enqueue(draft, world, { contact, cause: 'staff', messages, reply: null, quotes: [] });
}

export function button(label: string, command: string, argument: string | null): Choice {
  return { label, kind: 'postback', data: encodePostback({ type: 'command', command, argument }) };
}

export function say(talk: Talk, text: string, choices: Choice[] = []): void {
  talk.said.push({ type: 'text', text, choices });
}
