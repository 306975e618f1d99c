/** One console for two cities: whoever is signed in at one reaches nothing of the other, on any route, with any id. */
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createConsole } from '#console/create-console.ts';
import { codeAt, newSecret } from '#console/second-factor.ts';
import { loadContent } from '#content/load-content.ts';
import { factsSchema } from '#contracts/session.ts';
import { ROLES } from '#contracts/staff.ts';
import { openClosedFile } from '#handoff/cases/closed-file.ts';
import { newConference } from '#handoff/cases/conference.ts';
import { openCase } from '#handoff/cases/open-case.ts';
import { openTicket } from '#handoff/open-ticket.ts';
import { addStaff } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Store } from '#store/store.ts';
import { createManualClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { silentLogger } from '#support/logger.ts';
import { hashPassword } from '#support/passwords.ts';
import { createBrowser, PASSWORD, TUESDAY_TEN } from './harness.ts';

const HERE = 'ashiya';
const THERE = 'fukui';
/** Stands in everything that 福井 holds. */
const SECRET = '福井だけの言葉';
const clock = createManualClock(TUESDAY_TEN);
const ids = createIds();
const secret = newSecret();
let store: Store;
let console: ReturnType<typeof createConsole>;
let app: Hono;
const made: Record<string, string> = {};

beforeEach(async () => {
  const files = await loadContent({ dir: 'flows' });
  store = createSealedStore({
    driver: createEmbeddedDriver({ path: ':memory:' }),
    keyRing: createKeyRing(generateKey('k')),
  });
  console = createConsole({
    store,
    municipalities: [HERE, THERE],
    municipality: (id) => files.municipalities.get(id) ?? null,
    clock,
    ids,
    log: silentLogger,
    count: () => {},
    publicUrl: () => 'http://office.test',
    secure: false,
    address: () => '192.0.2.1',
  });
  app = new Hono({ strict: false });
  app.route('/console', console.routes);
  const password = await hashPassword(PASSWORD, 4);
  for (const city of [HERE, THERE]) {
    const windows = files.municipalities.get(city)!.windows.map(({ id }) => id);
    made[`staff-${city}`] = await inDraft(store, city, async (draft) => {
      // The same name, password and second factor in both: still two accounts.
      const person = { login: 'sato', name: city === THERE ? SECRET : '佐藤', roles: ROLES, windows, mail: null };
      const added = await addStaff(draft, person, { by: 'operator', now: clock.now(), ids });
      if (!added.ok) throw new Error(added.why);
      await draft.put('staff', added.id, {
        ...(await draft.get('staff', added.id))!,
        password,
        totp: { secret, step: 0 },
      });
      return added.id;
    });
  }
  const fukui = files.municipalities.get(THERE)!;
  const staff = made[`staff-${THERE}`]!;
  await inDraft(store, THERE, async (draft) => {
    const heard = [{ messageId: 'm', text: SECRET, at: clock.now() }];
    const meta = { id: ids.id(), receipt: ids.receipt(), callBackCode: '1', contact: 'c', channel: 'line' as const };
    const facts = factsSchema.parse({ heard, confirmedNeeds: ['elderly'], window: 'yorisoi' });
    const ticket = { ...openTicket(fukui, facts, { ...meta, now: clock.now() }), crisis: 'suicide' as const };
    draft.add('ticket', ticket.id, ticket);
    Object.assign(made, { ticket: ticket.id, receipt: ticket.receipt });
    const act = { municipality: fukui, by: staff, now: clock.now(), ids };
    const one = await openCase(draft, { ...act, tickets: [ticket.id], reason: SECRET, urgency: 'regular' });
    if (!one.ok) throw new Error(one.why);
    made.case = one.case.id;
    const file = await openClosedFile(draft, {
      ...act,
      municipality: THERE,
      tickets: [ticket.id],
      reason: SECRET,
      without: 'refused',
      urgency: 'regular',
      lead: 'yorisoi',
      name: SECRET,
      body: SECRET,
    });
    if (!file.ok) throw new Error(file.why);
    made.closed = file.file.id;
    const meeting = fukui.meetings!.find(({ hears }) => hears === 'consented')!;
    const planned = newConference(meeting, {
      ...act,
      start: clock.now(),
      end: clock.now() + 1,
      place: SECRET,
      onCall: true,
      id: ids.id,
    });
    if (!planned.ok) throw new Error(planned.why);
    draft.add('conference', 'meeting-there', planned.conference);
    made.meeting = 'meeting-there';
  });
});
afterEach(async () => {
  console.close();
  await store.close();
});

async function enter(city: string) {
  const browser = createBrowser(app);
  await browser.get(`/console/${city}/sign-in`);
  await browser.post(`/console/${city}/sign-in`, { login: 'sato', password: PASSWORD });
  await browser.get(`/console/${city}/code`);
  clock.advance(30_000);
  expect((await browser.post(`/console/${city}/code`, { code: codeAt(secret, clock.now()) })).status).toBe(303);
  return browser;
}

const KINDS = ['ticket', 'case', 'conference', 'closed_file', 'staff'] as const;
const idOf = { ticket: 'ticket', case: 'case', conference: 'meeting', closed_file: 'closed', staff: `staff-${THERE}` };
const held = () => Promise.all(KINDS.map((kind) => store.get(THERE, kind, made[idOf[kind]]!)));

/** Every route the console has, with 福井's ids in the places of ids. */
function addresses(): { method: string; path: string }[] {
  const idFor = (path: string): string =>
    made[/\/(ticket|case|meeting|closed|staff)/u.exec(path)?.[1] ?? 'ticket'] ?? made[`staff-${THERE}`]!;
  const all = console.routes.routes
    .filter(
      ({ method, path }) => method !== 'ALL' && path.includes(':city') && !/live\/events|sign-out|oidc/u.test(path),
    )
    .map(({ method, path }) => ({ method, path: path.replace(/:(?!city)[a-z]+/gu, () => idFor(path)) }));
  return [...new Map(all.map((one) => [`${one.method} ${one.path}`, one])).values()];
}

it('has nothing for whoever is signed in elsewhere, on any route', async () => {
  const browser = await enter(HERE);
  await browser.get(`/console/${HERE}/tickets`);
  const before = await held();
  const routes = addresses();
  expect(routes.length).toBeGreaterThan(100);
  const open = /\/(sign-in|setup|code|enrol|enrol\/later|assets\/.*|feeds\/.*)?$/u;
  for (const { method, path } of routes) {
    const to = `/console${path.replace(/^\/console/u, '').replace(':city', THERE)}`;
    const answer = method === 'GET' ? await browser.get(to) : await browser.post(to, { receipt: made.receipt! });
    const text = await answer.text();
    expect([method, path, text.includes(SECRET)]).toEqual([method, path, false]);
    if (open.test(path)) continue;
    const away = answer.status === 303 && /\/fukui\/sign-in/u.test(answer.headers.get('location') ?? '');
    expect([method, path, away || answer.status === 401 || answer.status === 403]).toEqual([method, path, true]);
  }
  expect(await held()).toEqual(before);
});

it('knows no id of another city, on any route', async () => {
  const browser = await enter(HERE);
  await browser.get(`/console/${HERE}/tickets`);
  const before = await held();
  for (const { method, path } of addresses()) {
    if (/account|staff|sign|code|enrol|setup/u.test(path) && method === 'POST') continue;
    const to = `/console${path.replace(/^\/console/u, '').replace(':city', HERE)}`;
    const answer = method === 'GET' ? await browser.get(to) : await browser.post(to, { receipt: made.receipt! });
    expect([method, path, (await answer.text()).includes(SECRET)]).toEqual([method, path, false]);
    if (method === 'GET' && /\/(tickets|cases|meetings|closed)\/:?[^/]+/u.test(path))
      expect([path, answer.status]).toEqual([path, /live/u.test(path) ? 403 : 404]);
  }
  await browser.get(`/console/${HERE}/find?q=${made.receipt}`);
  expect(browser.text()).not.toContain(made.ticket);
  expect(await held()).toEqual(before);
});

it('lets the same name and password in at each city as that city’s own person', async () => {
  const browser = await enter(THERE);
  await browser.get(`/console/${THERE}/tickets/${made.ticket}`);
  expect(browser.status()).toBe(200);
  expect(browser.text()).toContain(SECRET);
  const lines = await store.list(HERE, 'audit', 'at', { limit: 100 });
  expect(lines.map(({ body }) => body.action)).toEqual(['staff.add']);
});
