/**
 * 支援プラン (106条の4 2項6号): goals, steps, who, until when, the day it is looked at again, and the person's own answer. An
 * answer holds for the version it was given to: whoever changes the plan has to ask again. Pure.
 */
import type { Case, Plan, REVIEW_RESULTS } from '#contracts/case.ts';
import { type CaseAct, type CaseOutcome, refuse, step } from './case-steps.ts';
import { unfitWords } from './plain-words.ts';

export interface PlanDraft {
  goals: readonly {
    text: string;
    steps: readonly { text: string; who: string; due: string | null; done?: boolean }[];
  }[];
  /** `YYYY-MM-DD`. */
  reviewOn: string | null;
  forResident: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;

/** Writes the plan anew; empty goals and steps are left away, done steps keep who did them when the words are the same. */
export function changePlan(one: Case, act: CaseAct & { plan: PlanDraft; id(): string }): CaseOutcome {
  const { plan, now, by } = act;
  if (plan.reviewOn !== null && !isDay(plan.reviewOn)) return refuse('bad_day');
  const before = (one.plan?.goals ?? []).flatMap((goal) => goal.steps);
  const goals = plan.goals
    .map((goal) => ({
      id: act.id(),
      text: goal.text.trim(),
      steps: goal.steps
        .map((one) => ({ ...one, text: one.text.trim(), who: one.who.trim() }))
        .filter((one) => one.text !== '')
        .map(({ text, who, due, done }) => {
          const known = before.find((old) => old.text === text && old.who === who);
          const kept = known?.done ?? { at: now, by };
          return { id: known?.id ?? act.id(), text, who, due, done: done === true ? kept : null };
        }),
    }))
    .filter((goal) => goal.text !== '');
  if (goals.length === 0) return refuse('no_goal');
  if (goals.some((goal) => goal.steps.some(({ due }) => due !== null && !isDay(due)))) return refuse('bad_day');
  const version = (one.plan?.version ?? 0) + 1;
  const next: Plan = {
    version,
    goals,
    reviewOn: plan.reviewOn,
    forResident: plan.forResident.trim(),
    agreement: { state: 'not_asked', version, at: now, how: null, wording: null },
    at: now,
    by,
  };
  return step(one, 'changePlan', act, { plan: next }, { version: String(version) });
}

/** The plan as the person reads it. @returns `not_neutral` when it says what must not stand on a screen (R3). */
export function askAgreement(one: Case, act: CaseAct): CaseOutcome {
  const { plan } = one;
  if (plan === null) return refuse('no_plan');
  if (plan.forResident === '') return refuse('no_words');
  if (unfitWords(plan.forResident).length > 0) return refuse('not_neutral');
  const agreement = { ...plan.agreement, state: 'asked' as const, version: plan.version, at: act.now, how: null };
  const asked = { ...plan, agreement: { ...agreement, wording: plan.forResident } };
  return step(one, 'askAgreement', act, { plan: asked }, { version: String(plan.version) });
}

/** The person's answer, on LINE or told to staff. 「はい」 sets a waiting case going. */
export function recordAgreement(
  one: Case,
  act: CaseAct & {
    version: number;
    answer: 'agreed' | 'question' | 'refused';
    how: NonNullable<Plan['agreement']['how']>;
  },
): CaseOutcome {
  const { plan } = one;
  if (plan === null) return refuse('no_plan');
  if (plan.version !== act.version) return refuse('old_version');
  const wording = plan.agreement.wording ?? plan.forResident;
  const agreement = { state: act.answer, version: act.version, at: act.now, how: act.how, wording };
  const detail = { answer: act.answer, version: String(act.version), how: act.how };
  const done = step(one, 'recordAgreement', act, { plan: { ...plan, agreement } }, detail);
  if (!done.ok || act.answer !== 'agreed' || done.case.state !== 'open') return done;
  return step(done.case, 'start', act, {});
}

export const isAgreed = (one: Case): boolean =>
  one.plan?.agreement.state === 'agreed' && one.plan.agreement.version === one.plan.version;

/** モニタリング: what was seen, what follows, when it is looked at again. */
export function review(
  one: Case,
  act: CaseAct & { id: string; text: string; result: (typeof REVIEW_RESULTS)[number]; next: string | null },
): CaseOutcome {
  const text = act.text.trim();
  if (text === '') return refuse('text_missing');
  if (one.plan === null) return refuse('no_plan');
  if (act.next !== null && !isDay(act.next)) return refuse('bad_day');
  const { id, now: at, by, result, next } = act;
  const reviews = [...one.reviews, { id, at, by, text, result, next }];
  return step(one, 'review', act, { reviews, plan: { ...one.plan, reviewOn: next } }, { review: id, result });
}

const isDay = (text: string): boolean => DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
