/**
 * Which meeting may hear a ticket (R25, 社会福祉法 106条の4 2項5号 and 106条の6). The answer is read from the consent table each
 * time it matters, never remembered: a consent taken back counts from that moment on. Consent is per recipient (R21): one
 * line for the meeting, one for each body that sits in it.
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { type Consent, overallConsent, recordConsent } from '../consent.ts';
import { isReport } from './reports.ts';

/** Recipient under which the meeting itself stands in a ticket's consent table. */
export const MEETING = '重層的支援会議';
const PURPOSE = 'いろいろな窓口や機関が集まって、困りごとをいっしょに考えるため';

export type Hearing = 'consented' | 'closed';

/** @returns `consented` when the person agreed that the 重層的支援会議 hears it; else only a 支援会議 may. */
export const hearingOf = (ticket: Ticket): Hearing =>
  latest(ticket, MEETING)?.state === 'given' ? 'consented' : 'closed';

/**
 * Whether 支援依頼 may go to the multi-agency desk: it sits at that desk already, or the person agreed to the desk or to the
 * meeting (小林: only after explanation and agreement).
 */
export function mayAskDesk(municipality: Municipality, ticket: Ticket): boolean {
  if (hearingOf(ticket) === 'consented') return true;
  // Nobody has asked the person it is about, whatever window the report came to.
  if (isReport(ticket)) return false;
  const desks = municipality.windows.filter((window) => window.roles?.includes('multi_agency'));
  return desks.some((desk) => desk.id === ticket.window || latest(ticket, desk.id)?.state === 'given');
}

/**
 * Whether a window may ask the desk for help (支援依頼): where the desk is a body of its own (小林 社協), only after explanation and
 * agreement. Without such a desk (芦屋) the request stays in the window until the meeting may hear it.
 */
export const mayRequest = (municipality: Municipality, ticket: Ticket): boolean =>
  !municipality.windows.some((window) => window.roles?.includes('multi_agency')) || mayAskDesk(municipality, ticket);

/** Whether this body may hear the case: the window that holds it, one of the same body, or one the person agreed to. */
export function bodyAgreed(municipality: Municipality, ticket: Ticket, body: string): boolean {
  const window = municipality.windows.find((one) => one.id === body || one.name === body);
  // A window may stand in the table under its id or, where a meeting names it, under its name: the last answer counts.
  const names = new Set([body, window?.id, window?.name]);
  const last = ticket.consents.findLast((consent) => names.has(consent.recipient));
  if (last !== undefined) return last.state === 'given';
  const holder = municipality.windows.find((one) => one.id === ticket.window);
  if (window === undefined || holder === undefined) return false;
  return window.id === holder.id || (window.body !== undefined && window.body === holder.body);
}

/** What the person is asked, in plain words; the bodies are named, since consent is to each of them. */
export function meetingWording(municipality: Municipality, bodies: readonly string[]): string {
  const names = bodies.map((body) => municipality.windows.find((one) => one.id === body)?.name ?? body);
  return [
    'これまでのお話を、次の所の人たちにも伝えて、いっしょに考えてもよいですか。',
    '',
    ...names.map((name) => `・${name}`),
    '',
    `目的：${PURPOSE}`,
    '話し合うのは、仕事の秘密を守る人だけです。ほかの人には伝えません（いのちに危険があるときだけは別です）。',
    '断っても、いまの相談はそのまま続きます。あとから取り消せます。',
  ].join('\n');
}

/** Keeps the answer: for the meeting, and for each body when it was given. */
export function recordMeetingConsent(
  ticket: Ticket,
  answer: {
    bodies: readonly string[];
    state: Consent['state'];
    wording: string;
    version: string;
    at: number;
    by: string;
  },
): Ticket {
  const { bodies, state, wording, version, at, by } = answer;
  const recipients = state === 'given' ? [MEETING, ...bodies] : [MEETING];
  let consents: Consent[] = ticket.consents;
  for (const recipient of recipients) {
    consents = recordConsent(consents, { recipient, purpose: PURPOSE, state, wording, version, at });
  }
  const detail = { recipient: 'meeting', state };
  const history = [...ticket.history, { at, by, what: 'consent_recorded', detail }];
  return { ...ticket, consents, consent: overallConsent(consents, ticket.window), updatedAt: at, history };
}

/** R32: what may be about violence is never joined with what another person brought. */
export const isViolent = (ticket: Ticket): boolean =>
  ticket.crisis === 'violence' ||
  ticket.crisis === 'child_abuse' ||
  ticket.needs.some(({ need }) => need === 'abuse') ||
  ticket.concerns.some(({ concern }) => concern === 'violence');

/** @returns whether two tickets may lie in one case. */
export const mayJoin = (a: Ticket, b: Ticket): boolean => a.contact === b.contact || !(isViolent(a) || isViolent(b));

/** The last answer that counts for a recipient, whatever the purpose said. */
const latest = (ticket: Ticket, recipient: string): Consent | undefined =>
  ticket.consents.findLast((consent) => consent.recipient === recipient);
