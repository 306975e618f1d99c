/** Signing in through a real OpenID provider that runs as its own process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, type Office, openOffice } from './harness.ts';

const BACK = 'http://office.test/console/ashiya/oidc/back';
let provider: ChildProcess;
let issuer: string;
let office: Office;

beforeAll(async () => {
  provider = spawn(process.execPath, [join(import.meta.dirname, 'provider.ts'), BACK], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(provider.stdout!, 'data')) as [Buffer];
  issuer = line
    .toString()
    .trim()
    .split('\n')
    .find((one) => one.startsWith('http'))!;
}, 30_000);
afterAll(() => {
  provider.kill();
});
beforeEach(async () => {
  office = await openOffice({
    oidc: { issuer, clientId: 'tsunagi', clientSecret: 'client-secret-of-the-test', name: '市の認証', insecure: true },
  });
});
afterEach(() => office.close());

/** Walks through the provider's own pages as a person would. @returns the address it sends back to. */
async function atProvider(start: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const call = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = {
      ...(init.headers as Record<string, string>),
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair!.indexOf('=');
      cookies.set(pair!.slice(0, at), pair!.slice(at + 1));
    }
    return response;
  };
  let response = await call(start);
  for (let steps = 0; steps < 12; steps++) {
    const to = response.headers.get('location');
    if (to !== null) {
      const url = new URL(to, issuer);
      if (url.href.startsWith(BACK)) return url;
      response = await call(url.href);
      continue;
    }
    const page = await response.text();
    const form = /<form[^>]*action="([^"]+)"/u.exec(page);
    if (form === null)
      throw new Error(`${response.status} ${page.replaceAll(/<style>[\s\S]*<\/style>/gu, '').slice(0, 1500)}`);
    const action = form[1]!;
    const prompt = /name="prompt" value="(\w+)"/u.exec(page)![1]!;
    const body = new URLSearchParams({ prompt, login, password: 'any' });
    response = await call(new URL(action, issuer).href, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }
  throw new Error('the provider did not send back');
}

describe('the city’s own sign-in', () => {
  it('lets in somebody an administrator has added, and knows them by subject afterwards', async () => {
    const { id } = await office.person('sato@city.test', ['counsellor'], ['sogo'], {
      name: '佐藤',
      password: null,
      totp: null,
    });
    const browser = createBrowser(office.app);
    await browser.get('/sign-in');
    expect(browser.text()).toContain('市の認証でログイン');
    const begin = await browser.get('/oidc');
    const back = await atProvider(begin.headers.get('location')!, 'sato@city.test');
    const done = await browser.get(back.pathname + back.search);
    expect(done.headers.get('location')).toBe('/console/ashiya/');
    await browser.get('/tickets');
    expect(browser.text()).toContain('佐藤');
    const staff = await office.store.get('ashiya', 'staff', id);
    expect(staff?.body.oidc).toEqual({ issuer, subject: 'sato@city.test' });
    expect(await office.audit()).toContainEqual(
      expect.objectContaining({ by: id, action: 'sign_in', detail: { by: 'oidc' } }),
    );
    // The same answer a second time is worth nothing.
    expect((await browser.get(back.pathname + back.search)).status).toBe(400);
  });

  it.each(['stranger@city.test', 'unverified+sato@city.test'])('does not let in %s', async (login) => {
    await office.person('sato@city.test', ['counsellor'], ['sogo']);
    const browser = createBrowser(office.app);
    const begin = await browser.get('/oidc');
    const back = await atProvider(begin.headers.get('location')!, login);
    expect((await browser.get(back.pathname + back.search)).status).toBe(403);
    expect((await browser.get('/tickets')).status).toBe(303);
  });

  it('does not take an answer that another browser asked for', async () => {
    await office.person('sato@city.test', ['counsellor'], ['sogo']);
    const begin = await createBrowser(office.app).get('/oidc');
    const back = await atProvider(begin.headers.get('location')!, 'sato@city.test');
    const victim = createBrowser(office.app);
    await victim.get('/oidc');
    expect((await victim.get(back.pathname + back.search)).status).toBe(401);
  });

  it('says in plain words when the provider is away', async () => {
    const free = createServer().listen(0);
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const away = await openOffice({
      oidc: { issuer: `http://127.0.0.1:${port}`, clientId: 'x', clientSecret: 'y', name: 'x', insecure: true },
    });
    const browser = createBrowser(away.app);
    expect((await browser.get('/oidc')).status).toBe(503);
    expect(browser.text()).toContain('応答していません');
    await away.close();
  });
});
