/**
 * From tickets to a case, and every change of a case, as units of work: the pure steps (`case-steps.ts`, `plan.ts`) are put
 * into the draft together with what they mean for the tickets, and told in the audit log by codes (R24).
 */
import type { Case, Urgency } from '#contracts/case.ts';
import type { Need } from '#contracts/labels.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from '../audit.ts';
import { bodyAgreed, mayAskDesk, mayJoin } from './case-consent.ts';
import { addPart, type CaseAct, type CaseOutcome, type CaseRefusal, decline, refuse, step } from './case-steps.ts';
import { endCase } from './end-case.ts';
import { isReport } from './reports.ts';

interface Work extends CaseAct {
  municipality: Municipality;
  ids: Ids;
}

/** A new case in state `asked`. 小林: only after the person understood and agreed; without consent see `closed-file.ts`. */
export async function openCase(
  draft: Draft,
  act: Work & { tickets: readonly string[]; reason: string; urgency: Urgency; lead?: string; id?: string },
): Promise<CaseOutcome> {
  const { municipality, now, by, ids } = act;
  const reason = act.reason.trim();
  if (reason === '') return refuse('reason_missing');
  const tickets = await readTickets(draft, act.tickets);
  const [first] = tickets ?? [];
  if (tickets === null || first === undefined) return refuse('unknown_ticket');
  const why = whyNot(municipality, tickets);
  if (why !== null) return refuse(why);
  const lead = act.lead ?? first.window;
  if (!municipality.windows.some((window) => window.id === lead)) return refuse('unknown_window');
  const one: Case = {
    version: 1,
    id: act.id ?? ids.id(),
    number: ids.receipt(),
    municipality: municipality.id,
    createdAt: now,
    createdBy: by,
    updatedAt: now,
    state: 'asked',
    urgency: act.urgency,
    reason,
    lead,
    coordinator: null,
    tickets: tickets.map(({ id }) => id),
    // Who reported is not the person it is about: nothing of the case is written to them.
    contact: first.contact === '' || isReport(first) ? null : first.contact,
    district: first.district,
    ageBand: first.ageBand,
    needs: needsOf(tickets),
    parts: [],
    decisions: [],
    plan: null,
    reviews: [],
    notes: [],
    brought: [],
    end: null,
    history: [{ at: now, by, what: 'opened', detail: { urgency: act.urgency } }],
  };
  draft.add('case', one.id, one);
  for (const ticket of tickets) await draft.put('ticket', ticket.id, intoCase(ticket, one.id, act));
  audit(draft, act, 'case.open', one.id, { tickets: String(tickets.length) });
  return { ok: true, case: one };
}

/** Carries out a pure step and keeps it. */
export async function actOnCase(
  draft: Draft,
  act: Work & { case: string; action: string },
  run: (one: Case) => CaseOutcome | Promise<CaseOutcome>,
): Promise<CaseOutcome> {
  const one = await draft.get('case', act.case);
  if (!one) return refuse('unknown_ticket');
  const outcome = await run(one);
  if (!outcome.ok) return outcome;
  await draft.put('case', one.id, outcome.case);
  const changed = outcome.case.state === one.state ? {} : { state: outcome.case.state };
  audit(draft, act, `case.${act.action}`, one.id, changed);
  return outcome;
}

/** A body takes a part: only one that the person agreed to. */
export const takePart = (
  draft: Draft,
  act: Work & { case: string; window: string | null; name: string; does: string },
): Promise<CaseOutcome> =>
  actOnCase(draft, { ...act, action: 'part' }, async (one) => {
    const { municipality, window } = act;
    if (window !== null && !municipality.windows.some(({ id }) => id === window)) return refuse('unknown_window');
    const tickets = (await readTickets(draft, one.tickets, true)) ?? [];
    const body = window ?? act.name.trim();
    if (!tickets.every((ticket) => bodyAgreed(municipality, ticket, body))) return refuse('body_not_agreed');
    return addPart(one, { ...act, id: act.ids.id() });
  });

/** Another ticket of the same person or household (R32: never across violence). */
export const joinTicket = (draft: Draft, act: Work & { case: string; ticket: string }): Promise<CaseOutcome> =>
  actOnCase(draft, { ...act, action: 'join' }, async (one) => {
    const tickets = await readTickets(draft, [...one.tickets, act.ticket]);
    const joined = tickets?.at(-1);
    if (tickets === null || joined === undefined || one.tickets.includes(act.ticket)) return refuse('unknown_ticket');
    const why =
      whyNot(act.municipality, [joined], one.id) ??
      (tickets.every((ticket) => mayJoin(ticket, joined)) ? null : 'violence_apart');
    if (why !== null) return refuse(why);
    const outcome = step(
      one,
      'addTicket',
      act,
      { tickets: [...one.tickets, joined.id], needs: needsOf(tickets) },
      { ticket: joined.id },
    );
    if (outcome.ok) await draft.put('ticket', joined.id, intoCase(joined, one.id, act));
    return outcome;
  });

export const leaveTicket = (draft: Draft, act: Work & { case: string; ticket: string }): Promise<CaseOutcome> =>
  actOnCase(draft, { ...act, action: 'leave' }, async (one) => {
    if (!one.tickets.includes(act.ticket)) return refuse('unknown_ticket');
    // The first is the main person's: the case is about it.
    if (one.tickets[0] === act.ticket) return refuse('last_ticket');
    const outcome = step(
      one,
      'removeTicket',
      act,
      { tickets: one.tickets.filter((id) => id !== act.ticket) },
      { ticket: act.ticket },
    );
    if (outcome.ok) await outOfCase(draft, [act.ticket], one.id, act);
    return outcome;
  });

/** スクリーニング said no: the tickets go on at their window. */
export const declineCase = (draft: Draft, act: Work & { case: string; reason: string }): Promise<CaseOutcome> =>
  actOnCase(draft, { ...act, action: 'decline' }, async (one) => {
    const outcome = decline(one, { ...act, id: act.ids.id() });
    if (outcome.ok) await outOfCase(draft, one.tickets, one.id, act);
    return outcome;
  });

export const finishCase = (
  draft: Draft,
  act: Work & { case: string; evaluation: string; achieved: 'yes' | 'partly' | 'no'; backTo: string },
): Promise<CaseOutcome> =>
  actOnCase(draft, { ...act, action: 'end' }, async (one) => {
    const { outcome, tickets } = endCase(one, (await readTickets(draft, one.tickets, true)) ?? [], act);
    if (outcome.ok) for (const ticket of tickets) await draft.put('ticket', ticket.id, ticket);
    return outcome;
  });

/** @param lenient tickets that are gone (erased, end of their time) are passed over. */
export async function readTickets(draft: Draft, ids: readonly string[], lenient = false): Promise<Ticket[] | null> {
  const tickets: Ticket[] = [];
  for (const id of new Set(ids)) {
    const ticket = await draft.get('ticket', id);
    if (ticket) tickets.push(ticket);
    else if (!lenient) return null;
    // What is decided here depends on the consents as they are now.
    if (ticket) await draft.hold('ticket', id);
  }
  return tickets;
}

function whyNot(municipality: Municipality, tickets: readonly Ticket[], into?: string): CaseRefusal | null {
  if (tickets.some((ticket) => ticket.case != null && ticket.case !== into)) return 'in_another_case';
  if (tickets.some((ticket) => ticket.state === 'closed')) return 'wrong_state';
  if (!tickets.every((ticket) => mayAskDesk(municipality, ticket))) return 'consent_missing';
  return tickets.every((a) => tickets.every((b) => mayJoin(a, b))) ? null : 'violence_apart';
}

const intoCase = (ticket: Ticket, id: string, { by, now }: CaseAct): Ticket => ({
  ...ticket,
  case: id,
  updatedAt: now,
  history: [...ticket.history, { at: now, by, what: 'case_joined', detail: { case: id } }],
});

async function outOfCase(draft: Draft, ids: readonly string[], id: string, { by, now }: CaseAct): Promise<void> {
  for (const ticket of (await readTickets(draft, ids, true)) ?? []) {
    const history = [...ticket.history, { at: now, by, what: 'case_left', detail: { case: id } }];
    const state = ticket.state === 'waiting_body' ? ('accepted' as const) : ticket.state;
    await draft.put('ticket', ticket.id, { ...ticket, case: null, multiAgency: null, state, updatedAt: now, history });
  }
}

const needsOf = (tickets: readonly Ticket[]): Need[] => [
  ...new Set(tickets.flatMap((one) => one.needs.map(({ need }) => need))),
];

const audit = (
  draft: Draft,
  { by, now, ids }: Work,
  action: string,
  subject: string,
  detail: Record<string, string>,
): void => writeAudit(draft, { at: now, by, action, subject, detail }, ids);
