/**
 * From a ticket: ask the person whether others may think along, open the case, stay in touch, note what the city lacks; or,
 * without consent, begin a 支援会議 file. Of the last nothing is left here, neither on the ticket nor in the city's log.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { URGENCIES } from '#contracts/case.ts';
import { NEED_NAMES, NEEDS, needSchema } from '#contracts/labels.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { askMeetingConsent } from '#conversation/case-messages.ts';
import { beginAgreedTouch, offerTouch, stopTouch } from '#conversation/keep-in-touch.ts';
import { writeAudit } from '#handoff/audit.ts';
import { hearingOf, isViolent, mayAskDesk, meetingWording, recordMeetingConsent } from '#handoff/cases/case-consent.ts';
import { openClosedFile } from '#handoff/cases/closed-file.ts';
import { openCase } from '#handoff/cases/open-case.ts';
import { isReport } from '#handoff/cases/reports.ts';
import type { Draft } from '#store/draft.ts';
import { inDraft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import { type Ctx, type Desk, type Env, path } from '../desk.ts';
import { type Fields, fieldsOf } from '../form.ts';
import { allowed } from '../guard.ts';
import { csrf, type Html, page } from '../layout.ts';
import { reachOf } from '../reach.ts';
import { notThere } from '../ticket-page.ts';
import { when, windowName } from '../words.ts';
import { caseRefusal, HOW_NAMES, TOUCH_NAMES, TOUCH_STATES, URGENCY_NAMES, WITHOUT_NAMES } from './case-names.ts';
import { more } from './kept.ts';
import { placeBox, placeSeen, setPlaceDay } from './place-box.ts';
import { joinHome, leaveHome, reportBox, reportsFor } from './report-box.ts';

type Result = { ok: true; to?: string } | { ok: false; why: string };
type Work = (desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields) => Promise<Result>;

const WORKS: Readonly<Record<string, Work>> = {
  case: async (desk, c, draft, ticket, fields) => {
    const urgency = URGENCIES.find((one) => one === fields.one('urgency')) ?? 'regular';
    const act = { municipality: c.get('city'), ids: desk.ids, by: c.get('me').id, now: desk.clock.now() };
    const done = await openCase(draft, { ...act, tickets: [ticket.id], reason: fields.one('reason'), urgency });
    return done.ok ? { ok: true, to: `/cases/${done.case.id}?done=opened` } : done;
  },
  'ask-meeting': (desk, c, draft, ticket, fields) =>
    askMeetingConsent(draft, desk, {
      ticket: ticket.id,
      staff: c.get('me').id,
      municipality: c.get('city'),
      bodies: bodiesIn(fields),
      mayWrite: fields.one('mayWrite') === 'yes',
    }),
  'record-meeting': recordMeeting,
  'touch-offer': (desk, c, draft, ticket, fields) =>
    offerTouch(draft, desk, { ...wishOf(fields), ticket: ticket.id, staff: c.get('me').id }),
  'touch-begin': (desk, c, draft, ticket, fields) => {
    const how = (['phone', 'visit', 'paper'] as const).find((one) => one === fields.one('how')) ?? 'phone';
    return beginAgreedTouch(draft, desk, { ...wishOf(fields), ticket: ticket.id, staff: c.get('me').id, how });
  },
  'touch-stop': (desk, c, draft, ticket) => stopTouch(draft, desk, { ticket: ticket.id, staff: c.get('me').id }),
  'touch-seen': async (_desk, _c, draft, ticket) => {
    const touch = await draft.get('touch', ticket.id);
    if (touch) await draft.put('touch', ticket.id, { ...touch, unseen: false });
    return { ok: true, to: '/cases' };
  },
  'same-home': joinHome,
  'same-home-off': leaveHome,
  'place-day': setPlaceDay,
  'place-seen': placeSeen,
  gap,
  closed,
};

export function togetherRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/tickets/:id/together', allowed(desk, 'case.act'), (c) => togetherPage(desk, c, c.req.param('id')));
  for (const [name, work] of Object.entries(WORKS)) {
    app.post(`/tickets/:id/${name}`, allowed(desk, name === 'closed' ? 'closed.see' : 'case.act'), (c) =>
      act(desk, c, c.req.param('id'), work),
    );
  }
  return app;
}

async function act(desk: Desk, c: Ctx, id: string, work: Work): Promise<Response> {
  const city = c.get('city').id;
  const stored = await desk.store.get(city, 'ticket', id);
  if (!stored || (await reachOf(desk, c, stored.body)) !== 'full') return notThere(desk, c);
  const fields = await fieldsOf(c);
  const done = await inDraft(desk.store, city, async (draft): Promise<Result> => {
    const ticket = await draft.get('ticket', id);
    return ticket ? work(desk, c, draft, ticket, fields) : { ok: false, why: 'no_ticket' };
  });
  if (!done.ok) return togetherPage(desk, c, id, caseRefusal(done.why));
  return c.redirect(path(c, done.to ?? `/tickets/${id}/together?done=yes`), 303);
}

async function togetherPage(desk: Desk, c: Ctx, id: string, fault?: string): Promise<Response> {
  const city = c.get('city');
  const [stored, touch] = await Promise.all([
    desk.store.get(city.id, 'ticket', id),
    desk.store.get(city.id, 'touch', id),
  ]);
  if (!stored || (await reachOf(desk, c, stored.body)) !== 'full') return notThere(desk, c);
  const ticket = stored.body;
  const reports = await reportsFor(desk, c, ticket);
  const said = c.req.query('done') === undefined ? undefined : '記録しました。';
  const body = html`<p class="crumb"><a href="${path(c, `/tickets/${id}`)}">相談 ${ticket.receipt}</a></p><h1>いっしょに考える・様子をうかがう</h1>
    ${reportBox(c, ticket, reports)}${caseBox(c, ticket)}${consentBox(c, ticket)}${placeBox(c, ticket, desk.clock.now())}${touchBox(c, ticket, touch?.body ?? null)}${gapBox(c, ticket)}${closedBox(c, ticket, reports.joined.length)}`;
  const status = fault === undefined ? {} : { status: 422 as const };
  return page(desk, c, { title: `いっしょに考える ${ticket.receipt}`, body, said, fault, ...status });
}

const form = (c: Ctx, ticket: Ticket, action: string, inside: Html): Html =>
  html`<form method="post" action="${path(c, `/tickets/${ticket.id}/${action}`)}" class="stack">${csrf(c.get('me'))}${inside}</form>`;

function caseBox(c: Ctx, ticket: Ticket): Html {
  if (ticket.case != null)
    return html`<section class="box"><h2>ケース</h2><p><a href="${path(c, `/cases/${ticket.case}`)}">この相談のケースを開く</a></p></section>`;
  if (isReport(ticket) && !mayAskDesk(c.get('city'), ticket))
    return html`<section class="box"><h2>ケースをひらく</h2><p>まわりの人からの知らせなので、本人の同意がありません。本人に会って、話し合ってよいかを聞いてからひらけます。それまでは、下の支援会議で話し合えます。</p></section>`;
  if (!mayAskDesk(c.get('city'), ticket))
    return html`<section class="box"><h2>ケースをひらく</h2><p>多機関の窓口や会議に伝えることへの、本人の同意がまだありません。説明して、納得してもらってからひらけます。不安なときは、先に話してみることや、いっしょに行くことも伝えてください。</p></section>`;
  return html`<section class="box"><h2>ケースをひらく</h2>${form(c, ticket, 'case', html`<label>何をいっしょに考えるか<textarea name="reason" rows="3" required>${ticket.multiAgency?.reason ?? ''}</textarea></label><fieldset><legend>急ぎかどうか</legend>${URGENCIES.map((one) => html`<label class="check"><input type="radio" name="urgency" value="${one}" ${one === (ticket.urgent ? 'urgent' : 'regular') ? 'checked' : ''}>${URGENCY_NAMES[one]}</label>`)}</fieldset><button class="main">ケースをひらく</button>`)}</section>`;
}

function consentBox(c: Ctx, ticket: Ticket): Html {
  const city = c.get('city');
  const ask = ticket.meetingAsk;
  const members = [
    ...new Set((city.meetings ?? []).filter((one) => one.hears === 'consented').flatMap((one) => one.members)),
  ];
  const windows = city.windows.filter((window) => !members.includes(window.name) && !window.event);
  const choose = html`<fieldset class="grid"><legend>だれに伝えるか（名前を挙げて、たずねます）</legend>${members.map((name) => html`<label class="check"><input type="checkbox" name="body" value="${name}" checked>${name}</label>`)}${windows.map((window) => html`<label class="check"><input type="checkbox" name="body" value="${window.id}" ${window.id === ticket.window ? 'checked' : ''}>${window.name}</label>`)}</fieldset><label>ほかの機関（1行に1つ）<textarea name="others" rows="2"></textarea></label>`;
  const violent = isViolent(ticket)
    ? html`<p class="warn">暴力のおそれがある相談です。本人から聞いていないときは、送らないでください。</p><label class="check"><input type="checkbox" name="mayWrite" value="yes">本人から、LINEで連絡してよいと聞いています</label>`
    : '';
  const state =
    hearingOf(ticket) === 'consented'
      ? html`<p class="ok">会議で話し合うことに、本人の同意があります。</p>`
      : ask != null && ask.answer === null
        ? html`<p>${when(ask.at)} にたずねて、返事を待っています。</p>`
        : ask?.answer === 'question'
          ? html`<p>本人に、聞きたいことがあるそうです。相談の画面でお返事してください。</p>`
          : html`<p>会議で話し合うことへの、本人の同意はまだありません。</p>`;
  return html`<section class="box"><h2>会議で話し合うことへの同意</h2>${state}
    ${isReport(ticket) ? html`<p class="hint">LINEの相手は本人ではないので、LINEではたずねられません。本人に会って、または電話で聞いてください。</p>` : more('LINEでたずねる', form(c, ticket, 'ask-meeting', html`${choose}${violent}<button>たずねる</button>`))}
    ${more('電話や面談で聞いた返事を書く', form(c, ticket, 'record-meeting', html`${choose}<fieldset><legend>本人の返事</legend><label class="check"><input type="radio" name="state" value="given" required>同意する</label><label class="check"><input type="radio" name="state" value="refused">同意しない</label><label class="check"><input type="radio" name="state" value="withdrawn">取り消す</label></fieldset><label>どう聞いたか<select name="how">${(['phone', 'visit', 'paper'] as const).map((how) => html`<option value="${HOW_NAMES[how]}">${HOW_NAMES[how]}</option>`)}</select></label><button>書く</button>`))}</section>`;
}

function touchBox(c: Ctx, ticket: Ticket, touch: Body<'touch'> | null): Html {
  // Whoever reported is promised no news, and asked for none.
  if (isReport(ticket)) return html``;
  const wish = html`<label>何日ごと<select name="everyDays">${[3, 7, 14, 30, 60].map((days) => html`<option value="${days}" ${days === 14 ? 'selected' : ''}>${days}日</option>`)}</select></label><label>何時ごろ<select name="hour">${Array.from({ length: 9 }, (_, i) => i + 9).map((hour) => html`<option value="${hour}" ${hour === 14 ? 'selected' : ''}>${hour}時</option>`)}</select></label>${ticket.safeHours === null ? '' : html`<label class="check"><input type="checkbox" name="hoursSeen" value="yes">本人が書いた「連絡してよい時間」を確かめました</label>`}`;
  const answers =
    touch === null || touch.answers.length === 0
      ? ''
      : html`<ul class="lines">${touch.answers.toReversed().map((one) => html`<li><time>${when(one.at)}</time> ${TOUCH_NAMES[one.answer]}</li>`)}</ul>`;
  const state =
    touch === null
      ? ''
      : html`<p>${TOUCH_STATES[touch.state]}${touch.nextAt === null ? '' : `（次は ${when(touch.nextAt)}）`}</p>`;
  const begin =
    touch?.state === 'on'
      ? form(c, ticket, 'touch-stop', html`<button>終わりにする</button>`)
      : html`${isViolent(ticket) ? html`<p class="warn">暴力のおそれがある相談には、こちらからたずねません。本人が望んだときだけ、下から始められます。</p>` : touch?.state === 'stopped' || touch?.state === 'declined' ? '' : more('LINEでたずねる', form(c, ticket, 'touch-offer', html`${wish}<button>たずねてよいか聞く</button>`))}
    ${more('本人から直接聞いて始める', form(c, ticket, 'touch-begin', html`${wish}<label>どう聞いたか<select name="how">${(['phone', 'visit', 'paper'] as const).map((how) => html`<option value="${how}">${HOW_NAMES[how]}</option>`)}</select></label><button>始める</button>`))}`;
  return html`<section class="box"><h2>その後いかがですか</h2><p class="hint">本人の同意があるときだけ、決まった間隔で「その後、いかがですか」と送ります。困りごとの中身は書きません。「もう聞かないで」で止まります。</p>${state}${answers}${begin}</section>`;
}

const gapBox = (c: Ctx, ticket: Ticket): Html =>
  html`<section class="box"><h2>足りないもの（地域課題）</h2>${form(c, ticket, 'gap', html`<label>分野<select name="need">${NEEDS.map((need) => html`<option value="${need}" ${need === ticket.needs[0]?.need ? 'selected' : ''}>${NEED_NAMES[need]}</option>`)}</select></label><label>何があればよかったか（だれのことか分かることは書かない）<input name="what" required maxlength="200"></label><button>残す</button>`)}</section>`;

function closedBox(c: Ctx, ticket: Ticket, joined: number): Html {
  if (!c.get('me').can('closed.see')) return html``;
  return more(
    '本人の同意がないまま、支援会議（106条の6）で話し合う',
    form(
      c,
      ticket,
      'closed',
      html`<p class="warn">名簿に入れた人だけが見られる、別の記録になります。相談の画面にも、操作の記録にも残りません。本人には知らせません。</p>
      <fieldset><legend>同意がないわけ</legend>${Object.entries(WITHOUT_NAMES).map(([value, name]) => html`<label class="check"><input type="radio" name="without" value="${value}" required>${name}</label>`)}</fieldset>
      <label>話し合うわけ<textarea name="reason" rows="3" required></textarea></label>
      ${joined === 0 ? '' : html`<label class="check"><input type="checkbox" name="withHome" value="yes" checked>同じ世帯の知らせ（${joined}件）も入れる</label>`}<label class="check"><input type="checkbox" name="urgent" value="yes" ${ticket.urgent ? 'checked' : ''}>急ぎ</label><button>記録をひらく</button>`,
    ),
  );
}

const bodiesIn = (fields: Fields): string[] =>
  [...fields.all('body'), ...fields.one('others').split('\n')]
    .map((one) => one.trim().slice(0, 60))
    .filter((one) => one !== '');

const wishOf = (fields: Fields) => ({
  everyDays: Number(fields.one('everyDays')),
  hour: Number(fields.one('hour')),
  hoursSeen: fields.one('hoursSeen') === 'yes',
});

async function recordMeeting(desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields): Promise<Result> {
  const city = c.get('city');
  const state = (['given', 'refused', 'withdrawn'] as const).find((one) => one === fields.one('state'));
  const bodies = bodiesIn(fields);
  if (state === undefined) return { ok: false, why: 'text_missing' };
  if (state === 'given' && bodies.length === 0) return { ok: false, why: 'nobody_named' };
  const [by, at] = [c.get('me').id, desk.clock.now()];
  const wording = `${meetingWording(city, bodies)}\n（${fields.one('how').slice(0, 20)}確認）`;
  await draft.put(
    'ticket',
    ticket.id,
    recordMeetingConsent(ticket, { bodies, state, wording, version: city.consent.version, at, by }),
  );
  writeAudit(
    draft,
    { at, by, action: 'ticket.consent', subject: ticket.id, detail: { recipient: 'meeting', state } },
    desk.ids,
  );
  return { ok: true };
}

async function gap(desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields): Promise<Result> {
  const need = needSchema.safeParse(fields.one('need'));
  const what = fields.one('what').trim().slice(0, 200);
  if (!need.success || what === '') return { ok: false, why: 'text_missing' };
  const [by, at, id] = [c.get('me').id, desk.clock.now(), desk.ids.id()];
  draft.add('gap', id, { at, by, need: need.data, district: ticket.district, what, ticket: ticket.id });
  writeAudit(draft, { at, by, action: 'gap.note', subject: id }, desk.ids);
  return { ok: true };
}

/** The reports that staff have put beside this one, if they are to come along; only those the opener may see. */
async function joinedSeen(desk: Desk, c: Ctx, ticket: Ticket, fields: Fields): Promise<string[]> {
  if (fields.one('withHome') !== 'yes') return [];
  return (await reportsFor(desk, c, ticket)).joined.map(({ id }) => id);
}

async function closed(desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields): Promise<Result> {
  const me = c.get('me');
  const without = (Object.keys(WITHOUT_NAMES) as (keyof typeof WITHOUT_NAMES)[]).find(
    (one) => one === fields.one('without'),
  );
  if (without === undefined) return { ok: false, why: 'reason_missing' };
  const done = await openClosedFile(draft, {
    municipality: c.get('city').id,
    tickets: [ticket.id, ...(await joinedSeen(desk, c, ticket, fields))],
    reason: fields.one('reason'),
    without,
    urgency: fields.one('urgent') === 'yes' ? 'urgent' : 'regular',
    lead: ticket.window,
    name: me.staff.name,
    body: windowName(c.get('city'), me.staff.windows[0] ?? ticket.window),
    by: me.id,
    now: desk.clock.now(),
    ids: desk.ids,
  });
  return done.ok ? { ok: true, to: `/closed/${done.file.id}` } : done;
}
