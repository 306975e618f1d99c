/** What was said, both ways, and who has the floor. Live: it is fetched again when the ticket changes. */
import { html } from 'hono/html';
import { type Ctx, path } from './desk.ts';
import type { Html } from './layout.ts';
import type { TicketView } from './ticket-view.ts';
import { nameOf, when } from './words.ts';

const SENT: Record<string, string> = {
  waiting: '送っています',
  sending: '送っています',
  sent: '届きました',
  refused: '届きませんでした',
  unknown: '届いたかわかりません',
};
const WHY: Record<string, string> = { blocked: 'ブロックされています', quota: '今月の送信数を使い切りました' };

/** With the wrapper that fetches itself again. */
export function liveTalk(c: Ctx, view: TicketView): Html {
  return html`<div id="talk" hx-get="${path(c, `/live/tickets/${view.ticket.id}/talk`)}" hx-trigger="tsunagi-ticket from:body" hx-swap="innerHTML">${talk(view)}</div>`;
}

export function talk(view: TicketView): Html {
  const { ticket, names, sent } = view;
  const lines = [
    ...ticket.words.map((heard) => ({ at: heard.at, resident: true as const, heard })),
    ...(ticket.said ?? []).map((one) => ({ at: one.at, resident: false as const, one })),
  ].toSorted((a, b) => a.at - b.at);
  return html`<section class="part talk" aria-label="本人とのやりとり"><h2>本人の言葉</h2>
    ${lines.length === 0 ? html`<p class="hint">まだ言葉はありません。</p>` : ''}
    <ol class="lines">${lines.map((line) =>
      line.resident
        ? html`<li class="from-resident"><p class="words">${line.heard.text === null ? html`<i class="withdrawn">本人が取り消しました</i>` : line.heard.text}</p><span class="hint">${when(line.at)}</span></li>`
        : html`<li class="from-staff"><p class="words">${line.one.text}</p><span class="hint">${when(line.at)} ${nameOf(names, line.one.by)}・${outcome(sent.get(line.one.outgoing))}</span></li>`,
    )}</ol>${floor(view)}</section>`;
}

function floor({ contact, ticket, names, now }: TicketView): Html {
  if (contact === null) return html`<p class="floor">この人の連絡先は残っていません。</p>`;
  if (contact.blocked || contact.address === null)
    return html`<p class="floor gone">この人には、いま届きません（ブロック中、またはデータを消しています）。</p>`;
  const { floor } = contact;
  const lost = contact.lostAnswer
    ? html`<p class="floor gone">自動のお返事が、届いていないかもしれません。本人が次に書いたとき、もう一度お送りします。</p>`
    : '';
  if (floor === null || floor.until <= now)
    return html`<p class="floor">いまは<b>自動応答</b>がお返事しています。</p>${lost}`;
  const here = floor.ticket === ticket.id ? '' : '（別の相談で）';
  return html`<p class="floor human">いまは<b>${nameOf(names, floor.staff)}</b>が話し手です${here}。${when(floor.until)} に自動応答へ戻ります。</p>`;
}

function outcome(found: { state: string; outcome: string | null; via: string | null } | undefined): string {
  if (found === undefined) return '記録なし';
  const why = found.state === 'refused' && found.outcome !== null ? (WHY[found.outcome] ?? '') : '';
  return `${SENT[found.state] ?? ''}${why === '' ? '' : `（${why}）`}`;
}
