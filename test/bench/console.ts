/**
 * `npm run bench -- console [tickets]`: how long the console's pages take over that many tickets (default 1,000,000) in the
 * embedded store on disk. Prints one line a page: median, 95th percentile, worst of 60.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Hono } from 'hono';
import { createConsole } from '#console/create-console.ts';
import { codeAt, newSecret } from '#console/second-factor.ts';
import { loadContent } from '#content/load-content.ts';
import { factsSchema } from '#contracts/session.ts';
import type { Ticket, TicketState } from '#contracts/ticket.ts';
import { openTicket } from '#handoff/open-ticket.ts';
import { addStaff } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Operation } from '#store/store.ts';
import { systemClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { silentLogger } from '#support/logger.ts';
import { hashPassword } from '#support/passwords.ts';

const CITY = 'ashiya';
const PASSWORD = 'only for this measurement';
const BATCH = 2000;
const ROUNDS = 60;
/** Of a hundred tickets, so many are in each state: most of a city's tickets are closed. */
const STATES: readonly [TicketState, number][] = [
  ['new', 2],
  ['accepted', 3],
  ['waiting_resident', 2],
  ['waiting_body', 1],
  ['closed', 92],
];

export async function run(args: readonly string[]): Promise<void> {
  const wanted = Number(args[0] ?? 1_000_000);
  const dir = mkdtempSync(join(tmpdir(), 'tsunagi-bench-console-'));
  const store = createSealedStore({
    driver: createEmbeddedDriver({ path: join(dir, 'store.db') }),
    keyRing: createKeyRing(generateKey('k1')),
  });
  const files = await loadContent({ dir: 'flows' });
  const city = files.municipalities.get(CITY)!;
  const ids = createIds();
  const clock = systemClock;
  const now = clock.now();
  const states = STATES.flatMap(([state, share]) => Array<TicketState>(share).fill(state));
  const facts = factsSchema.parse({
    heard: [{ messageId: 'm', text: '父の物忘れがひどくて、夜も眠れません。ガス代も払えていません。', at: now }],
    confirmedNeeds: ['elderly', 'livelihood'],
  });
  const pattern = openTicket(city, facts, {
    id: '',
    receipt: '',
    callBackCode: '1234',
    contact: '',
    channel: 'line',
    now,
    window: 'sogo',
  });
  const begun = performance.now();
  let some: Ticket = pattern;
  for (let made = 0; made < wanted; made += BATCH) {
    const operations = Array.from({ length: Math.min(BATCH, wanted - made) }, (_, i): Operation => {
      const n = made + i;
      const createdAt = now - (wanted - n) * 60_000;
      const window = city.windows[n % city.windows.length]!.id;
      const ticket: Ticket = {
        ...pattern,
        id: ids.id(),
        receipt: ids.receipt(),
        contact: `c${n}`,
        createdAt,
        updatedAt: createdAt,
        window,
        state: states[n % states.length]!,
        urgent: n % 50 === 0,
      };
      if (n === wanted >> 1) some = ticket;
      return { type: 'put', kind: 'ticket', id: ticket.id, revision: 0, body: ticket };
    });
    await store.commit(CITY, operations, { durable: false });
  }
  const seconds = (performance.now() - begun) / 1000;
  const megabytes = Math.round(statSync(join(dir, 'store.db')).size / 2 ** 20);
  console.log(`${wanted.toLocaleString('en')} tickets written in ${seconds.toFixed(0)} s, ${megabytes} MB`);

  const app = new Hono();
  const office = createConsole({
    store,
    municipalities: [CITY],
    municipality: () => city,
    clock,
    ids,
    log: silentLogger,
    count: () => {},
    publicUrl: () => 'http://office.test',
    secure: false,
    address: () => '192.0.2.1',
  });
  app.route('/console', office.routes);
  const cookie = await signIn(app, store, ids);
  const get = async (path: string): Promise<string> => {
    const response = await app.request(`http://office.test/console/${CITY}${path}`, { headers: { cookie } });
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
    return response.text();
  };
  const deep = new URLSearchParams({
    state: 'closed',
    after: `${String(now - (wanted >> 1) * 60_000).padStart(15, '0')}~x`,
  });
  for (const path of [
    '/tickets',
    '/tickets?state=closed',
    `/tickets?${deep}`,
    '/tickets?state=accepted&window=sogo',
    '/tickets?state=mine',
    `/tickets/${some.id}`,
    '/calendar?window=sogo',
    '/audit',
    '/live/banner',
  ]) {
    const took: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const start = performance.now();
      await get(path);
      took.push(performance.now() - start);
    }
    took.sort((a, b) => a - b);
    const ms = (share: number): string =>
      `${took[Math.min(took.length - 1, Math.floor(took.length * share))]!.toFixed(1)} ms`;
    console.log(
      `${path.replace(some.id, '<id>').padEnd(60)} median ${ms(0.5).padStart(9)}   p95 ${ms(0.95).padStart(9)}   worst ${ms(1).padStart(9)}`,
    );
  }
  office.close();
  await store.close();
  rmSync(dir, { recursive: true });
}

async function signIn(
  app: Hono,
  store: ReturnType<typeof createSealedStore>,
  ids: ReturnType<typeof createIds>,
): Promise<string> {
  const secret = newSecret();
  const password = await hashPassword(PASSWORD, 4);
  await inDraft(store, CITY, async (draft) => {
    const made = await addStaff(
      draft,
      { login: 'bench', name: 'bench', roles: ['coordinator', 'auditor'], windows: [], mail: null },
      { by: 'operator', now: Date.now(), ids },
    );
    if (made.ok)
      await draft.put('staff', made.id, {
        ...(await draft.get('staff', made.id))!,
        password,
        totp: { secret, step: 0 },
      });
  });
  const post = async (path: string, fields: Record<string, string>, cookie = ''): Promise<string> => {
    const headers = { origin: 'http://office.test', cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await app.request(`http://office.test/console/${CITY}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers,
    });
    return response.headers
      .getSetCookie()
      .filter((line) => !line.includes('=;'))
      .at(-1)!
      .split(';')[0]!;
  };
  const half = await post('/sign-in', { login: 'bench', password: PASSWORD });
  const page = await (
    await app.request(`http://office.test/console/${CITY}/code`, { headers: { cookie: half } })
  ).text();
  const csrf = /name="csrf" value="([^"]+)"/u.exec(page)![1]!;
  return post('/code', { csrf, code: codeAt(secret, Date.now()) }, half);
}
