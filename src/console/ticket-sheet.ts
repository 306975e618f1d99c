/** The ticket as a つなぐシート, in the order a counsellor asks: in their words, what it is about, who, by when, what has been tried. */
import { html } from 'hono/html';
import { ABOUT_NAMES, CONCERN_NAMES, CONCERNS, CRISIS_NAMES, NEED_NAMES, needSchema } from '#contracts/labels.ts';
import { type Heard, WAY_NAMES } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { dayOf, slotSentence } from '#engine/japan-time.ts';
import { placePart } from './cases/place-box.ts';
import { type Ctx, path } from './desk.ts';
import type { Html } from './layout.ts';
import type { TicketView } from './ticket-view.ts';
import {
  AGE_NAMES,
  BASIS_NAMES,
  BOOKING_NAMES,
  CONSENT_NAMES,
  CONSENT_STATES,
  DEADLINE_NAMES,
  districtName,
  eventName,
  nameOf,
  RESULT_NAMES,
  ROLE_IN_HOME,
  STATE_NAMES,
  when,
  windowName,
} from './words.ts';

const WITHDRAWN = html`<i class="withdrawn">本人が取り消しました</i>`;
const said = (heard: Heard): Html => (heard.text === null ? html`${WITHDRAWN}` : html`${heard.text}`);
const saidOrNone = (heard: Heard | null): Html => (heard === null ? html`—` : said(heard));

/** The parts under the talk; for somebody who has opened the ticket. */
export function sheet(c: Ctx, view: TicketView): Html {
  return html`${urgency(view.ticket)}${needs(view.ticket)}${person(c, view.ticket)}${household(view.ticket)}${ways(c, view.ticket)}${placePart(view.ticket)}${consents(c, view.ticket)}${booking(c, view.ticket)}${notes(c, view)}`;
}

function needs(ticket: Ticket): Html {
  const rows = ticket.needs.map(({ need, confirmed }) => {
    const behind = [...new Set(ticket.evidence.filter((one) => one.label === `need:${need}`).map((one) => one.words))];
    const words = behind.map((one) => (one === null ? WITHDRAWN : one === '' ? '' : html`<q>${one}</q>`));
    return html`<li><b>${NEED_NAMES[need]}</b>${confirmed ? html`<span class="ok">本人が確認</span>` : ''} <span class="behind">${words}</span></li>`;
  });
  const rejected = ticket.rejectedNeeds.map((need) => NEED_NAMES[need]).join('、');
  return html`<section class="part"><h2>困りごと</h2>
    ${rows.length === 0 ? html`<p>分野はまだはっきりしていません。</p>` : html`<ul class="needs">${rows}</ul>`}
    ${rejected === '' ? '' : html`<p class="hint">本人が「ちがう」と言ったもの：${rejected}</p>`}
    <h3>相談受付票の項目</h3>
    <ul class="concerns">${CONCERNS.map((concern) => {
      const found = ticket.concerns.find((one) => one.concern === concern);
      const mark = found === undefined ? '' : found.most ? '◎' : '○';
      const read = found === undefined ? '' : found.most ? '（最も困っている）' : '（困っている）';
      return html`<li class="${mark === '' ? '' : 'on'}"><span class="mark" aria-hidden="true">${mark}</span>${CONCERN_NAMES[concern]}<span class="sr">${read}</span></li>`;
    })}</ul></section>`;
}

function urgency(ticket: Ticket): Html {
  if (!ticket.urgent && ticket.deadlines.length === 0) return html``;
  const why = [...new Set(ticket.evidence.filter((one) => one.label.startsWith('crisis:')).map((one) => one.words))];
  return html`<section class="part pressing"><h2>急ぎ</h2><ul>
    ${ticket.crisis === 'none' ? '' : html`<li><b>${CRISIS_NAMES[ticket.crisis]}</b>（${ticket.crisisAt === null ? '' : when(ticket.crisisAt)} に受信）${why.map((one) => (one === null ? WITHDRAWN : one === '' ? '' : html`<q>${one}</q>`))}</li>`}
    ${ticket.deadlines.map(({ what, words }) => html`<li><b>${DEADLINE_NAMES[what]}</b> ${words === null ? WITHDRAWN : html`<q>${words}</q>`}</li>`)}
  </ul></section>`;
}

function person(c: Ctx, ticket: Ticket): Html {
  const answers = Object.entries(ticket.answers);
  return html`<section class="part"><h2>相談した人</h2><dl>
    <dt>だれのこと</dt><dd>${ABOUT_NAMES[ticket.speaker]}のこと</dd>
    <dt>呼び名</dt><dd>${ticket.nickname === null ? '（匿名）' : said(ticket.nickname)}</dd>
    <dt>年代</dt><dd>${ticket.ageBand === null ? '—' : AGE_NAMES[ticket.ageBand]}</dd>
    <dt>地域</dt><dd>${districtName(c.get('city'), ticket.district)}</dd>
    <dt>会い方</dt><dd>${ticket.way === null ? '—' : WAY_NAMES[ticket.way]}</dd>
    <dt>連絡してよい時間</dt><dd>${saidOrNone(ticket.safeHours)}</dd>
    <dt>氏名</dt><dd>${saidOrNone(ticket.name)}</dd>
    <dt>電話</dt><dd>${saidOrNone(ticket.phone)}</dd>
    <dt>あいことば</dt><dd><b>${ticket.callBackCode}</b><span class="hint">電話で本人と確かめるとき</span></dd>
    ${ticket.consideration.length === 0 ? '' : html`<dt>配慮してほしいこと</dt><dd>${ticket.consideration.map((one) => html`<p>${said(one)}</p>`)}</dd>`}
    ${answers.map(([key, heard]) => html`<dt>${key}</dt><dd>${said(heard)}</dd>`)}
  </dl></section>`;
}

function household(ticket: Ticket): Html {
  const members = ticket.members ?? [];
  if (ticket.household.length === 0 && members.length === 0) return html``;
  return html`<section class="part"><h2>世帯</h2>
    ${members.length === 0 ? '' : html`<ul class="members">${members.map(({ relation, roles }) => html`<li>${relation}${roles.length === 0 ? '' : html`<span class="hint">${roles.map((role) => ROLE_IN_HOME[role]).join('、')}</span>`}</li>`)}</ul>`}
    ${ticket.household.map((one) => html`<p class="words">${said(one)}</p>`)}</section>`;
}

function ways(c: Ctx, ticket: Ticket): Html {
  const city = c.get('city');
  const passes = ticket.passes ?? [];
  const list = (ids: readonly string[]): string =>
    ids.length === 0 ? '—' : ids.map((id) => windowName(city, id)).join('、');
  return html`<section class="part"><h2>これまでの案内</h2><dl>
    <dt>案内した窓口</dt><dd>${list(ticket.offered)}</dd>
    <dt>選ばなかった窓口</dt><dd>${list(ticket.refused)}</dd></dl>
    ${ticket.candidates.length === 0 ? '' : html`<ul class="hintlist">${ticket.candidates.map((one) => html`<li>${one.lead ? html`<b>${one.name}</b>` : one.name}<span class="hint">${one.reason}</span></li>`)}</ul>`}
    ${passes.length === 0 ? '' : html`<h3>つなぎの経過</h3><ol class="passes">${passes.map((pass) => html`<li>${when(pass.at)} ${windowName(city, pass.from)} → <b>${windowName(city, pass.to)}</b><span class="hint">${BASIS_NAMES[pass.basis]}</span><p class="words">${pass.reason}</p></li>`)}</ol>`}
    ${ticket.multiAgency ? html`<h3>支援依頼</h3><p class="words">${when(ticket.multiAgency.at)} ${ticket.multiAgency.reason}</p>` : ''}
    ${ticket.result === null ? '' : html`<h3>結果</h3><p>${RESULT_NAMES[ticket.result.result]}（${when(ticket.result.at)}）</p>`}</section>`;
}

function consents(c: Ctx, ticket: Ticket): Html {
  const city = c.get('city');
  return html`<section class="part"><h2>同意</h2><p><b>${CONSENT_NAMES[ticket.consent]}</b></p>
    ${
      ticket.consents.length === 0
        ? ''
        : html`<div class="scroll" tabindex="0" role="region" aria-label="同意の一覧"><table><thead><tr><th scope="col">伝える先</th><th scope="col">同意</th><th scope="col">目的</th><th scope="col">日付</th></tr></thead>
      <tbody>${ticket.consents.map((one) => html`<tr><td>${windowName(city, one.recipient)}</td><td>${CONSENT_STATES[one.state]}</td><td>${one.purpose}</td><td>${dayOf(one.at)}</td></tr>`)}</tbody></table></div>
      <details><summary>本人に見せた文</summary><p class="words">${ticket.consents.at(-1)?.wording ?? ''}</p></details>`
    }</section>`;
}

function booking(c: Ctx, ticket: Ticket): Html {
  if (ticket.booking === null) return html``;
  const { slot, state, place } = ticket.booking;
  return html`<section class="part"><h2>面談</h2><p><b>${slotSentence(slot)}</b> ${WAY_NAMES[slot.way]}・${windowName(c.get('city'), slot.window)}${place === null ? '' : html`（${place}）`} <span class="state">${BOOKING_NAMES[state]}</span></p></section>`;
}

function notes(c: Ctx, { ticket, names, earlier }: TicketView): Html {
  const list = ticket.notes ?? [];
  return html`
    ${list.length === 0 ? '' : html`<section class="part"><h2>職員のメモ</h2><ol class="notes">${list.map((note) => html`<li><span class="hint">${when(note.at)} ${nameOf(names, note.by)}</span><p class="words">${note.text}</p></li>`)}</ol></section>`}
    ${earlier.length === 0 ? '' : html`<section class="part"><h2>同じ人の、ほかの相談</h2><ul>${earlier.map((one) => html`<li><a href="${path(c, `/tickets/${one.id}`)}">${one.receipt}</a> ${when(one.createdAt)} ${windowName(c.get('city'), one.window)}・${STATE_NAMES[one.state]}</li>`)}</ul><p class="hint">同じ匿名の人からの相談です。前に聞いたことを、もう一度聞かずにすみます。</p></section>`}`;
}

/** Ids and codes only; shown to everybody who sees the ticket. */
export function history(c: Ctx, { ticket, names }: Pick<TicketView, 'ticket' | 'names'>, from = 0): Html {
  const city = c.get('city');
  return html`<ol class="history">${ticket.history.slice(from).map(({ at, by, what, detail }) => html`<li><time>${when(at)}</time> <b>${eventName(what)}</b> <span class="hint">${nameOf(names, by)}${detailOf(detail, what)}</span></li>`)}</ol>`;

  function detailOf(detail: Record<string, string>, what: string): string {
    if (what === 'passed_on' || what === 'returned')
      return `　${windowName(city, detail.from ?? '')} → ${windowName(city, detail.to ?? '')}`;
    if (what === 'assigned') return `　→ ${detail.to === '' ? '担当なし' : nameOf(names, detail.to ?? null)}`;
    if (what === 'triage_corrected') {
      const listed = (detail.needs ?? '').split(',').flatMap((need) => {
        const known = needSchema.safeParse(need);
        return known.success ? [NEED_NAMES[known.data]] : [];
      });
      return `　→ ${listed.join('、') || 'なし'}`;
    }
    if (detail.start !== undefined && /^\d+$/u.test(detail.start)) return `　${when(Number(detail.start))}`;
    return '';
  }
}
