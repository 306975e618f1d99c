/**
 * The service: reads the settings, opens what they name, joins the rooms, listens, and stops without losing anything.
 * It knows every room and no rule of behaviour.
 */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { createApp } from '#app';
import { type Config, ConfigError, readConfig } from '#config';
import { ContentError, loadContent } from '#content/load-content.ts';
import { loadPseudonym } from '#conversation/pseudonym.ts';
import { openScripts } from '#conversation/scripts.ts';
import { createConversation } from '#conversation/service.ts';
import type { World } from '#conversation/talk.ts';
import { createLineChannel } from '#line/channel.ts';
import { createLineRoutes } from '#line/routes.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import { StoreError } from '#store/store.ts';
import { systemClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { KeyError } from '#support/key-ring.ts';
import { createLogger, type Logger } from '#support/logger.ts';
import { createMetrics } from '#support/metrics.ts';
import { createSharedClock } from '#support/shared-clock.ts';
import { createTries } from '#support/tries.ts';
import { createTalkRoutes } from '#talk/create-talk-routes.ts';
import { readQuestions } from '#triage/splitting-question.ts';
import { createTriageThread } from '#triage/triage-thread.ts';
import { addressOf, openConsole } from './open-console.ts';
import { openStore } from './open-store.ts';

const LINE_API = 'https://api.line.me';

/** Runs until SIGTERM or SIGINT. */
export async function main(): Promise<void> {
  try {
    await run(readConfig());
  } catch (error) {
    if (
      error instanceof ConfigError ||
      error instanceof KeyError ||
      error instanceof StoreError ||
      error instanceof ContentError ||
      isListenError(error)
    ) {
      for (const line of error.message.split('\n')) process.stderr.write(`tsunagi: ${line}\n`);
      // Connections and threads that were begun would keep the process alive, and nobody would start it again.
      process.exit(error instanceof ConfigError || error instanceof KeyError ? 2 : 1);
    }
    throw error;
  }
}

async function run(config: Config): Promise<void> {
  const ids = createIds();
  const metrics = createMetrics();
  const log = createLogger({ level: config.LOG_LEVEL });
  // Side by side: each takes its part of a second.
  const [store, content, triage] = await Promise.all([
    openStore(config, ({ municipality, kind, id, error }) => {
      log.error('a damaged record is passed over', { municipality, kind, id, error });
      metrics.count('records_damaged', { municipality, kind });
    }),
    loadContent({ dir: config.FLOWS_DIR, cities: config.municipalities }),
    createTriageThread({ dictionariesDir: config.DICTIONARIES_DIR, cacheDir: config.CACHE_DIR }),
  ]);
  reportRefused(content.refused, log);
  const shared = store.time ? await createSharedClock({ ask: () => store.time!() }) : null;
  const clock = shared ?? systemClock;
  const tries = createTries({ dir: config.DATA_DIR });
  const scripts = await openScripts({ store, content: () => content, now: () => clock.now() });
  await scripts.keep(content);
  const pseudonym = await loadPseudonym(store);

  let server: Server | null = null;
  const port = (): number => (server === null ? config.PORT : (server.address() as AddressInfo).port);
  const credentials = credentialsOf(config);
  const baseUrl = config.LINE_API_BASE_URL ?? (config.line.size > 0 ? LINE_API : `http://127.0.0.1:${config.PORT}`);
  const line = createLineChannel({
    tokens: new Map([...credentials].map(([city, { accessToken }]) => [city, accessToken])),
    baseUrl,
    clock,
    inThread: { onLost: (error) => log.error('the thread that calls LINE was lost', { error }) },
    onCall: ({ municipality, call, status, outcome, code, requestId, detail, ms }) => {
      metrics.observe('line_call', { call, outcome }, ms / 1000);
      log.info('line call', { municipality, call, status, outcome, code, requestId, detail, ms: Math.round(ms) });
    },
  });
  const publicUrl = (): string => config.PUBLIC_URL?.replace(/\/$/u, '') ?? `http://localhost:${port()}`;
  const staff = await openConsole({
    config,
    store,
    script: scripts.script,
    line,
    clock,
    ids,
    log,
    metrics,
    publicUrl,
  });
  const world: World = {
    content: () => content,
    script: staff.script,
    triage,
    questions: readQuestions(config.DICTIONARIES_DIR),
    clock,
    ids,
    log,
    count: metrics.count,
    tries,
    publicUrl,
  };
  const talk = createTalkRoutes({
    municipality: (id) => world.script(id)?.municipality ?? null,
    receive: (events) => conversation.receive(events),
    store,
    contactOf: (municipality, visitor) => pseudonym(municipality, 'page', visitor),
    clock,
    ids,
    secure: publicUrl().startsWith('https:'),
    address: (c) => addressOf(c, config.TRUST_PROXY === 'yes'),
    count: metrics.count,
    log,
  });
  const conversation = createConversation({
    world,
    store,
    channels: { line, page: talk.channel },
    municipalities: config.municipalities,
    workers: config.WORKERS,
    alone: config.REDIS_URL === undefined,
  });
  metrics.gauge('contacts_waiting', 'contacts with events that wait for a worker', () => conversation.waiting());

  const routes = createLineRoutes({
    channels: new Map([...credentials].map(([city, { secret }]) => [city, { secret }])),
    receive: (events) => conversation.receive(events),
    contactOf: (municipality, userId) => pseudonym(municipality, 'line', userId),
    clock,
    count: (name, labels) => metrics.count(`line_${name}`, labels),
    log,
  });
  const simulator = config.simulator ? await openSimulator() : null;
  const mounts: [string, Hono][] = [
    ['/', routes],
    ['/console', staff.console.routes],
    ['/talk', talk.routes],
  ];
  if (simulator) mounts.push(['/simulator', simulator.routes], ['/', simulator.api]);
  const app = createApp({ mounts, ready: () => store.ping(), metrics, log });

  async function openSimulator(): Promise<Simulator> {
    const { createSimulator } = await import('#simulator/create-simulator.ts');
    return createSimulator({
      municipalities: config.municipalities.flatMap((id) => {
        const city = content.municipalities.get(id);
        return city && !config.line.has(id) ? [{ id, name: city.name, account: city.account }] : [];
      }),
      secretOf: (municipality) => credentials.get(municipality)!.secret,
      tokenOf: (municipality) => credentials.get(municipality)!.accessToken,
      async deliver(municipality, body, signature) {
        const headers = { 'content-type': 'application/json; charset=utf-8', 'x-line-signature': signature };
        const url = `http://127.0.0.1:${port()}/line/${municipality}/webhook`;
        return (await fetch(url, { method: 'POST', body: Buffer.from(body), headers })).status;
      },
      clock,
      ids,
      explain: (text) => triage.explain(text),
    });
  }

  server = await listen(app, config);
  await conversation.start();
  staff.alerter.start();
  const pages = config.municipalities.filter((id) => content.municipalities.get(id)?.mode === 'page');
  greet(config, { url: publicUrl(), firstLink: await staff.console.firstLink(), pages });
  await stopSignal();
  log.info('stopping');
  simulator?.close();
  talk.close();
  staff.console.close();
  await closeServer(server);
  await staff.alerter.stop();
  await conversation.stop();
  await line.close();
  tries.close();
  shared?.stop();
  await triage.close();
  await store.close();
  log.info('stopped');
}

/** Cities without credentials of their own speak to the simulator, under a secret nobody else knows. */
function credentialsOf(config: Config): Map<string, { secret: string; accessToken: string }> {
  const all = new Map(config.line);
  if (config.simulator) {
    for (const city of config.municipalities) {
      if (!all.has(city)) all.set(city, { secret: randomBytes(16).toString('hex'), accessToken: `simulator-${city}` });
    }
  }
  return all;
}

function reportRefused(
  refused: ReadonlyMap<string, readonly { file: string; line: number; what: string; remedy: string }[]>,
  log: Logger,
): void {
  for (const [municipality, findings] of refused) {
    for (const { file, line, what, remedy } of findings) {
      log.error('city refused', { municipality, file, line, what, remedy });
    }
  }
}

function listen(app: Hono, config: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port: config.PORT, hostname: config.HOST }, () =>
      resolve(server),
    ) as Server;
    server.once('error', reject);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function greet(
  config: Config,
  { url, firstLink, pages }: { url: string; firstLink: string | null; pages: readonly string[] },
): void {
  const lines = [`tsunagi is ready: ${url}`];
  if (config.simulator) lines.push(`  simulator (相談する人の画面): ${url}/simulator`);
  lines.push(`  console (職員の画面): ${url}/console`);
  for (const city of pages) lines.push(`  page (市のページ): ${url}/talk/${city}`);
  for (const city of config.line.keys()) lines.push(`  LINE webhook for ${city}: ${url}/line/${city}/webhook`);
  if (firstLink !== null) {
    lines.push('  はじめの管理者をつくるリンク（一度だけ使えます） / one-time link for the first administrator:');
    lines.push(...firstLink.split('\n').map((link) => `    ${link}`));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

function isListenError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'listen';
}

if (import.meta.main) await main();
