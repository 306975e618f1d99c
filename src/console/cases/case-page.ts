/** One case: what is thought about, who does what, the plan and the person's answer, what was decided; and what can be done now. */
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Case } from '#contracts/case.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { hearingOf } from '#handoff/cases/case-consent.ts';
import { mayStep } from '#handoff/cases/case-steps.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import { type Html, message, page } from '../layout.ts';
import { record } from '../sign-in.ts';
import { nameOf, STATE_NAMES, when, windowName } from '../words.ts';
import { caseForms } from './case-forms.ts';
import { seesCase } from './case-list.ts';
import {
  ACHIEVED_NAMES,
  AGREEMENT_NAMES,
  CASE_STATE_NAMES,
  HOW_NAMES,
  REVIEW_NAMES,
  URGENCY_NAMES,
} from './case-names.ts';
import { historyOf, makeForm } from './kept.ts';

export interface CaseView {
  one: Case;
  revision: number;
  tickets: Ticket[];
  names: ReadonlyMap<string, string>;
  now: number;
}

/** @returns null when there is none, or it is not theirs to see. */
export async function readCase(desk: Desk, c: Ctx, id: string): Promise<CaseView | null> {
  const city = c.get('city').id;
  const stored = await desk.store.get(city, 'case', id);
  if (!stored || !seesCase(c, stored.body)) return null;
  const [names, tickets] = await Promise.all([
    desk.names(city),
    desk.store.getMany(city, 'ticket', stored.body.tickets),
  ]);
  return {
    one: stored.body,
    revision: stored.revision,
    tickets: tickets.flatMap((row) => (row ? [row.body] : [])),
    names,
    now: desk.clock.now(),
  };
}

export const noCase = (desk: Desk, c: Ctx): Response | Promise<Response> =>
  message(desk, c, 404, '見つかりません', 'このケースはないか、あなたの窓口のものではありません。');

const DONE: Record<string, string> = {
  'ask-plan': '本人に送りました。返事はここに出ます。',
  end: '終結し、窓口へつなぎ戻しました。おつかれさまでした。',
  opened: 'ケースをひらきました。',
  plan: 'プランを残しました。',
};

export async function casePage(
  desk: Desk,
  c: Ctx,
  id: string,
  extra: {
    fault?: string;
    status?: ContentfulStatusCode;
    typed?: Readonly<Record<string, string>>;
    action?: string;
  } = {},
): Promise<Response> {
  const view = await readCase(desk, c, id);
  if (view === null) return noCase(desk, c);
  await record(desk, c, c.get('me').id, 'case.view', id);
  const { one, names } = view;
  const done = c.req.query('done');
  const said = done === undefined ? undefined : (DONE[done] ?? '記録しました。');
  const body = html`${head(c, view)}${consentWarning(view)}
    <p class="jump"><a class="button" href="#acts">できることへ（プラン・役割・モニタリング）</a></p>
    <div class="columns"><div class="sheet">
      <section class="part"><h2>いっしょに考えること</h2><p>${one.reason}</p>${one.brought.length === 0 ? '' : html`<h3>引き継いだこと</h3><ul class="lines">${one.brought.map((item) => html`<li>${item.text}</li>`)}</ul>`}</section>
      ${parts(view)}${planOf(c, view)}${decisions(c, view)}${reviews(view)}${tickets(c, view)}${notes(view)}
      <section class="part"><h2>経過</h2>${historyOf(one.history, names)}</section>
    </div><aside class="acts" id="acts" tabindex="-1" aria-label="できること">${c.get('me').can('case.act') ? caseForms(c, view, extra) : ''}
      <section class="box"><h2>印刷</h2><ul class="links"><li><a href="${path(c, `/cases/${id}/print`)}">支援プラン</a></li></ul></section></aside></div>`;
  const { fault, status } = extra;
  return page(desk, c, {
    title: `ケース ${one.number}`,
    body,
    wide: true,
    said,
    fault,
    ...(status === undefined ? {} : { status }),
  });
}

function head(c: Ctx, { one, names }: CaseView): Html {
  return html`<header class="ticket-head"><p class="crumb"><a href="${path(c, '/cases')}">ケースの一覧</a></p>
    <h1><span class="receipt">${one.number}</span>${one.urgency === 'urgent' ? html`<span class="flag">${URGENCY_NAMES.urgent}</span>` : ''}<span class="state">${CASE_STATE_NAMES[one.state]}</span></h1>
    <p class="facts"><span>主担当 ${windowName(c.get('city'), one.lead)}</span><span>担当者 ${nameOf(names, one.coordinator)}</span><span>${when(one.createdAt)} から</span></p></header>`;
}

function consentWarning({ one, tickets: all }: CaseView): Html {
  if (one.state === 'ended' || one.state === 'declined') return html``;
  if (all.every((ticket) => hearingOf(ticket) === 'consented')) return html``;
  return html`<p class="warn">会議にかけることへの本人の同意が、まだありません（または取り消されました）。相談の「いっしょに考える」の画面から、本人にたずねてください。</p>`;
}

function parts({ one }: CaseView): Html {
  return html`<section class="part"><h2>役割</h2>${
    one.parts.length === 0
      ? html`<p class="empty">まだ決まっていません。</p>`
      : html`<ul class="lines">${one.parts.map((part) => html`<li><b>${part.name}</b>：${part.does}${part.until === null ? '' : html` <span class="hint">（${when(part.until)}まで）</span>`}</li>`)}</ul>`
  }</section>`;
}

function planOf(c: Ctx, { one }: CaseView): Html {
  const { plan } = one;
  if (plan === null)
    return html`<section class="part"><h2>支援プラン</h2><p class="empty">まだありません。</p>${planLink(c, one, 'プランを書く')}</section>`;
  const { agreement } = plan;
  return html`<section class="part"><h2>支援プラン（第${plan.version}版）</h2>
    <p>本人の返事：<b>${AGREEMENT_NAMES[agreement.state]}</b>${agreement.how === null ? '' : html`<span class="hint">（${HOW_NAMES[agreement.how]}、${when(agreement.at)}）</span>`}　次のモニタリング：<b>${plan.reviewOn ?? '決まっていません'}</b></p>
    ${plan.goals.map((goal) => html`<h3>${goal.text}</h3><ul class="lines">${goal.steps.map((step) => html`<li>${step.done === null ? '□' : '☑'} ${step.text} <span class="hint">${step.who}${step.due === null ? '' : `・${step.due}まで`}</span></li>`)}</ul>`)}
    ${plan.forResident === '' ? '' : html`<h3>本人に見せる文</h3><blockquote>${plan.forResident.split('\n').map((line) => html`<p>${line}</p>`)}</blockquote>`}
    ${planLink(c, one, 'プランを直す')}</section>`;
}

const planLink = (c: Ctx, one: Case, name: string): Html =>
  mayStep(one, 'changePlan') && c.get('me').can('case.act')
    ? html`<p><a class="button" href="${path(c, `/cases/${one.id}/plan`)}">${name}</a></p>`
    : html``;

function decisions(c: Ctx, view: CaseView): Html {
  const { one, revision } = view;
  const form = makeForm(c, `/cases/${one.id}`, revision, one.history.length);
  const may = mayStep(one, 'settle') && c.get('me').can('case.act');
  return html`<section class="part"><h2>決めたこと</h2>${
    one.decisions.length === 0
      ? html`<p class="empty">まだありません。</p>`
      : html`<ul class="lines">${one.decisions.map((decision) => {
          const toggle = html`<input type="hidden" name="decision" value="${decision.id}"><input type="hidden" name="set" value="${decision.done === null ? 'yes' : 'no'}"><button class="quiet">${decision.done === null ? '済みにする' : '済みを取り消す'}<span class="sr">：${decision.what}</span></button>`;
          return html`<li>${decision.done === null ? '□' : '☑'} ${decision.what} <span class="hint">${decision.who}${decision.due === null ? '' : `・${decision.due}まで`}</span>${may ? form('settle', toggle) : ''}</li>`;
        })}</ul>`
  }</section>`;
}

function reviews({ one, names }: CaseView): Html {
  if (one.reviews.length === 0 && one.end === null) return html``;
  return html`<section class="part"><h2>モニタリングと評価</h2><ul class="lines">${one.reviews.map((entry) => html`<li><time>${when(entry.at)}</time> ${nameOf(names, entry.by)}：<b>${REVIEW_NAMES[entry.result]}</b><br>${entry.text}</li>`)}
    ${one.end === null ? '' : html`<li><time>${when(one.end.at)}</time> 終結：<b>${ACHIEVED_NAMES[one.end.achieved]}</b><br>${one.end.evaluation}</li>`}</ul></section>`;
}

function tickets(c: Ctx, { tickets: all, one }: CaseView): Html {
  const gone = one.tickets.length - all.length;
  return html`<section class="part"><h2>相談</h2><ul class="links">${all.map((ticket) => html`<li><a href="${path(c, `/tickets/${ticket.id}`)}">${ticket.receipt}</a> <span class="hint">${windowName(c.get('city'), ticket.window)}・${STATE_NAMES[ticket.state]}</span></li>`)}${gone > 0 ? html`<li class="hint">本人が消した相談 ${gone}件</li>` : ''}</ul></section>`;
}

function notes({ one, names }: CaseView): Html {
  if (one.notes.length === 0) return html``;
  return html`<section class="part"><h2>メモ</h2><ul class="lines">${one.notes.map((note) => html`<li><time>${when(note.at)}</time> ${nameOf(names, note.by)}<br>${note.text}</li>`)}</ul></section>`;
}
