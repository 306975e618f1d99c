/**
 * The city's own page as a channel (R2, mode `page`): a talk in the browser, served by the city's own machine. The room
 * knows visits, forms and HTML; it knows nothing of LINE's wire or the console. What is typed goes the same way as
 * anywhere: an event is kept, then worked off; answers come back through the channel.
 */
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Incoming } from '#contracts/event.ts';
import type { Channel } from '#conversation/channel.ts';
import { createAssets } from './assets.ts';
import type { Ctx, Desk, Env, TalkOptions } from './desk.ts';
import { headers, notTooOften, ofCity, ownForms } from './guard.ts';
import { liveRoutes } from './live.ts';
import { refusal, screenPart, startPage, talkPage } from './page.ts';
import { createPageChannel } from './page-channel.ts';
import { findPressed, nextOrder, readScreen, show } from './screen.ts';
import { begin, give, isGood, stopReminding, takeBack, withVisit } from './visit.ts';

const EXIT_URL = 'https://www.jma.go.jp/';
const ANSWER_MS = 4_000;
const LARGEST_FORM = 32_768;
const LONGEST_TEXT = 2_000;

export interface Talk {
  /** Mount at `/talk`. */
  routes: Hono;
  channel: Channel;
  /** Ends the open event streams. */
  close(): void;
}

export function createTalkRoutes(options: TalkOptions): Talk {
  const closing = new AbortController();
  const desk: Desk = { exitUrl: EXIT_URL, answerMs: ANSWER_MS, ...options, closing: closing.signal };
  const assets = createAssets();
  const app = new Hono<Env>();
  app.use('*', headers(desk));
  app.route('/assets', assets.routes);
  const room = new Hono<Env>();
  const tooLarge = (c: Context) => refusal(c, 413, '長い文は、分けて送ってください。');
  room.use(
    '*',
    bodyLimit({ maxSize: LARGEST_FORM, onError: tooLarge }),
    ofCity(desk),
    withVisit(desk),
    notTooOften(desk),
    ownForms(desk),
  );

  room.get('/', async (c) => {
    if (c.get('visit').begun === null) return c.html(startPage(desk, c, assets.address, { token: '', stale: false }));
    const rows = await readScreen(desk.store, c.get('city').id, c.get('visit').contact);
    return c.html(talkPage(desk, c, assets.address, rows));
  });
  room.get('/enter/:token', async (c) => {
    const token = c.req.param('token');
    const good = await isGood(desk, c.get('city'), token);
    return c.html(startPage(desk, c, assets.address, { token: good ? token : '', stale: !good }));
  });
  room.get('/screen', async (c) => (c.get('visit').begun === null ? c.body(null, 401) : c.html(await part(desk, c))));
  room.post('/start', (c) => start(desk, c, assets.address));
  room.post('/leave', (c) => {
    takeBack(desk, c);
    c.header('clear-site-data', '"cache"');
    return c.redirect(desk.exitUrl, 303);
  });
  room.use('/:act{say|press|withdraw|remind-not}', async (c, next) => {
    if (c.get('visit').begun !== null) return next();
    return refusal(c, 401, 'この画面は、もう閉じられています。ひらき直すと、新しくはじめられます。');
  });
  room.post('/say', (c) => say(desk, c));
  room.post('/press', (c) => press(desk, c));
  room.post('/withdraw', (c) => withdraw(desk, c));
  room.post('/remind-not', async (c) => {
    await stopReminding(desk, c.get('city'), c.get('visit'));
    return back(desk, c);
  });
  room.route('/', liveRoutes(desk));
  app.route('/:city', room);
  return { routes: app as unknown as Hono, channel: createPageChannel(desk), close: () => closing.abort() };
}

async function start(desk: Desk, c: Ctx, address: (name: string) => string): Promise<Response> {
  const [city, visit] = [c.get('city'), c.get('visit')];
  const { field } = await formOf(c);
  const begun = await begin(desk, city, visit, { token: field('token'), remind: field('remind') === 'yes' });
  if (begun === 'stale') return c.html(startPage(desk, c, address, { token: '', stale: true }), 410);
  give(desk, c, visit.secret);
  if (begun === 'known') return c.redirect(home(c), 303);
  return deliver(desk, c, { id: desk.ids.id(), type: 'follow', back: false });
}

async function say(desk: Desk, c: Ctx): Promise<Response> {
  const { field } = await formOf(c);
  const text = field('text').replaceAll('\r\n', '\n').trim();
  if (text === '') return back(desk, c);
  if (text.length > LONGEST_TEXT)
    return refusal(c, 413, `長い文は、${LONGEST_TEXT.toLocaleString('ja-JP')}字までに分けて送ってください。`);
  // The same form sent twice is one message.
  const name = `p${digest(`${c.get('visit').contact}|${field('key')}|${text}`)}`;
  return deliver(desk, c, { id: name, type: 'text', messageId: name, text }, { from: 'resident', name, text });
}

async function press(desk: Desk, c: Ctx): Promise<Response> {
  const [city, visit] = [c.get('city'), c.get('visit')];
  const { field } = await formOf(c);
  const rows = await readScreen(desk.store, city.id, visit.contact);
  const chosen = findPressed(rows, field('press'));
  if (chosen === null) return back(desk, c);
  const date = field('date');
  if (chosen.kind === 'date' && !/^\d{4}-\d{2}-\d{2}$/u.test(date)) return back(desk, c);
  const picked = chosen.kind === 'date' ? { date } : {};
  const text = chosen.kind === 'date' ? `${chosen.label}: ${date}` : chosen.label;
  const name = desk.ids.id();
  return deliver(desk, c, { id: name, type: 'postback', data: chosen.data, ...picked }, { from: 'button', name, text });
}

/** 「この文を取り消す」: the same event as LINE's (R7). */
async function withdraw(desk: Desk, c: Ctx): Promise<Response> {
  const { field } = await formOf(c);
  const rows = await readScreen(desk.store, c.get('city').id, c.get('visit').contact);
  const own = rows.find(({ body }) => body.from === 'resident' && body.messageId === field('message'));
  if (!own || own.body.text === null) return back(desk, c);
  return deliver(desk, c, { id: `u${field('message')}`, type: 'unsend', messageId: field('message') });
}

type Said =
  | { type: 'follow'; back: boolean }
  | { type: 'text'; messageId: string; text: string }
  | { type: 'postback'; data: string; date?: string }
  | { type: 'unsend'; messageId: string };

/** Keeps the event, shows the resident's own part, waits a moment for the answer. */
async function deliver(
  desk: Desk,
  c: Ctx,
  said: Said & { id: string },
  own?: { from: 'resident' | 'button'; name: string; text: string },
): Promise<Response> {
  const [city, { contact }] = [c.get('city'), c.get('visit')];
  const at = desk.clock.now();
  const order = nextOrder(at);
  const base = { municipality: city.id, channel: 'page' as const, contact, address: contact, at, receivedAt: at };
  const event: Incoming = { ...base, ...said };
  const answered = waitForAnswer(desk, city.id, contact, own === undefined ? 1 : 2);
  try {
    await desk.receive([event]);
    const messageId = own?.from === 'resident' ? own.name : null;
    if (own && !(await show(desk.store, city, { ...own, contact, at, order, messageId }))) answered.stop();
  } catch (error) {
    answered.stop();
    desk.log.error('a form could not be kept', { municipality: city.id, error });
    return refusal(
      c,
      503,
      'ごめんなさい。いまは受け取れませんでした。少し待って、もう一度お願いします。急ぎの危険は110番か119番へ。',
    );
  }
  desk.count('page_event', { municipality: city.id, type: event.type });
  await answered.done;
  return back(desk, c);
}

/** Resolves when so many new things stand on this screen, or after a while: the answer then comes by the event stream. */
function waitForAnswer(desk: Desk, city: string, contact: string, wanted: number) {
  let stop = (): void => {};
  const done = new Promise<void>((resolve) => {
    const seen = new Set<string>();
    const timer = setTimeout(() => stop(), desk.answerMs);
    const unwatch = desk.store.watch((change) => {
      if (change.municipality !== city || change.kind !== 'page_message' || !change.id.startsWith(`${contact}.`))
        return;
      seen.add(change.id);
      if (seen.size >= wanted) stop();
    });
    stop = () => {
      clearTimeout(timer);
      unwatch();
      resolve();
    };
  });
  return { done, stop: () => stop() };
}

/** To the page; a script of ours gets the part that changes. */
async function back(desk: Desk, c: Ctx): Promise<Response> {
  return c.req.header('x-talk') === undefined ? c.redirect(home(c), 303) : c.html(await part(desk, c));
}

const home = (c: Ctx): string => `/talk/${c.get('city').id}`;

async function part(desk: Desk, c: Ctx) {
  return screenPart(c, await readScreen(desk.store, c.get('city').id, c.get('visit').contact));
}

async function formOf(c: Ctx): Promise<{ field(name: string): string }> {
  const body = await c.req.parseBody();
  return {
    field(name) {
      const value = Object.hasOwn(body, name) ? body[name] : undefined;
      return typeof value === 'string' ? value : '';
    },
  };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 27);
