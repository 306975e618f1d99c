/**
 * The whole conversation without a network: the real store in memory, the real flows, the real triage, a stand-in for
 * LINE with its real rules. Time stands still unless a test moves it.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Content, loadContent } from '#content/load-content.ts';
import type { Session } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';
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
import type { Tries } from '#support/tries.ts';
import { createTriage, type Triage } from '#triage/create-triage.ts';
import { readQuestions } from '#triage/splitting-question.ts';
import { serveFakeLine } from '../simulator/serve-fake-line.ts';
import { labelsOf } from './in-a-hurry.ts';

/** Tuesday, 24 November 2026, 10:00 in Japan: an ordinary working day. */
export const TUESDAY_TEN = Date.parse('2026-11-24T10:00:00+09:00');
export const SECRET = '0123456789abcdef0123456789abcdef';

let triage: Promise<Triage> | null = null;
let content: Promise<Content> | null = null;

export interface Harness {
  line: FakeLine;
  store: Store;
  clock: ManualClock;
  conversation: Conversation;
  log: string[];
  counts: Map<string, number>;
  dbPath: string;
  secretKeys: string;
  /** A new resident, not yet a friend. */
  resident(municipality?: string): Resident;
  tickets(municipality?: string): Promise<Ticket[]>;
  /** Where a contact's talk stands. */
  session(contact: string, municipality?: string): Promise<Session | null>;
  contactOf(municipality: string, userId: string): string;
  /** Posts raw bytes to a webhook as anybody on the internet could. @returns the status. */
  post(municipality: string, body: string, signature?: string): Promise<number>;
  /** Stops the service and starts another on the same store, as after a restart. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Resident {
  userId: string;
  contact: string;
  /** Each does one thing, waits until the service is idle, and gives what newly stands on the screen. */
  follow(): Promise<string[]>;
  block(): Promise<string[]>;
  say(text: string): Promise<string[]>;
  tap(label: string, picked?: string): Promise<string[]>;
  sticker(): Promise<string[]>;
  unsend(messageId: string): Promise<string[]>;
  /** Message id of the last thing said. */
  lastMessageId(): string;
  /** Labels that can be tapped now. */
  buttons(): string[];
}

export async function openHarness(
  options: {
    municipalities?: string[];
    at?: number;
    secretOf?: (municipality: string) => string;
    tries?: Tries;
    alone?: boolean;
  } = {},
): Promise<Harness> {
  const municipalities = options.municipalities ?? ['ashiya'];
  const secretOf = options.secretOf ?? (() => SECRET);
  triage ??= createTriage({ dictionariesDir: 'dictionaries', cacheDir: '.cache' });
  content ??= loadContent({ dir: 'flows' });
  const files = await content;
  const mind = await triage;
  const clock = createManualClock(options.at ?? TUESDAY_TEN);
  const ids = createIds();
  const dbPath = join(mkdtempSync(join(tmpdir(), 'tsunagi-talk-')), 'store.db');
  const secretKeys = generateKey('k1');
  const store = createSealedStore({
    driver: createEmbeddedDriver({ path: dbPath }),
    keyRing: createKeyRing(secretKeys),
  });
  const log: string[] = [];
  const counts = new Map<string, number>();
  const pseudonym = await loadPseudonym(store);
  const scripts = await openScripts({ store, content: () => files, now: () => clock.now() });
  await scripts.keep(files);
  const logger = createLogger({ level: 'debug', write: (entry) => log.push(entry) });
  const world: World = {
    ...(options.tries ? { tries: options.tries } : {}),
    content: () => files,
    script: (municipality) => scripts.script(municipality),
    triage: mind,
    questions: readQuestions('dictionaries'),
    clock,
    ids,
    log: logger,
    count: (name, labels, by = 1) => {
      const key = `${name} ${Object.values(labels).join(' ')}`;
      counts.set(key, (counts.get(key) ?? 0) + by);
    },
  };
  let conversation: Conversation;
  const routes = createLineRoutes({
    channels: new Map(municipalities.map((id) => [id, { secret: secretOf(id) }])),
    receive: (events) => conversation.receive(events),
    contactOf: (municipality, userId) => pseudonym(municipality, 'line', userId),
    clock,
    count: () => {},
    log: logger,
  });
  const line = createFakeLine({
    municipalities: municipalities.map((id) => ({ id, secret: secretOf(id), token: `token-${id}` })),
    deliver: async (municipality, body, signature) => {
      const headers = { 'content-type': 'application/json', 'x-line-signature': signature };
      const request = { method: 'POST', body: Buffer.from(body), headers };
      return (await routes.request(`/line/${municipality}/webhook`, request)).status;
    },
    clock,
    ids,
  });
  const served = await serveFakeLine(line);
  const channel = createLineChannel({
    tokens: new Map(municipalities.map((id) => [id, `token-${id}`])),
    baseUrl: served.url,
    clock,
  });
  const open = (): Conversation =>
    createConversation({
      world,
      store,
      channels: { line: channel, page: channel },
      municipalities,
      workers: 16,
      beatMs: 3_600_000,
      alone: options.alone ?? true,
    });
  conversation = open();
  await conversation.start();

  const resident = (municipality = 'ashiya'): Resident => {
    const { userId } = line.addResident(municipality);
    let last = '';
    let seen = 0;
    const doing = async (act: () => Promise<unknown>): Promise<string[]> => {
      const before = line.screenText(userId).length;
      seen = line.received(userId).length;
      await act();
      await conversation.idle();
      return line.screenText(userId).slice(before);
    };
    return {
      userId,
      contact: pseudonym(municipality, 'line', userId),
      follow: () => doing(() => line.follow(userId)),
      block: () => doing(() => line.unfollow(userId)),
      say: (text) =>
        doing(async () => {
          const delivery = await line.say(userId, text);
          last = String((delivery.events[0] as { message?: { id?: unknown } }).message?.id);
        }),
      tap: (label, picked) => doing(() => line.tap(userId, label, picked)),
      sticker: () => doing(() => line.sendSticker(userId)),
      unsend: (messageId) => doing(() => line.unsend(userId, messageId)),
      lastMessageId: () => last,
      buttons: () => labelsOf(line.received(userId).slice(seen)),
    };
  };

  return {
    line,
    store,
    clock,
    get conversation() {
      return conversation;
    },
    log,
    counts,
    dbPath,
    secretKeys,
    resident,
    contactOf: (municipality, userId) => pseudonym(municipality, 'line', userId),
    async post(municipality, body, signature) {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (signature !== undefined) headers['x-line-signature'] = signature;
      return (await routes.request(`/line/${municipality}/webhook`, { method: 'POST', body, headers })).status;
    },
    async session(contact, municipality = 'ashiya') {
      return (await store.get(municipality, 'contact', contact))?.body.talk?.session ?? null;
    },
    async tickets(municipality = 'ashiya') {
      return (await store.list(municipality, 'ticket', 'created', { limit: 1000 })).map((row) => row.body);
    },
    async restart() {
      await conversation.stop();
      conversation = open();
      await conversation.start();
    },
    async close() {
      await conversation.stop();
      line.close();
      await served.close();
      await store.close();
    },
  };
}
