/**
 * What may become of a compound case, as a table, and the steps themselves. Pure: case in, case with one more line of history
 * out, or the reason why not. History holds ids and codes; words stand in fields of their own. Longer than other files: the
 * steps are read together.
 */
import type { Case, CaseState, Part, Urgency } from '#contracts/case.ts';

export const CASE_STEPS = {
  take: { from: ['asked'], to: 'open' },
  decline: { from: ['asked'], to: 'declined' },
  setLead: { from: ['asked', 'open', 'running'], to: 'same' },
  setCoordinator: { from: ['asked', 'open', 'running', 'paused'], to: 'same' },
  setUrgency: { from: ['asked', 'open', 'running'], to: 'same' },
  addPart: { from: ['open', 'running'], to: 'same' },
  endPart: { from: ['open', 'running', 'paused'], to: 'same' },
  addTicket: { from: ['asked', 'open', 'running'], to: 'same' },
  removeTicket: { from: ['asked', 'open', 'running', 'paused'], to: 'same' },
  decide: { from: ['asked', 'open', 'running'], to: 'same' },
  settle: { from: ['open', 'running', 'paused'], to: 'same' },
  changePlan: { from: ['open', 'running'], to: 'same' },
  askAgreement: { from: ['open', 'running'], to: 'same' },
  recordAgreement: { from: ['open', 'running'], to: 'same' },
  start: { from: ['open'], to: 'running' },
  review: { from: ['running'], to: 'same' },
  note: { from: ['asked', 'open', 'running', 'paused', 'ended', 'declined'], to: 'same' },
  pause: { from: ['asked', 'open', 'running'], to: 'paused' },
  resume: { from: ['paused'], to: 'open' },
  end: { from: ['open', 'running', 'paused'], to: 'ended' },
  reopen: { from: ['ended', 'declined'], to: 'open' },
} as const satisfies Record<string, { from: readonly CaseState[]; to: CaseState | 'same' }>;
export type CaseStep = keyof typeof CASE_STEPS;

export type CaseRefusal =
  | 'wrong_state'
  | 'text_missing'
  | 'reason_missing'
  | 'unknown_window'
  | 'unknown_part'
  | 'unknown_decision'
  | 'unknown_ticket'
  | 'last_ticket'
  | 'in_another_case'
  | 'violence_apart'
  | 'consent_missing'
  | 'body_not_agreed'
  | 'no_plan'
  | 'no_goal'
  | 'no_words'
  | 'not_neutral'
  | 'not_agreed'
  | 'old_version'
  | 'bad_day'
  | 'no_contact'
  | 'back_not_agreed';
export type CaseOutcome = { ok: true; case: Case } | { ok: false; why: CaseRefusal };

/** Who does it, when. `by`: a staff id, `resident` or `system`. */
export interface CaseAct {
  by: string;
  now: number;
}

export const mayStep = (one: Case, step: CaseStep): boolean =>
  (CASE_STEPS[step].from as readonly CaseState[]).includes(one.state);

/** Taken up: the one who takes it keeps it. */
export const take = (one: Case, act: CaseAct & { urgency?: Urgency }): CaseOutcome =>
  step(one, 'take', act, {
    coordinator: one.coordinator ?? act.by,
    urgency: act.urgency ?? one.urgency,
  });

export function decline(one: Case, act: CaseAct & { id: string; reason: string }): CaseOutcome {
  const text = act.reason.trim();
  if (text === '') return refuse('reason_missing');
  const notes = [...one.notes, { id: act.id, at: act.now, by: act.by, text }];
  return step(one, 'decline', act, { notes }, { note: act.id });
}

export const setLead = (one: Case, act: CaseAct & { to: string; windows: readonly string[] }): CaseOutcome =>
  act.windows.includes(act.to)
    ? step(one, 'setLead', act, { lead: act.to }, { from: one.lead, to: act.to })
    : refuse('unknown_window');

export const setCoordinator = (one: Case, act: CaseAct & { to: string | null }): CaseOutcome =>
  step(one, 'setCoordinator', act, { coordinator: act.to }, { to: act.to ?? '' });

export const setUrgency = (one: Case, act: CaseAct & { urgency: Urgency }): CaseOutcome =>
  step(one, 'setUrgency', act, { urgency: act.urgency }, { to: act.urgency });

/** Who does what. Whether the person agreed to that body is looked at before (`open-case.ts`, `takePart`). */
export function addPart(
  one: Case,
  act: CaseAct & { id: string; window: string | null; name: string; does: string },
): CaseOutcome {
  const does = act.does.trim();
  const name = act.name.trim();
  if (does === '' || name === '') return refuse('text_missing');
  const part: Part = { id: act.id, window: act.window, name, does, from: act.now, until: null };
  return step(one, 'addPart', act, { parts: [...one.parts, part] }, { part: act.id, window: act.window ?? '' });
}

export function endPart(one: Case, act: CaseAct & { part: string }): CaseOutcome {
  if (!one.parts.some((part) => part.id === act.part && part.until === null)) return refuse('unknown_part');
  const parts = one.parts.map((part) => (part.id === act.part ? { ...part, until: act.now } : part));
  return step(one, 'endPart', act, { parts }, { part: act.part });
}

/** Who does what by when. */
export function decide(
  one: Case,
  act: CaseAct & { id: string; conference: string | null; what: string; who: string; due: string | null },
): CaseOutcome {
  const what = act.what.trim();
  const who = act.who.trim();
  if (what === '' || who === '') return refuse('text_missing');
  const { id, conference, due, now: at, by } = act;
  const decisions = [...one.decisions, { id, conference, at, by, what, who, due, done: null }];
  return step(one, 'decide', act, { decisions }, { decision: id, ...(conference === null ? {} : { conference }) });
}

export function settle(one: Case, act: CaseAct & { decision: string; done: boolean }): CaseOutcome {
  if (!one.decisions.some((decision) => decision.id === act.decision)) return refuse('unknown_decision');
  const done = act.done ? { at: act.now, by: act.by } : null;
  const decisions = one.decisions.map((decision) => (decision.id === act.decision ? { ...decision, done } : decision));
  return step(one, 'settle', act, { decisions }, { decision: act.decision, done: String(act.done) });
}

export function noteCase(one: Case, act: CaseAct & { id: string; text: string }): CaseOutcome {
  const text = act.text.trim();
  if (text === '') return refuse('text_missing');
  return step(
    one,
    'note',
    act,
    { notes: [...one.notes, { id: act.id, at: act.now, by: act.by, text }] },
    { note: act.id },
  );
}

/** Consent taken back: nothing more is shared until it is there again. */
export const pause = (one: Case, act: CaseAct): CaseOutcome => step(one, 'pause', act, {});
export const resume = (one: Case, act: CaseAct): CaseOutcome => step(one, 'resume', act, {});
export const reopenCase = (one: Case, act: CaseAct): CaseOutcome => step(one, 'reopen', act, { end: null });

export const refuse = (why: CaseRefusal): { ok: false; why: CaseRefusal } => ({ ok: false, why });

/** The one place where state, time and history change. */
export function step(
  one: Case,
  name: CaseStep,
  act: CaseAct,
  change: Partial<Case>,
  detail: Record<string, string> = {},
): CaseOutcome {
  if (!mayStep(one, name)) return refuse('wrong_state');
  const { to } = CASE_STEPS[name];
  const history = [...one.history, { at: act.now, by: act.by, what: name, detail }];
  return { ok: true, case: { ...one, ...change, state: to === 'same' ? one.state : to, updatedAt: act.now, history } };
}
