/** 支援プラン as one form: goals, steps, who, until when; and the words in which the person reads it. Empty rows are left away. */
import { html } from 'hono/html';
import type { Plan } from '#contracts/case.ts';
import { mayStep } from '#handoff/cases/case-steps.ts';
import type { PlanDraft } from '#handoff/cases/plan.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import type { Fields } from '../form.ts';
import { type Html, page } from '../layout.ts';
import { noCase, readCase } from './case-page.ts';
import { makeForm } from './kept.ts';

/** Rows beyond what is filled: saving gives new ones. */
const SPARE_GOALS = 1;
const SPARE_STEPS = 2;
const MOST = 12;

export async function planPage(
  desk: Desk,
  c: Ctx,
  id: string,
  extra: { fault?: string; typed?: Fields } = {},
): Promise<Response> {
  const view = await readCase(desk, c, id);
  if (view === null || !mayStep(view.one, 'changePlan')) return noCase(desk, c);
  const { one, revision } = view;
  const plan = extra.typed === undefined ? draftOf(one.plan) : planFrom(extra.typed);
  const goals = [...plan.goals, ...Array.from({ length: SPARE_GOALS }, () => ({ text: '', steps: [] }))].slice(0, MOST);
  const form = makeForm(c, `/cases/${id}`, revision, one.history.length);
  const body = html`<p class="crumb"><a href="${path(c, `/cases/${id}`)}">ケース ${one.number}</a></p><h1>支援プラン</h1>
    ${form(
      'plan',
      html`${goals.map((goal, i) => goalFields(goal, i))}
      <label>次に見直す日（モニタリング）<input type="date" name="reviewOn" value="${plan.reviewOn ?? ''}"></label>
      <label for="forResident">本人に見せる文<span class="hint">やさしい言葉で、短く。病名・借金・暴力・人の名前・電話番号は書けません（画面をほかの人が見るかもしれません）。</span></label>
      <textarea id="forResident" name="forResident" rows="6" maxlength="1500">${plan.forResident}</textarea>
      <p class="hint">プランを直すと、本人の返事は「まだたずねていません」にもどります。</p>
      <button class="main">残す</button>`,
    )}`;
  const status = extra.fault === undefined ? {} : { status: 422 as const };
  return page(desk, c, { title: `支援プラン ${one.number}`, body, fault: extra.fault, ...status });
}

function goalFields(goal: PlanDraft['goals'][number], i: number): Html {
  const steps = [
    ...goal.steps,
    ...Array.from({ length: SPARE_STEPS }, () => ({ text: '', who: '', due: null, done: false })),
  ];
  return html`<fieldset class="box"><legend>目標 ${i + 1}</legend><label>目標<input name="goal-${i}" value="${goal.text}"></label>
    ${steps.slice(0, MOST).map((step, j) => {
      const at = `${i}-${j}`;
      return html`<fieldset class="row"><legend>目標${i + 1}のすること ${j + 1}</legend><label>すること<input name="step-${at}" value="${step.text}"></label><label>だれが<input name="who-${at}" value="${step.who}"></label><label>いつまでに<input type="date" name="due-${at}" value="${step.due ?? ''}"></label><label class="check"><input type="checkbox" name="done-${at}" value="yes" ${step.done ? 'checked' : ''}>済み</label></fieldset>`;
    })}</fieldset>`;
}

/** The plan as a form's fields say it. */
export function planFrom(fields: Fields): PlanDraft {
  const numbers = Array.from({ length: MOST }, (_, i) => i);
  const goals = numbers
    .filter((i) => fields.has(`goal-${i}`))
    .map((i) => ({
      text: fields.one(`goal-${i}`),
      steps: numbers
        .filter((j) => fields.one(`step-${i}-${j}`).trim() !== '')
        .map((j) => ({
          text: fields.one(`step-${i}-${j}`),
          who: fields.one(`who-${i}-${j}`),
          due: fields.one(`due-${i}-${j}`) === '' ? null : fields.one(`due-${i}-${j}`),
          done: fields.one(`done-${i}-${j}`) === 'yes',
        })),
    }))
    .filter((goal) => goal.text.trim() !== '' || goal.steps.length > 0);
  return {
    goals,
    reviewOn: fields.one('reviewOn') === '' ? null : fields.one('reviewOn'),
    forResident: fields.one('forResident'),
  };
}

const draftOf = (plan: Plan | null): PlanDraft => ({
  goals: (plan?.goals ?? []).map(({ text, steps }) => ({
    text,
    steps: steps.map((step) => ({ text: step.text, who: step.who, due: step.due, done: step.done !== null })),
  })),
  reviewOn: plan?.reviewOn ?? null,
  forResident: plan?.forResident ?? '',
});
