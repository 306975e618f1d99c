/** Getting in: name and password, then the telephone's code; the one-time link; setting the code up; getting out. */
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { writeAudit } from '#handoff/audit.ts';
import { findStaff, normalLogin } from '#handoff/staff-accounts.ts';
import { createDraft, inDraft } from '#store/draft.ts';
import { verifyPassword } from '#support/passwords.ts';
import type { Ctx, Desk, Env } from './desk.ts';
import { path } from './desk.ts';
import { fieldsOf, safeNext } from './form.ts';
import { formIsOurs } from './guard.ts';
import { csrf, message, plainPage } from './layout.ts';
import { newRecoveryCodes, newSecret, pictureOf, stepOf, useRecoveryCode } from './second-factor.ts';
import { beginSession, changeSession, endSession, readSession } from './sessions.ts';
import { setUp, setupPage } from './setup.ts';
import { countFailure, forgive, waitOf } from './throttle.ts';

export function signInRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/sign-in', (c) => signInPage(desk, c, {}));
  app.post('/sign-in', (c) => signIn(desk, c));
  app.get('/setup', (c) => setupPage(desk, c, {}));
  app.post('/setup', (c) => setUp(desk, c));
  app.get('/code', (c) => halfWay(desk, c, 'password', () => codePage(desk, c)));
  app.post('/code', (c) => halfWay(desk, c, 'password', () => checkCode(desk, c)));
  app.get('/enrol', (c) => halfWay(desk, c, 'enrol', () => enrolPage(desk, c)));
  app.post('/enrol', (c) => halfWay(desk, c, 'enrol', () => enrol(desk, c)));
  app.post('/enrol/later', (c) => halfWay(desk, c, 'enrol', () => later(desk, c)));
  return app;
}

function signInPage(desk: Desk, c: Ctx, { fault, login = '' }: { fault?: string; login?: string }) {
  const next = c.req.query('next') ?? '';
  const other =
    desk.oidc == null
      ? ''
      : html`<p class="or">または</p><p><a class="button" href="${path(c, '/oidc')}">${desk.oidc.name}でログイン</a></p>`;
  const body = html`
    <form method="post" action="${path(c, '/sign-in')}" class="stack">
      <input type="hidden" name="next" value="${next}">
      <label>ログイン名<input name="login" value="${login}" autocomplete="username" required autocapitalize="none" spellcheck="false"></label>
      <label>パスワード<input name="password" type="password" autocomplete="current-password" required></label>
      <button class="main">ログイン</button>
    </form>
    ${other}
    <p class="hint">入れなくなったときは、管理者に「やり直しのリンク」を頼んでください。</p>`;
  return plainPage(desk, c, { title: 'ログイン', body, fault, status: fault === undefined ? 200 : 401 });
}

async function signIn(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const city = c.get('city').id;
  const login = normalLogin(fields.one('login')).slice(0, 100);
  const names = { account: login, address: desk.address(c) };
  const wait = await waitOf(desk, city, names);
  if (wait > 0) {
    desk.count('console_sign_in', { result: 'throttled' });
    const fault = `続けて間違えたので、少しのあいだ止めています。${Math.ceil(wait / 1000)}秒ほど待ってからお試しください。`;
    return signInPage(desk, c, { fault, login });
  }
  const person = await findStaff(desk.store, city, login);
  const right = await verifyPassword(fields.one('password'), person?.staff.password ?? null);
  if (!right || person === null || person.staff.disabled) {
    await countFailure(desk, city, names);
    await record(desk, c, person?.id ?? 'unknown', 'sign_in.failed');
    desk.count('console_sign_in', { result: 'refused' });
    return signInPage(desk, c, { fault: 'ログイン名かパスワードが違います。', login });
  }
  const stage = person.staff.totp === null ? 'enrol' : 'password';
  await beginSession(desk, c, { account: person.id, generation: person.staff.generation, stage });
  const next = safeNext(c, fields.one('next'));
  const asked = next === null ? '' : `?next=${encodeURIComponent(next)}`;
  return c.redirect(path(c, (stage === 'enrol' ? '/enrol' : '/code') + asked), 303);
}

function codePage(desk: Desk, c: Ctx, fault?: string) {
  const body = html`
    <form method="post" class="stack" action="${path(c, '/code')}">
      ${csrf(c.get('me'))}<input type="hidden" name="next" value="${c.req.query('next') ?? ''}">
      <label>スマートフォンの6けたの番号<input name="code" inputmode="numeric" autocomplete="one-time-code" required></label>
      <button class="main">確かめる</button>
    </form>
    <p class="hint">スマートフォンがないときは、控えてある回復コード（例 1a2b3-c4d5e）を入れてください。</p>`;
  return plainPage(desk, c, { title: '本人の確認', body, fault, status: fault === undefined ? 200 : 401 });
}

async function checkCode(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const me = c.get('me');
  const city = c.get('city').id;
  const names = { account: `${me.staff.login} code`, address: desk.address(c) };
  const wait = await waitOf(desk, city, names);
  if (wait > 0)
    return codePage(desk, c, `少しのあいだ止めています。${Math.ceil(wait / 1000)}秒ほど待ってからお試しください。`);
  const used = await useCode(desk, c, fields.one('code'));
  if (used === null) {
    await countFailure(desk, city, names);
    await record(desk, c, me.id, 'sign_in.code_failed');
    return codePage(desk, c, '番号が違います。新しい番号が出るのを待って、もう一度入れてください。');
  }
  await forgive(desk, city, names.account);
  await forgive(desk, city, me.staff.login);
  return enter(desk, c, used, safeNext(c, fields.one('next')));
}

/** A code is good once: the account is written under its revision, so that the same code cannot open two sessions. */
async function useCode(desk: Desk, c: Ctx, code: string): Promise<'totp' | 'recovery' | null> {
  const draft = createDraft(desk.store, c.get('city').id);
  const me = c.get('me');
  const staff = await draft.get('staff', me.id);
  if (!staff?.totp) return null;
  const step = stepOf(staff.totp.secret, code, desk.clock.now(), staff.totp.step);
  const left = step === null ? useRecoveryCode(staff, code) : { ...staff, totp: { ...staff.totp, step } };
  if (left === null) return null;
  await draft.put('staff', me.id, left);
  if (!(await draft.commit()).ok) return null;
  return step === null ? 'recovery' : 'totp';
}

async function enter(desk: Desk, c: Ctx, by: string, next: string | null): Promise<Response> {
  const me = c.get('me');
  const now = desk.clock.now();
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const staff = await draft.get('staff', me.id);
    if (staff) await draft.put('staff', me.id, { ...staff, signedInAt: now });
    writeAudit(draft, { at: now, by: me.id, action: 'sign_in', subject: me.id, detail: { by } }, desk.ids);
  });
  // A new cookie: one that was seen before the second factor is worth nothing afterwards.
  await beginSession(desk, c, { account: me.id, generation: me.session.body.generation, stage: 'full' });
  desk.count('console_sign_in', { result: 'ok' });
  return c.redirect(next ?? path(c, '/'), 303);
}

async function enrolPage(desk: Desk, c: Ctx, fault?: string): Promise<Response> {
  const me = c.get('me');
  const secret = me.session.body.offered ?? newSecret();
  if (me.session.body.offered === null)
    await changeSession(desk, c, me, (session) => ({ ...session, offered: secret }));
  const picture = await pictureOf(secret, `${me.staff.login} ${c.get('city').name}`);
  const skip = desk.secure
    ? ''
    : html`<form method="post" action="${path(c, '/enrol/later')}">${csrf(me)}<button class="quiet">お試しなので、あとで設定する</button></form>`;
  const body = html`
    <ol class="steps">
      <li>スマートフォンに認証アプリ（Google Authenticator、Microsoft Authenticator など）を入れます。</li>
      <li>アプリで、この図を読み取ります。
        <div class="qr" role="img" aria-label="認証アプリで読み取る図">${raw(picture)}</div>
        <details><summary>図を読み取れないとき</summary><p>この文字をアプリに入れてください。<br><code class="secret">${secret.match(/.{1,4}/gu)?.join(' ')}</code></p></details></li>
      <li>アプリに出た6けたの番号を入れます。</li>
    </ol>
    <form method="post" action="${path(c, '/enrol')}" class="stack">
      ${csrf(me)}<input type="hidden" name="next" value="${c.req.query('next') ?? ''}">
      <label>6けたの番号<input name="code" inputmode="numeric" autocomplete="one-time-code" required></label>
      <button class="main">設定する</button>
    </form>${skip}`;
  return plainPage(desk, c, { title: '本人確認の設定', body, fault, status: fault === undefined ? 200 : 401 });
}

async function enrol(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const me = c.get('me');
  const secret = me.session.body.offered;
  const step = secret === null ? null : stepOf(secret, fields.one('code'), desk.clock.now(), 0);
  if (secret === null || step === null)
    return enrolPage(desk, c, '番号が合いませんでした。新しい番号でもう一度お試しください。');
  const { codes, hashes } = newRecoveryCodes();
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const staff = await draft.get('staff', me.id);
    if (staff) await draft.put('staff', me.id, { ...staff, totp: { secret, step }, recovery: hashes });
  });
  await record(desk, c, me.id, 'staff.second_factor');
  await enter(desk, c, 'enrol', null);
  const next = safeNext(c, fields.one('next')) ?? path(c, '/');
  const body = html`
    <p>スマートフォンをなくしたときのための<b>回復コード</b>です。1つにつき一度だけ使えます。印刷するか書き写して、鍵のかかる所に置いてください。<b>この画面は二度と出ません。</b></p>
    <ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
    <p><a class="button main" href="${next}">控えました。はじめる</a></p>`;
  return plainPage(desk, c, { title: '回復コード', body });
}

/** Only where nothing is behind https: somebody tries the service out on their own machine. */
async function later(desk: Desk, c: Ctx): Promise<Response> {
  if (desk.secure) return c.redirect(path(c, '/enrol'), 303);
  return enter(desk, c, 'password_only', null);
}

/** Pages between password and full session: only at that stage, and only our own forms. */
async function halfWay(
  desk: Desk,
  c: Ctx,
  stage: 'password' | 'enrol',
  go: () => Response | Promise<Response>,
): Promise<Response> {
  const me = await readSession(desk, c, { touch: false });
  if (me === null) return c.redirect(path(c, '/sign-in'), 303);
  if (me.session.body.stage !== stage)
    return c.redirect(path(c, me.session.body.stage === 'full' ? '/' : '/sign-in'), 303);
  c.set('me', me);
  if (c.req.method === 'POST' && !(await formIsOurs(c)))
    return message(desk, c, 403, 'もう一度お願いします', '画面が古くなっていました。読み込み直してください。');
  return go();
}

export async function signOut(desk: Desk, c: Ctx): Promise<Response> {
  await record(desk, c, c.get('me').id, 'sign_out');
  await endSession(desk, c);
  return c.redirect(path(c, '/sign-in'), 303);
}

export async function record(
  desk: Desk,
  c: Ctx,
  by: string,
  action: string,
  subject: string | null = by,
  detail: Record<string, string> = {},
): Promise<void> {
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    writeAudit(draft, { at: desk.clock.now(), by, action, subject, detail }, desk.ids);
  });
}
