/** The coordinators' first page: what came back, what is due, what asks to become a case, and the cases. No words of residents. */
import { html } from 'hono/html';
import type { Case } from '#contracts/case.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { dayOf } from '#engine/japan-time.ts';
import { hearingOf, mayAskDesk } from '#handoff/cases/case-consent.ts';
import type { Store } from '#store/store.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import { csrf, type Html, page } from '../layout.ts';
import { ago, nameOf, when, windowName } from '../words.ts';
import { CASE_STATE_NAMES, TOUCH_NAMES, URGENCY_NAMES } from './case-names.ts';
import { placeNews, placeNewsLine } from './place-box.ts';

const SHOWN = 200;

/** Coordinators see all; others those they lead, have a part in, or keep. */
export function seesCase(c: Ctx, one: Case): boolean {
  const me = c.get('me');
  if (me.can('ticket.see_all') || me.sees(one.lead) || one.coordinator === me.id) return true;
  return one.parts.some((part) => part.until === null && part.window !== null && me.sees(part.window));
}

export async function caseList(desk: Desk, c: Ctx, said?: string): Promise<Response> {
  const city = c.get('city');
  const now = desk.clock.now();
  const states =
    c.req.query('state') === 'ended'
      ? (['ended', 'declined'] as const)
      : (['asked', 'open', 'running', 'paused'] as const);
  const cases = (await Promise.all(states.map((state) => list(desk.store, city.id, state))))
    .flat()
    .filter((one) => seesCase(c, one));
  const [names, candidates, news, places] = await Promise.all([
    desk.names(city.id),
    candidatesFor(desk, c),
    newsFor(desk, c),
    placeNews(desk, c),
  ]);
  const due = dueOf(cases, dayOf(now));
  const ended = states.length === 2;
  const body = html`<div class="head"><h1>多機関協働のケース</h1>
      <nav class="tabs" aria-label="状態"><ul><li><a href="${path(c, '/cases')}" ${ended ? '' : 'aria-current=page'}>いま</a></li><li><a href="${path(c, '/cases')}?state=ended" ${ended ? 'aria-current=page' : ''}>終わったもの</a></li></ul></nav></div>
    ${ended ? '' : html`${newsBox(c, news, places, now)}${dueBox(c, due, dayOf(now))}${candidateBox(c, candidates)}`}
    <section class="part"><h2>${ended ? '終わったケース' : 'ケース'}</h2>${table(c, cases, names, now)}</section>
    ${c.get('me').can('closed.see') ? html`<p><a href="${path(c, '/closed')}">支援会議の記録（名簿に入っているものだけ）</a></p>` : ''}`;
  return page(desk, c, { title: 'ケース', body, wide: true, said });
}

async function list(store: Store, city: string, state: Case['state']): Promise<Case[]> {
  const rows = await store.list(city, 'case', 'state', { prefix: `${state}|`, limit: SHOWN });
  return rows.map((row) => row.body);
}

interface Due {
  day: string;
  /** For whoever may see the case. */
  what: string;
  /** Without a name, for a mail. */
  kind: string;
  one: Case;
}

/** Reviews, decisions and steps whose day has come, or comes within a week. */
export function dueOf(cases: readonly Case[], today: string): Due[] {
  const until = new Date(Date.parse(`${today}T00:00:00Z`) + 7 * 86_400_000).toISOString().slice(0, 10);
  const due: Due[] = [];
  for (const one of cases) {
    if (one.state === 'paused' || one.state === 'ended' || one.state === 'declined') continue;
    if (one.plan?.reviewOn != null && one.state === 'running')
      due.push({ day: one.plan.reviewOn, what: 'モニタリング', kind: 'モニタリング', one });
    const steps = (one.plan?.goals ?? []).flatMap((goal) => goal.steps);
    for (const { due: day, done, who } of [...one.decisions, ...steps]) {
      if (day !== null && done === null) due.push({ day, what: `決めたこと（${who}）`, kind: '決めたこと', one });
    }
  }
  return due.filter(({ day }) => day <= until).toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

/** Tickets that ask to be thought about together, newest first. */
async function candidatesFor(desk: Desk, c: Ctx): Promise<Ticket[]> {
  const rows = await desk.store.list(c.get('city').id, 'ticket', 'compound', { limit: SHOWN });
  return rows
    .map((row) => row.body)
    .filter((ticket) => c.get('me').sees(ticket.window) || ticket.assignee === c.get('me').id);
}

async function newsFor(desk: Desk, c: Ctx) {
  const city = c.get('city').id;
  const rows = await desk.store.list(city, 'touch', 'news', { limit: SHOWN, reverse: true });
  const tickets = await desk.store.getMany(
    city,
    'ticket',
    rows.map((row) => row.id),
  );
  return rows.flatMap((row, i) => {
    const ticket = tickets[i]?.body;
    return ticket && (c.get('me').sees(ticket.window) || ticket.assignee === c.get('me').id)
      ? [{ touch: row.body, ticket }]
      : [];
  });
}

function newsBox(c: Ctx, news: Awaited<ReturnType<typeof newsFor>>, places: readonly Ticket[], now: number): Html {
  if (news.length + places.length === 0) return html``;
  return html`<section class="part"><h2>「その後いかがですか」の返事</h2><ul class="lines">${places.map((ticket) => placeNewsLine(c, ticket, now))}${news.map(
    ({ touch, ticket }) => {
      const last = touch.answers.at(-1);
      return html`<li><form method="post" action="${path(c, `/tickets/${ticket.id}/touch-seen`)}" class="row">${csrf(c.get('me'))}<a href="${path(c, `/tickets/${ticket.id}`)}">${ticket.receipt}</a> <b>${last === undefined ? '' : TOUCH_NAMES[last.answer]}</b> <span class="hint">${ago(touch.updatedAt, now)}・${windowName(c.get('city'), ticket.window)}</span><button>見ました</button></form></li>`;
    },
  )}</ul></section>`;
}

function dueBox(c: Ctx, due: readonly Due[], today: string): Html {
  if (due.length === 0) return html``;
  return html`<section class="part"><h2>期日が来たもの・7日のうちに来るもの</h2><ul class="lines">${due.map(({ day, what, one }) => html`<li><span class="${day < today ? 'due late' : 'due'}">${day}${day < today ? '（過ぎています）' : ''}</span> <a href="${path(c, `/cases/${one.id}`)}">${one.number}</a> ${what}</li>`)}</ul></section>`;
}

function candidateBox(c: Ctx, tickets: readonly Ticket[]): Html {
  if (tickets.length === 0) return html``;
  const city = c.get('city');
  return html`<section class="part"><h2>いっしょに考えるか、見るもの</h2><p class="hint">支援依頼があった相談と、困りごとがいくつもある相談です。</p>
    <div class="scroll" tabindex="0" role="region" aria-label="いっしょに考えるか見る相談"><table><thead><tr><th scope="col">受付番号</th><th scope="col">すること</th><th scope="col">本人の同意</th><th scope="col">きっかけ</th><th scope="col">窓口</th></tr></thead><tbody>
    ${tickets.map((ticket) => html`<tr><td><a href="${path(c, `/tickets/${ticket.id}`)}">${ticket.receipt}</a></td><td><a href="${path(c, `/tickets/${ticket.id}/together`)}"><span class="sr">${ticket.receipt}を</span>いっしょに考える</a></td><td>${hearingOf(ticket) === 'consented' ? '会議に同意' : mayAskDesk(city, ticket) ? '多機関の窓口まで' : 'まだありません'}</td><td>${ticket.multiAgency ? '支援依頼' : '困りごとがいくつか'}</td><td>${windowName(city, ticket.window)}</td></tr>`)}</tbody></table></div></section>`;
}

function table(c: Ctx, cases: readonly Case[], names: ReadonlyMap<string, string>, now: number): Html {
  if (cases.length === 0) return html`<p class="empty">ケースはありません。</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="ケースの一覧"><table><thead><tr><th scope="col">番号</th><th scope="col">状態</th><th scope="col">主担当の窓口</th><th scope="col">担当者</th><th scope="col">次のモニタリング</th><th scope="col">動き</th></tr></thead><tbody>
    ${cases.map((one) => html`<tr><td><a href="${path(c, `/cases/${one.id}`)}">${one.number}</a>${one.urgency === 'urgent' ? html` <span class="flag">${URGENCY_NAMES.urgent}</span>` : ''}</td><td>${CASE_STATE_NAMES[one.state]}</td><td>${windowName(c.get('city'), one.lead)}</td><td>${nameOf(names, one.coordinator)}</td><td>${one.plan?.reviewOn ?? '—'}</td><td title="${when(one.updatedAt)}">${ago(one.updatedAt, now)}</td></tr>`)}</tbody></table></div>`;
}
