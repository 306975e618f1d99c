/** A resident in the simulator and a coordinator in the console of one city, in one browser on the running service. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Service } from '../support/service.ts';

const PASSWORD = 'とても長い合言葉です2026';
const TOP = join(import.meta.dirname, '..', '..');
/** Set to a folder: what was seen on the way is kept there, at desk and telephone width. */
const PICTURES = process.env.CITY_PICTURES;

/** A step that has not come by then does not come. */
const PATIENCE_MS = 60_000;

export interface Staff {
  page: Page;
  /** Opens a page of the console. */
  go(path: string): Promise<void>;
  /** Presses the button of that name; waits for the page that follows. */
  press(name: string | RegExp, inside?: Locator): Promise<void>;
  /** Follows a link; waits for the page that follows. */
  follow(link: Locator): Promise<void>;
  /** Opens a folded form and gives it. */
  unfold(name: string | RegExp): Promise<Locator>;
  reads(text: string | RegExp): Promise<void>;
  words(): Promise<string>;
  picture(name: string): Promise<void>;
  troubles: string[];
}

export interface Resident {
  phone: Locator;
  say(text: string): Promise<void>;
  tap(label: string): Promise<void>;
  /** Answers every question with this button until that one is offered: how many there are is triage's affair. */
  answersUntil(offered: string, answer: string): Promise<void>;
  hears(text: string | RegExp): Promise<void>;
  /** All that the city has said. */
  words(): Promise<string>;
  picture(name: string): Promise<void>;
}

/** An account made by the operator's command, its link opened, a password set, the second factor put off. */
export async function signedIn(
  browser: Browser,
  service: Service,
  person: { city: string; login: string; name: string; roles: string; windows: string; mail?: string },
): Promise<Staff> {
  const { city, login, name, roles, windows } = person;
  const add = ['src/cli/tsunagi.ts', 'staff', 'add', login, '--city', city, '--name', name, '--roles', roles];
  const more = [...(windows === '' ? [] : ['--windows', windows]), ...(person.mail ? ['--mail', person.mail] : [])];
  const env = { PATH: process.env.PATH, DATA_DIR: service.dataDir, MUNICIPALITIES: city, PUBLIC_URL: service.url };
  const { stdout: said } = await promisify(execFile)(process.execPath, [...add, ...more], {
    cwd: TOP,
    env: { ...env, SIMULATOR: 'on' },
    encoding: 'utf8',
  });
  const context = await open(browser);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`));
  page.on('response', (answer) => answer.status() >= 500 && troubles.push(`${answer.status()} ${answer.url()}`));
  await page.goto(/http\S+\/setup#\S+/u.exec(said)![0]);
  await page.getByLabel('パスワード', { exact: false }).first().fill(PASSWORD);
  await page.getByLabel('パスワード（もう一度）').fill(PASSWORD);
  for (const name of ['決める', 'お試しなので、あとで設定する'])
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name }).click()]);
  await page.waitForURL(/\/console\//u);
  const home = `${service.url}/console/${city}`;
  return {
    page,
    troubles,
    async go(path) {
      await page.goto(path.startsWith('http') ? path : `${home}${path}`);
    },
    async press(button, inside) {
      const one = (inside ?? page.locator('main')).getByRole('button', { name: button }).first();
      await Promise.all([page.waitForNavigation(), one.click()]);
    },
    async follow(link) {
      await Promise.all([page.waitForNavigation(), link.click()]);
    },
    async unfold(summary) {
      const box = page.locator('details', { has: page.locator('summary', { hasText: summary }) }).first();
      if ((await box.getAttribute('open')) === null) await box.locator('summary').first().click();
      return box;
    },
    async reads(text) {
      await page.locator('main').getByText(text).first().waitFor();
    },
    words: async () => (await page.locator('main').textContent()) ?? '',
    async picture(file) {
      if (PICTURES === undefined) return;
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.screenshot({ path: `${PICTURES}/${city}-${file}-desk.png`, fullPage: true });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.screenshot({ path: `${PICTURES}/${city}-${file}-phone.png`, fullPage: true });
      await page.setViewportSize({ width: 1280, height: 900 });
    },
  };
}

export async function resident(browser: Browser, service: Service, city: string): Promise<Resident> {
  const context = await open(browser);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const to = `${service.url}/simulator?city=${city}`;
  await page.goto(to);
  const before = await page.locator('.phone').count();
  await page.getByRole('button', { name: '住民を追加' }).click();
  await page.locator('.phone').nth(before).waitFor();
  const phone = page.locator('.phone').nth(before);
  const heard = phone.locator('.theirs');
  const settled = async (count: number): Promise<void> => {
    await heard.nth(count).waitFor();
    // Bubbles of one answer come together: the last one is there once nothing more is.
    for (let last = -1; last !== (await heard.count()); ) {
      last = await heard.count();
      await page.waitForTimeout(120);
    }
  };
  await phone.getByRole('button', { name: '追加' }).click();
  await settled(0);
  const tap = async (label: string): Promise<void> => {
    const count = await heard.count();
    await phone.getByRole('button', { name: label, exact: true }).last().click();
    await settled(count);
  };
  return {
    phone,
    tap,
    async answersUntil(offered, answer) {
      const found = () => phone.getByRole('button', { name: offered, exact: true }).count();
      for (let asked = 0; asked < 5 && (await found()) === 0; asked++) await tap(answer);
    },
    async say(text) {
      const count = await heard.count();
      const box = phone.getByRole('textbox', { name: 'メッセージ' });
      await box.fill(text);
      await box.press('Enter');
      await settled(count);
    },
    async hears(text) {
      await heard.filter({ hasText: text }).last().waitFor();
    },
    words: async () => (await heard.allInnerTexts()).join('\n'),
    async picture(file) {
      if (PICTURES === undefined) return;
      await page.setViewportSize({ width: 390, height: 844 });
      await phone.screenshot({ path: `${PICTURES}/${city}-${file}-resident.png` });
    },
  };
}

const open = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
