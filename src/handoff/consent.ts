/**
 * Consent per recipient body and purpose (R21), and the overall state that decides where a ticket may go (R25). Every
 * answer is kept with the wording shown, its version and its time; the latest one for a recipient and purpose counts.
 */
import type { Municipality, Window } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';

export type Consent = Ticket['consents'][number];
export type ConsentState = Ticket['consent'];

/** @returns the table with one more answer; earlier ones stay as they were. */
export function recordConsent(consents: readonly Consent[], consent: Consent): Consent[] {
  return [...consents, consent];
}

/** Takes back what was given, to one recipient or to all. What was never given stays as it is. */
export function withdrawConsent(consents: readonly Consent[], options: { recipient?: string; at: number }): Consent[] {
  const given = latest(consents).filter(
    (consent) =>
      consent.state === 'given' && (options.recipient === undefined || consent.recipient === options.recipient),
  );
  return [...consents, ...given.map((consent): Consent => ({ ...consent, state: 'withdrawn', at: options.at }))];
}

/**
 * The overall state (R25) as seen by the body that holds the ticket: `listed` = given to at least one other body,
 * `in_chat` = given to this one only.
 */
export function overallConsent(consents: readonly Consent[], window: string): ConsentState {
  const now = latest(consents);
  const given = now.filter((consent) => consent.state === 'given');
  if (given.some((consent) => consent.recipient !== window)) return 'listed';
  if (given.length > 0) return 'in_chat';
  if (now.some((consent) => consent.state === 'withdrawn')) return 'withdrawn';
  return now.length > 0 ? 'refused' : 'none';
}

export type MayPass =
  | { ok: true; basis: 'same_body' | 'consent' }
  | { ok: false; why: 'consent_none' | 'consent_refused' | 'consent_withdrawn' | 'consent_not_to_this_body' };

/** Whether the ticket may go to that window: among windows of one body always, to another body with its consent only. */
export function mayPass(municipality: Municipality, ticket: Ticket, to: Window): MayPass {
  const from = municipality.windows.find((window) => window.id === ticket.window);
  if (from !== undefined && bodyOf(from) === bodyOf(to)) return { ok: true, basis: 'same_body' };
  const answers = latest(ticket.consents).filter((consent) => consent.recipient === to.id);
  if (answers.some((consent) => consent.state === 'given')) return { ok: true, basis: 'consent' };
  const said = answers.at(-1)?.state ?? overallConsent(ticket.consents, ticket.window);
  if (said === 'refused') return { ok: false, why: 'consent_refused' };
  if (said === 'withdrawn') return { ok: false, why: 'consent_withdrawn' };
  return { ok: false, why: said === 'none' ? 'consent_none' : 'consent_not_to_this_body' };
}

const bodyOf = (window: Window): string => window.body ?? `window:${window.id}`;

/** The answer that counts for each recipient and purpose, in the order in which they were given. */
function latest(consents: readonly Consent[]): Consent[] {
  const byKey = new Map<string, Consent>();
  for (const consent of consents) {
    const key = JSON.stringify([consent.recipient, consent.purpose]);
    byKey.delete(key);
    byKey.set(key, consent);
  }
  return [...byKey.values()];
}
