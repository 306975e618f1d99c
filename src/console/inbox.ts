/** The inbox: what is new, mine, waiting; crisis first. Words and sensitive labels do not show here (R20). */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { NEED_NAMES } from '#contracts/labels.ts';
import { TICKET_STATES, type Ticket, type TicketState } from '#contracts/ticket.ts';
import { maskTicket } from '#handoff/mask-ticket.ts';
import { deadlineOf, readTargets } from './deadlines.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { countTickets, findByReceipt, findMine, findTickets } from './find-tickets.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, page } from './layout.ts';
import { reachOf } from './reach.ts';
import { AGE_NAMES, ago, districtName, nameOf, STATE_NAMES, when, windowName } from './words.ts';

const PAGE = 30;
const WHO = { self: '本人から', family: '家族から', other: 'まわりの人から', unknown: '立場は不明' } as const;

interface View {
  tab: TicketState | 'mine';
  window: string;
  urgentOnly: boolean;
  lateOnly: boolean;
  after: string | null;
}

export function inboxRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.use('/tickets', allowed(desk, 'ticket.see'));
  app.use('/live/tickets', allowed(desk, 'ticket.see'));
  app.get('/tickets', (c) => inboxPage(desk, c));
  app.get('/live/tickets', async (c) => c.html(await list(desk, c, viewOf(c))));
  app.get('/find', allowed(desk, 'ticket.see'), async (c) => {
    const ticket = await findByReceipt(desk.store, c.get('city').id, c.req.query('receipt') ?? '');
    if (ticket && (await reachOf(desk, c, ticket)) !== 'none') return c.redirect(path(c, `/tickets/${ticket.id}`), 303);
    return inboxPage(desk, c, 'その受付番号の相談は見つかりません。番号をもう一度確かめてください。');
  });
  return app;
}

async function inboxPage(desk: Desk, c: Ctx, fault?: string): Promise<Response> {
  const view = viewOf(c);
  const me = c.get('me');
  const city = c.get('city');
  const own = windowsOf(c);
  const body = html`
    <div class="head"><h1>相談</h1>
      <form method="get" action="${path(c, '/find')}" class="search" role="search">
        <label>受付番号<input name="receipt" placeholder="A3K-7QF4" autocomplete="off" autocapitalize="characters" required></label><button>さがす</button>
      </form>
    </div>
    <form method="get" action="${path(c, '/tickets')}" class="filters">
      <input type="hidden" name="state" value="${view.tab}">
      <label>窓口<select name="window"><option value="">${me.can('ticket.see_all') ? 'すべての窓口' : '担当の窓口すべて'}</option>
        ${own.map((id) => html`<option value="${id}" ${id === view.window ? 'selected' : ''}>${windowName(city, id)}</option>`)}</select></label>
      <label class="check"><input type="checkbox" name="urgent" value="1" ${view.urgentOnly ? 'checked' : ''}>急ぎだけ</label>
      <label class="check"><input type="checkbox" name="late" value="1" ${view.lateOnly ? 'checked' : ''}>期限を過ぎたもの</label>
      <button>しぼる</button>
    </form>
    <div id="list" hx-get="${path(c, '/live/tickets')}?${queryOf(view)}" hx-trigger="tsunagi-tickets from:body" hx-swap="innerHTML">
      ${await list(desk, c, view)}
    </div>`;
  return page(desk, c, { title: '相談', body, wide: true, fault });
}

async function list(desk: Desk, c: Ctx, view: View): Promise<Html> {
  const me = c.get('me');
  const city = c.get('city');
  const scope = scopeOf(c, view);
  const [counts, targets, names] = await Promise.all([
    countTickets(desk.store, city.id, scope, me.id),
    readTargets(desk.store, city.id),
    desk.names(city.id),
  ]);
  const found =
    view.tab === 'mine'
      ? { tickets: await findMine(desk.store, city.id, me.id, 100), next: null }
      : await findTickets(desk.store, city.id, {
          windows: scope,
          state: view.tab,
          urgentOnly: view.urgentOnly,
          after: view.after,
          // Late ones are the oldest: looking at more of them than a page is enough.
          limit: view.lateOnly ? 300 : PAGE,
        });
  const now = desk.clock.now();
  const rows = found.tickets
    .filter(
      (ticket) =>
        view.tab !== 'mine' || ((scope?.includes(ticket.window) ?? true) && (!view.urgentOnly || ticket.urgent)),
    )
    .map((ticket) => ({ ticket, due: deadlineOf(city, ticket, targets, now) }))
    .filter(({ due }) => !view.lateOnly || due?.late === true);
  const tabs: [View['tab'], string, number][] = [
    ['new', STATE_NAMES.new, counts.byState.new],
    ['mine', '自分の担当', counts.mine],
    ...TICKET_STATES.filter((state) => state !== 'new').map((state): [View['tab'], string, number] => [
      state,
      STATE_NAMES[state],
      counts.byState[state],
    ]),
  ];
  const next =
    found.next === null || view.lateOnly
      ? ''
      : html`<a class="button" href="?${queryOf({ ...view, after: found.next })}">続きを見る</a>`;
  const first =
    view.after === null ? '' : html`<a class="button" href="?${queryOf({ ...view, after: null })}">先頭へ</a>`;
  return html`
    <nav class="tabs" aria-label="状態"><ul>${tabs.map(
      ([tab, name, count]) =>
        html`<li><a href="${path(c, '/tickets')}?${queryOf({ ...view, tab, after: null })}" ${tab === view.tab ? 'aria-current=page' : ''}>${name}<span class="count">${count}</span></a></li>`,
    )}</ul></nav>
    ${rows.length === 0 ? html`<p class="empty">${emptyWords(view)}</p>` : html`<ul class="tickets">${rows.map(({ ticket, due }) => row(c, ticket, due, names, now))}</ul>`}
    <p class="pager">${first}${next}</p>
    ${
      me.can('ticket.export')
        ? exportForm(
            c,
            rows.map(({ ticket }) => ticket),
          )
        : ''
    }`;
}

function row(
  c: Ctx,
  ticket: Ticket,
  due: ReturnType<typeof deadlineOf>,
  names: ReadonlyMap<string, string>,
  now: number,
): Html {
  const city = c.get('city');
  const calm = maskTicket(ticket);
  const hidden = calm.needs.length < ticket.needs.length;
  const needs = calm.needs.map(({ need }) => html`<span class="need">${NEED_NAMES[need]}</span>`);
  const booked =
    ticket.booking !== null && ticket.booking.state !== 'cancelled'
      ? html`<span class="booked">面談 ${when(ticket.booking.slot.start)}</span>`
      : '';
  const late =
    due === null
      ? ''
      : html`<span class="${due.late ? 'due late' : 'due'}">${due.what === 'look' ? '受付' : '返事'}の期限 ${when(due.at)}${due.late ? '（過ぎています）' : ''}</span>`;
  const person = [
    WHO[ticket.speaker],
    ticket.ageBand === null ? null : AGE_NAMES[ticket.ageBand],
    ticket.district === null ? null : districtName(city, ticket.district),
  ];
  return html`<li class="${ticket.urgent ? 'ticket urgent' : 'ticket'}">
    <a href="${path(c, `/tickets/${ticket.id}`)}">
      <span class="line1"><b class="receipt">${ticket.receipt}</b>${ticket.urgent ? html`<span class="flag">急ぎ</span>` : ''}<span class="state s-${ticket.state}">${STATE_NAMES[ticket.state]}</span>
        <span class="at" title="${when(ticket.createdAt)}">${ago(ticket.createdAt, now)}${ticket.outOfHours ? '・時間外' : ''}</span></span>
      <span class="line2">${windowName(city, ticket.window)}<span class="dot">・</span>${person.filter((part) => part !== null).join('・')}</span>
      <span class="line3">${needs}${hidden ? html`<span class="need hidden">伏せた分野あり</span>` : ''}${ticket.needs.length === 0 ? html`<span class="need">分野はこれから</span>` : ''}${booked}${late}
        ${ticket.assignee === null ? html`<span class="nobody">担当なし</span>` : html`<span class="assignee">担当 ${nameOf(names, ticket.assignee)}</span>`}</span>
    </a></li>`;
}

function exportForm(c: Ctx, tickets: readonly Ticket[]): Html {
  if (tickets.length === 0) return html``;
  return html`<details class="export"><summary>この一覧を書き出す（${tickets.length}件）</summary>
    <form method="post" action="${path(c, '/export')}" class="row">${csrf(c.get('me'))}
      ${tickets.map(({ id }) => html`<input type="hidden" name="ticket" value="${id}">`)}
      <label>様式<select name="form"><option value="tsunagu-sheet">つなぐシート</option><option value="intake">相談受付・申込票</option></select></label>
      <label>形式<select name="format"><option value="xlsx">Excel (XLSX)</option><option value="csv">CSV (UTF-8)</option><option value="csv-sjis">CSV (Shift_JIS)</option><option value="json">JSON</option></select></label>
      <label class="check"><input type="checkbox" name="full" value="1">本人の言葉や連絡先も含める</label>
      <button>書き出す</button><span class="hint">書き出したことは記録に残ります。</span></form></details>`;
}

function emptyWords(view: View): string {
  if (view.lateOnly) return '期限を過ぎた相談はありません。';
  if (view.urgentOnly) return '急ぎの相談はありません。';
  if (view.tab === 'new') return '新しい相談はありません。おつかれさまです。';
  return view.tab === 'mine' ? 'いま受け持っている相談はありません。' : 'この状態の相談はありません。';
}

function viewOf(c: Ctx): View {
  const state = c.req.query('state') ?? 'new';
  const tab = state === 'mine' ? 'mine' : (TICKET_STATES.find((one) => one === state) ?? 'new');
  const window = c.req.query('window') ?? '';
  return {
    tab,
    window: windowsOf(c).includes(window) ? window : '',
    urgentOnly: c.req.query('urgent') === '1',
    lateOnly: c.req.query('late') === '1',
    after: c.req.query('after') ?? null,
  };
}

function queryOf(view: View): string {
  const query = new URLSearchParams({ state: view.tab });
  if (view.window !== '') query.set('window', view.window);
  if (view.urgentOnly) query.set('urgent', '1');
  if (view.lateOnly) query.set('late', '1');
  if (view.after !== null) query.set('after', view.after);
  return query.toString();
}

const windowsOf = (c: Ctx): string[] => {
  const me = c.get('me');
  const all = c.get('city').windows.map((window) => window.id);
  return me.can('ticket.see_all') ? all : all.filter((id) => me.staff.windows.includes(id));
};

/** null = the whole city, from one index. */
function scopeOf(c: Ctx, view: View): string[] | null {
  if (view.window !== '') return [view.window];
  return c.get('me').can('ticket.see_all') ? null : windowsOf(c);
}
