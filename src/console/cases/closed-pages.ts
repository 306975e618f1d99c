/**
 * 支援会議 (106条の6) on the screen. Who is not on the list of a file sees the same page as for one that does not exist; who is on
 * it sees first the notice of secrecy, and nothing else before it is acknowledged. Looks are kept in the file's own log; nothing
 * of this goes into the city's audit log, counts or live events.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { type ClosedFile, ITEM_SOURCES } from '#contracts/case.ts';
import { readClosedAudit, verifyClosedAudit } from '#handoff/cases/closed-audit.ts';
import * as closed from '#handoff/cases/closed-file.ts';
import { type Choice, MAY_COME, moveFile } from '#handoff/cases/move-file.ts';
import { momentOf } from '#handoff/opening-hours.ts';
import { listStaff } from '#handoff/staff-accounts.ts';
import { type Draft, inDraft } from '#store/draft.ts';
import { type Ctx, type Desk, type Env, path } from '../desk.ts';
import { findByReceipt } from '../find-tickets.ts';
import type { Fields } from '../form.ts';
import { allowed } from '../guard.ts';
import { type Html, message, page } from '../layout.ts';
import { may } from '../permissions.ts';
import { reachOf } from '../reach.ts';
import { nameOf, when } from '../words.ts';
import { caseRefusal, SOURCE_NAMES } from './case-names.ts';
import { planDays } from './closed-calendar.ts';
import { closedSheet } from './closed-sheet.ts';
import { actOnKept, type Done, makeForm, more } from './kept.ts';

type Work = (draft: Draft, act: closed.ClosedAct, fields: Fields, desk: Desk, c: Ctx) => Promise<Done>;

const ACTIONS: Readonly<Record<string, Work>> = {
  acknowledge: async (draft, act, fields) => {
    if (fields.one('read') !== 'yes') return { ok: false, why: 'not_acknowledged' };
    return closed.acknowledge(draft, { ...act, ...(fields.has('member') ? { member: fields.one('member') } : {}) });
  },
  member: addMember,
  'member-off': (draft, act, fields) => closed.removeMember(draft, { ...act, member: fields.one('member') }),
  item: (draft, act, fields) => {
    const source = ITEM_SOURCES.find((one) => one === fields.one('source')) ?? 'judgement';
    return closed.addItem(draft, {
      ...act,
      text: fields.one('text'),
      source,
      body: fields.one('body'),
      confirmed: fields.one('notTax') === 'yes',
    });
  },
  'item-off': (draft, act, fields) => closed.removeItem(draft, { ...act, item: fields.one('item') }),
  decide: (draft, act, fields) =>
    closed.decideClosed(draft, {
      ...act,
      meeting: null,
      what: fields.one('what'),
      who: fields.one('who'),
      due: fields.one('due') || null,
    }),
  settle: (draft, act, fields) =>
    closed.settleClosed(draft, { ...act, decision: fields.one('decision'), done: fields.one('set') === 'yes' }),
  meeting: (draft, act, fields) => {
    const [day, from, to] = [fields.one('day'), fields.one('from'), fields.one('to')];
    const sound = /^\d{4}-\d{2}-\d{2}$/u.test(day) && /^\d{2}:\d{2}$/u.test(from) && /^\d{2}:\d{2}$/u.test(to);
    const time = sound ? { start: momentOf(day, from), end: momentOf(day, to) } : { start: 0, end: 0 };
    return closed.planMeeting(draft, { ...act, ...time, place: fields.one('place') });
  },
  minutes: (draft, act, fields) =>
    closed.keepMinutes(draft, {
      ...act,
      meeting: fields.one('meeting'),
      came: fields.all('came'),
      text: fields.one('text'),
    }),
  ticket: async (draft, act, fields, desk, c) => {
    const ticket = await findByReceipt(desk.store, c.get('city').id, fields.one('receipt'));
    if (ticket === null || (await reachOf(desk, c, ticket)) !== 'full') return { ok: false, why: 'unknown_ticket' };
    return closed.addTicketToFile(draft, { ...act, ticket: ticket.id });
  },
  end: (draft, act, fields) => closed.endClosedFile(draft, { ...act, why: fields.one('why') }),
  move: async (draft, act, fields, _desk, c) => {
    const choices = fields
      .names()
      .filter((name) => name.startsWith('item-'))
      .map((name): Choice => {
        const item = name.slice(5);
        return {
          item,
          bring: fields.one(name) === 'bring',
          released: fields.one(`released-${item}`) === 'yes',
          why: fields.one(`why-${item}`),
        };
      });
    return moveFile(draft, { ...act, municipality: c.get('city'), choices });
  },
};

export function closedRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/closed', allowed(desk, 'closed.see'), (c) => closedList(desk, c));
  app.get('/closed/:id', allowed(desk, 'closed.see'), (c) => closedPage(desk, c, c.req.param('id')));
  app.get('/closed/:id/print', allowed(desk, 'closed.see'), (c) =>
    closedPage(desk, c, c.req.param('id'), { paper: true }),
  );
  app.get('/closed/:id/move', allowed(desk, 'closed.see'), (c) => movePage(desk, c, c.req.param('id')));
  app.get('/closed-log', allowed(desk, 'audit.see'), (c) => closedLog(desk, c));
  for (const [name, work] of Object.entries(ACTIONS)) {
    app.post(`/closed/:id/${name}`, allowed(desk, 'closed.see'), (c) => {
      const id = c.req.param('id');
      return actOnKept(desk, c, {
        kind: 'closed_file',
        id,
        base: `/closed/${id}`,
        action: name,
        may: ({ body }) => closed.standingOf(body, c.get('me').id) !== 'none',
        work: (draft, fields) =>
          work(draft, { file: id, by: c.get('me').id, now: desk.clock.now(), ids: desk.ids }, fields, desk, c),
        refused: (fault) => (name === 'move' ? movePage(desk, c, id, fault) : closedPage(desk, c, id, { fault })),
        why: caseRefusal,
        gone: () => nothing(desk, c),
        history: () => [],
      });
    });
  }
  return app;
}

/** Word for word what an unknown address gives. */
const nothing = (desk: Desk, c: Ctx): Response | Promise<Response> =>
  message(desk, c, 404, '見つかりません', 'この画面はありません。');

async function closedList(desk: Desk, c: Ctx): Promise<Response> {
  const city = c.get('city').id;
  const rows = await desk.store.list(city, 'closed_member', 'staff', { prefix: `${c.get('me').id}|`, limit: 200 });
  const files = (
    await desk.store.getMany(
      city,
      'closed_file',
      rows.map((row) => row.body.file),
    )
  ).flatMap((row) => (row ? [row.body] : []));
  const own = files
    .filter((file) => closed.standingOf(file, c.get('me').id) !== 'none')
    .toSorted((a, b) => b.updatedAt - a.updatedAt);
  const states = { open: 'つづいています', moved: '同意を得て、ケースに移りました', ended: '終わりました' } as const;
  const body = html`<h1>支援会議の記録</h1><p class="hint">社会福祉法 第106条の6 にもとづく、本人の同意のない話し合いの記録です。あなたが名簿に入っているものだけが出ます。</p>
    ${own.length === 0 ? html`<p class="empty">ありません。</p>` : html`<ul class="links">${own.map((file) => html`<li><a href="${path(c, `/closed/${file.id}`)}">${file.number}</a> <span class="hint">${states[file.state]}・${when(file.updatedAt)}</span></li>`)}</ul>`}`;
  return page(desk, c, { title: '支援会議の記録', body });
}

async function closedPage(
  desk: Desk,
  c: Ctx,
  id: string,
  extra: { fault?: string; paper?: boolean } = {},
): Promise<Response> {
  const city = c.get('city').id;
  const action = extra.paper === true ? 'print' : 'view';
  const look = await inDraft(desk.store, city, (draft) =>
    closed.lookInto(draft, { file: id, by: c.get('me').id, now: desk.clock.now(), action }),
  );
  const stored = look === null ? null : await desk.store.get(city, 'closed_file', id);
  if (look === null || !stored) return nothing(desk, c);
  const { fault } = extra;
  const status = fault === undefined ? {} : { status: 422 as const };
  const form = makeForm(c, `/closed/${id}`, stored.revision, 0);
  if (look.standing === 'door') return page(desk, c, { title: '守秘の確認', body: door(form), fault, ...status });
  const names = await desk.names(city);
  const file = stored.body;
  const sheet = closedSheet(c, file, names, extra.paper !== true);
  if (extra.paper === true)
    return page(desk, c, { title: file.number, body: html`<div class="paper">${sheet}</div>`, wide: true });
  const people = (await listStaff(desk.store, city)).filter(
    ({ id: staff, staff: one }) =>
      !one.disabled && may(one.roles, 'closed.see') && closed.standingOf(file, staff) === 'none',
  );
  const lines = (await readClosedAudit(desk.store, city, id)).toReversed();
  const body = html`<p class="crumb"><a href="${path(c, '/closed')}">支援会議の記録</a></p>
    <h1><span class="receipt">${file.number}</span> 支援会議${file.urgency === 'urgent' ? html`<span class="flag">急ぎ</span>` : ''}</h1>
    <p class="warn">本人の同意のない情報です。この記録があること自体を、名簿の外の人に伝えないでください。</p>
    <p class="jump"><a class="button" href="#acts">できることへ（書く・会議・名簿）</a></p>
    <div class="columns"><div class="sheet">${sheet}<section class="part"><h2>この記録の履歴</h2><ul class="history">${lines.slice(0, 100).map((line) => html`<li><time>${when(line.at)}</time> ${nameOf(names, line.by)}：${LOG_NAMES[line.action] ?? line.action}</li>`)}</ul></section></div>
    <aside class="acts" id="acts" tabindex="-1" aria-label="できること">${file.state === 'open' ? forms(c, file, form, people, desk.clock.now()) : ''}<section class="box"><h2>印刷</h2><ul class="links"><li><a href="${path(c, `/closed/${id}/print`)}">印刷する（履歴に残ります）</a></li></ul></section></aside></div>`;
  const said = c.req.query('done') === undefined ? undefined : '記録しました。';
  return page(desk, c, { title: `支援会議 ${file.number}`, body, wide: true, said, fault, ...status });
}

const LOG_NAMES: Record<string, string> = {
  open: 'ひらいた',
  acknowledge: '守秘を確認した',
  door: '守秘の画面を見た',
  view: '見た',
  print: '印刷した',
  calendar: 'カレンダーのファイルを取った',
  member_add: '名簿に入れた',
  member_leave: '名簿から外した',
  item_add: '情報を書いた',
  item_remove: '情報を消した',
  ticket_add: 'ほかの知らせを加えた',
  decide: '決めごとを書いた',
  settle: '決めごとに印をつけた',
  meeting_plan: '会議の日を決めた',
  minutes: '記録を書いた',
  move: '移す画面を見た',
  moved: '同意を得て、ケースに移した',
  end: '終えた',
};

const door = (form: ReturnType<typeof makeForm>): Html =>
  html`<h1>守秘の確認</h1><ul class="lines">${closed.SECRECY.text.map((line) => html`<li>${line}</li>`)}</ul>
    ${form('acknowledge', html`<label class="check"><input type="checkbox" name="read" value="yes" required>読みました。秘密を守ります。</label><button class="main">中に入る</button>`)}`;

function forms(
  c: Ctx,
  file: ClosedFile,
  form: ReturnType<typeof makeForm>,
  people: Awaited<ReturnType<typeof listStaff>>,
  now: number,
): Html {
  const living = file.members.filter((member) => member.leftAt === null);
  const paper = living.filter((member) => member.staff === null && member.secrecy === null);
  return html`
    ${more('情報を書く', form('item', html`<label>内容<textarea name="text" rows="4" required></textarea></label><label>どういう情報か<select name="source">${ITEM_SOURCES.map((source) => html`<option value="${source}">${SOURCE_NAMES[source]}</option>`)}</select></label><label>だれ（どこ）からの情報か<input name="body" required></label><label class="check"><input type="checkbox" name="notTax" value="yes" required>税の仕事で知った情報（課税・所得・滞納など）ではありません</label><button>書く</button>`))}
    ${more('決めたことを書く（だれが見守るか）', form('decide', html`<label>何を<input name="what" required></label><label>だれが<input name="who" required></label><label>いつまでに<input type="date" name="due"></label><button>書く</button>`))}
    ${more('会議の日を決める', form('meeting', html`${planDays(c, now)}<label>日<input type="date" name="day" required></label><label>はじめ<input type="time" name="from" required></label><label>おわり<input type="time" name="to" required></label><label>場所<input name="place"></label><button>決める</button>`))}
    ${file.meetings.length === 0 ? '' : more('会議の記録を書く', form('minutes', html`<label>会議<select name="meeting">${file.meetings.map((meeting) => html`<option value="${meeting.id}">${when(meeting.start)}</option>`)}</select></label><fieldset><legend>出た人（守秘を確認した人だけ）</legend>${living.filter((member) => member.secrecy !== null).map((member) => html`<label class="check"><input type="checkbox" name="came" value="${member.id}">${member.name}（${member.body}）</label>`)}</fieldset><label>記録<textarea name="text" rows="6" required></textarea></label><button>書く</button>`))}
    ${more('ほかの知らせを加える', form('ticket', html`<label>受付番号<input name="receipt" placeholder="A3K-7QF4" required autocomplete="off"></label><p class="hint">同じ世帯についての、ほかの知らせです。その相談の画面には、何も残りません。</p><button>加える</button>`))}
    ${more('名簿に入れる', form('member', html`<label>職員<select name="staff"><option value="">（アカウントのない人は下に）</option>${people.map(({ id, staff }) => html`<option value="${id}">${staff.name}</option>`)}</select></label><label>名前（アカウントのない人）<input name="name"></label><label>所属<input name="body" required></label><button>入れる</button>`))}
    ${paper.length === 0 ? '' : more('書面での守秘の確認を残す', form('acknowledge', html`<label>だれが<select name="member">${paper.map((member) => html`<option value="${member.id}">${member.name}（${member.body}）</option>`)}</select></label><label class="check"><input type="checkbox" name="read" value="yes" required>署名した書面を受け取りました</label><button>残す</button>`))}
    ${more('名簿から外す', form('member-off', html`<label>だれを<select name="member">${living.map((member) => html`<option value="${member.id}">${member.name}（${member.body}）</option>`)}</select></label><p class="hint">外れたあとも、守秘は続きます。</p><button>外す</button>`))}
    <section class="box"><h2>本人の同意を得たとき</h2><p><a class="button" href="${path(c, `/closed/${file.id}/move`)}">1つずつ見て、ケースへ移す</a></p></section>
    ${more('終える', form('end', html`<label>わけ<textarea name="why" rows="3" required></textarea></label><button>終える</button>`))}`;
}

async function addMember(draft: Draft, act: closed.ClosedAct, fields: Fields, desk: Desk, c: Ctx): Promise<Done> {
  const staff = fields.one('staff') === '' ? null : fields.one('staff');
  const known = staff === null ? null : await desk.store.get(c.get('city').id, 'staff', staff);
  if (staff !== null && (!known || !may(known.body.roles, 'closed.see'))) return { ok: false, why: 'unknown_member' };
  return closed.addMember(draft, {
    ...act,
    staff,
    name: known?.body.name ?? fields.one('name'),
    body: fields.one('body'),
  });
}

const RULES = {
  yes: '持っていけます',
  asked: '出した機関の了解があれば、持っていけます',
  never: '持っていけません（この記録に残ります）',
} as const;

async function movePage(desk: Desk, c: Ctx, id: string, fault?: string): Promise<Response> {
  const city = c.get('city').id;
  const look = await inDraft(desk.store, city, (draft) =>
    closed.lookInto(draft, { file: id, by: c.get('me').id, now: desk.clock.now(), action: 'move' }),
  );
  const stored = await desk.store.get(city, 'closed_file', id);
  if (look?.standing !== 'inside' || stored?.body.state !== 'open') return nothing(desk, c);
  const form = makeForm(c, `/closed/${id}`, stored.revision, 0);
  const items = stored.body.items.filter((item) => item.removed === null);
  const body = html`<p class="crumb"><a href="${path(c, `/closed/${id}`)}">支援会議 ${stored.body.number}</a></p><h1>同意のあるケースへ移す</h1>
    <p>本人が会議で話し合うことに同意したあとで、ここから移します。同意は、相談の「いっしょに考える」の画面に記録されている必要があります。1つずつ、持っていくか残すかを決めてください。会議の記録と見立ては移りません。</p>
    ${form(
      'move',
      html`${items.map((item) => {
        const rule = MAY_COME[item.source];
        return html`<fieldset class="box"><legend>${SOURCE_NAMES[item.source]}（${item.body}）</legend><p>${item.text}</p><p class="hint">${RULES[rule]}</p>
          ${rule === 'never' ? html`<input type="hidden" name="item-${item.id}" value="leave">` : html`<label class="check"><input type="radio" name="item-${item.id}" value="bring" required>持っていく</label>${rule === 'asked' ? html`<label class="check"><input type="checkbox" name="released-${item.id}" value="yes">${item.body}の了解を得ました</label>` : ''}<label class="check"><input type="radio" name="item-${item.id}" value="leave">残す</label><label>残すわけ<input name="why-${item.id}"></label>`}</fieldset>`;
      })}<button class="main">ケースへ移す</button>`,
    )}`;
  return page(desk, c, {
    title: `移す ${stored.body.number}`,
    body,
    fault,
    ...(fault === undefined ? {} : { status: 422 as const }),
  });
}

/** For auditors: that files are looked after, who opened them when; not what they hold. */
async function closedLog(desk: Desk, c: Ctx): Promise<Response> {
  const city = c.get('city').id;
  const heads = await desk.store.list(city, 'closed_audit_head', 'all', { limit: 500 });
  const names = await desk.names(city);
  const wanted = heads.find((row) => row.body.number === c.req.query('number'));
  const lines = wanted === undefined ? [] : (await readClosedAudit(desk.store, city, wanted.id)).toReversed();
  const verdict = wanted === undefined ? null : await verifyClosedAudit(desk.store, city, wanted.id);
  const said =
    verdict?.ok === true ? `つながりを確かめました。${verdict.lines}行に欠けや書きかえはありません。` : undefined;
  const fault =
    verdict?.ok === false
      ? `${verdict.sequence} 行目がおかしくなっています。すぐに情報政策の担当へ知らせてください。`
      : undefined;
  const body = html`<h1>支援会議の記録の履歴</h1><p class="hint">内容は、名簿に入っている人だけが見られます。ここには、だれがいつ何をしたかだけが出ます。</p>
    <ul class="links">${heads.map((row) => html`<li><a href="?number=${row.body.number}">${row.body.number}</a> <span class="hint">${row.body.sequence}行</span></li>`)}</ul>
    ${lines.length === 0 ? '' : html`<section class="part"><h2>${wanted?.body.number}</h2><ul class="history">${lines.map((line) => html`<li><time>${when(line.at)}</time> ${nameOf(names, line.by)}：${LOG_NAMES[line.action] ?? line.action}</li>`)}</ul></section>`}`;
  return page(desk, c, { title: '支援会議の記録の履歴', body, said, fault });
}
