/** アウトリーチ, beside the ticket: reports about the same household are put together by staff, who compare them; nothing is concluded here. */
import { html } from 'hono/html';
import type { Ticket } from '#contracts/ticket.ts';
import { isReport, joinReports, leaveReports, nearReports } from '#handoff/cases/reports.ts';
import type { Draft } from '#store/draft.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import { findByReceipt } from '../find-tickets.ts';
import type { Fields } from '../form.ts';
import { csrf, type Html } from '../layout.ts';
import { reachOf } from '../reach.ts';
import { districtName, STATE_NAMES, when, windowName } from '../words.ts';
import { more } from './kept.ts';

const SHOWN = 8;

export interface Reports {
  joined: Ticket[];
  near: Ticket[];
}

/** Only what the reader may see themselves. */
export async function reportsFor(desk: Desk, c: Ctx, ticket: Ticket): Promise<Reports> {
  if (!isReport(ticket)) return { joined: [], near: [] };
  const rows = await desk.store.getMany(c.get('city').id, 'ticket', ticket.sameHome ?? []);
  const seen = async (list: readonly Ticket[]): Promise<Ticket[]> => {
    const reach = await Promise.all(list.map((one) => reachOf(desk, c, one)));
    return list.filter((_, i) => reach[i] === 'full');
  };
  const joined = rows.flatMap((row) => (row ? [row.body] : []));
  return {
    joined: await seen(joined),
    near: (await seen(await nearReports(desk.store, ticket, desk.clock.now()))).slice(0, SHOWN),
  };
}

export function reportBox(c: Ctx, ticket: Ticket, { joined, near }: Reports): Html {
  if (!isReport(ticket)) return html``;
  const me = c.get('me');
  const line = (one: Ticket): Html =>
    html`<a href="${path(c, `/tickets/${one.id}`)}">${one.receipt}</a> <span class="hint">${when(one.createdAt)}・${windowName(c.get('city'), one.window)}・地域 ${districtName(c.get('city'), one.district)}・${STATE_NAMES[one.state]}</span>`;
  const form = (action: string, inside: Html): Html =>
    html`<form method="post" action="${path(c, `/tickets/${ticket.id}/${action}`)}" class="row">${csrf(me)}${inside}</form>`;
  const together =
    joined.length === 0
      ? html`<p>ほかの知らせとは、まだ結ばれていません。</p>`
      : html`<p class="ok">同じ世帯についての知らせとして、${joined.length}件と結ばれています。</p><ul class="lines">${joined.map((one) => html`<li>${line(one)}</li>`)}</ul>${form('same-home-off', html`<button class="quiet">この知らせを外す</button>`)}`;
  const candidates =
    near.length === 0
      ? ''
      : more(
          `くらべてみる知らせ（${near.length}件）`,
          html`<p class="hint">90日のうちの、同じ地域か、地域のわからない知らせです。同じ世帯かどうかは、内容を読んで決めてください。</p><ul class="lines">${near.map((one) => html`<li>${line(one)}${form('same-home', html`<input type="hidden" name="receipt" value="${one.receipt}"><button>同じ世帯として結ぶ<span class="sr">：${one.receipt}</span></button>`)}</li>`)}</ul>`,
        );
  return html`<section class="box"><h2>まわりの人からの知らせ</h2><p class="hint">LINEの相手は、知らせてくれた人です。本人の同意はありません。</p>${together}${candidates}
    ${more('受付番号で結ぶ', form('same-home', html`<label>受付番号<input name="receipt" placeholder="A3K-7QF4" required autocomplete="off"></label><button>結ぶ</button>`))}</section>`;
}

export async function joinHome(desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields) {
  const other = await findByReceipt(desk.store, c.get('city').id, fields.one('receipt'));
  if (other === null || (await reachOf(desk, c, other)) !== 'full')
    return { ok: false as const, why: 'unknown_ticket' };
  return joinReports(draft, {
    ticket: ticket.id,
    other: other.id,
    by: c.get('me').id,
    now: desk.clock.now(),
    ids: desk.ids,
  });
}

export const leaveHome = (desk: Desk, c: Ctx, draft: Draft, ticket: Ticket) =>
  leaveReports(draft, { ticket: ticket.id, by: c.get('me').id, now: desk.clock.now(), ids: desk.ids });
