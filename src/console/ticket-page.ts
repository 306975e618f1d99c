/** One ticket: masked until it is opened, and opening is on record (R20, R24). */
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { NEED_NAMES } from '#contracts/labels.ts';
import { maskTicket } from '#handoff/mask-ticket.ts';
import { listStaff } from '#handoff/staff-accounts.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, message, page } from './layout.ts';
import { may } from './permissions.ts';
import { changeSession } from './sessions.ts';
import { record } from './sign-in.ts';
import { type Colleague, type Typed, ticketForms } from './ticket-forms.ts';
import { history, sheet } from './ticket-sheet.ts';
import { liveTalk, talk } from './ticket-talk.ts';
import { readTicketView, type TicketView } from './ticket-view.ts';
import { ago, nameOf, RESULT_NAMES, STATE_NAMES, when, windowName } from './words.ts';

/** How long a ticket's words stay open in one session. */
const OPEN_MS = 30 * 60_000;

const DONE: Record<string, string> = {
  accept: '受け付けました。あなたが担当です。',
  answer: '送りました。届いたかどうかは、やりとりの欄に出ます。',
  floor: 'あなたが話し手になりました。自動応答は止まっています。',
  release: '自動応答にもどしました。',
  note: 'メモを残しました。',
  assign: '担当を決めました。',
  pass: 'つなぎました。',
  return: 'つなぎ戻しました。',
  'multi-agency': '支援を依頼しました。',
  consent: '同意を記録しました。',
  triage: '分類を訂正しました。',
  result: '結果を記録しました。',
  'wait-resident': '本人の返事待ちにしました。',
  'wait-body': '他機関待ちにしました。',
  close: '終結しました。おつかれさまでした。',
  reopen: '再開しました。',
  'move-booking': '予約しました。本人には、お返事で伝えてください。',
  'cancel-booking': '予約を取り消しました。本人には、お返事で伝えてください。',
  acknowledge: '引き受けました。ありがとうございます。',
};

export function ticketRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.use('/tickets/:id', allowed(desk, 'ticket.see'));
  app.get('/tickets/:id', (c) => ticketPage(desk, c, c.req.param('id'), { said: DONE[c.req.query('done') ?? ''] }));
  app.post('/tickets/:id/open', allowed(desk, 'ticket.open'), (c) => open(desk, c, c.req.param('id')));
  app.get('/live/tickets/:id/talk', allowed(desk, 'ticket.open'), async (c) => {
    const view = await readTicketView(desk, c, c.req.param('id'));
    return view === null || view.reach !== 'full' || !view.opened ? c.body(null, 403) : c.html(talk(view));
  });
  return app;
}

export async function ticketPage(
  desk: Desk,
  c: Ctx,
  id: string,
  extra: { said?: string | undefined; fault?: string; status?: ContentfulStatusCode; typed?: Typed } = {},
): Promise<Response> {
  const view = await readTicketView(desk, c, id);
  if (view === null || view.reach === 'none') return notThere(desk, c);
  const { ticket } = view;
  await record(desk, c, c.get('me').id, 'ticket.view', ticket.id);
  const title = `相談 ${ticket.receipt}`;
  const { said, fault, status } = extra;
  if (view.reach === 'trace') return page(desk, c, { title, body: trace(c, view), said });
  const people = await colleagues(desk, c, ticket.window);
  const inside = view.opened ? html`${liveTalk(c, view)}${sheet(c, view)}` : closed(c, view);
  const body = html`
    <article data-ticket="${ticket.id}">
      ${head(c, view)}
      <p id="changed" class="warn" hidden>この相談は、いま変わりました。<a href="${path(c, `/tickets/${ticket.id}`)}">読み込み直す</a></p>
      ${alarm(c, view)}
      <p class="jump"><a class="button" href="#acts">できることへ（受け付ける・返事・つなぐ）</a></p>
      <div class="columns">
        <div class="sheet">${inside}<section class="part"><h2>経過</h2>${history(c, view)}</section></div>
        <aside class="acts" id="acts" tabindex="-1" aria-label="できること">${ticketForms(c, view, people, extra.typed ?? {})}${together(c, view)}${papers(c, view)}${danger(c, view)}</aside>
      </div>
    </article>`;
  return page(desk, c, { title, body, wide: true, said, fault, ...(status === undefined ? {} : { status }) });
}

function head(c: Ctx, { ticket, names, due, now }: TicketView): Html {
  // 生駒: whose work the plan says it is.
  const role = c.get('city').windows.find((window) => window.id === ticket.window)?.assigneeRole;
  return html`<header class="ticket-head">
    <p class="crumb"><a href="${path(c, '/tickets')}">相談の一覧</a></p>
    <h1><span class="receipt">${ticket.receipt}</span>${ticket.urgent ? html`<span class="flag">急ぎ</span>` : ''}<span class="state s-${ticket.state}">${STATE_NAMES[ticket.state]}</span></h1>
    <p class="facts"><span>${windowName(c.get('city'), ticket.window)}</span><span>担当${role === undefined ? '' : `（${role}）`} ${nameOf(names, ticket.assignee)}</span><span>${when(ticket.createdAt)} 受付（${ago(ticket.createdAt, now)}${ticket.outOfHours ? '・時間外' : ''}）</span>
      ${due === null ? '' : html`<span class="${due.late ? 'due late' : 'due'}">${due.what === 'look' ? '受付' : '返事'}の期限 ${when(due.at)}${due.late ? '（過ぎています）' : ''}</span>`}</p></header>`;
}

function alarm(c: Ctx, { alert, ticket, names }: TicketView): Html {
  if (alert === null) return html``;
  if (alert.acknowledged !== null)
    return html`<p class="acknowledged">急ぎは ${nameOf(names, alert.acknowledged.by)} が ${when(alert.acknowledged.at)} に引き受けています。</p>`;
  return html`<form method="post" action="${path(c, `/alerts/${ticket.id}/acknowledge`)}" class="alarm-box">${csrf(c.get('me'))}<p><b>まだだれも引き受けていません。</b><time data-since="${alert.at}">${when(alert.at)}</time> から待っています。</p><button class="loud">私が引き受けます</button></form>`;
}

/** Before it is opened: enough to know whose work it is. */
function closed(c: Ctx, { ticket }: TicketView): Html {
  const calm = maskTicket(ticket);
  const hidden = ticket.needs.length - calm.needs.length;
  const needs = calm.needs.map(({ need }) => NEED_NAMES[need]).join('、');
  return html`<section class="part closed"><h2>内容は伏せています</h2>
    <p>分野：${needs === '' ? '—' : needs}${hidden > 0 ? `（ほかに伏せた分野 ${hidden}）` : ''}　言葉：${ticket.words.length}通</p>
    <form method="post" action="${path(c, `/tickets/${ticket.id}/open`)}">${csrf(c.get('me'))}<button class="main">内容を開く</button>
    <span class="hint">だれがいつ開いたかが記録に残ります。30分たつと、また伏せます。</span></form></section>`;
}

function trace(c: Ctx, { ticket, names }: TicketView): Html {
  return html`<h1>相談 ${ticket.receipt}</h1><p>この相談は <b>${windowName(c.get('city'), ticket.window)}</b> へつなぎました。</p>
    <dl><dt>いまの状態</dt><dd>${STATE_NAMES[ticket.state]}</dd><dt>担当</dt><dd>${nameOf(names, ticket.assignee)}</dd><dt>結果</dt><dd>${ticket.result === null ? 'まだです' : RESULT_NAMES[ticket.result.result]}</dd></dl>
    <p class="hint">つないだあとの内容は、つなぎ先だけが見られます。</p>`;
}

/** Cases, meetings, staying in touch: on a page of their own (`cases/`). */
function together(c: Ctx, { ticket }: TicketView): Html {
  if (!c.get('me').can('case.act')) return html``;
  const own =
    ticket.case == null ? '' : html`<li><a href="${path(c, `/cases/${ticket.case}`)}">この相談のケース</a></li>`;
  return html`<section class="box"><h2>多機関協働</h2><ul class="links">${own}<li><a href="${path(c, `/tickets/${ticket.id}/together`)}">いっしょに考える・様子をうかがう</a></li></ul></section>`;
}

function papers(c: Ctx, { ticket, opened }: TicketView): Html {
  if (!c.get('me').can('ticket.export') || !opened) return html``;
  const to = (name: string): string => path(c, `/tickets/${ticket.id}/print/${name}`);
  return html`<section class="box"><h2>印刷</h2><ul class="links"><li><a href="${to('tsunagu-sheet')}">つなぐシート</a></li><li><a href="${to('intake-consent')}">相談受付・申込票（同意あり）</a></li><li><a href="${to('intake-no-consent')}">相談受付・申込票（同意なし）</a></li></ul></section>`;
}

/** R33: on a page of its own (`break-glass.ts`). */
function danger(c: Ctx, { ticket, contact }: TicketView): Html {
  if (!c.get('me').can('contact.reveal') || contact?.channel !== 'line') return html``;
  return html`<section class="box"><h2>いのちの危険があるとき</h2><ul class="links"><li><a href="${path(c, `/tickets/${ticket.id}/break-glass`)}">LINEの利用者番号を開く（警察・消防に渡すとき）</a></li></ul></section>`;
}

async function open(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const view = await readTicketView(desk, c, id);
  if (view === null || view.reach !== 'full') return notThere(desk, c);
  const { now } = view;
  // On record first: nobody sees words that no line tells of.
  await record(desk, c, c.get('me').id, 'ticket.open_words', id);
  await changeSession(desk, c, c.get('me'), (session) => {
    const living = Object.entries(session.opened).filter(([, until]) => until > now);
    return { ...session, opened: { ...Object.fromEntries(living.slice(-100)), [id]: now + OPEN_MS } };
  });
  return c.redirect(path(c, `/tickets/${id}`), 303);
}

/** Not there and not theirs look the same. */
export const notThere = (desk: Desk, c: Ctx): Response | Promise<Response> =>
  message(desk, c, 404, '見つかりません', 'この相談はないか、あなたの窓口のものではありません。');

/** Who can have a ticket of this window. */
async function colleagues(desk: Desk, c: Ctx, window: string): Promise<Colleague[]> {
  const people = await listStaff(desk.store, c.get('city').id);
  return people
    .filter(
      ({ staff }) =>
        !staff.disabled &&
        (may(staff.roles, 'ticket.see_all') || (may(staff.roles, 'ticket.act') && staff.windows.includes(window))),
    )
    .map(({ id, staff }) => ({ id, name: staff.name }));
}
