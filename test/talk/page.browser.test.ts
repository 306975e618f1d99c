/** The page in a real browser: with and without JavaScript, on a telephone, under axe. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeInBrowser } from '../browser/chromium.ts';
import { CITY, linkOn, nextLabel, openPageCity, type PageCity } from './harness.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Set to a folder: pictures of the page are written there. */
const SHOTS = process.env.SCREENSHOTS;

describeInBrowser('the city’s own page', (browser) => {
  let city: PageCity;
  let context: BrowserContext;
  let page: Page;
  let troubles: string[] = [];

  beforeEach(async () => {
    city = await openPageCity();
  });
  afterEach(async () => {
    await context.close();
    await city.close();
    // The content security policy reports what it blocks to the console.
    expect(troubles).toEqual([]);
  });

  async function phone(options: { javaScriptEnabled?: boolean } = {}): Promise<void> {
    troubles = [];
    context = await browser().newContext({ viewport: { width: 390, height: 844 }, locale: 'ja-JP', ...options });
    if (options.javaScriptEnabled !== false) await context.addInitScript({ content: AXE });
    page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (line) => line.type() === 'error' && troubles.push(line.text()));
  }
  const shot = async (name: string): Promise<void> => {
    if (SHOTS === undefined) return;
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: `${SHOTS}/page-${name}.png` });
  };
  const violations = async (): Promise<string[]> =>
    page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
      const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const found = (await axe.run({ runOnly, resultTypes: ['violations'] })).violations;
      return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
    });
  const tooWide = (): Promise<number> => page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
  const say = async (text: string, answer: RegExp): Promise<void> => {
    await page.getByLabel('ここに書いてください').fill(text);
    await page.getByRole('button', { name: '送る' }).click();
    await page.getByText(answer).last().waitFor();
  };
  const book = async (): Promise<void> => {
    for (let turns = 0; turns < 14; turns++) {
      if ((await page.getByText('受付番号').count()) > 0) return;
      const labels = await page
        .locator('button.press')
        .evaluateAll((all) => all.map((one) => one.firstChild?.textContent ?? ''));
      const shown = await page.locator('#log > li').count();
      await page
        .locator('button.press', { hasText: nextLabel(labels) ?? '?' })
        .first()
        .click();
      await page.locator(`#log > li:nth-child(${shown + 2})`).waitFor();
    }
    throw new Error(`no receipt on ${await page.locator('#log').textContent()}`);
  };
  const ticket = async () => (await city.store.list(CITY, 'ticket', 'created', { limit: 5 }))[0]?.body;

  it('leads from the button on LINE to a booked ticket, and away at one press', { timeout: 60_000 }, async () => {
    await phone();
    const { userId } = city.line.addResident(CITY);
    await city.line.follow(userId);
    await city.conversation.idle();
    const found: string[] = [];
    const look = async (name: string): Promise<void> => {
      await shot(name);
      found.push(...(await violations()).map((one) => `${name}: ${one}`));
      if ((await tooWide()) > 0) found.push(`${name}: too wide`);
    };
    await page.goto(linkOn(city, userId));
    await look('start');
    await page.getByRole('button', { name: 'はじめる' }).click();
    await page.getByText('いま、どんなことで困っていますか').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/talk/${CITY}`);
    await look('hello');
    await say('母のもの忘れがひどくて、火の消し忘れが心配です', /合っていますか/u);
    await look('confirm');
    await book();
    await look('booked');
    expect(await ticket()).toMatchObject({ channel: 'page', booking: { state: 'booked' } });
    await say('もう死にたい', /0120-279-338/u);
    await look('crisis');
    await page.locator('summary').click();
    await look('about');
    await page.getByRole('button', { name: /すぐ閉じる/u }).click();
    await page.waitForURL(city.exit);
    await page.goBack();
    await page.getByRole('button', { name: 'はじめる' }).waitFor();
    expect(await page.locator('body').textContent()).not.toContain('もの忘れ');
    expect(found).toEqual([]);
  });

  it('shows what comes later without reloading', async () => {
    await phone();
    await page.goto(city.home);
    await page.getByRole('button', { name: 'はじめる' }).click();
    await page.getByText('いま、どんなことで困っていますか').waitFor();
    // From another window of the same browser.
    const other = await context.newPage();
    await other.goto(city.home);
    await other.getByLabel('ここに書いてください').fill('アマガエル荘の家賃が払えません');
    await other.getByRole('button', { name: '送る' }).click();
    await page.getByText('合っていますか').waitFor();
    await page.getByRole('button', { name: 'この文を取り消す' }).click();
    await other.getByText('文を取り消しました').waitFor();
    expect(await other.locator('#log').textContent()).not.toContain('アマガエル');
  });

  it('works as plain forms', async () => {
    await phone({ javaScriptEnabled: false });
    await page.goto(city.home);
    await page.getByRole('button', { name: 'はじめる' }).click();
    await say('家賃が払えそうにない', /合っていますか/u);
    await page.getByRole('button', { name: 'はい、合っています' }).click();
    await page.getByText('ほかにも、ご家族で').waitFor();
    await page.getByRole('button', { name: /すぐ閉じる/u }).click();
    await page.waitForURL(city.exit);
  });
});
