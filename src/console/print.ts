/** A4 papers from the ticket: つなぐシート, and 相談受付・申込票 in two versions (with consent to sharing, and without). */
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Ticket } from '#contracts/ticket.ts';
import { dayOf } from '#engine/japan-time.ts';
import { FORMS, type Form, type FormColumn, STANDARD_CONCERNS } from '#handoff/form-columns.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { allowed } from './guard.ts';
import { type Html, page } from './layout.ts';
import { record } from './sign-in.ts';
import { notThere } from './ticket-page.ts';
import { readTicketView } from './ticket-view.ts';

interface Paper {
  title: string;
  form: Form;
  /** Lines the person signs or that say why nobody signs. */
  foot(ticket: Ticket, cityName: string): Html;
}

const PAPERS: Readonly<Record<string, Paper>> = {
  'tsunagu-sheet': {
    title: 'つなぐシート',
    form: 'tsunagu-sheet',
    foot: () =>
      html`<p class="sign">記入者　　　　　　　　　　　　受け取った機関・担当者　　　　　　　　　　　　受領日　　　年　　月　　日</p>`,
  },
  'intake-consent': {
    title: '相談受付・申込票（情報共有に同意する）',
    form: 'intake',
    foot: (_ticket, city) =>
      html`<p>相談支援の検討・実施に必要となる関係機関（者）と、必要な情報を共有することに同意します。</p><p class="sign">${city}長　様　　　　　　　　年　　月　　日　　　氏名</p>`,
  },
  'intake-no-consent': {
    title: '相談受付・申込票（情報共有に同意しない）',
    form: 'intake',
    foot: () =>
      html`<p>情報の共有について、本人の同意は得られていません。受け付けた機関の中だけで扱い、ほかの機関へは渡しません。</p><p class="sign">確認した日　　　年　　月　　日　　　確認した職員</p>`,
  },
};

export function printRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/tickets/:id/print/:paper', allowed(desk, 'ticket.export'), async (c) => {
    const paper = Object.hasOwn(PAPERS, c.req.param('paper')) ? PAPERS[c.req.param('paper')] : undefined;
    const view = await readTicketView(desk, c, c.req.param('id'));
    if (paper === undefined || view === null || view.reach !== 'full') return notThere(desk, c);
    if (!view.opened) return c.redirect(path(c, `/tickets/${view.ticket.id}`), 303);
    await record(desk, c, c.get('me').id, 'ticket.print', view.ticket.id, { paper: c.req.param('paper') });
    return page(desk, c, {
      title: `${paper.title} ${view.ticket.receipt}`,
      body: sheetOf(c, desk, view.ticket, paper),
      wide: true,
    });
  });
  return app;
}

function sheetOf(c: Ctx, desk: Desk, ticket: Ticket, paper: Paper): Html {
  const city = c.get('city');
  const columns = FORMS[paper.form];
  const kinds = columns.filter((column) => column.id.startsWith('concern_'));
  const groups = new Map<string, FormColumn[]>();
  for (const column of columns) {
    if (!column.id.startsWith('concern_')) groups.set(column.group, [...(groups.get(column.group) ?? []), column]);
  }
  const value = (column: FormColumn): string => column.value(ticket, city);
  const tables = [...groups].map(
    ([
      group,
      inside,
    ]) => html`<table><caption>${group}</caption><tbody>${inside.map((column) => html`<tr><th scope="row">${column.header}</th><td class="words">${value(column)}</td></tr>`)}</tbody></table>
      ${group === '来談者' ? kindTable(kinds, value, paper.form) : ''}`,
  );
  return html`<p class="noprint row"><a class="button" href="${path(c, `/tickets/${ticket.id}`)}">相談にもどる</a><button class="main" data-print="yes">印刷する</button></p>
    <article class="paper"><h1>${paper.title}</h1><p class="paper-head"><span>${city.name}</span><span>受付番号 <b>${ticket.receipt}</b></span><span>作成 ${dayOf(desk.clock.now())}</span></p>
    ${tables}<div class="paper-foot">${paper.foot(ticket, city.name)}</div></article>`;
}

function kindTable(kinds: readonly FormColumn[], value: (column: FormColumn) => string, form: Form): Html {
  const per = 4;
  const rows = Array.from({ length: Math.ceil(kinds.length / per) }, (_, row) =>
    kinds.slice(row * per, row * per + per),
  );
  return html`<table class="kinds"><caption>${form === 'intake' ? `相談したい内容（${STANDARD_CONCERNS.length}項目。○ あてはまる、◎ 最も困っている）` : '困りごと（○ あてはまる、◎ 最も困っている）'}</caption>
    <tbody>${rows.map((row) => html`<tr>${row.map((column) => html`<td><span class="mark">${value(column) || '　'}</span>${column.header}</td>`)}</tr>`)}</tbody></table>`;
}
