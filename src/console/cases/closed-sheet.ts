/** What a 支援会議 file holds, for its members. */
import { html } from 'hono/html';
import type { ClosedFile } from '#contracts/case.ts';
import { slotSentence } from '#engine/japan-time.ts';
import { type Ctx, path } from '../desk.ts';
import type { Html } from '../layout.ts';
import { nameOf, when, windowName } from '../words.ts';
import { SOURCE_NAMES, WITHOUT_NAMES } from './case-names.ts';
import { dayLink } from './closed-calendar.ts';

/** @param links away on paper. */
export function closedSheet(c: Ctx, file: ClosedFile, names: ReadonlyMap<string, string>, links: boolean): Html {
  const member = (id: string): string => file.members.find((one) => one.id === id)?.name ?? '';
  return html`<section class="part"><h2>話し合うわけ</h2><p>${file.reason}</p><dl><dt>同意がないわけ</dt><dd>${WITHOUT_NAMES[file.without]}</dd><dt>主担当</dt><dd>${windowName(c.get('city'), file.lead)}</dd><dt>もとの相談</dt><dd>${file.tickets.map((id) => html`<a href="${path(c, `/tickets/${id}`)}">相談を開く</a> `)}</dd></dl>
      ${file.moved === null ? '' : html`<p class="ok">${when(file.moved.at)} に同意を得て、ケースへ移しました（${file.moved.brought.length}件を引き継ぎ、${file.moved.left.length}件を残しました）。</p>`}${file.ended === null ? '' : html`<p>${when(file.ended.at)} に終えました：${file.ended.why}</p>`}</section>
    <section class="part"><h2>わかっていること</h2>${file.items.length === 0 ? html`<p class="empty">まだありません。</p>` : ''}<ul class="lines">${file.items.map((item) => html`<li>${item.removed === null ? item.text : html`<i>（${nameOf(names, item.removed.by)}が消しました）</i>`} <span class="hint">${SOURCE_NAMES[item.source]}・${item.body}・${when(item.at)}</span></li>`)}</ul></section>
    <section class="part"><h2>決めたこと・見守り</h2>${file.decisions.length === 0 ? html`<p class="empty">まだありません。</p>` : ''}<ul class="lines">${file.decisions.map((one) => html`<li>${one.done === null ? '□' : '☑'} ${one.what} <span class="hint">${one.who}${one.due === null ? '' : `・${one.due}まで`}</span></li>`)}</ul></section>
    <section class="part"><h2>会議</h2>${file.meetings.length === 0 ? html`<p class="empty">まだありません。</p>` : ''}${file.meetings.map((meeting) => html`<h3>${slotSentence(meeting)}</h3>${links && meeting.state === 'planned' ? html`<p class="hint">${dayLink(c, file.id, meeting.id)}</p>` : ''}<p class="hint">${meeting.place}${meeting.came.length === 0 ? '' : `　出席：${meeting.came.map(member).join('、')}`}</p>${meeting.minutes.map((entry) => html`<blockquote>${entry.text.split('\n').map((line) => html`<p>${line}</p>`)}</blockquote>`)}`)}</section>
    <section class="part"><h2>名簿</h2><ul class="lines">${file.members.map((one) => html`<li>${one.name} <span class="hint">${one.body}・${one.secrecy === null ? '守秘の確認はまだ' : `守秘を確認（${one.secrecy.how === 'paper' ? '書面' : '画面'}、${when(one.secrecy.at)}）`}${one.leftAt === null ? '' : `・${when(one.leftAt)}に外れました`}</span></li>`)}</ul></section>`;
}
