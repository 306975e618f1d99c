/** Who is told of a crisis and how: chat tools, people on duty out of hours; and what became of the last alerts. */
import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { HOOK_FORMATS } from '#contracts/staff.ts';
import { dayOf } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { momentOf } from '#handoff/opening-hours.ts';
import { listStaff } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { timeKey } from '#store/kinds.ts';
import { DEFAULT_TARGETS, readTargets, TARGETS_SETTING, targetsSchema } from './deadlines.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, page } from './layout.ts';
import { may } from './permissions.ts';
import { nameOf, when, windowName } from './words.ts';

const FORMAT_NAMES = { generic: '汎用（JSON）', slack: 'Slack など', teams: 'Teams' } as const;

export function alertRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  const guard = allowed(desk, 'alert.manage');
  app.get('/alerts', guard, (c) => alertPage(desk, c, {}));
  app.post('/alerts/hooks', guard, (c) => addHook(desk, c));
  app.post('/alerts/hooks/:id/delete', guard, (c) => drop(desk, c, 'hook', c.req.param('id')));
  app.post('/alerts/duty', guard, (c) => addDuty(desk, c));
  app.post('/alerts/duty/:id/delete', guard, (c) => drop(desk, c, 'duty', c.req.param('id')));
  app.post('/alerts/targets', guard, (c) => setTargets(desk, c));
  return app;
}

async function alertPage(
  desk: Desk,
  c: Ctx,
  extra: { said?: string; fault?: string; secret?: string },
): Promise<Response> {
  const city = c.get('city');
  const now = desk.clock.now();
  const [alerts, hooks, duty, people, targets, names] = await Promise.all([
    desk.store.list(city.id, 'alert', 'at', { limit: 20, reverse: true }),
    desk.store.list(city.id, 'hook', 'all', { limit: 100 }),
    desk.store.list(city.id, 'duty', 'to', { from: timeKey(now), limit: 100 }),
    listStaff(desk.store, city.id),
    readTargets(desk.store, city.id),
    desk.names(city.id),
  ]);
  const able = people.filter(({ staff }) => !staff.disabled && may(staff.roles, 'crisis.acknowledge'));
  const mailed = able.filter(({ staff }) => staff.mail !== null).length;
  const form = (to: string, inside: Html, kind = 'stack'): Html =>
    html`<form method="post" action="${path(c, to)}" class="${kind}">${csrf(c.get('me'))}${inside}</form>`;
  const today = dayOf(now);
  const body = html`<h1>知らせ・当番</h1>
    ${mailed < 2 ? html`<p class="warn">急ぎの知らせをメールで受け取る人が ${mailed} 人です。2人以上になるように、「職員」でメールを登録してください。</p>` : ''}
    <section class="box"><h2>時間外の当番</h2>
      ${duty.length === 0 ? html`<p class="hint">いまは決まっていません。時間外の急ぎは、窓口の全員と推進員に知らせます。</p>` : html`<ul>${duty.map((row) => html`<li>${nameOf(names, row.body.staff)}　${when(row.body.from)} 〜 ${when(row.body.to)} ${form(`/alerts/duty/${row.id}/delete`, html`<button class="quiet">消す</button>`, 'inline')}</li>`)}</ul>`}
      ${form(
        '/alerts/duty',
        html`<label>だれ<select name="staff" required>${able.map(({ id, staff }) => html`<option value="${id}">${staff.name}</option>`)}</select></label>
        <div class="row"><label>はじめの日<input type="date" name="day" value="${today}" required></label><label>時刻<input type="time" name="from" value="17:00" required></label></div>
        <div class="row"><label>おわりの日<input type="date" name="end" value="${today}" required></label><label>時刻<input type="time" name="to" value="23:59" required></label></div><button>当番を加える</button>`,
      )}</section>
    <section class="box"><h2>チャットへの知らせ</h2><p class="hint">相談の内容は送りません。受付番号と、開くためのアドレスだけです。</p>
      ${extra.secret === undefined ? '' : html`<p>署名の鍵（この画面だけで見られます）：<code class="secret">${extra.secret}</code></p>`}
      <ul>${hooks.map((row) => html`<li>${row.body.name}（${FORMAT_NAMES[row.body.format]}） ${form(`/alerts/hooks/${row.id}/delete`, html`<button class="quiet">消す</button>`, 'inline')}</li>`)}</ul>
      ${form('/alerts/hooks', html`<label>名前<input name="name" maxlength="40" required></label><label>アドレス（https）<input name="url" type="url" required></label><label>種類<select name="format">${HOOK_FORMATS.map((one) => html`<option value="${one}">${FORMAT_NAMES[one]}</option>`)}</select></label><button>加える</button>`)}</section>
    <section class="box"><h2>期限のめやす</h2><p class="hint">窓口が開いている時間だけを数えます。急ぎの相談の受付は、その5分の1です。</p>
      ${form('/alerts/targets', html`<label>受け付けるまで（分）<input name="firstLook" inputmode="numeric" value="${targets.firstLook}" required></label><label>はじめの返事まで（分）<input name="firstAnswer" inputmode="numeric" value="${targets.firstAnswer}" required></label><button>決める</button>`)}</section>
    <section class="box"><h2>最近の急ぎ</h2>${alerts.length === 0 ? html`<p class="hint">ありません。</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="最近の急ぎ"><table><thead><tr><th scope="col">受信</th><th scope="col">受付番号</th><th scope="col">窓口</th><th scope="col">引き受け</th><th scope="col">外への知らせ</th></tr></thead><tbody>${alerts.map(({ body: one }) => html`<tr><td>${when(one.at)}</td><td>${one.receipt}</td><td>${windowName(city, one.window)}</td><td>${one.acknowledged === null ? html`<b>まだ</b>` : `${nameOf(names, one.acknowledged.by)}（${Math.max(0, Math.round((one.acknowledged.at - one.at) / 60_000))}分後）`}</td><td>${one.told.filter(({ outcome }) => outcome === 'ok').length}件届き、${one.told.filter(({ outcome }) => outcome !== 'ok').length}件届かず</td></tr>`)}</tbody></table></div>`}</section>`;
  return page(desk, c, {
    title: '知らせ・当番',
    body,
    said: extra.said,
    fault: extra.fault,
    status: extra.fault === undefined ? 200 : 422,
  });
}

async function addHook(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const url = fields.one('url');
  const format = HOOK_FORMATS.find((one) => one === fields.one('format')) ?? 'generic';
  const parsed = URL.canParse(url) ? new URL(url) : null;
  // http is fine only inside this machine: what is sent names a receipt number.
  const fine =
    parsed !== null &&
    (parsed.protocol === 'https:' ||
      (parsed.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(parsed.hostname)));
  if (!fine) return alertPage(desk, c, { fault: 'アドレスは https:// で始まるものにしてください。' });
  const secret = randomBytes(32).toString('base64url');
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const id = desk.ids.id();
    draft.add('hook', id, {
      name: fields.one('name').slice(0, 40) || '名前なし',
      url,
      format,
      secret,
      at: desk.clock.now(),
    });
    writeAudit(draft, { at: desk.clock.now(), by: c.get('me').id, action: 'hook.add', subject: id }, desk.ids);
  });
  return alertPage(desk, c, { said: '加えました。', secret });
}

async function addDuty(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const moment = (day: string, time: string): number =>
    /^\d{4}-\d{2}-\d{2}$/u.test(day) && /^\d{2}:\d{2}$/u.test(time) ? momentOf(day, time) : Number.NaN;
  const from = moment(fields.one('day'), fields.one('from'));
  const to = moment(fields.one('end'), fields.one('to'));
  const staff = await desk.store.get(c.get('city').id, 'staff', fields.one('staff'));
  if (!(to > from) || to - from > 40 * 86_400_000)
    return alertPage(desk, c, { fault: 'おわりは、はじめより後にしてください（長くても40日）。' });
  if (!staff) return alertPage(desk, c, { fault: '当番の人を選んでください。' });
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const id = desk.ids.id();
    draft.add('duty', id, { staff: staff.id, from, to });
    writeAudit(
      draft,
      {
        at: desk.clock.now(),
        by: c.get('me').id,
        action: 'duty.add',
        subject: staff.id,
        detail: { from: String(from), to: String(to) },
      },
      desk.ids,
    );
  });
  return c.redirect(path(c, '/alerts'), 303);
}

async function drop(desk: Desk, c: Ctx, kind: 'hook' | 'duty', id: string): Promise<Response> {
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    if (!(await draft.get(kind, id))) return;
    await draft.delete(kind, id);
    writeAudit(draft, { at: desk.clock.now(), by: c.get('me').id, action: `${kind}.delete`, subject: id }, desk.ids);
  });
  return c.redirect(path(c, '/alerts'), 303);
}

async function setTargets(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const read = targetsSchema.safeParse({
    firstLook: Number(fields.one('firstLook')),
    firstAnswer: Number(fields.one('firstAnswer')),
  });
  if (!read.success)
    return alertPage(desk, c, {
      fault: `分で書いてください（ふつうは ${DEFAULT_TARGETS.firstLook} と ${DEFAULT_TARGETS.firstAnswer}）。`,
    });
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    await draft.put('setting', TARGETS_SETTING, { value: JSON.stringify(read.data) });
    writeAudit(
      draft,
      {
        at: desk.clock.now(),
        by: c.get('me').id,
        action: 'targets.set',
        subject: null,
        detail: { firstLook: String(read.data.firstLook), firstAnswer: String(read.data.firstAnswer) },
      },
      desk.ids,
    );
  });
  return c.redirect(path(c, '/alerts'), 303);
}
