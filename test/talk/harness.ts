/** A city of mode `page` behind a real port: real flows, triage, store, hand-off, the LINE door against a stand-in for LINE. */

import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { createApp } from '#app';
import { loadContent } from '#content/load-content.ts';
import { loadPseudonym } from '#conversation/pseudonym.ts';
import { openScripts } from '#conversation/scripts.ts';
import { type Conversation, createConversation } from '#conversation/service.ts';
import type { World } from '#conversation/talk.ts';
import { createLineChannel } from '#line/channel.ts';
import { createLineRoutes } from '#line/routes.ts';
import { createFakeLine, type FakeLine } from '#simulator/create-fake-line.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Store } from '#store/store.ts';
import { createManualClock, type ManualClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { createLogger } from '#support/logger.ts';
import { createMetrics } from '#support/metrics.ts';
import { createTalkRoutes } from '#talk/create-talk-routes.ts';
import { createTriage, type Triage } from '#triage/create-triage.ts';
import { readQuestions } from '#triage/splitting-question.ts';
import { serveFakeLine } from '../simulator/serve-fake-line.ts';

/** Tuesday, 24 November 2026, 10:00 in Japan. */
const TUESDAY_TEN = Date.parse('2026-11-24T10:00:00+09:00');
const SECRET = '0123456789abcdef0123456789abcdef';
export const CITY = 'ashiya';

let triage: Promise<Triage> | null = null;

export interface PageCity {
  url: string;
  home: string;
  /** Where 「すぐ閉じる」 leads. */
  exit: string;
  line: FakeLine;
  store: Store;
  clock: ManualClock;
  world: World;
  conversation: Conversation;
  log: string[];
  contactOf(channel: 'line' | 'page', id: string): string;
  /** Every record of the city, read and unsealed, as one text. */
  everything(): Promise<string>;
  close(): Promise<void>;
}

export async function openPageCity(): Promise<PageCity> {
  const dir = mkdtempSync(join(tmpdir(), 'tsunagi-page-'));
  cpSync('flows', join(dir, 'flows'), { recursive: true });
  const file = join(dir, 'flows', CITY, 'municipality.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('mode: talk', 'mode: page'));
  triage ??= createTriage({ dictionariesDir: 'dictionaries', cacheDir: '.cache' });
  const [files, mind] = await Promise.all([loadContent({ dir: join(dir, 'flows') }), triage]);
  const clock = createManualClock(TUESDAY_TEN);
  const ids = createIds();
  const store = createSealedStore({
    driver: createEmbeddedDriver({ path: join(dir, 'store.db') }),
    keyRing: createKeyRing(generateKey('k1')),
  });
  const log: string[] = [];
  const logger = createLogger({ level: 'debug', write: (entry) => log.push(entry) });
  const pseudonym = await loadPseudonym(store);
  const scripts = await openScripts({ store, content: () => files, now: () => clock.now() });
  let url = '';
  const world: World = {
    content: () => files,
    script: (municipality) => scripts.script(municipality),
    triage: mind,
    questions: readQuestions('dictionaries'),
    clock,
    ids,
    log: logger,
    count: () => {},
    publicUrl: () => url,
  };
  let conversation: Conversation;
  const receive: Conversation['receive'] = (events) => conversation.receive(events);
  const contactOf = (channel: 'line' | 'page', id: string): string => pseudonym(CITY, channel, id);
  const routes = createLineRoutes({
    channels: new Map([[CITY, { secret: SECRET }]]),
    receive,
    contactOf: (_, userId) => contactOf('line', userId),
    clock,
    count: () => {},
    log: logger,
  });
  const weather = await serveFakeLine({
    api: new Hono().get('/', (c) => c.html('<link rel="icon" href="data:,"><title>weather</title>')),
  });
  const talk = createTalkRoutes({
    municipality: (id) => scripts.script(id)?.municipality ?? null,
    receive,
    store,
    contactOf: (_, visitor) => contactOf('page', visitor),
    clock,
    ids,
    secure: false,
    address: () => 'test',
    exitUrl: `${weather.url}/`,
    count: () => {},
    log: logger,
  });
  const line = createFakeLine({
    municipalities: [{ id: CITY, secret: SECRET, token: 'token' }],
    deliver: async (municipality, body, signature) => {
      const headers = { 'content-type': 'application/json', 'x-line-signature': signature };
      const request = { method: 'POST', body: Buffer.from(body), headers };
      return (await routes.request(`/line/${municipality}/webhook`, request)).status;
    },
    clock,
    ids,
  });
  const served = await serveFakeLine(line);
  const channel = createLineChannel({ tokens: new Map([[CITY, 'token']]), baseUrl: served.url, clock });
  conversation = createConversation({
    world,
    store,
    channels: { line: channel, page: talk.channel },
    municipalities: [CITY],
    workers: 4,
    beatMs: 3_600_000,
    alone: true,
  });
  await conversation.start();
  const app = createApp({
    mounts: [['/talk', talk.routes]],
    ready: async () => {},
    metrics: createMetrics(),
    log: logger,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    home: `${url}/talk/${CITY}`,
    exit: `${weather.url}/`,
    line,
    store,
    clock,
    world,
    conversation,
    log,
    contactOf,
    async everything() {
      const all: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.inspect(CITY, cursor, 500);
        all.push(...page.records);
        cursor = page.cursor;
      } while (cursor !== null);
      return JSON.stringify(all);
    },
    async close() {
      talk.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await conversation.stop();
      line.close();
      await Promise.all([served.close(), weather.close()]);
      await store.close();
    },
  };
}

/** Someone with a browser without JavaScript: a cookie, a page, forms. */
export function openVisitor(city: PageCity) {
  let cookie = '';
  let page = '';
  let status = 0;
  const take = async (path: string, form?: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
    const answer = await fetch(path.startsWith('http') ? path : city.url + path, {
      ...body,
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      cookie = pair.endsWith('=') ? '' : pair;
    }
    status = answer.status;
    const to = answer.headers.get('location');
    const text = await answer.text();
    if (answer.status === 303 && to?.startsWith('/')) await take(to);
    else page = text;
    return answer;
  };
  const hidden = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`, 'u').exec(page)?.[1] ?? '';
  const buttons = (): [value: string, label: string][] =>
    [...page.matchAll(/<button class="press" name="press" value="([^"]*)">([^<]*)</gu)].map((m) => [m[1]!, m[2]!]);
  return {
    open: (path = `/talk/${CITY}`) => take(path),
    post: (act: string, form: Record<string, string>, headers?: Record<string, string>) =>
      take(`/talk/${CITY}/${act}`, { csrf: hidden('csrf'), ...form }, headers),
    raw: take,
    say(text: string) {
      return this.post('say', { key: hidden('key'), text });
    },
    tap(label: string) {
      const value = buttons().find(([, shown]) => shown === label)?.[0];
      if (value === undefined) throw new Error(`no button ${label} on:\n${this.text()}`);
      return this.post('press', { press: value });
    },
    begin(form: Record<string, string> = {}) {
      return this.post('start', { token: hidden('token'), ...form });
    },
    labels: () => buttons().map(([, label]) => label),
    /** Everything that can be read, without markup. */
    text: () => page.replaceAll(/<[^>]+>/gu, ' ').replaceAll(/\s+/gu, ' '),
    html: () => page,
    status: () => status,
    cookie: () => cookie.split('=')[1] ?? '',
    hidden,
  };
}

const WANTED = ['はい、合っています', 'いない', '精道', '窓口に行って相談', 'はい、伝えてください', 'この内容で届ける'];
/** The button that a person in a hurry would press. */
export const nextLabel = (labels: readonly string[]): string | undefined =>
  labels.find((label) => WANTED.includes(label)) ?? labels.find((label) => /^\d+\/\d+/u.test(label)) ?? labels[0];

/** The link of the newest button on LINE. */
export function linkOn(city: PageCity, userId: string): string {
  const found = JSON.stringify(city.line.received(userId)).matchAll(/https?:[^"]+\/enter\/[\w-]+/gu);
  return [...found].at(-1)?.[0] ?? '';
}
