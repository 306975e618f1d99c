/** Every page in a real browser: no accessibility violation on a telephone and on a desk, no script error, no refused resource. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../browser/chromium.ts';
import { demoTickets, raiseFor } from './demo-tickets.ts';
import { CITY } from './harness.ts';
import { type Served, serveOffice } from './serve-office.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** Set to a folder: pictures for the guide are written there. */
const PICTURES = process.env.CONSOLE_PICTURES;

describeInBrowser('console pages', (browser) => {
  let served: Served;
  let main: string;
  let cookies: { name: string; value: string }[];
  const troubles: string[] = [];

  beforeAll(async () => {
    served = await serveOffice({ quota: async () => ({ limit: 200, used: 183 }) });
    const { office } = served;
    const sato = await office.enter(
      'sato',
      ['counsellor', 'coordinator', 'administrator', 'editor', 'auditor'],
      ['sogo'],
      { name: '佐藤 みどり', mail: 'sato@city.test' },
    );
    await office.person('kato', ['counsellor'], ['kodomo'], { name: '加藤 健' });
    const demo = await demoTickets(office, { sato: sato.id });
    main = demo.main.id;
    await raiseFor(office, demo.crisis);
    cookies = [...sato.cookies].map(([name, value]) => ({ name, value }));
    await office.store.commit(CITY, [
      {
        type: 'put',
        kind: 'unmatched',
        id: 'u1',
        revision: 0,
        body: {
          at: office.clock.now(),
          messageId: 'x',
          text: 'なんかもう色々',
          assessment: 'unclear:',
          corrected: null,
          expiresAt: office.clock.now() + 1e9,
        },
      },
    ]);
  });
  afterAll(() => served.close());

  const open = async (size: keyof typeof SIZES): Promise<[BrowserContext, Page]> => {
    const context = await browser().newContext({ viewport: SIZES[size], locale: 'ja-JP', bypassCSP: false });
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: `${served.url}/console/${CITY}` })));
    // Put in from outside the page: its own policy allows no foreign script.
    await context.addInitScript({ content: AXE });
    const page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`));
    page.on('console', (line) => line.type() === 'error' && troubles.push(`${page.url()}: ${line.text()}`));
    return [context, page];
  };
  const check = async (page: Page): Promise<string[]> => {
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
      const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 160))] as const);
    });
    return found.flatMap(([id, nodes]) => nodes.map((node) => `${id}: ${node}`));
  };

  const PATHS = [
    '/tickets',
    '/tickets?state=mine',
    '/calendar?window=sogo&week=2026-11-23',
    '/templates',
    '/figures',
    '/work-list',
    '/alerts',
    '/staff',
    '/audit',
    '/account',
  ];
  for (const size of ['desk', 'phone'] as const) {
    it(`has no violation on any page: ${size}`, { timeout: 300_000 }, async () => {
      const [context, page] = await open(size);
      const found: Record<string, string[]> = {};
      const visit = async (path: string, name: string): Promise<void> => {
        await page.goto(`${served.url}/console/${CITY}${path}`, { waitUntil: 'load' });
        await page.locator('main').waitFor();
        if (PICTURES) await page.screenshot({ path: `${PICTURES}/console-${name}-${size}.png`, fullPage: true });
        const violations = await check(page);
        if (violations.length > 0) found[path] = violations;
        const wide = await page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
        if (Number(wide) > 0) found[`${path} too wide`] = [`${wide}px`];
      };
      for (const path of PATHS) await visit(path, path.slice(1).replaceAll(/\W+/gu, '-'));
      await visit(`/tickets/${main}`, 'ticket-closed');
      if (size === 'desk') await page.getByRole('button', { name: '内容を開く' }).click();
      await visit(`/tickets/${main}`, 'ticket');
      for (const details of await page.locator('details').all())
        await details.evaluate((node) => node.setAttribute('open', ''));
      const open1 = await check(page);
      if (open1.length > 0) found['ticket, everything open'] = open1;
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/console-ticket-open-${size}.png`, fullPage: true });
      await visit(`/tickets/${main}/booking`, 'booking');
      await visit(`/tickets/${main}/break-glass`, 'break-glass');
      if (size === 'desk') {
        await page.getByLabel('さしせまった危険がある').check();
        await page.getByLabel('求めた機関・担当者').fill('（見本）警察署');
        await page.getByLabel('理由').fill('行方がわからず、さがしているため');
        await page.getByRole('button', { name: '記録して、15分だけ開く' }).click();
      }
      await visit(`/tickets/${main}/break-glass`, 'break-glass-record');
      expect(await page.getByRole('heading', { name: '緊急時の情報提供の記録' }).count()).toBe(1);
      await visit(`/tickets/${main}/print/tsunagu-sheet`, 'print');
      await visit(`/tickets/${main}/print/intake-consent`, 'print-intake');
      await context.clearCookies();
      for (const path of ['/sign-in', '/setup']) await visit(path, path.slice(1));
      await context.close();
      expect(found).toEqual({});
    });
  }

  it('loads nothing from elsewhere and runs without a script error', () => {
    expect(troubles).toEqual([]);
  });
});
