/** One's own account: password, sound, calendar addresses, signing out everywhere. */
import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { ROLE_NAMES } from '#contracts/staff.ts';
import { writeAudit } from '#handoff/audit.ts';
import { signOutEverywhere } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { fingerprintOf, hashPassword, passwordFault, verifyPassword } from '#support/passwords.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { fieldsOf } from './form.ts';
import { csrf, page } from './layout.ts';
import { beginSession } from './sessions.ts';
import { countFailure, waitOf } from './throttle.ts';
import { when, windowName } from './words.ts';

export function accountRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/account', (c) => accountPage(desk, c, {}));
  app.post('/account/password', (c) => changePassword(desk, c));
  app.post('/account/sound', (c) => sound(desk, c));
  app.post('/account/sign-out-everywhere', async (c) => {
    const act = { by: c.get('me').id, now: desk.clock.now(), ids: desk.ids };
    await inDraft(desk.store, c.get('city').id, (draft) => signOutEverywhere(draft, c.get('me').id, act));
    return c.redirect(path(c, '/sign-in'), 303);
  });
  app.post('/account/feeds', (c) => addFeed(desk, c));
  app.post('/account/feeds/:id/delete', (c) => deleteFeed(desk, c, c.req.param('id')));
  return app;
}

async function accountPage(
  desk: Desk,
  c: Ctx,
  extra: { said?: string; fault?: string; feed?: string },
): Promise<Response> {
  const me = c.get('me');
  const city = c.get('city');
  const feeds = (await desk.store.list(city.id, 'feed', 'staff', { prefix: me.id, limit: 100 })).filter(
    (row) => row.body.staff === me.id,
  );
  const windows = city.windows.filter((window) => me.sees(window.id));
  const form = (to: string, inside: unknown, kind = 'stack') =>
    html`<form method="post" action="${path(c, to)}" class="${kind}">${csrf(me)}${inside as string}</form>`;
  const body = html`<h1>${me.staff.name}さんの設定</h1>
    <p class="hint">${me.staff.login}／${me.staff.roles.map((role) => ROLE_NAMES[role]).join('、')}${me.staff.windows.length === 0 ? '' : `／${me.staff.windows.map((id) => windowName(city, id)).join('、')}`}</p>
    <section class="box"><h2>急ぎの音</h2>${form('/account/sound', html`<label class="check"><input type="checkbox" name="sound" value="on" ${me.staff.sound ? 'checked' : ''}>急ぎの相談が来たら、音で知らせる</label><button>決める</button>`)}</section>
    ${
      me.can('calendar.see') && windows.length > 0
        ? html`<section class="box"><h2>カレンダーを購読する</h2><p>お使いのカレンダーに、面談の予約を出せます。入るのは受付番号・時間・会い方だけです。</p>
        ${extra.feed === undefined ? '' : html`<p><code class="secret">${extra.feed}</code></p><p class="hint">このアドレスを知っている人は予定を見られます。ほかの人に渡さないでください。この画面を離れると、もう見られません。</p>`}
        ${form('/account/feeds', html`<label>窓口<select name="window"><option value="">自分が担当の相談</option>${windows.map((window) => html`<option value="${window.id}">${window.name}</option>`)}</select></label><button>アドレスを作る</button>`)}
        <ul>${feeds.map((row) => html`<li>${row.body.window === null ? '自分が担当の相談' : windowName(city, row.body.window)}（${when(row.body.at)}） ${form(`/account/feeds/${row.id}/delete`, html`<button class="quiet">使えなくする</button>`, 'inline')}</li>`)}</ul></section>`
        : ''
    }
    ${me.staff.oidc !== null ? '' : html`<section class="box"><h2>パスワードを変える</h2>${form('/account/password', html`<label>いまのパスワード<input name="old" type="password" autocomplete="current-password" required></label><label>新しいパスワード<input name="password" type="password" autocomplete="new-password" minlength="12" required><span class="hint">12文字以上</span></label><label>新しいパスワード（もう一度）<input name="again" type="password" autocomplete="new-password" minlength="12" required></label><button>変える</button>`)}</section>`}
    <section class="box"><h2>すべての機器でログアウト</h2><p>なくした電話や、共用のパソコンでログアウトし忘れたときに。</p>${form('/account/sign-out-everywhere', html`<button class="danger">すべてでログアウトする</button>`)}</section>`;
  return page(desk, c, {
    title: '自分の設定',
    body,
    said: extra.said,
    fault: extra.fault,
    status: extra.fault === undefined ? 200 : 422,
  });
}

async function changePassword(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const me = c.get('me');
  const city = c.get('city').id;
  const names = { account: me.staff.login, address: desk.address(c) };
  if ((await waitOf(desk, city, names)) > 0)
    return accountPage(desk, c, { fault: '続けて間違えたので、少し待ってからお試しください。' });
  if (!(await verifyPassword(fields.one('old'), me.staff.password))) {
    await countFailure(desk, city, names);
    return accountPage(desk, c, { fault: 'いまのパスワードが違います。' });
  }
  if (fields.one('password') !== fields.one('again'))
    return accountPage(desk, c, { fault: '2つの新しいパスワードが同じではありません。' });
  const fault = passwordFault(fields.one('password'), [me.staff.login, me.staff.name]);
  if (fault !== null)
    return accountPage(desk, c, {
      fault:
        fault === 'short' ? '12文字以上にしてください。' : 'そのパスワードは使えません。ほかの言葉にしてください。',
    });
  const password = await hashPassword(fields.one('password'));
  const generation = await inDraft(desk.store, city, async (draft) => {
    const staff = (await draft.get('staff', me.id))!;
    await draft.put('staff', me.id, { ...staff, password, generation: staff.generation + 1 });
    writeAudit(draft, { at: desk.clock.now(), by: me.id, action: 'staff.password', subject: me.id }, desk.ids);
    return staff.generation + 1;
  });
  // Every other session ends; this one goes on under a new cookie.
  await beginSession(desk, c, { account: me.id, generation, stage: 'full' });
  return c.redirect(path(c, '/account'), 303);
}

async function sound(desk: Desk, c: Ctx): Promise<Response> {
  const on = (await fieldsOf(c)).one('sound') === 'on';
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const staff = await draft.get('staff', c.get('me').id);
    if (staff) await draft.put('staff', c.get('me').id, { ...staff, sound: on });
  });
  return c.redirect(path(c, '/account'), 303);
}

async function addFeed(desk: Desk, c: Ctx): Promise<Response> {
  const window = (await fieldsOf(c)).one('window');
  const me = c.get('me');
  if (window !== '' && !me.sees(window)) return accountPage(desk, c, { fault: '担当の窓口を選んでください。' });
  const token = randomBytes(24).toString('base64url');
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    draft.add('feed', fingerprintOf(token), {
      staff: me.id,
      window: window === '' ? null : window,
      at: desk.clock.now(),
    });
    writeAudit(
      draft,
      { at: desk.clock.now(), by: me.id, action: 'feed.add', subject: me.id, detail: { window } },
      desk.ids,
    );
  });
  return accountPage(desk, c, {
    feed: `${desk.publicUrl()}${path(c, `/feeds/${token}.ics`)}`,
    said: 'アドレスを作りました。',
  });
}

async function deleteFeed(desk: Desk, c: Ctx, id: string): Promise<Response> {
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const feed = await draft.get('feed', id);
    if (feed?.staff === c.get('me').id) await draft.delete('feed', id);
  });
  return c.redirect(path(c, '/account'), 303);
}
