/**
 * Signing in through the city's own provider (OpenID Connect, authorization code with PKCE). An administrator makes the account
 * first; the provider only says who it is. The first time it is found by a verified e-mail address, afterwards by subject.
 */

import { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import * as oidc from 'openid-client';
import { z } from 'zod';
import { writeAudit } from '#handoff/audit.ts';
import { listStaff, normalLogin, type Person } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { type Ctx, type Desk, type Env, type OidcSettings, path } from './desk.ts';
import { safeNext } from './form.ts';
import { message } from './layout.ts';
import { beginSession } from './sessions.ts';

const COOKIE = 'tsunagi_oidc';
const WAIT_S = 600;
const stateSchema = z.strictObject({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() });

export function oidcRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  const settings = desk.oidc;
  if (settings == null) return app;
  let found: Promise<oidc.Configuration> | null = null;
  const provider = (): Promise<oidc.Configuration> => {
    found ??= discover(settings);
    // The provider may be away for a while: the next sign-in asks again.
    found.catch(() => {
      found = null;
    });
    return found;
  };
  app.get('/oidc', (c) => begin(desk, c, provider));
  app.get('/oidc/back', (c) => finish(desk, c, provider, settings));
  return app;
}

const discover = (settings: OidcSettings): Promise<oidc.Configuration> =>
  oidc.discovery(
    new URL(settings.issuer),
    settings.clientId,
    settings.clientSecret,
    undefined,
    settings.insecure ? { execute: [oidc.allowInsecureRequests] } : undefined,
  );

async function begin(desk: Desk, c: Ctx, provider: () => Promise<oidc.Configuration>): Promise<Response> {
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const verifier = oidc.randomPKCECodeVerifier();
  try {
    const url = oidc.buildAuthorizationUrl(await provider(), {
      redirect_uri: backUrl(desk, c),
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const value = JSON.stringify({ state, nonce, verifier, next: safeNext(c, c.req.query('next') ?? '') ?? '' });
    setCookie(c, COOKIE, value, {
      path: path(c, '/oidc'),
      httpOnly: true,
      secure: desk.secure,
      sameSite: 'Lax',
      maxAge: WAIT_S,
    });
    return c.redirect(url.href, 303);
  } catch (error) {
    desk.log.error('the sign-in provider does not answer', { error });
    return message(
      desk,
      c,
      503,
      'ログインできませんでした',
      '市の認証システムが応答していません。しばらくしてからお試しください。',
    );
  }
}

async function finish(
  desk: Desk,
  c: Ctx,
  provider: () => Promise<oidc.Configuration>,
  settings: OidcSettings,
): Promise<Response> {
  const parsed = stateSchema.safeParse(jsonOf(getCookie(c, COOKIE)));
  deleteCookie(c, COOKIE, { path: path(c, '/oidc'), secure: desk.secure });
  if (!parsed.success)
    return message(
      desk,
      c,
      400,
      'もう一度お願いします',
      'ログインの途中で時間が過ぎました。最初からやり直してください。',
    );
  const { state, nonce, verifier, next } = parsed.data;
  let claims: oidc.IDToken | undefined;
  try {
    const url = new URL(backUrl(desk, c));
    url.search = new URL(c.req.url).search;
    const tokens = await oidc.authorizationCodeGrant(await provider(), url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    claims = tokens.claims();
  } catch (error) {
    desk.log.warn('a sign-in through the provider was refused', { error });
    desk.count('console_sign_in', { result: 'oidc_refused' });
  }
  if (claims === undefined)
    return message(
      desk,
      c,
      401,
      'ログインできませんでした',
      '市の認証システムでの確認ができませんでした。もう一度お試しください。',
    );
  const person = await personOf(desk, c, settings.issuer, claims);
  if (person === null) {
    desk.count('console_sign_in', { result: 'oidc_unknown' });
    return message(
      desk,
      c,
      403,
      'まだ登録されていません',
      'このアカウントは、つなぎに登録されていません。管理者に、メールアドレスをログイン名にして登録してもらってください。',
    );
  }
  await beginSession(desk, c, { account: person.id, generation: person.staff.generation, stage: 'full' });
  desk.count('console_sign_in', { result: 'ok' });
  return c.redirect(next === '' ? path(c, '/') : next, 303);
}

/** @returns the account, linked to the provider from now on; null when nobody made one. */
async function personOf(desk: Desk, c: Ctx, issuer: string, claims: oidc.IDToken): Promise<Person | null> {
  const people = (await listStaff(desk.store, c.get('city').id)).filter(({ staff }) => !staff.disabled);
  const known = people.find(({ staff }) => staff.oidc?.issuer === issuer && staff.oidc.subject === claims.sub);
  const mail = claims.email_verified === true && typeof claims.email === 'string' ? normalLogin(claims.email) : null;
  const person = known ?? people.find(({ staff }) => staff.oidc === null && mail !== null && staff.login === mail);
  if (!person) return null;
  const now = desk.clock.now();
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    const staff = await draft.get('staff', person.id);
    if (staff)
      await draft.put('staff', person.id, { ...staff, oidc: { issuer, subject: claims.sub }, signedInAt: now });
    writeAudit(
      draft,
      { at: now, by: person.id, action: 'sign_in', subject: person.id, detail: { by: 'oidc' } },
      desk.ids,
    );
  });
  return person;
}

const backUrl = (desk: Desk, c: Ctx): string => `${desk.publicUrl()}${path(c, '/oidc/back')}`;

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
