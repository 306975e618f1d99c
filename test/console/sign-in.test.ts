import { afterEach, describe, expect, it } from 'vitest';
import { codeAt } from '#console/second-factor.ts';
import { createBrowser, type Office, openOffice, PASSWORD } from './harness.ts';

let office: Office;
afterEach(() => office.close());

const open = async (options: Parameters<typeof openOffice>[0] = {}): Promise<Office> => {
  office = await openOffice(options);
  return office;
};

describe('the first administrator', () => {
  it('is made by the one-time link, sets up the second factor and gets recovery codes', async () => {
    await open();
    const link = (await office.console.firstLink())!;
    expect(link).toMatch(/^http:\/\/office\.test\/console\/ashiya\/setup#[\w-]{30,}$/u);
    const token = link.split('#')[1]!;
    const browser = createBrowser(office.app);
    await browser.get('/setup');
    const short = await browser.post('/setup', {
      token,
      login: 'Kacho@city.test',
      name: '課長',
      password: 'みじかい',
      again: 'みじかい',
    });
    expect(short.status).toBe(422);
    expect(browser.text()).toContain('12文字以上');
    const made = await browser.post('/setup', {
      token,
      login: 'Kacho@city.test',
      name: '課長',
      casework: 'yes',
      password: PASSWORD,
      again: PASSWORD,
    });
    expect(made.headers.get('location')).toBe('/console/ashiya/enrol');
    await browser.get('/enrol');
    const secret = /class="secret">([A-Z2-7 ]+)</u.exec(browser.html())![1]!.replaceAll(' ', '');
    await browser.post('/enrol', { code: codeAt(secret, office.clock.now()) });
    expect(browser.text()).toMatch(/回復コード.*[0-9a-f]{5}-[0-9a-f]{5}/u);
    expect((await browser.get('/')).headers.get('location')).toBe('/console/ashiya/tickets');
    await browser.get('/tickets');
    expect(browser.status()).toBe(200);
    // The link is used up, and no other is given out.
    const second = createBrowser(office.app);
    await second.post('/setup', { token, login: 'x1', password: PASSWORD, again: PASSWORD });
    expect(second.text()).toContain('このリンクは使えません');
    expect(await office.console.firstLink()).toBeNull();
  });

  it('has only one working link: the newest', async () => {
    await open();
    const first = (await office.console.firstLink())!.split('#')[1]!;
    await office.console.firstLink();
    const browser = createBrowser(office.app);
    await browser.post('/setup', { token: first, login: 'someone', password: PASSWORD, again: PASSWORD });
    expect(browser.text()).toContain('このリンクは使えません');
  });
});

describe('signing in', () => {
  it('needs the password and then a code that was not used before', async () => {
    await open();
    const { secret } = await office.person('sato', ['counsellor'], ['sogo']);
    const browser = await office.signIn('sato', secret);
    expect((await browser.get('/tickets')).status).toBe(200);
    const again = createBrowser(office.app);
    await again.post('/sign-in', { login: 'sato', password: PASSWORD });
    await again.get('/code');
    const used = await again.post('/code', { code: codeAt(secret, office.clock.now()) });
    expect(used.status).toBe(401);
    office.clock.advance(30_000);
    await again.get('/code');
    expect((await again.post('/code', { code: codeAt(secret, office.clock.now()) })).status).toBe(303);
  });

  it('says the same for a wrong name, a wrong password and a stopped account', async () => {
    await open();
    await office.person('sato', ['counsellor'], ['sogo']);
    await office.person('gone', ['counsellor'], ['sogo'], { disabled: true });
    const browser = createBrowser(office.app);
    const said: string[] = [];
    for (const [login, password] of [
      ['nobody', PASSWORD],
      ['sato', 'wrong wrong wrong'],
      ['gone', PASSWORD],
    ] as const) {
      const response = await browser.post('/sign-in', { login, password });
      expect(response.status).toBe(401);
      said.push(browser.text().replace(login, ''));
    }
    expect(new Set(said).size).toBe(1);
  });

  it('lets nobody past the password without the code', async () => {
    await open();
    await office.person('sato', ['counsellor'], ['sogo']);
    const browser = createBrowser(office.app);
    await browser.post('/sign-in', { login: 'sato', password: PASSWORD });
    expect((await browser.get('/tickets')).headers.get('location')).toBe('/console/ashiya/code');
    expect((await browser.get('/enrol')).headers.get('location')).toBe('/console/ashiya/sign-in');
  });

  it('slows down guessing, and goes on after the wait', async () => {
    await open();
    const { secret } = await office.person('sato', ['counsellor'], ['sogo']);
    const browser = createBrowser(office.app);
    for (let i = 0; i < 5; i++) await browser.post('/sign-in', { login: 'sato', password: `guess number ${i}` });
    await browser.post('/sign-in', { login: 'sato', password: PASSWORD });
    expect(browser.text()).toContain('少しのあいだ止めています');
    office.clock.advance(16_000);
    expect((await office.signIn('sato', secret)).cookies.size).toBe(1);
  });

  it('takes a recovery code once', async () => {
    await open();
    const { hashes, codes } = await import('#console/second-factor.ts').then((m) => m.newRecoveryCodes());
    await office.person('sato', ['counsellor'], ['sogo'], { recovery: hashes });
    const browser = createBrowser(office.app);
    await browser.post('/sign-in', { login: 'sato', password: PASSWORD });
    await browser.get('/code');
    expect((await browser.post('/code', { code: codes[0]!.toUpperCase() })).status).toBe(303);
    const again = createBrowser(office.app);
    await again.post('/sign-in', { login: 'sato', password: PASSWORD });
    await again.get('/code');
    expect((await again.post('/code', { code: codes[0]! })).status).toBe(401);
  });
});

describe('a session', () => {
  it('ends after half an hour without a click, and after twelve hours in any case', async () => {
    await open();
    const { secret } = await office.person('sato', ['counsellor'], ['sogo']);
    const browser = await office.signIn('sato', secret);
    for (let i = 0; i < 3; i++) {
      office.clock.advance(25 * 60_000);
      expect((await browser.get('/tickets')).status).toBe(200);
    }
    office.clock.advance(30 * 60_000);
    expect((await browser.get('/tickets')).headers.get('location')).toContain('/sign-in');
    const long = await office.signIn('sato', secret);
    for (let i = 0; i < 28; i++) {
      office.clock.advance(25 * 60_000);
      expect((await long.get('/tickets')).status).toBe(200);
    }
    office.clock.advance(25 * 60_000);
    expect((await long.get('/tickets')).status).toBe(303);
  });

  it('is not kept alive by what a page fetches by itself', async () => {
    await open();
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    for (let i = 0; i < 4; i++) {
      office.clock.advance(8 * 60_000);
      await browser.get('/live/banner');
    }
    expect((await browser.get('/live/banner')).status).toBe(401);
  });

  it('ends everywhere at once', async () => {
    await open();
    const { secret } = await office.person('sato', ['counsellor'], ['sogo']);
    const office1 = await office.signIn('sato', secret);
    office.clock.advance(31_000);
    const phone = await office.signIn('sato', secret);
    await phone.get('/account');
    await phone.post('/account/sign-out-everywhere');
    expect((await office1.get('/tickets')).status).toBe(303);
    expect((await phone.get('/tickets')).status).toBe(303);
  });

  it('has a cookie that scripts cannot read and other sites do not send', async () => {
    await open({ secure: true });
    await office.person('sato', ['counsellor'], ['sogo']);
    const browser = createBrowser(office.app);
    const response = await browser.post('/sign-in', { login: 'sato', password: PASSWORD });
    const cookie = response.headers
      .getSetCookie()
      .find((line) => line.startsWith('tsunagi_staff=') && !line.includes('=;'))!;
    expect(cookie).toMatch(/HttpOnly/u);
    expect(cookie).toMatch(/Secure/u);
    expect(cookie).toMatch(/SameSite=Lax/u);
    expect(cookie).toMatch(/Path=\/console\/ashiya/u);
  });
});

describe('every answer', () => {
  it('carries the headers that keep other sites and scripts out', async () => {
    await open({ secure: true });
    const browser = createBrowser(office.app);
    const { headers } = await browser.get('/sign-in');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('strict-transport-security')).toContain('max-age');
  });

  it('refuses a form from elsewhere, and one without the token', async () => {
    await open();
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    const ticket = await office.ticket();
    await browser.get(`/tickets/${ticket.id}`);
    expect((await browser.post(`/tickets/${ticket.id}/accept`, {}, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await browser.post(`/tickets/${ticket.id}/accept`, {}, { origin: null })).status).toBe(403);
    expect((await browser.post(`/tickets/${ticket.id}/accept`, {}, { bare: true })).status).toBe(403);
    expect((await office.read(ticket.id)).state).toBe('new');
  });

  it('sends nobody to another site after signing in', async () => {
    await open();
    const { secret } = await office.person('sato', ['counsellor'], ['sogo']);
    for (const next of ['https://evil.test/', '//evil.test', '/console/ashiya//evil.test', '/console/ashiya/\\evil']) {
      office.clock.advance(60_000);
      const browser = createBrowser(office.app);
      const first = await browser.post('/sign-in', { login: 'sato', password: PASSWORD, next });
      expect(first.headers.get('location')).toBe('/console/ashiya/code');
      await browser.get('/code');
      const second = await browser.post('/code', { code: codeAt(secret, office.clock.now()), next });
      expect(second.headers.get('location')).toBe('/console/ashiya/');
    }
  });
});
