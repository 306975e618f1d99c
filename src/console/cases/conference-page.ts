/** One meeting: agenda, who sits in it, minutes, decisions; the same on paper. A guest's case alone is named beside the guest. */
import { html } from 'hono/html';
import { type Attendee, CASE_STATES, type Case, type Conference } from '#contracts/case.ts';
import { NEED_NAMES, NEEDS } from '#contracts/labels.ts';
import type { Meeting, Municipality } from '#contracts/municipality.ts';
import { dayOf, slotSentence, timeLabel } from '#engine/japan-time.ts';
import { suggestAgenda } from '#handoff/cases/agenda.ts';
import { timeKey } from '#store/kinds.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import { type Html, message, page } from '../layout.ts';
import { record } from '../sign-in.ts';
import { nameOf, when, windowName } from '../words.ts';
import { seesCase } from './case-list.ts';
import { CASE_STATE_NAMES, PURPOSE_NAMES } from './case-names.ts';
import { addressesOf, inviteBox, invitedHint } from './invite-box.ts';
import { historyOf, makeForm, more } from './kept.ts';

interface View {
  id: string;
  one: Conference;
  revision: number;
  meeting: Meeting;
  /** Cases of the agenda that the reader may see. */
  cases: ReadonlyMap<string, Case>;
  waiting: { case: Case; purpose: keyof typeof PURPOSE_NAMES }[];
  /** Cases that another meeting to come has on its agenda, and when. */
  elsewhere: ReadonlyMap<string, number>;
  names: ReadonlyMap<string, string>;
  now: number;
}

const SHOWN = 200;
const DONE: Record<string, string> = {
  planned: '予定に入れました。議題を入れて、招待を送ってください。',
  invite: '知らせました。',
  held: '開いた会議として残しました。決めたことはケースに入っています。',
  move: '日時・場所を変えました。招待した人には、下の「招待」から変更を知らせてください。',
  cancel: '取りやめました。招待した人には、下の「招待」から知らせてください。',
};

export async function conferencePage(
  desk: Desk,
  c: Ctx,
  id: string,
  extra: { fault?: string; paper?: boolean } = {},
): Promise<Response> {
  const view = await readConference(desk, c, id);
  if (view === null)
    return message(desk, c, 404, '見つかりません', 'この会議はないか、あなたの窓口のケースがありません。');
  const { one, meeting } = view;
  const paper = extra.paper === true;
  await record(desk, c, c.get('me').id, paper ? 'conference.print' : 'conference.view', id);
  const may = c.get('me').can('ticket.see_all') && !paper;
  const done = c.req.query('done');
  const said = done === undefined ? undefined : (DONE[done] ?? '記録しました。');
  const main = html`${agenda(c, view, may)}${people(c, view, may, paper)}${one.agenda.map((item) => aboutCase(c, view, item.case, may))}${issues(view)}`;
  const body = html`<p class="crumb"><a href="${path(c, '/meetings')}">会議</a></p><h1>${meeting.name}</h1>
    <p class="facts"><span>${slotSentence(one)}</span><span>${one.place === '' ? '場所は未定' : one.place}</span><span>${one.onCall ? '随時' : '定例'}</span><span>${{ planned: '予定', held: '開きました', cancelled: '取りやめ' }[one.state]}</span></p>
    ${paper ? html`<div class="paper">${main}</div>` : html`<p class="jump"><a class="button" href="#acts">できることへ（議題・記録・招待）</a></p><div class="columns"><div class="sheet">${main}<section class="part"><h2>経過</h2>${historyOf(one.history, view.names)}</section></div><aside class="acts" id="acts" tabindex="-1" aria-label="できること">${may ? html`${forms(c, view)}${inviteBox(desk, c, view, await addressesOf(desk, c, one))}` : ''}<section class="box"><h2>印刷</h2><ul class="links"><li><a href="${path(c, `/meetings/${id}/print`)}">次第・記録を印刷する</a></li></ul></section></aside></div>`}`;
  const { fault } = extra;
  return page(desk, c, {
    title: meeting.name,
    body,
    wide: true,
    said,
    fault,
    ...(fault === undefined ? {} : { status: 422 as const }),
  });
}

async function readConference(desk: Desk, c: Ctx, id: string): Promise<View | null> {
  const city = c.get('city');
  const stored = await desk.store.get(city.id, 'conference', id);
  const meeting = city.meetings?.find((known) => known.id === stored?.body.meeting);
  if (!stored || !meeting) return null;
  const one = stored.body;
  const rows = await desk.store.getMany(
    city.id,
    'case',
    one.agenda.map((item) => item.case),
  );
  const cases = rows.flatMap((row) => (row && seesCase(c, row.body) ? [row.body] : []));
  const all = c.get('me').can('ticket.see_all');
  if (!all && cases.length === 0) return null;
  const now = desk.clock.now();
  const states = CASE_STATES.filter((state) => state === 'asked' || state === 'open' || state === 'running');
  const open = all
    ? (
        await Promise.all(
          states.map((state) => desk.store.list(city.id, 'case', 'state', { prefix: `${state}|`, limit: SHOWN })),
        )
      )
        .flat()
        .map((row) => row.body)
    : [];
  const waiting = suggestAgenda(city, meeting, open, now).filter(
    (wait) => !one.agenda.some((item) => item.case === wait.case.id),
  );
  return {
    id,
    one,
    revision: stored.revision,
    meeting,
    cases: new Map(cases.map((known) => [known.id, known])),
    waiting,
    elsewhere: all ? await agendasAhead(desk, city.id, id, now) : new Map(),
    names: await desk.names(city.id),
    now,
  };
}

async function agendasAhead(desk: Desk, city: string, but: string, now: number): Promise<Map<string, number>> {
  const rows = await desk.store.list(city, 'conference', 'start', { from: timeKey(now), limit: SHOWN });
  return new Map(
    rows.flatMap((row) =>
      row.id === but || row.body.state !== 'planned'
        ? []
        : row.body.agenda.map((item) => [item.case, item.start] as const),
    ),
  );
}

const number = (view: View, id: string): string => view.cases.get(id)?.number ?? 'ほかのケース';

function agenda(c: Ctx, view: View, may: boolean): Html {
  const { one, id, revision } = view;
  const form = makeForm(c, `/meetings/${id}`, revision, one.history.length);
  return html`<section class="part"><h2>次第</h2>${
    one.agenda.length === 0
      ? html`<p class="empty">議題はまだありません。</p>`
      : html`<ol class="lines">${one.agenda.map((item) => html`<li><b>${timeLabel(item.start)}〜${timeLabel(item.end)}</b> ${view.cases.has(item.case) ? html`<a href="${path(c, `/cases/${item.case}`)}">${number(view, item.case)}</a>` : number(view, item.case)} ${PURPOSE_NAMES[item.purpose]}${may && view.cases.get(item.case)?.state === 'asked' ? html` <span class="hint">話し合ったら、ケースの画面で「受け止める」か「窓口へ戻す」を選びます。</span>` : ''}${may && one.state === 'planned' ? form('off', html`<input type="hidden" name="case" value="${item.case}"><button class="quiet">外す<span class="sr">：${number(view, item.case)}</span></button>`) : ''}</li>`)}</ol>`
  }</section>`;
}

function people(c: Ctx, view: View, may: boolean, paper: boolean): Html {
  const { one, id, revision } = view;
  const form = makeForm(c, `/meetings/${id}`, revision, one.history.length);
  const kinds = { member: '', guest: '招いた人', first_contact: 'はじめに話を聞いた人', part: '担当' } as const;
  return html`<section class="part"><h2>出席する人</h2>${one.people.length === 0 ? html`<p class="empty">まだ決まっていません。</p>` : ''}<ul class="lines">${one.people.map(
    (person) => {
      const only =
        person.cases.length === 0
          ? ''
          : `（${person.cases.map((known) => number(view, known)).join('、')} のときだけ）`;
      return html`<li>${person.came === true ? '☑ ' : person.came === false ? '欠席 ' : ''}${person.name} <span class="hint">${kinds[person.as]}${only}${person.remote ? '・オンライン' : ''}${paper ? '' : invitedHint(person)}</span></li>`;
    },
  )}</ul>${may && one.state === 'planned' && one.people.length > 0 ? more('メール・オンライン・外す', form('people', html`${one.people.map((person) => personFields(person, view.meeting.remote))}<button>残す</button>`)) : ''}</section>`;
}

const personFields = (person: Attendee, remote: boolean): Html =>
  html`<fieldset class="row"><legend>${person.name}</legend><label>メール<input type="email" name="mail-${person.id}" value="${person.mail ?? ''}" autocomplete="off"></label>${remote ? html`<label class="check"><input type="checkbox" name="remote-${person.id}" value="yes" ${person.remote ? 'checked' : ''}>オンラインで</label>` : ''}<label class="check"><input type="checkbox" name="off-${person.id}" value="yes">外す</label></fieldset>`;

/** Minutes and decisions of one case, for those who may see the case. */
function aboutCase(_c: Ctx, view: View, id: string, _may: boolean): Html {
  const known = view.cases.get(id);
  if (known === undefined) return html``;
  const minutes = view.one.minutes.filter((entry) => entry.case === id);
  const decisions = known.decisions.filter((entry) => entry.conference === view.id);
  if (minutes.length === 0 && decisions.length === 0) return html``;
  return html`<section class="part"><h2>${known.number} の記録 <span class="hint">${CASE_STATE_NAMES[known.state]}</span></h2>
    ${minutes.map((entry) => html`<blockquote>${entry.text.split('\n').map((line) => html`<p>${line}</p>`)}<p class="hint">${nameOf(view.names, entry.by)}・${when(entry.at)}</p></blockquote>`)}
    ${decisions.length === 0 ? '' : html`<table><caption class="sr">${known.number}で決めたこと</caption><thead><tr><th scope="col">何を</th><th scope="col">だれが</th><th scope="col">いつまでに</th></tr></thead><tbody>${decisions.map((entry) => html`<tr><td>${entry.what}</td><td>${entry.who}</td><td>${entry.due ?? '—'}</td></tr>`)}</tbody></table>`}</section>`;
}

function issues(view: View): Html {
  const general = view.one.minutes.filter((entry) => entry.case === null);
  if (view.one.issues.length === 0 && general.length === 0) return html``;
  return html`<section class="part"><h2>全体のこと</h2>${general.map((entry) => html`<p>${entry.text}</p>`)}<ul class="lines">${view.one.issues.map((entry) => html`<li>課題：${entry.text}${entry.need === null ? '' : html` <span class="hint">${NEED_NAMES[entry.need]}</span>`}</li>`)}</ul></section>`;
}

/** 芦屋: why a new case does not wait here yet. */
function screenFirst(city: Municipality, meeting: Meeting): Html {
  const team = (city.meetings ?? []).find((known) => known.does === 'screening');
  if (team === undefined || team.id === meeting.id) return html``;
  return html`<p class="hint">新しいケースは、先に「${team.name}」で見立てます。「受け止める」になると、ここに出ます。</p>`;
}

function forms(c: Ctx, view: View): Html {
  const { one, id, revision, waiting, meeting } = view;
  const city = c.get('city');
  const form = makeForm(c, `/meetings/${id}`, revision, one.history.length);
  const choose = html`<label>ケース<select name="case">${[...view.cases.values()].map((known) => html`<option value="${known.id}">${known.number}</option>`)}</select></label>`;
  const next = (city.meetings ?? []).find((known) => known.id === meeting.next);
  if (one.state === 'cancelled') return html``;
  const planned = one.state === 'planned';
  return html`
    ${planned ? html`<section class="box"><h2>議題に入れる</h2>${waiting.length === 0 ? html`<p class="empty">待っているケースはありません。</p>${screenFirst(city, meeting)}` : html`<ul class="lines">${waiting.map((wait) => html`<li>${wait.case.number} ${PURPOSE_NAMES[wait.purpose]} <span class="hint">${windowName(city, wait.case.lead)}${view.elsewhere.has(wait.case.id) ? `・${when(view.elsewhere.get(wait.case.id)!)} の議題に入っています` : ''}</span>${form('add', html`<input type="hidden" name="case" value="${wait.case.id}"><button>入れる<span class="sr">：${wait.case.number}</span></button>`)}</li>`)}</ul>`}</section>` : ''}
    ${planned && meeting.guests && view.cases.size > 0 ? more('招く', form('guest', html`<label>機関・名前<input name="name" required></label><label>メール<input type="email" name="mail"></label>${meeting.remote ? html`<label class="check"><input type="checkbox" name="remote" value="yes">オンラインで</label>` : ''}<fieldset><legend>どのケースのとき</legend>${[...view.cases.values()].map((known) => html`<label class="check"><input type="checkbox" name="case" value="${known.id}">${known.number}</label>`)}</fieldset><p class="hint">本人が同意した相手だけを招けます。</p><button>招く</button>`)) : ''}
    ${view.cases.size > 0 ? more('記録を書く', form('minutes', html`<label>ケース<select name="case">${[...view.cases.values()].map((known) => html`<option value="${known.id}">${known.number}</option>`)}<option value="">全体のこと</option></select></label><label>記録<textarea name="text" rows="6" required></textarea></label><button>書く</button>`)) : ''}
    ${view.cases.size > 0 ? more('決めたことを書く', form('decide', html`${choose}<label>何を<input name="what" required></label><label>だれが<input name="who" required></label><label>いつまでに<input type="date" name="due" min="${dayOf(view.now)}"></label><button>書く</button>`)) : ''}
    ${more('足りないもの・課題を書く', form('issue', html`<label>課題（だれのことか分かることは書かない）<textarea name="text" rows="3" required></textarea></label><label>分野<select name="need"><option value="">なし</option>${NEEDS.map((need) => html`<option value="${need}">${NEED_NAMES[need]}</option>`)}</select></label>${next === undefined ? '' : html`<label class="check"><input type="checkbox" name="to" value="${next.id}" checked>${next.name}へ上げる</label>`}<button>書く</button>`))}
    ${planned && view.now >= one.start ? more('開いた（出席を残す）', form('held', html`<fieldset><legend>来た人</legend>${one.people.map((person) => html`<label class="check"><input type="checkbox" name="came" value="${person.id}" checked>${person.name}</label>`)}</fieldset><button>残す</button>`)) : ''}
    ${planned ? more('日時・場所を変える', form('move', html`<label>日<input type="date" name="day" value="${dayOf(one.start)}" required></label><label>はじめ<input type="time" name="from" value="${timeLabel(one.start).padStart(5, '0')}" required></label><label>おわり<input type="time" name="to" value="${timeLabel(one.end).padStart(5, '0')}" required></label><label>場所<input name="place" value="${one.place}"></label><button>変える</button>`)) : ''}
    ${planned ? more('取りやめる', form('cancel', html`<button>取りやめる</button>`)) : ''}`;
}
