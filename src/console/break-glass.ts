/**
 * R33: for the police in danger of life. Whoever is an administrator and may see the ticket writes who asks and why; that is
 * in the log and in the ticket's history before the LINE user id is shown, to them alone, for 15 minutes, as a record to
 * print. The id itself stands in no log and no address; where it is gone already (R12), there is nothing to show.
 */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Ticket } from '#contracts/ticket.ts';
import { dayOf, timeLabel } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { inDraft } from '#store/draft.ts';
import { timeKey } from '#store/kinds.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { type Fields, fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, page } from './layout.ts';
import { reachOf } from './reach.ts';
import { changeSession } from './sessions.ts';
import { record } from './sign-in.ts';
import { notThere } from './ticket-page.ts';
import { nameOf } from './words.ts';

const OPEN_MS = 15 * 60_000;
const SHORTEST_REASON = 10;
const GONE = 'LINEの利用者番号は、もう残っていません（ブロックされたか、消されたか、LINEの相談ではありません）。';

/** In the session, beside the tickets whose words are open. */
const keyOf = (ticket: string): string => `line-id|${ticket}`;
const moment = (ms: number): string => `${dayOf(ms)} ${timeLabel(ms)}`;

export function breakGlassRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  const mine = allowed(desk, 'contact.reveal');
  app.get('/tickets/:id/break-glass', mine, (c) => show(desk, c));
  app.post('/tickets/:id/break-glass', mine, (c) => reveal(desk, c));
  return app;
}

async function show(desk: Desk, c: Context<Env>): Promise<Response> {
  const ticket = await reachable(desk, c);
  if (ticket === null) return notThere(desk, c);
  const now = desk.clock.now();
  const until = c.get('me').session.body.opened[keyOf(ticket.id)] ?? 0;
  if (until <= now) return formPage(desk, c, ticket);
  const address = await addressOf(desk, c, ticket);
  const line = await lineOf(desk, c, ticket, until - OPEN_MS);
  if (address === null || line === null) return refuse(desk, c, ticket);
  await record(desk, c, c.get('me').id, 'contact.reveal_view', ticket.id);
  // A page left open does not show it for longer than was granted.
  c.header('refresh', String(Math.ceil((until - now) / 1000) + 1));
  const names = await desk.names(c.get('city').id);
  const rows: [string, string | Html][] = [
    ['受付番号', ticket.receipt],
    ['LINEの利用者番号', html`<b>${address}</b>`],
    ['求めた機関・担当者', line.detail.requester ?? ''],
    ['理由', line.detail.reason ?? ''],
    ['開いた職員', nameOf(names, line.by)],
    ['開いた日時', moment(line.at)],
    ['この画面で見られる時間', `${moment(until)} まで`],
  ];
  const body = html`<p class="noprint row"><a class="button" href="${path(c, `/tickets/${ticket.id}`)}">相談にもどる</a><button class="main" data-print="yes">印刷する</button></p>
    <article class="paper"><h1>緊急時の情報提供の記録</h1><p class="paper-head"><span>${c.get('city').name}</span><span>受付番号 <b>${ticket.receipt}</b></span></p>
    <table><caption>いのちの危険があるため、次のとおり開きました。</caption><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="words">${value}</td></tr>`)}</tbody></table>
    <div class="paper-foot"><p>この番号は、人を助けるためだけに使います。だれがいつ見たかは、操作の記録に残ります。</p><p class="sign">渡した日時　　　年　　月　　日　　時　　分　　　受け取った人　　　　　　　　　　　　確認した責任者</p></div></article>`;
  return page(desk, c, { title: `緊急時の情報提供の記録 ${ticket.receipt}`, body });
}

async function reveal(desk: Desk, c: Context<Env>): Promise<Response> {
  const ticket = await reachable(desk, c);
  if (ticket === null) return notThere(desk, c);
  const fields = await fieldsOf(c);
  const requester = fields.one('requester').trim().slice(0, 100);
  const reason = fields.one('reason').trim().slice(0, 1000);
  if (fields.one('danger') !== 'yes' || requester === '' || reason.length < SHORTEST_REASON)
    return formPage(desk, c, ticket, 'いのちの危険の確認・求めた機関・理由（10文字以上）を書いてください。', fields);
  if ((await addressOf(desk, c, ticket)) === null) return refuse(desk, c, ticket);
  const by = c.get('me').id;
  const at = desk.clock.now();
  // On record first: nobody sees what no line tells of.
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const one = await draft.get('ticket', ticket.id);
    if (one) {
      const history = [...one.history, { at, by, what: 'contact_revealed', detail: {} }];
      await draft.put('ticket', ticket.id, { ...one, updatedAt: at, history });
    }
    const detail = { requester, reason };
    writeAudit(draft, { at, by, action: 'contact.reveal', subject: ticket.id, detail }, desk.ids);
  });
  await changeSession(desk, c, c.get('me'), (session) => {
    const living = Object.entries(session.opened).filter(([, until]) => until > at);
    return { ...session, opened: { ...Object.fromEntries(living.slice(-100)), [keyOf(ticket.id)]: at + OPEN_MS } };
  });
  desk.count('console_actions', { action: 'break-glass' });
  return c.redirect(path(c, `/tickets/${ticket.id}/break-glass`), 303);
}

function formPage(desk: Desk, c: Ctx, ticket: Ticket, fault?: string, typed?: Fields): Response | Promise<Response> {
  const body = html`<p class="crumb"><a href="${path(c, `/tickets/${ticket.id}`)}">相談 ${ticket.receipt}</a></p>
    <h1>いのちの危険があるとき</h1>
    <p>警察や消防が人を助けるために必要とするときだけ、相談した人のLINEの利用者番号を15分のあいだ開けます。だれが、いつ、なぜ開いたかは、操作の記録と相談の経過に残ります。</p>
    <form method="post" action="${path(c, `/tickets/${ticket.id}/break-glass`)}" class="stack box">${csrf(c.get('me'))}
      <label class="check"><input type="checkbox" name="danger" value="yes" required ${typed?.one('danger') === 'yes' ? 'checked' : ''}>いのちや体に、さしせまった危険がある</label>
      <label>求めた機関・担当者<input name="requester" maxlength="100" value="${typed?.one('requester') ?? ''}" autocomplete="off" required></label>
      <label>理由（10文字以上）<textarea name="reason" rows="4" minlength="${SHORTEST_REASON}" maxlength="1000" required>${typed?.one('reason') ?? ''}</textarea></label>
      <button class="danger">記録して、15分だけ開く</button></form>`;
  return page(desk, c, {
    title: 'いのちの危険があるとき',
    body,
    fault,
    ...(fault === undefined ? {} : { status: 422 }),
  });
}

async function refuse(desk: Desk, c: Ctx, ticket: Ticket): Promise<Response> {
  await record(desk, c, c.get('me').id, 'contact.reveal_refused', ticket.id);
  return formPage(desk, c, ticket, GONE);
}

/** Only what lies open to them anyhow: an administrator who is no counsellor has no tickets. */
async function reachable(desk: Desk, c: Context<Env>): Promise<Ticket | null> {
  const stored = await desk.store.get(c.get('city').id, 'ticket', c.req.param('id') ?? '');
  return stored && (await reachOf(desk, c, stored.body)) === 'full' ? stored.body : null;
}

async function addressOf(desk: Desk, c: Ctx, ticket: Ticket): Promise<string | null> {
  const contact = await desk.store.get(c.get('city').id, 'contact', ticket.contact);
  return contact?.body.channel === 'line' ? contact.body.address : null;
}

/** The line under which it was opened: what the paper says is what the log says. */
async function lineOf(desk: Desk, c: Ctx, ticket: Ticket, at: number) {
  const rows = await desk.store.list(c.get('city').id, 'audit', 'subject', {
    prefix: `${ticket.id}|`,
    from: timeKey(at),
    limit: 50,
  });
  const by = c.get('me').id;
  return rows.find(({ body }) => body.action === 'contact.reveal' && body.by === by)?.body ?? null;
}
