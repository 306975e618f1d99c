/** `tsunagi staff add|disable|reset|list`: for operators with access to the machine. Passwords are never typed here. */
import type { Municipality } from '#contracts/municipality.ts';
import { ROLES, type Role } from '#contracts/staff.ts';
import { addStaff, disableStaff, findStaff, listStaff, resetStaff, unknownWindows } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';

export interface StaffIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export interface StaffTools {
  store: Store;
  municipality: Municipality;
  clock: Clock;
  ids: Ids;
  io: StaffIo;
  /** Where the console answers, without a slash at the end. */
  publicUrl: string;
}

/** Exit codes: 0 done, 1 not possible, 2 wrong use. */
export async function staffAdd(
  tools: StaffTools,
  person: { login: string; name?: string; roles: readonly string[]; windows?: readonly string[]; mail?: string },
): Promise<number> {
  const { store, municipality, io } = tools;
  const wrong = person.roles.filter((role) => !(ROLES as readonly string[]).includes(role));
  if (wrong.length > 0 || person.roles.length === 0) {
    io.stderr.write(`役割は ${ROLES.join(', ')} から選んでください（指定: ${person.roles.join(', ') || 'なし'}）\n`);
    return 2;
  }
  const unknown = unknownWindows(municipality, person.windows ?? []);
  if (unknown.length > 0) {
    const known = municipality.windows.map((window) => window.id).join(', ');
    io.stderr.write(`${municipality.name}にない窓口です: ${unknown.join(', ')}（ある窓口: ${known}）\n`);
    return 2;
  }
  const made = await inDraft(store, municipality.id, (draft) =>
    addStaff(
      draft,
      {
        login: person.login,
        name: person.name ?? '',
        roles: person.roles as Role[],
        windows: person.windows ?? [],
        mail: person.mail ?? (person.login.includes('@') ? person.login : null),
      },
      act(tools),
    ),
  );
  if (!made.ok) {
    io.stderr.write(
      made.why === 'login_taken'
        ? `${person.login} はもうあります。入れなくなったときは staff reset を使ってください。\n`
        : 'ログイン名は2〜100文字の文字・数字・ . _ % + @ - で書いてください。\n',
    );
    return 1;
  }
  io.stdout.write(link(tools, made.token));
  return 0;
}

export async function staffDisable(tools: StaffTools, login: string): Promise<number> {
  const person = await known(tools, login);
  if (person === null) return 1;
  await inDraft(tools.store, tools.municipality.id, (draft) => disableStaff(draft, person.id, act(tools)));
  tools.io.stdout.write(`${login} を止めました。開いていた画面もすべて終わります。\n`);
  return 0;
}

export async function staffReset(tools: StaffTools, login: string): Promise<number> {
  const person = await known(tools, login);
  if (person === null) return 1;
  const token = await inDraft(tools.store, tools.municipality.id, (draft) => resetStaff(draft, person.id, act(tools)));
  tools.io.stdout.write(link(tools, token ?? ''));
  return 0;
}

/** @param options.json one array of objects without secrets. */
export async function staffList(tools: StaffTools, options: { json?: boolean } = {}): Promise<number> {
  const people = (await listStaff(tools.store, tools.municipality.id)).map(({ id, staff }) => ({
    id,
    login: staff.login,
    name: staff.name,
    roles: staff.roles,
    windows: staff.windows,
    disabled: staff.disabled,
    secondFactor: staff.totp !== null || staff.oidc !== null,
    signedInAt: staff.signedInAt,
  }));
  if (options.json) tools.io.stdout.write(`${JSON.stringify(people, null, 2)}\n`);
  else {
    for (const { login, name, roles, windows, disabled } of people) {
      const where = windows.length > 0 ? ` [${windows.join(' ')}]` : '';
      tools.io.stdout.write(`${login}\t${name}\t${roles.join(',')}${where}${disabled ? '\t停止中' : ''}\n`);
    }
  }
  return 0;
}

async function known(tools: StaffTools, login: string) {
  const person = await findStaff(tools.store, tools.municipality.id, login);
  if (person === null) tools.io.stderr.write(`${login} は見つかりません。staff list で確かめてください。\n`);
  return person;
}

const act = ({ clock, ids }: StaffTools) => ({ by: 'operator', now: clock.now(), ids });

const link = ({ publicUrl, municipality }: StaffTools, token: string): string =>
  `この人に次のリンクを渡してください（72時間・一度だけ使えます）:\n${publicUrl}/console/${municipality.id}/setup#${token}\n`;
