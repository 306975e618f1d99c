/** The one-time link: a person chooses their own password; the first one makes the first administrator. */
import { html } from 'hono/html';
import type { Staff } from '#contracts/staff.ts';
import { writeAudit } from '#handoff/audit.ts';
import { addStaff, normalLogin } from '#handoff/staff-accounts.ts';
import { createDraft } from '#store/draft.ts';
import { fingerprintOf, hashPassword, passwordFault } from '#support/passwords.ts';
import { type Ctx, type Desk, path } from './desk.ts';
import { fieldsOf } from './form.ts';
import { plainPage } from './layout.ts';
import { beginSession } from './sessions.ts';
import { countFailure, waitOf } from './throttle.ts';

const FAULTS = {
  short: 'パスワードは12文字以上にしてください。言葉をいくつか並べると、長くても覚えやすくなります。',
  long: 'パスワードが長すぎます（200文字まで）。',
  guessable: 'そのパスワードは推測されやすいので使えません。ほかの言葉にしてください。',
} as const;

export function setupPage(
  desk: Desk,
  c: Ctx,
  given: { fault?: string; token?: string; login?: string; name?: string; first?: boolean },
) {
  const body = html`
    <p>一度だけ使えるリンクで開いた画面です。ご自分のパスワードを決めてください。</p>
    <form method="post" action="${path(c, '/setup')}" class="stack">
      <label>リンクの合言葉<input name="token" id="token" value="${given.token ?? ''}" required autocomplete="off" spellcheck="false">
        <span class="hint">リンクの # より後ろの文字です。ふつうは自動で入ります。</span></label>
      <fieldset><legend>最初の管理者だけ書いてください</legend>
        <label>ログイン名<input name="login" value="${given.login ?? ''}" autocomplete="username" autocapitalize="none" spellcheck="false"><span class="hint">メールアドレスか、短い名前</span></label>
        <label>名前<input name="name" value="${given.name ?? ''}" autocomplete="name"><span class="hint">職員どうしに見えます。相談した人には見えません。</span></label>
        <label class="check"><input type="checkbox" name="casework" value="yes" checked>相談も見る（相談支援包括化推進員を兼ねる）</label>
      </fieldset>
      <label>パスワード<input name="password" type="password" autocomplete="new-password" minlength="12" required><span class="hint">12文字以上。記号や大文字は、なくてもかまいません。</span></label>
      <label>パスワード（もう一度）<input name="again" type="password" autocomplete="new-password" minlength="12" required></label>
      <button class="main">決める</button>
    </form>`;
  return plainPage(desk, c, {
    title: 'はじめての設定',
    body,
    fault: given.fault,
    status: given.fault === undefined ? 200 : 422,
  });
}

export async function setUp(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const city = c.get('city').id;
  const given = {
    token: fields.one('token').trim().replace(/^.*#/u, ''),
    login: fields.one('login'),
    name: fields.one('name'),
  };
  const names = { account: 'setup link', address: desk.address(c) };
  const again = (fault: string) => setupPage(desk, c, { ...given, fault });
  if ((await waitOf(desk, city, { account: names.address, address: names.address })) > 0)
    return again('少し待ってからお試しください。');
  const id = fingerprintOf(given.token);
  const link = await desk.store.get(city, 'staff_link', id);
  if (!link || link.body.expiresAt <= desk.clock.now()) {
    await countFailure(desk, city, { account: names.address, address: names.address });
    return again(
      'このリンクは使えません。もう使われたか、期限（72時間）が過ぎています。新しいリンクを頼んでください。',
    );
  }
  if (fields.one('password') !== fields.one('again')) return again('2つのパスワードが同じではありません。');
  const account = link.body.account === null ? null : await desk.store.get(city, 'staff', link.body.account);
  const fault = passwordFault(fields.one('password'), [
    account?.body.login ?? given.login,
    account?.body.name ?? given.name,
  ]);
  if (fault !== null) return again(FAULTS[fault]);
  if (link.body.purpose === 'first' && given.login.trim() === '') return again('ログイン名を書いてください。');
  const password = await hashPassword(fields.one('password'));
  const draft = createDraft(desk.store, city);
  if (!(await draft.get('staff_link', id))) return again('このリンクはもう使われています。');
  await draft.delete('staff_link', id);
  const found = await accountOf(desk, draft, link.body.account, { ...given, casework: fields.has('casework') });
  if (typeof found === 'string') return again(found);
  const staff: Staff = { ...found.staff, password, generation: found.staff.generation + 1, disabled: false };
  await draft.put('staff', found.id, staff);
  writeAudit(draft, { at: desk.clock.now(), by: found.id, action: 'staff.password', subject: found.id }, desk.ids);
  if (!(await draft.commit()).ok) return again('このリンクはもう使われています。');
  await beginSession(desk, c, {
    account: found.id,
    generation: staff.generation,
    stage: staff.totp === null ? 'enrol' : 'password',
  });
  return c.redirect(path(c, staff.totp === null ? '/enrol' : '/code'), 303);
}

async function accountOf(
  desk: Desk,
  draft: ReturnType<typeof createDraft>,
  account: string | null,
  given: { login: string; name: string; casework: boolean },
): Promise<{ id: string; staff: Staff } | string> {
  if (account !== null) {
    const staff = await draft.get('staff', account);
    return staff ? { id: account, staff } : 'このアカウントはもうありません。';
  }
  const roles = given.casework ? (['administrator', 'coordinator'] as const) : (['administrator'] as const);
  const mail = given.login.includes('@') ? normalLogin(given.login) : null;
  const act = { by: 'operator', now: desk.clock.now(), ids: desk.ids };
  const made = await addStaff(draft, { ...given, roles, windows: [], mail }, act);
  if (!made.ok)
    return made.why === 'login_taken'
      ? 'そのログイン名はもう使われています。'
      : 'ログイン名は2〜100文字の文字・数字・ . _ % + @ - で書いてください。';
  await draft.delete('staff_link', fingerprintOf(made.token));
  return { id: made.id, staff: (await draft.get('staff', made.id))! };
}
