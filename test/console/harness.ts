/** The console over the real store in memory and the real city's file, and a browser that keeps cookies and sends forms. */

import { Hono } from 'hono';
import { type Console, createConsole } from '#console/create-console.ts';
import type { ConsoleOptions } from '#console/desk.ts';
import { codeAt, newSecret } from '#console/second-factor.ts';
import { type Content, loadContent } from '#content/load-content.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { factsSchema } from '#contracts/session.ts';
import type { Role, Staff } from '#contracts/staff.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { type CalendarOverlay, openCalendarOverlay } from '#handoff/calendar-overlay.ts';
import { openTicket } from '#handoff/open-ticket.ts';
import { addStaff } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Store } from '#store/store.ts';
import { createManualClock, type ManualClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { silentLogger } from '#support/logger.ts';
import { hashPassword } from '#support/passwords.ts';

/** Tuesday, 24 November 2026, 10:00 in Japan: an ordinary working day. */
export const TUESDAY_TEN = Date.parse('2026-11-24T10:00:00+09:00');
export const CITY = 'ashiya';
export const PASSWORD = 'あかい とり ことり なぜなぜ あかい';

let content: Promise<Content> | null = null;
/** One cheap hash for every account of the tests: a real one is slow on purpose. */
let hashed: Promise<NonNullable<Staff['password']>> | null = null;

export interface Office {
  store: Store;
  clock: ManualClock;
  console: Console;
  app: Hono;
  city(): Municipality;
  overlay: CalendarOverlay;
  /** An account that can sign in with PASSWORD and the code of its secret. */
  person(
    login: string,
    roles: readonly Role[],
    windows?: readonly string[],
    more?: Partial<Staff>,
  ): Promise<{ id: string; secret: string }>;
  /** A browser signed in as that person. */
  signIn(login: string, secret: string): Promise<Browser>;
  /** Both at once. */
  enter(
    login: string,
    roles: readonly Role[],
    windows?: readonly string[],
    more?: Partial<Staff>,
  ): Promise<Browser & { id: string }>;
  ticket(change?: Partial<Ticket>): Promise<Ticket>;
  read(id: string): Promise<Ticket>;
  audit(): Promise<{ by: string; action: string; subject: string | null; detail: Record<string, string> }[]>;
  close(): Promise<void>;
}

export async function openOffice(options: Partial<ConsoleOptions> & { at?: number } = {}): Promise<Office> {
  content ??= loadContent({ dir: 'flows' });
  const files = await content;
  const clock = createManualClock(options.at ?? TUESDAY_TEN);
  const ids = createIds();
  const store = createSealedStore({
    driver: createEmbeddedDriver({ path: ':memory:' }),
    keyRing: createKeyRing(generateKey('k1')),
  });
  const overlay = await openCalendarOverlay({ store, municipalities: [CITY] });
  const city = (): Municipality => overlay.apply(files.municipalities.get(CITY)!);
  const console = createConsole({
    store,
    municipalities: [CITY],
    municipality: (id) => (id === CITY ? city() : null),
    clock,
    ids,
    log: silentLogger,
    count: () => {},
    publicUrl: () => 'http://office.test',
    secure: false,
    address: () => '192.0.2.1',
    ...options,
  });
  // As the service's app does it: with or without a slash at the end.
  const app = new Hono({ strict: false });
  app.route('/console', console.routes);
  let made = 0;

  const office: Office = {
    store,
    clock,
    console,
    app,
    city,
    overlay,
    async person(login, roles, windows = [], more = {}) {
      hashed ??= hashPassword(PASSWORD, 4);
      const password = await hashed;
      const secret = newSecret();
      const id = await inDraft(store, CITY, async (draft) => {
        const added = await addStaff(
          draft,
          { login, name: more.name ?? login, roles, windows, mail: null },
          { by: 'operator', now: clock.now(), ids },
        );
        if (!added.ok) throw new Error(added.why);
        const staff = (await draft.get('staff', added.id))!;
        await draft.put('staff', added.id, { ...staff, password, totp: { secret, step: 0 }, ...more });
        return added.id;
      });
      return { id, secret };
    },
    async signIn(login, secret) {
      const browser = createBrowser(app);
      await browser.post('/sign-in', { login, password: PASSWORD });
      await browser.get('/code');
      const entered = await browser.post('/code', { code: codeAt(secret, clock.now()) });
      if (entered.status !== 303) throw new Error(`sign-in of ${login}: ${entered.status} ${browser.text()}`);
      return browser;
    },
    async enter(login, roles, windows, more) {
      const { id, secret } = await office.person(login, roles, windows, more);
      return Object.assign(await office.signIn(login, secret), { id });
    },
    async ticket(change = {}) {
      const id = `ticket-${++made}`;
      const facts = factsSchema.parse({
        heard: [{ messageId: `m-${made}`, text: '父の物忘れがひどくて、夜も眠れません。', at: clock.now() - 60_000 }],
        confirmedNeeds: ['elderly'],
        about: 'family',
        district: 'seido',
      });
      const fresh = openTicket(city(), facts, {
        id,
        receipt: ids.receipt(),
        callBackCode: '1234',
        contact: `contact-${made}`,
        channel: 'line',
        now: clock.now(),
        window: 'sogo',
      });
      const ticket: Ticket = { ...fresh, ...change };
      await store.commit(CITY, [
        { type: 'put', kind: 'ticket', id: ticket.id, revision: 0, body: ticket },
        {
          type: 'put',
          kind: 'contact',
          id: ticket.contact,
          revision: 'any',
          body: {
            firstAt: clock.now(),
            lastAt: clock.now(),
            channel: 'line',
            address: 'U1',
            blocked: false,
            floor: null,
            greeted: true,
            crisis: null,
            tickets: [ticket.id],
            expiresAt: null,
          },
        },
      ]);
      return ticket;
    },
    async read(id) {
      return (await store.get(CITY, 'ticket', id))!.body;
    },
    async audit() {
      return (await store.list(CITY, 'audit', 'at', { limit: 5000 })).map((row) => row.body);
    },
    async close() {
      console.close();
      overlay.close();
      await store.close();
    },
  };
  return office;
}

export interface Browser {
  get(path: string): Promise<Response>;
  /** Sends a form of the page that is open: its hidden fields go along. Follows nothing. */
  post(
    path: string,
    fields?: Record<string, string | string[]>,
    more?: { origin?: string | null; bare?: boolean },
  ): Promise<Response>;
  /** Follows one redirect after a post. */
  go(path: string, fields?: Record<string, string | string[]>): Promise<string>;
  /** The page as words, without tags. */
  text(): string;
  html(): string;
  status(): number;
  cookies: Map<string, string>;
}

export function createBrowser(app: {
  request(input: string, init?: RequestInit): Response | Promise<Response>;
}): Browser {
  const cookies = new Map<string, string>();
  let html = '';
  let status = 0;
  const call = async (path: string, init: RequestInit): Promise<Response> => {
    const url = path.startsWith('/console') ? path : `/console/${CITY}${path}`;
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await app.request(`http://office.test${url}`, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair!.indexOf('=');
      const value = pair!.slice(at + 1);
      if (value === '') cookies.delete(pair!.slice(0, at));
      else cookies.set(pair!.slice(0, at), value);
    }
    status = response.status;
    if (response.headers.get('content-type')?.startsWith('text/html')) html = await response.clone().text();
    return response;
  };
  const browser: Browser = {
    cookies,
    get: (path) => call(path, {}),
    post(path, fields = {}, more = {}) {
      const body = new URLSearchParams();
      const hidden = more.bare ? [] : hiddenOf(html, path);
      for (const [name, value] of hidden) if (!(name in fields)) body.append(name, value);
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
      const origin =
        more.origin === undefined
          ? { origin: 'http://office.test' }
          : more.origin === null
            ? {}
            : { origin: more.origin };
      return call(path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...origin },
      });
    },
    async go(path, fields) {
      const response = await browser.post(path, fields);
      const to = response.headers.get('location');
      if (to !== null) await browser.get(to);
      return browser.text();
    },
    text: () => wordsOf(html),
    html: () => html,
    status: () => status,
  };
  return browser;
}

/** Hidden fields of the form with that target; of any form when there is none (the token is the same). */
function hiddenOf(html: string, path: string): [string, string][] {
  const forms = [...html.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/gu)];
  const own =
    forms.find(([, action]) => action!.endsWith(path)) ?? forms.find(([, , inside]) => inside!.includes('name="csrf"'));
  const inside = own?.[1]?.endsWith(path)
    ? own[2]!
    : (own?.[2]?.match(/<input type="hidden" name="csrf"[^>]*>/u)?.[0] ?? '');
  return [...inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/gu)].map(([, name, value]) => [
    name!,
    unescaped(value!),
  ]);
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

export const wordsOf = (html: string): string =>
  unescaped(
    html
      .replaceAll(/<(head|script|style)[\s\S]*?<\/\1>/gu, ' ')
      .replaceAll(/<[^>]*>/gu, ' ')
      .replaceAll(/\s+/gu, ' '),
  );
