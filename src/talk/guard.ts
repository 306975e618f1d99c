/** What stands before every page: which city, headers, size, where a form comes from, how often. */
import type { MiddlewareHandler } from 'hono';
import type { Clock } from '#support/clock.ts';
import type { Desk, Env } from './desk.ts';
import { refusal } from './page.ts';
import { isOwnForm } from './visit.ts';

/** Words and buttons of one visitor; a person writes less. */
const POSTS = { limit: 40, perMs: 60_000 };
/** Beginnings from one address: mobile networks put thousands of people behind one. */
const BEGINNINGS = { limit: 600, perMs: 600_000 };
const MOST_NAMES = 20_000;

export function headers(desk: Desk): MiddlewareHandler<Env> {
  const csp = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    // Browsers hold the address a form is led on to against this too.
    `form-action 'self' ${new URL(desk.exitUrl).origin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return async (c, next) => {
    await next();
    const set = (name: string, value: string): void => {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    };
    set('content-security-policy', csp);
    set('x-frame-options', 'DENY');
    set('x-content-type-options', 'nosniff');
    set('referrer-policy', 'no-referrer');
    set('cross-origin-opener-policy', 'same-origin');
    set('cross-origin-resource-policy', 'same-origin');
    set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
    set('cache-control', 'no-store');
    set('x-robots-tag', 'noindex, nofollow');
    if (desk.secure) set('strict-transport-security', 'max-age=31536000');
  };
}

/** Only cities of mode `page` have one. */
export function ofCity(desk: Desk): MiddlewareHandler<Env> {
  return async (c, next) => {
    const city = desk.municipality(c.req.param('city') ?? '');
    if (city?.mode !== 'page') return c.text('not found\n', 404);
    c.set('city', city);
    return next();
  };
}

/** Forms of ours only: the browser's own word where it gives one, and the token of the visit. */
export function ownForms(desk: Desk): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const refuse = (why: string): Response | Promise<Response> => {
      desk.count('page_refused', { why });
      return refusal(c, 403, 'この画面は古くなっていました。画面をひらき直して、もう一度お願いします。');
    };
    // Under `no-referrer` browsers send `Origin: null` with forms, and the truth in Sec-Fetch-Site.
    const site = c.req.header('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin') return refuse('origin');
    const origin = c.req.header('origin');
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    const foreign =
      origin !== undefined && origin !== 'null' && (!URL.canParse(origin) || new URL(origin).host !== host);
    if (foreign && site === undefined) return refuse('origin');
    const { csrf } = await c.req.parseBody();
    if (typeof csrf !== 'string' || !isOwnForm(c.get('visit'), csrf)) return refuse('csrf');
    return next();
  };
}

export function notTooOften(desk: Desk): MiddlewareHandler<Env> {
  const posts = createLimit(desk.clock, POSTS);
  const beginnings = createLimit(desk.clock, BEGINNINGS);
  return async (c, next) => {
    if (c.req.method !== 'POST' || c.req.path.endsWith('/leave')) return next();
    const { begun, contact } = c.get('visit');
    const fine = begun === null ? beginnings(desk.address(c)) : posts(contact);
    if (fine) return next();
    desk.count('page_refused', { why: 'often' });
    c.header('retry-after', '60');
    return refusal(
      c,
      429,
      '少しのあいだに、たくさん届きました。1分ほど待ってから、もう一度お願いします。急ぎの危険は110番か119番へ。',
    );
  };
}

/** In this process only: a limit against floods, not a promise. */
function createLimit(clock: Clock, { limit, perMs }: { limit: number; perMs: number }): (name: string) => boolean {
  let counts = new Map<string, number>();
  let since = clock.now();
  return (name) => {
    if (clock.now() - since >= perMs || counts.size > MOST_NAMES) {
      counts = new Map();
      since = clock.now();
    }
    const n = (counts.get(name) ?? 0) + 1;
    counts.set(name, n);
    return n <= limit;
  };
}
