/** 支援プラン on paper, with the line the person signs. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { dayOf } from '#engine/japan-time.ts';
import type { Desk, Env } from '../desk.ts';
import { allowed } from '../guard.ts';
import { page } from '../layout.ts';
import { record } from '../sign-in.ts';
import { when, windowName } from '../words.ts';
import { AGREEMENT_NAMES } from './case-names.ts';
import { noCase, readCase } from './case-page.ts';

export function casePrintRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/cases/:id/print', allowed(desk, 'ticket.export'), async (c) => {
    const view = await readCase(desk, c, c.req.param('id'));
    if (view === null) return noCase(desk, c);
    const { one } = view;
    await record(desk, c, c.get('me').id, 'case.print', one.id);
    const { plan } = one;
    const goals = (plan?.goals ?? []).map(
      (goal, i) =>
        html`<table><caption>目標${i + 1}　${goal.text}</caption><thead><tr><th scope="col">すること</th><th scope="col">だれが</th><th scope="col">いつまでに</th><th scope="col">済み</th></tr></thead><tbody>${goal.steps.map((step) => html`<tr><td>${step.text}</td><td>${step.who}</td><td>${step.due ?? ''}</td><td>${step.done === null ? '' : '○'}</td></tr>`)}</tbody></table>`,
    );
    const parts = one.parts.filter((part) => part.until === null);
    const body = html`<div class="paper"><div class="paper-head"><h1>支援プラン</h1><p>ケース ${one.number}　${c.get('city').name}　${dayOf(view.now)}</p></div>
      <p>主担当：${windowName(c.get('city'), one.lead)}　${plan === null ? '' : `第${plan.version}版　次に見直す日：${plan.reviewOn ?? '未定'}`}</p>
      ${plan === null ? html`<p>プランはまだありません。</p>` : goals}
      ${parts.length === 0 ? '' : html`<table><caption>役割</caption><thead><tr><th scope="col">機関</th><th scope="col">すること</th></tr></thead><tbody>${parts.map((part) => html`<tr><td>${part.name}</td><td>${part.does}</td></tr>`)}</tbody></table>`}
      ${plan === null ? '' : html`<p>本人の返事：${AGREEMENT_NAMES[plan.agreement.state]}（${when(plan.agreement.at)}）</p>`}
      <p class="sign">この案で進めることに同意します。　　　　　年　　月　　日　　　氏名　　　　　　　　　　　　</p></div>`;
    return page(desk, c, { title: `支援プラン ${one.number}`, body, wide: true });
  });
  return app;
}
