/**
 * What may become of a ticket, as a table, and the steps themselves. Each step is pure: ticket in, new ticket with one more
 * line of history out, or the reason why not. History holds ids and codes; words that staff write stand in `notes`,
 * `passes` and `multiAgency`. Longer than other files: the steps are read together.
 */
import type { Concern, Need } from '#contracts/labels.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { RESULTS, Ticket, TicketState } from '#contracts/ticket.ts';
import { mayPass, overallConsent } from './consent.ts';

export const OPEN_STATES = ['new', 'accepted', 'waiting_resident', 'waiting_body'] as const;

/** From which states a step is legal, and where it leads; `same` = the state stays. */
export const TRANSITIONS = {
  accept: { from: ['new', 'waiting_resident', 'waiting_body'], to: 'accepted' },
  assign: { from: OPEN_STATES, to: 'same' },
  note: { from: [...OPEN_STATES, 'closed'], to: 'same' },
  correctTriage: { from: OPEN_STATES, to: 'same' },
  passOn: { from: OPEN_STATES, to: 'new' },
  returnTicket: { from: OPEN_STATES, to: 'new' },
  askMultiAgency: { from: ['accepted', 'waiting_resident', 'waiting_body'], to: 'waiting_body' },
  waitResident: { from: ['accepted', 'waiting_body'], to: 'waiting_resident' },
  waitBody: { from: ['accepted', 'waiting_resident'], to: 'waiting_body' },
  recordResult: { from: ['accepted', 'waiting_resident', 'waiting_body'], to: 'same' },
  close: { from: OPEN_STATES, to: 'closed' },
  reopen: { from: ['closed'], to: 'accepted' },
  cancelBooking: { from: OPEN_STATES, to: 'same' },
  moveBooking: { from: OPEN_STATES, to: 'same' },
} as const satisfies Record<string, { from: readonly TicketState[]; to: TicketState | 'same' }>;
export type Transition = keyof typeof TRANSITIONS;

export type Refusal =
  | 'wrong_state'
  | 'unknown_window'
  | 'same_window'
  | 'reason_missing'
  | 'not_in_danger'
  | 'not_passed'
  | 'text_missing'
  | 'no_booking'
  | 'slot_taken'
  | 'booking_stands'
  | 'desk_not_agreed'
  | Extract<ReturnType<typeof mayPass>, { ok: false }>['why'];
export type Outcome = { ok: true; ticket: Ticket } | { ok: false; why: Refusal };

/** Who does it, when. `by` is a staff id. */
export interface Act {
  by: string;
  now: number;
}

/** @returns whether the table allows the step in the ticket's state. */
export const isLegal = (ticket: Ticket, step: Transition): boolean =>
  (TRANSITIONS[step].from as readonly TicketState[]).includes(ticket.state);

/** Takes it up: the one who accepts has it. */
export const accept = (ticket: Ticket, act: Act): Outcome =>
  step(ticket, 'accept', act, { assignee: ticket.assignee ?? act.by }, 'accepted');

export const assign = (ticket: Ticket, act: Act & { to: string | null }): Outcome =>
  step(ticket, 'assign', act, { assignee: act.to }, 'assigned', { to: act.to ?? '' });

export function note(ticket: Ticket, act: Act & { id: string; text: string }): Outcome {
  const text = act.text.trim();
  if (text === '') return refuse('text_missing');
  const notes = [...(ticket.notes ?? []), { id: act.id, at: act.now, by: act.by, text }];
  return step(ticket, 'note', act, { notes }, 'noted', { note: act.id });
}

/** What the trouble really is, as a counsellor sees it; the first need leads. */
export function correctTriage(
  ticket: Ticket,
  act: Act & { needs: readonly Need[]; concerns?: readonly Concern[] },
): Outcome {
  const needs = act.needs.map((need) => ({ need, score: 1, confirmed: true }));
  const concerns = act.concerns?.map((concern, index) => ({ concern, most: index === 0 })) ?? ticket.concerns;
  const before = ticket.needs.map(({ need }) => need).join();
  return step(ticket, 'correctTriage', act, { needs, concerns }, 'triage_corrected', {
    before,
    needs: act.needs.join(),
  });
}

/**
 * つなぎ: to another window, with the reason (R25). Between bodies only with consent for that body. `danger`: without
 * consent to a window in charge of this crisis, when life or body is in danger; the basis is kept.
 */
export function passOn(
  ticket: Ticket,
  act: Act & { municipality: Municipality; to: string; reason: string; danger?: boolean },
): Outcome {
  const { municipality, by, now } = act;
  const to = municipality.windows.find((window) => window.id === act.to);
  if (to === undefined) return refuse('unknown_window');
  if (to.id === ticket.window) return refuse('same_window');
  const reason = act.reason.trim();
  if (reason === '') return refuse('reason_missing');
  const may = mayPass(municipality, ticket, to);
  const inDanger = act.danger === true && ticket.crisis !== 'none' && to.crisis.includes(ticket.crisis);
  if (!may.ok && act.danger === true && !inDanger) return refuse('not_in_danger');
  if (!may.ok && !inDanger) return may;
  const basis = may.ok ? may.basis : ('danger' as const);
  const pass = { from: ticket.window, to: to.id, at: now, by, reason, basis };
  return step(ticket, 'passOn', act, movedTo(ticket, to.id, pass), 'passed_on', {
    from: ticket.window,
    to: to.id,
    basis,
  });
}

/** つなぎ戻し: back to the window it came from, which knows it already. */
export function returnTicket(ticket: Ticket, act: Act & { reason: string }): Outcome {
  const came = cameFrom(ticket);
  if (came === null) return refuse('not_passed');
  const reason = act.reason.trim();
  if (reason === '') return refuse('reason_missing');
  const pass = { from: ticket.window, to: came, at: act.now, by: act.by, reason, basis: 'back' as const };
  return step(ticket, 'returnTicket', act, movedTo(ticket, came, pass), 'returned', { from: ticket.window, to: came });
}

/** @returns the window that つなぎ戻し would lead to: passes and returns undo each other like brackets. */
export function cameFrom(ticket: Ticket): string | null {
  const way: string[] = [];
  for (const pass of ticket.passes ?? []) {
    if (pass.basis === 'back') way.pop();
    else way.push(pass.from);
  }
  return way.at(-1) ?? null;
}

/** 支援依頼 to the multi-agency desk. It stays with its window meanwhile. */
export function askMultiAgency(ticket: Ticket, act: Act & { reason: string }): Outcome {
  const reason = act.reason.trim();
  if (reason === '') return refuse('reason_missing');
  return step(
    ticket,
    'askMultiAgency',
    act,
    { multiAgency: { at: act.now, by: act.by, reason } },
    'multi_agency_asked',
  );
}

export const waitResident = (ticket: Ticket, act: Act): Outcome =>
  step(ticket, 'waitResident', act, {}, 'waiting_resident');

export const waitBody = (ticket: Ticket, act: Act): Outcome => step(ticket, 'waitBody', act, {}, 'waiting_body');

/** What came of it. `met` and `not_reached` also settle the booking. `closed` is said by `close`. */
export function recordResult(
  ticket: Ticket,
  act: Act & { result: Exclude<(typeof RESULTS)[number], 'closed'>; to?: string },
): Outcome {
  const result = { result: act.result, to: act.to ?? null, at: act.now, by: act.by };
  const settled = act.result === 'met' ? 'met' : act.result === 'not_reached' ? 'missed' : null;
  const past = ticket.booking !== null && ticket.booking.state !== 'cancelled' && ticket.booking.slot.start <= act.now;
  const booking =
    past && settled !== null ? { ...ticket.booking!, state: settled as 'met' | 'missed' } : ticket.booking;
  return step(ticket, 'recordResult', act, { result, booking }, 'result', { result: act.result });
}

/** 終結. A result recorded before stays; a booking that still stands must be cancelled first, so that no place is lost. */
export function close(ticket: Ticket, act: Act): Outcome {
  const { booking } = ticket;
  const ahead = booking !== null && booking.slot.start > act.now;
  if (ahead && (booking.state === 'booked' || booking.state === 'moved')) return refuse('booking_stands');
  const result = ticket.result ?? { result: 'closed' as const, to: null, at: act.now, by: act.by };
  return step(ticket, 'close', act, { result }, 'closed', { result: result.result });
}

export const reopen = (ticket: Ticket, act: Act): Outcome => step(ticket, 'reopen', act, { result: null }, 'reopened');

/** The one place where state, time and history change. */
function step(
  ticket: Ticket,
  name: Transition,
  act: Act,
  change: Partial<Ticket>,
  what: string,
  detail: Record<string, string> = {},
): Outcome {
  if (!isLegal(ticket, name)) return refuse('wrong_state');
  const { to } = TRANSITIONS[name];
  const history = [...ticket.history, { at: act.now, by: act.by, what, detail }];
  return {
    ok: true,
    ticket: { ...ticket, ...change, state: to === 'same' ? ticket.state : to, updatedAt: act.now, history },
  };
}

const refuse = (why: Refusal): Outcome => ({ ok: false, why });

function movedTo(ticket: Ticket, window: string, pass: NonNullable<Ticket['passes']>[number]): Partial<Ticket> {
  return {
    window,
    assignee: null,
    consent: overallConsent(ticket.consents, window),
    passes: [...(ticket.passes ?? []), pass],
  };
}
