/** 参加支援, for the coordinator: the place somebody wants to be introduced to, when they are asked how it was, what they told. */
import { html } from 'hono/html';
import type { PlaceAnswer, Ticket } from '#contracts/ticket.ts';
import { addDays, dayLabel, dayOf } from '#engine/japan-time.ts';
import type { PlaceRow } from '#handoff/cases/places.ts';
import { cellText } from '#handoff/cases/suppress.ts';
import { askOn, MOST_QUESTIONS, putIntroduced } from '#handoff/introduction.ts';
import type { Draft } from '#store/draft.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import type { Fields } from '../form.ts';
import { csrf, type Html } from '../layout.ts';
import { ago, when, windowName } from '../words.ts';

export const PLACE_NAMES: Record<PlaceAnswer, string> = {
  good: '行ってよかった',
  unfit: '行ったけど合わない',
  not_yet: 'まだ行っていない',
  words: '言葉で返事',
  stop: 'もう聞かないで',
};
const OUTCOME_NAMES = ['行ってよかった', '合わなかった', 'まだ行っていない', '返事はまだ'] as const;

/** For whoever has opened the ticket. */
export function placePart(ticket: Ticket): Html {
  const { introduction } = ticket;
  if (introduction == null) return html``;
  return html`<section class="part"><h2>場所への紹介</h2><p><b>${introduction.name}</b> <span class="hint">${stateOf(introduction)}</span></p>${answersOf(introduction)}</section>`;
}

/** On the page beside the ticket: the day on which the person is asked. */
export function placeBox(c: Ctx, ticket: Ticket, now: number): Html {
  const { introduction } = ticket;
  if (introduction == null) return html``;
  const form =
    introduction.mayAsk === 'yes' && introduction.asked < MOST_QUESTIONS
      ? html`<details class="box"><summary>おたずねする日を決める</summary><form method="post" action="${path(c, `/tickets/${ticket.id}/place-day`)}" class="stack">${csrf(c.get('me'))}<label>日（14時ごろに送ります）<input type="date" name="day" min="${addDays(dayOf(now), 1)}" required></label><p class="hint">行く日が決まったら、その1週間くらいあとに。場所の名前や困りごとは、送る文に書かれません。</p><button>この日にする</button></form></details>`
      : '';
  const hours =
    introduction.mayAsk === 'yes' && introduction.asked === 0 && introduction.nextAt === null
      ? html`<p class="warn">本人が「連絡してよい時間」を書いています。確かめてから、日を決めてください。それまで送りません。</p>`
      : '';
  return html`<section class="box"><h2>紹介した場所は、いかがでしたか</h2><p><b>${introduction.name}</b></p><p>${stateOf(introduction)}</p>${hours}${answersOf(introduction)}${form}</section>`;
}

function stateOf({ mayAsk, asked, nextAt, answers }: NonNullable<Ticket['introduction']>): string {
  if (mayAsk === 'no') return '本人は「あとで聞かないで」とのことです。こちらからはたずねません。';
  if (mayAsk === 'stopped') return '本人が止めました。もうたずねません。';
  if (nextAt !== null) return `${dayLabel(dayOf(nextAt))}に「いかがでしたか」とお聞きします。`;
  if (asked === 0) return 'まだ、たずねる日が決まっていません。';
  return answers.length === 0 ? 'たずねました。返事はまだありません。' : 'たずねました。';
}

const answersOf = ({ answers }: NonNullable<Ticket['introduction']>): Html =>
  answers.length === 0
    ? html``
    : html`<ul class="lines">${answers.toReversed().map((one) => html`<li><time>${when(one.at)}</time> ${PLACE_NAMES[one.answer]}</li>`)}</ul>`;

/** Answers that nobody has looked at, of tickets the reader may see. */
export async function placeNews(desk: Desk, c: Ctx): Promise<Ticket[]> {
  const rows = await desk.store.list(c.get('city').id, 'ticket', 'afterwards', { limit: 200, reverse: true });
  const me = c.get('me');
  return rows.map((row) => row.body).filter((one) => me.sees(one.window) || one.assignee === me.id);
}

export const placeNewsLine = (c: Ctx, ticket: Ticket, now: number): Html =>
  html`<li><form method="post" action="${path(c, `/tickets/${ticket.id}/place-seen`)}" class="row">${csrf(c.get('me'))}<a href="${path(c, `/tickets/${ticket.id}`)}">${ticket.receipt}</a> <b>${PLACE_NAMES[ticket.introduction!.answers.at(-1)?.answer ?? 'words']}</b> <span class="hint">紹介した場所のこと・${ago(ticket.updatedAt, now)}・${windowName(c.get('city'), ticket.window)}</span><button>見ました</button></form></li>`;

export async function setPlaceDay(desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields) {
  const done = askOn(ticket, { day: fields.one('day'), by: c.get('me').id, now: desk.clock.now() });
  if (!done.ok) return done;
  await putIntroduced(draft, done.ticket);
  return { ok: true as const };
}

export async function placeSeen(_desk: Desk, _c: Ctx, draft: Draft, ticket: Ticket) {
  const { introduction } = ticket;
  if (introduction != null)
    await draft.put('ticket', ticket.id, { ...ticket, introduction: { ...introduction, unseen: false } });
  return { ok: true as const, to: '/cases' };
}

const placeName = (place: string | null): string => place ?? 'ほかの場所（5件未満）';

/** Small cells are hidden already. */
export function placesPart(rows: readonly PlaceRow[], year: number): Html {
  const head = html`<h2>${year}年度の、場所への紹介とその後</h2><p class="hint">紹介を希望した相談を、場所ごと・本人の最後の返事ごとに数えます。たずねてよいと言った人にだけ、2週間ほどあとに聞いています。</p>`;
  if (rows.length === 0) return html`<section class="part">${head}<p class="empty">まだありません。</p></section>`;
  const lines = rows.map(
    ({ place, cells, total }) =>
      html`<tr><th scope="row">${placeName(place)}</th>${cells.map((cell) => html`<td class="n">${cellText(cell)}</td>`)}<td class="n">${cellText(total)}</td></tr>`,
  );
  return html`<section class="part">${head}<div class="scroll" tabindex="0" role="region" aria-label="場所への紹介とその後"><table><thead><tr><th scope="col">場所</th>${OUTCOME_NAMES.map((name) => html`<th scope="col" class="n">${name}</th>`)}<th scope="col" class="n">紹介の希望</th></tr></thead><tbody>${lines}</tbody></table></div></section>`;
}

export const placesCsv = (rows: readonly PlaceRow[]): string[][] => [
  ['場所', ...OUTCOME_NAMES, '紹介の希望'],
  ...rows.map(({ place, cells, total }) => [placeName(place), ...cells.map(cellText), cellText(total)]),
];
