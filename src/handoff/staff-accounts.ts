/**
 * Accounts of staff: made, stopped, reset, always by a one-time link that lets the person choose a password themselves.
 * Nobody ever knows another's password. Shared by the console and the command line.
 */
import { randomBytes } from 'node:crypto';
import type { Municipality } from '#contracts/municipality.ts';
import type { Role, Staff } from '#contracts/staff.ts';
import type { Draft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import type { Ids } from '#support/ids.ts';
import { fingerprintOf } from '#support/passwords.ts';
import { writeAudit } from './audit.ts';

const LINK_MS = 72 * 3_600_000;

export interface Person {
  id: string;
  staff: Staff;
}

export interface NewStaff {
  login: string;
  name: string;
  roles: readonly Role[];
  windows: readonly string[];
  mail: string | null;
}

/** Who does it: a staff id, or `operator` from the command line. */
export interface By {
  by: string;
  now: number;
  ids: Ids;
}

export type Made =
  | { ok: true; id: string; token: string }
  | { ok: false; why: 'login_taken' | 'login_bad' | 'role_missing' };

/** @returns the token of the one-time link, which is shown once and kept only as its hash. */
export async function addStaff(draft: Draft, person: NewStaff, act: By): Promise<Made> {
  const login = normalLogin(person.login);
  if (!/^[\p{L}\p{N}._%+@-]{2,100}$/u.test(login)) return { ok: false, why: 'login_bad' };
  if (person.roles.length === 0) return { ok: false, why: 'role_missing' };
  if (await draft.get('staff_login', login)) return { ok: false, why: 'login_taken' };
  const id = act.ids.id();
  await draft.put('staff_login', login, { staff: id });
  draft.add('staff', id, {
    login,
    name: person.name.trim() || login,
    roles: [...new Set(person.roles)],
    windows: [...new Set(person.windows)],
    password: null,
    totp: null,
    recovery: [],
    oidc: null,
    mail: person.mail,
    disabled: false,
    generation: 1,
    createdAt: act.now,
    signedInAt: null,
    sound: false,
  });
  audit(draft, act, 'staff.add', id, { roles: person.roles.join() });
  return { ok: true, id, token: makeLink(draft, { purpose: 'setup', account: id }, act.now) };
}

/** Ends every session at once. @returns false for an unknown account. */
export async function disableStaff(draft: Draft, id: string, act: By): Promise<boolean> {
  return change(draft, id, act, 'staff.disable', (staff) => ({ ...staff, disabled: true }));
}

export async function enableStaff(draft: Draft, id: string, act: By): Promise<boolean> {
  return change(draft, id, act, 'staff.enable', (staff) => ({ ...staff, disabled: false }));
}

/** Forgotten password, lost telephone: both are emptied, every session ends. @returns the token of a new link, or null. */
export async function resetStaff(draft: Draft, id: string, act: By): Promise<string | null> {
  const done = await change(draft, id, act, 'staff.reset', (staff) => ({
    ...staff,
    password: null,
    totp: null,
    recovery: [],
  }));
  return done ? makeLink(draft, { purpose: 'setup', account: id }, act.now) : null;
}

/** Signs out everywhere. */
export async function signOutEverywhere(draft: Draft, id: string, act: By): Promise<boolean> {
  return change(draft, id, act, 'staff.sign_out_everywhere', (staff) => staff);
}

export async function findStaff(store: Store, municipality: string, login: string): Promise<Person | null> {
  const name = await store.get(municipality, 'staff_login', normalLogin(login));
  const found = name && (await store.get(municipality, 'staff', name.body.staff));
  return found ? { id: found.id, staff: found.body } : null;
}

/** A city has hundreds of staff at most. */
export async function listStaff(store: Store, municipality: string): Promise<Person[]> {
  const rows = await store.list(municipality, 'staff', 'all', { limit: 5000 });
  return rows
    .map((row) => ({ id: row.id, staff: row.body }))
    .toSorted((a, b) => a.staff.createdAt - b.staff.createdAt || (a.id < b.id ? -1 : 1));
}

/** @returns a link's token that makes the first administrator; null as soon as the city has one. Earlier ones end. */
export async function firstLink(draft: Draft, store: Store, now: number): Promise<string | null> {
  const people = await listStaff(store, draft.municipality);
  if (people.some(({ staff }) => staff.roles.includes('administrator') && !staff.disabled && signsIn(staff)))
    return null;
  for (const row of await store.list(draft.municipality, 'staff_link', 'all', { limit: 1000 })) {
    if (row.body.purpose === 'first') await draft.delete('staff_link', row.id);
  }
  return makeLink(draft, { purpose: 'first', account: null }, now);
}

export const normalLogin = (login: string): string => login.normalize('NFKC').trim().toLowerCase();

/** @returns windows of the list that the city does not have. */
export const unknownWindows = (municipality: Municipality, windows: readonly string[]): string[] =>
  windows.filter((id) => !municipality.windows.some((window) => window.id === id));

const signsIn = (staff: Staff): boolean => staff.password !== null || staff.oidc !== null;

function makeLink(draft: Draft, link: { purpose: 'first' | 'setup'; account: string | null }, now: number): string {
  const token = randomBytes(24).toString('base64url');
  draft.add('staff_link', fingerprintOf(token), { ...link, expiresAt: now + LINK_MS });
  return token;
}

async function change(
  draft: Draft,
  id: string,
  act: By,
  action: string,
  to: (staff: Staff) => Staff,
): Promise<boolean> {
  const staff = await draft.get('staff', id);
  if (!staff) return false;
  await draft.put('staff', id, { ...to(staff), generation: staff.generation + 1 });
  audit(draft, act, action, id);
  return true;
}

function audit(draft: Draft, act: By, action: string, subject: string, detail: Record<string, string> = {}): void {
  writeAudit(draft, { at: act.now, by: act.by, action, subject, detail }, act.ids);
}
