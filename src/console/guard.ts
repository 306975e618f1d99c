/** What stands before every page: headers, same origin, who is it, may they, is the form ours. */
import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Ctx, Desk, Env } from './desk.ts';
import { message } from './layout.ts';
import type { Action } from './permissions.ts';
import { readSession } from './sessions.ts';

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export function headers(desk: Desk): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const set = (name: string, value: string): void => {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    };
    set('content-security-policy', CSP);
    set('x-frame-options', 'DENY');
    set('x-content-type-options', 'nosniff');
    // `no-referrer` would make browsers send `Origin: null` with forms.
    set('referrer-policy', 'same-origin');
    set('cross-origin-opener-policy', 'same-origin');
    set('cross-origin-resource-policy', 'same-origin');
    set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
    set('cache-control', 'no-store');
    set('x-robots-tag', 'noindex');
    if (desk.secure) set('strict-transport-security', 'max-age=31536000');
  };
}

/** A form that comes from another site is refused, signed in or not. */
export function sameOrigin(desk: Desk): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const origin = c.req.header('origin');
    const site = c.req.header('sec-fetch-site');
    const hosts = [new URL(desk.publicUrl()).host, c.req.header('host') ?? new URL(c.req.url).host];
    const fine =
      origin === undefined ? site === 'same-origin' : URL.canParse(origin) && hosts.includes(new URL(origin).host);
    if (!fine) {
      desk.count('console_refused', { why: 'origin' });
      return c.text('この操作はこのサイトの画面から行ってください。\n', 403);
    }
    return next();
  };
}

/** Signed in all the way, or sent to the sign-in page. Then: the form's token. */
export function signedIn(desk: Desk): MiddlewareHandler<Env> {
  return async (c, next) => {
    // What a page fetches by itself does not keep somebody signed in who has left the desk.
    const me = await readSession(desk, c, { touch: !c.req.path.includes('/live/') });
    if (me === null || me.session.body.stage !== 'full') {
      if (c.req.path.includes('/live/')) return c.body(null, 401);
      const stage = me?.session.body.stage;
      const to = stage === 'password' ? '/code' : stage === 'enrol' ? '/enrol' : '/sign-in';
      const asked = c.req.method === 'GET' ? `?next=${encodeURIComponent(c.req.path)}` : '';
      return c.redirect(`/console/${c.get('city').id}${to}${to === '/sign-in' ? asked : ''}`, 303);
    }
    c.set('me', me);
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !(await formIsOurs(c))) {
      desk.count('console_refused', { why: 'csrf' });
      return message(
        desk,
        c,
        403,
        'もう一度お願いします',
        'この画面は古くなっていました。戻って画面を読み込み直し、もう一度操作してください。',
      );
    }
    return next();
  };
}

export function allowed(desk: Desk, action: Action): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.get('me').can(action)) return next();
    desk.count('console_refused', { why: 'role' });
    return message(
      desk,
      c,
      403,
      'この画面は開けません',
      'あなたの役割では使えない画面です。必要なときは管理者に相談してください。',
    );
  };
}

/** Every form carries the session's token. */
export async function formIsOurs(c: Ctx): Promise<boolean> {
  const body = await c.req.parseBody({ all: true });
  const given = Buffer.from(typeof body.csrf === 'string' ? body.csrf : '');
  const known = Buffer.from(c.get('me').session.body.csrf);
  return given.length === known.length && timingSafeEqual(given, known);
}
