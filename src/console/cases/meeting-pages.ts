/** The city's meetings as its plan has them: when the next one is, what is on its agenda, who sits in it, what was said and decided. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Conference } from '#contracts/case.ts';
import { needSchema } from '#contracts/labels.ts';
import type { Meeting } from '#contracts/municipality.ts';
import { dayLabel, dayOf, slotSentence, timeLabel } from '#engine/japan-time.ts';
import { inviteGuest, keepConference, putOnAgenda } from '#handoff/cases/agenda.ts';
import { decide } from '#handoff/cases/case-steps.ts';
import * as steps from '#handoff/cases/conference.ts';
import { invitationOf } from '#handoff/cases/invitation.ts';
import { comingDays, dueBy } from '#handoff/cases/meeting-days.ts';
import { actOnCase } from '#handoff/cases/open-case.ts';
import { momentOf } from '#handoff/opening-hours.ts';
import { type Draft, inDraft } from '#store/draft.ts';
import { timeKey } from '#store/kinds.ts';
import { type Ctx, type Desk, type Env, path } from '../desk.ts';
import { type Fields, fieldsOf } from '../form.ts';
import { allowed } from '../guard.ts';
import { csrf, type Html, message, page } from '../layout.ts';
import { record } from '../sign-in.ts';
import { caseRefusal } from './case-names.ts';
import { conferencePage } from './conference-page.ts';
import { organiserOf, sendInvitations } from './invite-box.ts';
import { actOnKept, type Done } from './kept.ts';

type Work = (desk: Desk, c: Ctx, draft: Draft, id: string, fields: Fields) => Promise<Done>;
const base = (desk: Desk, c: Ctx) => ({
  municipality: c.get('city'),
  ids: desk.ids,
  by: c.get('me').id,
  now: desk.clock.now(),
});

/** A step that looks at nothing but the conference. */
const pure =
  (
    action: string,
    run: (one: Conference, act: ReturnType<typeof base>, fields: Fields) => steps.ConferenceOutcome,
  ): Work =>
  async (desk, c, draft, id, fields) => {
    const one = await draft.get('conference', id);
    if (!one) return { ok: false, why: 'unknown_meeting' };
    return keepConference(draft, { ...base(desk, c), conference: id }, action, run(one, base(desk, c), fields));
  };

const ACTIONS: Readonly<Record<string, Work>> = {
  add: (desk, c, draft, id, fields) =>
    putOnAgenda(draft, { ...base(desk, c), conference: id, case: fields.one('case') }),
  off: pure('off', (one, act, fields) => steps.takeOff(one, { ...act, case: fields.one('case') })),
  guest: (desk, c, draft, id, fields) =>
    inviteGuest(draft, {
      ...base(desk, c),
      conference: id,
      name: fields.one('name'),
      mail: fields.one('mail'),
      remote: fields.one('remote') === 'yes',
      cases: fields.all('case'),
    }),
  people: pure('people', (one, act, fields) => changePeople(one, act, fields)),
  move: pure('move', (one, act, fields) => {
    const time = timeIn(fields);
    return time === null
      ? steps.refused('bad_time')
      : steps.moveConference(one, { ...act, ...time, place: fields.one('place') });
  }),
  minutes: pure('minutes', (one, act, fields) =>
    steps.minute(one, { ...act, id: act.ids.id(), case: fields.one('case') || null, text: fields.one('text') }),
  ),
  issue: pure('issue', (one, act, fields) => {
    const need = needSchema.safeParse(fields.one('need'));
    return steps.raiseIssue(one, {
      ...act,
      id: act.ids.id(),
      text: fields.one('text'),
      need: need.success ? need.data : null,
      to: fields.one('to') || null,
    });
  }),
  held: pure('held', (one, act, fields) => steps.hold(one, { ...act, came: fields.all('came') })),
  cancel: pure('cancel', (one, act) => steps.cancelConference(one, act)),
  decide: async (desk, c, draft, id, fields) => {
    const conference = await draft.get('conference', id);
    if (!conference?.agenda.some((item) => item.case === fields.one('case'))) return { ok: false, why: 'unknown_case' };
    const due = fields.one('due') === '' ? null : fields.one('due');
    return actOnCase(draft, { ...base(desk, c), case: fields.one('case'), action: 'decide' }, (one) =>
      decide(one, {
        ...base(desk, c),
        id: desk.ids.id(),
        conference: id,
        what: fields.one('what'),
        who: fields.one('who'),
        due,
      }),
    );
  },
};

export function meetingRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/meetings', allowed(desk, 'case.see'), (c) => meetingList(desk, c));
  app.post('/meetings', allowed(desk, 'case.act'), (c) => planMeeting(desk, c));
  app.get('/meetings/:id', allowed(desk, 'case.see'), (c) => conferencePage(desk, c, c.req.param('id')));
  app.get('/meetings/:id/print', allowed(desk, 'case.see'), (c) =>
    conferencePage(desk, c, c.req.param('id'), { paper: true }),
  );
  app.post('/meetings/:id/invite', allowed(desk, 'case.act'), (c) => invite(desk, c, c.req.param('id')));
  app.get('/meetings/:id/invitation.ics', allowed(desk, 'case.see'), (c) => invitation(desk, c, c.req.param('id')));
  for (const [name, work] of Object.entries(ACTIONS)) {
    app.post(`/meetings/:id/${name}`, allowed(desk, 'case.act'), (c) => {
      const id = c.req.param('id');
      return actOnKept(desk, c, {
        kind: 'conference',
        id,
        base: `/meetings/${id}`,
        action: name,
        may: () => runs(c),
        work: (draft, fields) => work(desk, c, draft, id, fields),
        refused: (fault) => conferencePage(desk, c, id, { fault }),
        why: caseRefusal,
        gone: () => message(desk, c, 404, '見つかりません', 'この会議はないか、あなたが進めるものではありません。'),
        history: (one) => one.history,
      });
    });
  }
  return app;
}

/** Meetings are run by coordinators; others see those in which a case of theirs is heard. */
const runs = (c: Ctx): boolean => c.get('me').can('ticket.see_all');

async function meetingList(desk: Desk, c: Ctx, fault?: string): Promise<Response> {
  const city = c.get('city');
  const now = desk.clock.now();
  const [ahead, past] = await Promise.all([
    desk.store.list(city.id, 'conference', 'start', { from: timeKey(now - 86_400_000), limit: 100 }),
    desk.store.list(city.id, 'conference', 'start', { to: timeKey(now - 86_400_000), limit: 50, reverse: true }),
  ]);
  const rows = [...ahead, ...past].map((row) => ({ id: row.id, one: row.body }));
  const last = (id: string): number | null =>
    rows
      .filter(({ one }) => one.meeting === id && one.state !== 'cancelled')
      .reduce<number | null>((at, { one }) => Math.max(at ?? 0, one.start), null);
  const body = html`<h1>会議</h1>${(city.meetings ?? []).map((meeting) => {
    const own = rows.filter(({ one }) => one.meeting === meeting.id);
    const list = own.map(
      ({ id, one }) =>
        html`<li><a href="${path(c, `/meetings/${id}`)}">${slotSentence(one)}</a> <span class="hint">${STATES[one.state]}・議題 ${one.agenda.length}件</span></li>`,
    );
    return html`<section class="part"><h2>${meeting.name}</h2><p>${meeting.about ?? ''}</p><p class="hint">${rhythmOf(meeting, last(meeting.id), now)}</p>
      ${own.length === 0 ? '' : html`<ul class="links">${list}</ul>`}
      ${meeting.hears === 'closed' ? html`<p class="hint">支援会議は、記録ごとに日時を決めます。<a href="${path(c, '/closed')}">支援会議の記録</a></p>` : runs(c) ? planForms(c, meeting, rows, now) : ''}</section>`;
  })}${(city.meetings ?? []).length === 0 ? html`<p class="empty">会議が決まっていません。市のファイル（municipality.yaml）の meetings に書いてください。</p>` : ''}`;
  return page(desk, c, { title: '会議', body, fault, ...(fault === undefined ? {} : { status: 422 as const }) });
}

const STATES: Record<Conference['state'], string> = { planned: '予定', held: '開きました', cancelled: '取りやめ' };

/** The plan's rhythm in words. */
function rhythmOf(meeting: Meeting, last: number | null, now: number): string {
  const parts: string[] = [];
  const days = ['日', '月', '火', '水', '木', '金', '土'];
  const order = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  if (meeting.regular !== undefined)
    parts.push(
      `毎月 第${meeting.regular.nth.join('・')}${days[order.indexOf(meeting.regular.weekday)]}曜 ${meeting.regular.hours.replaceAll(/(?<![\d:])0/gu, '').replace('-', '〜')}`,
    );
  if (meeting.everyMonths !== undefined)
    parts.push(meeting.everyMonths === 1 ? '月1回' : `${meeting.everyMonths}か月に1回`);
  if (meeting.timesAYear !== undefined) parts.push(`年${meeting.timesAYear}回`);
  if (meeting.onCall) parts.push('随時');
  if (meeting.minutesPerCase !== undefined) parts.push(`1件${meeting.minutesPerCase}分`);
  if (meeting.calledBy !== undefined) parts.push(`呼びかけ：${meeting.calledBy}`);
  if (meeting.firstContact) parts.push('はじめに話を聞いた人も出席');
  if (meeting.guests) parts.push(meeting.remote ? '外の機関は招いたとき（オンラインも）' : '外の機関は招いたとき');
  const due = dueBy(meeting, last, now);
  if (due !== null) parts.push(`次は ${dayLabel(due)} までに`);
  return parts.join('・');
}

function planForms(c: Ctx, meeting: Meeting, rows: readonly { one: Conference }[], now: number): Html {
  const coming = comingDays(c.get('city'), meeting, { from: now, limit: 3 }).filter(
    ({ start }) =>
      !rows.some(({ one }) => one.meeting === meeting.id && one.start === start && one.state !== 'cancelled'),
  );
  const form = (inside: Html): Html =>
    html`<form method="post" action="${path(c, '/meetings')}" class="stack">${csrf(c.get('me'))}<input type="hidden" name="meeting" value="${meeting.id}">${inside}</form>`;
  const regular =
    coming.length === 0
      ? ''
      : form(
          html`<div class="row"><label>計画の日<select name="slot">${coming.map((day) => html`<option value="${day.day} ${clock(day.start)} ${clock(day.end)}">${dayLabel(day.day)} ${timeLabel(day.start)}〜${timeLabel(day.end)}${day.closed ? '（休みの日）' : ''}</option>`)}</select></label><label>場所<input name="place"></label><button>予定に入れる</button></div>`,
        );
  return html`${regular}<details class="box"><summary>${meeting.regular === undefined ? '日時を決める' : '随時の日時を決める'}</summary>${form(html`<input type="hidden" name="onCall" value="${meeting.regular === undefined && !meeting.onCall ? '' : 'yes'}"><label>日<input type="date" name="day" min="${dayOf(now)}" required></label><label>はじめ<input type="time" name="from" required></label><label>おわり<input type="time" name="to" required></label><label>場所（オンラインなら、つなぎ方）<input name="place"></label><button>予定に入れる</button>`)}</details>`;
}

/** Where everybody is written to, in one go; who is ticked off does not come. Unchanged people leave no line of history. */
function changePeople(one: Conference, act: ReturnType<typeof base>, fields: Fields): steps.ConferenceOutcome {
  let outcome: steps.ConferenceOutcome = { ok: true, conference: one };
  for (const { id, mail, remote } of one.people) {
    if (!outcome.ok) return outcome;
    const typed = fields.one(`mail-${id}`).trim();
    const away = fields.one(`remote-${id}`) === 'yes';
    if (fields.one(`off-${id}`) === 'yes') outcome = steps.removePerson(outcome.conference, { ...act, person: id });
    else if (typed !== (mail ?? '') || away !== remote)
      outcome = steps.changePerson(outcome.conference, { ...act, person: id, mail: typed, remote: away });
  }
  return outcome;
}

const clock = (at: number): string => timeLabel(at).padStart(5, '0');

function timeIn(fields: Fields): { start: number; end: number } | null {
  const slot = fields.one('slot').split(' ');
  const [day = '', from = '', to = ''] =
    slot.length === 3 ? slot : [fields.one('day'), fields.one('from'), fields.one('to')];
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(day) || !/^\d{2}:\d{2}$/u.test(from) || !/^\d{2}:\d{2}$/u.test(to)) return null;
  const time = { start: momentOf(day, from), end: momentOf(day, to) };
  return Number.isNaN(time.start) || Number.isNaN(time.end) || time.start >= time.end ? null : time;
}

async function planMeeting(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  if (!runs(c)) return meetingList(desk, c, '会議を開けるのは、相談支援包括化推進員です。');
  const meeting = c.get('city').meetings?.find((one) => one.id === fields.one('meeting'));
  const time = timeIn(fields);
  if (meeting === undefined) return meetingList(desk, c, caseRefusal('unknown_meeting'));
  if (time === null) return meetingList(desk, c, caseRefusal('bad_time'));
  const onCall = fields.one('onCall') === 'yes';
  const made = steps.newConference(meeting, {
    ...base(desk, c),
    ...time,
    place: fields.one('place'),
    onCall,
    id: desk.ids.id,
    last: await latestOf(desk, c, meeting.id),
  });
  if (!made.ok) return meetingList(desk, c, caseRefusal(made.why));
  // One meeting at one time has one record: two people who open it at once find the same.
  const id = `${meeting.id}-${time.start.toString(36)}`;
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const known = await draft.get('conference', id);
    if (known && known.state !== 'cancelled') return;
    // Called off before: invitations that went out then are replaced by later ones.
    const conference = { ...made.conference, sequence: (known?.sequence ?? -1) + 1 };
    await keepConference(draft, { ...base(desk, c), conference: id }, 'plan', { ok: true, conference });
  });
  return c.redirect(path(c, `/meetings/${id}?done=planned`), 303);
}

async function latestOf(desk: Desk, c: Ctx, meeting: string): Promise<Conference | null> {
  const rows = await desk.store.list(c.get('city').id, 'conference', 'start', { limit: 100, reverse: true });
  return rows.map((row) => row.body).find((one) => one.meeting === meeting) ?? null;
}

/** The mail server answers within seconds; whom it did not take for can be tried again with the same button. */
async function invite(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const stored = await desk.store.get(c.get('city').id, 'conference', id);
  const meeting = c.get('city').meetings?.find((one) => one.id === stored?.body.meeting);
  if (!stored || !meeting || !runs(c)) return message(desk, c, 404, '見つかりません', 'この会議はありません。');
  const { reached, failed } = await sendInvitations(desk, c, id, meeting);
  if (failed === 0 && reached > 0) return c.redirect(path(c, `/meetings/${id}?done=invite`), 303);
  const fault =
    failed > 0 ? `${failed}人に届きませんでした。アドレスを確かめて、もう一度送ってください。` : '送る相手がいません。';
  return conferencePage(desk, c, id, { fault });
}

async function invitation(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const city = c.get('city');
  const stored = await desk.store.get(city.id, 'conference', id);
  const meeting = city.meetings?.find((one) => one.id === stored?.body.meeting);
  if (!stored || !meeting || !runs(c)) return message(desk, c, 404, '見つかりません', 'この会議はありません。');
  await record(desk, c, c.get('me').id, 'conference.invitation', id);
  const { start, end, place, sequence, state, people } = stored.body;
  const text = invitationOf({
    uid: `${city.id}-${id}@tsunagi`,
    title: meeting.name,
    start,
    end,
    place,
    sequence,
    cancelled: state === 'cancelled',
    at: desk.clock.now(),
    organiser: { name: city.name, mail: organiserOf(desk, c) },
    people: people.flatMap(({ name, mail }) => (mail === null ? [] : [{ name, mail }])),
  });
  c.header('content-disposition', 'attachment; filename="meeting.ics"');
  return c.body(text, 200, { 'content-type': 'text/calendar; charset=utf-8' });
}
