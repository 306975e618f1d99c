/**
 * The simulator: a page with phones that look like the LINE app, over the stand-in for the LINE platform. It speaks to the
 * service only as LINE does (signed webhooks in, Messaging API calls out) and knows nothing behind the webhook. Never
 * mounted in production.
 */
import { readFile } from 'node:fs/promises';
import { type Context, Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import type { Explanation } from '#contracts/assessment.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';
import { carryOut } from './acts.ts';
import { createFakeLine, type FakeLine } from './create-fake-line.ts';
import { createFeed, type Feed, type Patch } from './feed.ts';
import { type City, emptyHtml, pageHtml, STYLES } from './page/page.ts';
import type { Deliver } from './webhooks.ts';

export interface SimulatorOptions {
  municipalities: readonly City[];
  secretOf(municipality: string): string;
  /** Default: `simulatorToken`. */
  tokenOf?(municipality: string): string;
  deliver: Deliver;
  clock: Clock;
  ids: Ids;
  /** What triage sees in a text. */
  explain?(text: string, municipality: string): Explanation | Promise<Explanation>;
  /** Where `routes` is mounted. Default `/simulator`. */
  base?: string;
}

export interface Simulator {
  routes: Hono;
  /** To be mounted at the root: LINE's client drops a path in its base URL. */
  api: Hono;
  line: FakeLine;
  /** Ends open event streams and waiting redeliveries. */
  close(): void;
}

const STATIC = new Map([
  ...STYLES.map((name): [string, string] => [`${name}.css`, 'text/css; charset=utf-8']),
  ['simulator.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
]);

/** The access token under which a city's service calls the stand-in. */
export const simulatorToken = (municipality: string): string => `simulator-${municipality}`;

export function createSimulator(options: SimulatorOptions): Simulator {
  const { municipalities: cities, clock, base = '/simulator', tokenOf = simulatorToken } = options;
  const line = createFakeLine({
    municipalities: cities.map(({ id }) => ({ id, secret: options.secretOf(id), token: tokenOf(id) })),
    deliver: options.deliver,
    clock,
    ids: options.ids,
    redeliverAfterMs: [1000, 5000, 20_000],
    keepCalls: 500,
  });
  const feed = createFeed({ line, cities, action: `${base}/act`, now: () => clock.now(), explain: options.explain });
  const closing = new AbortController();
  const routes = new Hono();
  routes.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
    csrf(),
  );
  routes.get('/', page);
  routes.get('/static/:name', staticFile);
  routes.get('/stream', (c) => stream(c, feed, closing.signal));
  routes.post('/act', act);
  routes.get('*', (c) => (c.req.path === `${base}/` ? c.redirect(base) : c.notFound()));
  return {
    routes,
    api: line.api,
    line,
    close() {
      closing.abort();
      feed.close();
      line.close();
    },
  };

  function page(c: Context): Response | Promise<Response> {
    const city = cities.find((one) => one.id === c.req.query('city')) ?? cities[0];
    c.header('cache-control', 'no-store');
    if (city === undefined) return c.html(emptyHtml(base));
    if (line.residents(city.id).length === 0) line.addResident(city.id, '住民1');
    const inside = c.req.query('inside') === undefined ? null : { log: feed.log(city.id), faults: line.faults() };
    return c.html(
      pageHtml({ base, cities, city, residents: line.residents(city.id), inside, seq: feed.seq, now: clock.now() }),
    );
  }

  async function act(c: Context): Promise<Response> {
    const form = Object.fromEntries(
      Object.entries(await c.req.parseBody()).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    );
    const done = cities.some((one) => one.id === form.city) || form.user !== undefined ? carryOut(line, form) : false;
    if (c.req.header('x-requested-with') !== undefined) return c.body(null, done ? 204 : 409);
    // Without JavaScript: back to the page, at the phone it came from.
    const city = form.city ?? line.resident(form.user ?? '')?.municipality ?? '';
    return c.redirect(
      `${base}?city=${encodeURIComponent(city)}${form.user === undefined ? '' : `#r-${encodeURIComponent(form.user)}`}`,
      303,
    );
  }
}

async function staticFile(c: Context): Promise<Response> {
  const name = c.req.param('name') ?? '';
  const type = STATIC.get(name);
  if (type === undefined) return c.notFound();
  const body = await readFile(new URL(`./static/${name}`, import.meta.url));
  return c.body(body, 200, { 'content-type': type, 'cache-control': 'no-cache' });
}

function stream(c: Context, feed: Feed, closing: AbortSignal): Response {
  const city = c.req.query('city') ?? '';
  const answer = streamSSE(c, async (out) => {
    const waiting: Patch[] = [];
    let wake: () => void = () => {};
    const stop = feed.listen((patch) => {
      if (patch.city === null || patch.city === city) waiting.push(patch);
      wake();
    });
    out.onAbort(() => wake());
    closing.addEventListener('abort', () => wake(), { once: true });
    await out.writeSSE({ event: 'hello', data: JSON.stringify({ seq: feed.seq }) });
    while (!out.aborted && !closing.aborted) {
      const patch = waiting.shift();
      if (patch) await out.writeSSE({ event: 'patch', data: JSON.stringify(patch) });
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    stop();
  });
  // Otherwise the connection would stay open, idle, after the last event of a graceful stop.
  answer.headers.set('connection', 'close');
  return answer;
}
