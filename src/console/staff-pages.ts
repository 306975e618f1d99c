/** Accounts of staff: add, change roles and windows, stop, reset by a one-time link. The table of roles stands beside it. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { ROLE_NAMES, ROLES, type Role } from '#contracts/staff.ts';
import { writeAudit } from '#handoff/audit.ts';
import {
  addStaff,
  disableStaff,
  enableStaff,
  listStaff,
  type Person,
  resetStaff,
  unknownWindows,
} from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { type Fields, fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, page } from './layout.ts';
import { table } from './permissions.ts';
import { when } from './words.ts';

export function staffRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.use('/staff', allowed(desk, 'staff.manage'));
  app.use('/staff/*', allowed(desk, 'staff.manage'));
  app.get('/staff', (c) => staffPage(desk, c, {}));
  app.post('/staff', (c) => add(desk, c));
  app.post('/staff/:id', (c) => change(desk, c, c.req.param('id')));
  app.post('/staff/:id/disable', (c) => stop(desk, c, c.req.param('id'), true));
  app.post('/staff/:id/enable', (c) => stop(desk, c, c.req.param('id'), false));
  app.post('/staff/:id/reset', (c) => reset(desk, c, c.req.param('id')));
  return app;
}

const act = (desk: Desk, c: Ctx) => ({ by: c.get('me').id, now: desk.clock.now(), ids: desk.ids });

async function staffPage(
  desk: Desk,
  c: Ctx,
  extra: { link?: string; said?: string; fault?: string; typed?: Fields },
): Promise<Response> {
  const people = await listStaff(desk.store, c.get('city').id);
  const typed = extra.typed;
  const body = html`<h1>職員</h1>
    ${extra.link === undefined ? '' : html`<section class="box link"><h2>この人に渡すリンク</h2><p><code class="secret">${extra.link}</code></p><p class="hint">72時間・一度だけ使えます。この画面を離れると、もう見られません。メールより、手渡しや内線が安全です。</p></section>`}
    <ul class="people">${people.map((person) => personRow(c, person))}</ul>
    <details class="box" ${typed === undefined && people.length > 1 ? '' : 'open'}><summary>職員を加える</summary>
      <form method="post" action="${path(c, '/staff')}" class="stack">${csrf(c.get('me'))}
        <label>ログイン名<input name="login" value="${typed?.one('login') ?? ''}" required autocomplete="off" autocapitalize="none" spellcheck="false"><span class="hint">メールアドレスか、短い名前</span></label>
        <label>名前<input name="name" value="${typed?.one('name') ?? ''}" required autocomplete="off"></label>
        <label>急ぎ・期日・会議の知らせを送るメール（なくてもよい）<input name="mail" type="email" value="${typed?.one('mail') ?? ''}" autocomplete="off"></label>
        ${fieldsets(c, typed?.all('role') ?? ['counsellor'], typed?.all('window') ?? [])}
        <button class="main">加える</button></form></details>
    ${roleTable()}`;
  return page(desk, c, {
    title: '職員',
    body,
    said: extra.said,
    fault: extra.fault,
    status: extra.fault === undefined ? 200 : 422,
  });
}

function personRow(c: Ctx, { id, staff }: Person): Html {
  const city = c.get('city');
  const windows = staff.windows.map((window) => city.windows.find((one) => one.id === window)?.name ?? window);
  const self = id === c.get('me').id;
  const entry =
    staff.password === null && staff.oidc === null
      ? 'まだ設定していません'
      : staff.totp !== null || staff.oidc !== null
        ? '二段階確認あり'
        : '二段階確認なし';
  return html`<li class="${staff.disabled ? 'person off' : 'person'}"><details><summary><b>${staff.name}</b> <span class="hint">${staff.login}</span>
    <span class="roles">${staff.roles.map((role) => html`<span class="need">${ROLE_NAMES[role]}</span>`)}</span>${staff.disabled ? html`<span class="state">停止中</span>` : ''}</summary>
    <p class="hint">${windows.length === 0 ? '' : `${windows.join('、')}／`}${entry}／最後のログイン ${staff.signedInAt === null ? 'なし' : when(staff.signedInAt)}</p>
    <form method="post" action="${path(c, `/staff/${id}`)}" class="stack">${csrf(c.get('me'))}
      <label>名前<input name="name" value="${staff.name}" required></label>
      <label>急ぎ・期日・会議の知らせを送るメール<input name="mail" type="email" value="${staff.mail ?? ''}"></label>
      ${fieldsets(c, staff.roles, staff.windows)}<button>変える</button></form>
    <div class="row"><form method="post" action="${path(c, `/staff/${id}/reset`)}">${csrf(c.get('me'))}<button>やり直しのリンクを出す</button></form>
    ${self ? '' : html`<form method="post" action="${path(c, `/staff/${id}/${staff.disabled ? 'enable' : 'disable'}`)}">${csrf(c.get('me'))}<button class="${staff.disabled ? '' : 'danger'}">${staff.disabled ? 'もう一度使えるようにする' : '使えなくする'}</button></form>`}</div></details></li>`;
}

const fieldsets = (c: Ctx, roles: readonly string[], windows: readonly string[]): Html => html`
  <fieldset class="grid"><legend>役割</legend>${ROLES.map((role) => html`<label class="check"><input type="checkbox" name="role" value="${role}" ${roles.includes(role) ? 'checked' : ''}>${ROLE_NAMES[role]}</label>`)}</fieldset>
  <fieldset class="grid"><legend>担当の窓口（相談員）</legend>${c.get('city').windows.map((window) => html`<label class="check"><input type="checkbox" name="window" value="${window.id}" ${windows.includes(window.id) ? 'checked' : ''}>${window.name}</label>`)}</fieldset>`;

function roleTable(): Html {
  return html`<details class="box"><summary>役割でできること</summary><div class="scroll" tabindex="0" role="region" aria-label="役割の表"><table><thead><tr><th scope="col">できること</th>${ROLES.map((role) => html`<th scope="col">${ROLE_NAMES[role]}</th>`)}</tr></thead>
    <tbody>${table().map(({ name, roles }) => html`<tr><th scope="row">${name}</th>${ROLES.map((role) => html`<td>${roles.includes(role) ? html`○` : html`<span class="sr">×</span>`}</td>`)}</tr>`)}</tbody></table></div></details>`;
}

async function add(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const read = readFields(c, fields);
  if (typeof read === 'string') return staffPage(desk, c, { fault: read, typed: fields });
  const login = fields.one('login');
  const made = await inDraft(desk.store, c.get('city').id, (draft) =>
    addStaff(draft, { ...read, login }, act(desk, c)),
  );
  if (!made.ok) {
    const fault =
      made.why === 'login_taken'
        ? 'そのログイン名はもう使われています。'
        : made.why === 'role_missing'
          ? '役割を1つ以上選んでください。'
          : 'ログイン名は2〜100文字の文字・数字・ . _ % + @ - で書いてください。';
    return staffPage(desk, c, { fault, typed: fields });
  }
  return staffPage(desk, c, { link: linkOf(desk, c, made.token), said: `${read.name}さんを加えました。` });
}

async function change(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const read = readFields(c, await fieldsOf(c));
  if (typeof read === 'string') return staffPage(desk, c, { fault: read });
  const people = await listStaff(desk.store, c.get('city').id);
  const others = people.some(
    (one) => one.id !== id && !one.staff.disabled && one.staff.roles.includes('administrator'),
  );
  if (!others && !read.roles.includes('administrator'))
    return staffPage(desk, c, { fault: '管理者がだれもいなくなります。先に、ほかの人を管理者にしてください。' });
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const staff = await draft.get('staff', id);
    if (!staff) return;
    // Fewer rights count at once: what is open ends.
    const fewer =
      staff.roles.some((role) => !read.roles.includes(role)) ||
      staff.windows.some((window) => !read.windows.includes(window));
    const generation = fewer && id !== c.get('me').id ? staff.generation + 1 : staff.generation;
    await draft.put('staff', id, { ...staff, ...read, generation });
    writeAudit(
      draft,
      {
        at: desk.clock.now(),
        by: c.get('me').id,
        action: 'staff.change',
        subject: id,
        detail: { roles: read.roles.join(), windows: read.windows.join() },
      },
      desk.ids,
    );
  });
  return c.redirect(path(c, '/staff'), 303);
}

async function stop(desk: Desk, c: Ctx, id: string, off: boolean): Promise<Response> {
  if (off && id === c.get('me').id) return staffPage(desk, c, { fault: '自分を使えなくすることはできません。' });
  await inDraft(desk.store, c.get('city').id, (draft) =>
    off ? disableStaff(draft, id, act(desk, c)) : enableStaff(draft, id, act(desk, c)),
  );
  return c.redirect(path(c, '/staff'), 303);
}

async function reset(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const token = await inDraft(desk.store, c.get('city').id, (draft) => resetStaff(draft, id, act(desk, c)));
  if (token === null) return staffPage(desk, c, { fault: 'その職員は見つかりません。' });
  return staffPage(desk, c, {
    link: linkOf(desk, c, token),
    said: 'パスワードと二段階確認を空にしました。開いていた画面は終わりました。',
  });
}

function readFields(
  c: Ctx,
  fields: Fields,
): { name: string; roles: Role[]; windows: string[]; mail: string | null } | string {
  const roles = ROLES.filter((role) => fields.all('role').includes(role));
  const windows = fields.all('window');
  if (roles.length === 0) return '役割を1つ以上選んでください。';
  if (unknownWindows(c.get('city'), windows).length > 0) return '窓口を選び直してください。';
  if (roles.includes('counsellor') && windows.length === 0) return '相談員には、担当の窓口を1つ以上選んでください。';
  const mail = fields.one('mail').trim();
  if (mail !== '' && !/^[^\s@<>,;]+@[^\s@<>,;]+$/u.test(mail)) return 'メールアドレスを確かめてください。';
  return { name: fields.one('name').trim().slice(0, 60), roles, windows, mail: mail === '' ? null : mail };
}

const linkOf = (desk: Desk, c: Ctx, token: string): string => `${desk.publicUrl()}${path(c, '/setup')}#${token}`;
