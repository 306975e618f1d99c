/** The pages of cases in a real browser: no accessibility violation on a telephone and on a desk, no script error, nothing wider than the screen. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MEETING } from '#handoff/cases/case-consent.ts';
import { describeInBrowser } from '../browser/chromium.ts';
import { CITY, TUESDAY_TEN } from './harness.ts';
import { type Served, serveOffice } from './serve-office.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** Set to a folder: pictures for the guide are written there. */
const PICTURES = process.env.CONSOLE_PICTURES;

describeInBrowser('pages of cases', (browser) => {
  let served: Served;
  let cookies: { name: string; value: string }[];
  const paths: Record<string, string> = {
    cases: '/cases',
    meetings: '/meetings',
    community: '/community',
    resources: '/resources',
    closed: '/closed',
  };

  beforeAll(async () => {
    served = await serveOffice({ mail: async () => {} });
    const { office } = served;
    const sato = await office.enter('sato', ['counsellor', 'coordinator', 'auditor'], ['sogo'], {
      name: '佐藤 みどり',
    });
    cookies = [...sato.cookies].map(([name, value]) => ({ name, value }));
    const consents = [MEETING, 'csw'].map((recipient) => ({
      recipient,
      purpose: 'x',
      state: 'given' as const,
      wording: 'x',
      version: '1',
      at: TUESDAY_TEN,
    }));
    const ticket = await office.ticket({ state: 'accepted', consents, consent: 'listed' });
    const waiting = await office.ticket({
      state: 'accepted',
      multiAgency: { at: TUESDAY_TEN, by: 'x', reason: '役割を決めたい' },
    });
    const introduced = await office.ticket({
      state: 'accepted',
      introduction: {
        resource: 'koeruba',
        name: 'こえる場！',
        at: TUESDAY_TEN,
        mayAsk: 'yes',
        asked: 1,
        nextAt: null,
        answers: [{ at: TUESDAY_TEN, answer: 'not_yet' }],
        unseen: true,
      },
    });
    const reported = { by: 'resident', what: 'outreach', detail: {}, at: TUESDAY_TEN };
    const report = await office.ticket({ state: 'accepted', consent: 'none', history: [reported] });
    await office.ticket({ state: 'accepted', consent: 'none', history: [reported] });
    await sato.get(`/tickets/${ticket.id}/together`);
    await sato.go(`/tickets/${ticket.id}/case`, { reason: '住まいと介護をいっしょに考えたい', urgency: 'urgent' });
    const [one] = await office.store.list(CITY, 'case', 'created', { limit: 1 });
    const at = `/cases/${one!.id}`;
    await sato.go(`${at}/take`, { urgency: 'urgent' });
    await sato.go(`${at}/part`, { window: 'csw', does: '家をたずねる' });
    await sato.get(`${at}/plan`);
    await sato.go(`${at}/plan`, {
      'goal-0': '安心して暮らす',
      'step-0-0': '週に1回たずねる',
      'who-0-0': 'CSW',
      'due-0-0': '2026-11-20',
      reviewOn: '2026-11-25',
      forResident: '週に1回、家にうかがいます。',
    });
    await sato.go(`${at}/plan-answer`, { version: '1', answer: 'agreed', how: 'phone' });
    await sato.go(`${at}/decide`, { what: '書類をそろえる', who: '総合相談窓口', due: '2026-11-30' });
    await sato.get('/meetings');
    await sato.go('/meetings', {
      meeting: 'b-2',
      day: '2026-11-24',
      from: '10:00',
      to: '11:30',
      place: '保健福祉センター',
      onCall: 'yes',
    });
    const [meeting] = await office.store.list(CITY, 'conference', 'start', { limit: 1 });
    await sato.go(`/meetings/${meeting!.id}/add`, { case: one!.id });
    await sato.go(`/meetings/${meeting!.id}/minutes`, { case: one!.id, text: '見守りを続ける' });
    await sato.get(`/tickets/${waiting.id}/together`);
    await sato.go(`/tickets/${waiting.id}/gap`, { need: 'isolation', what: '夜に行ける場所' });
    await sato.go(`/tickets/${waiting.id}/closed`, { without: 'refused', reason: '会えていない' });
    const [member] = await office.store.list(CITY, 'closed_member', 'staff', { limit: 1 });
    const file = `/closed/${member!.body.file}`;
    paths.door = file;
    Object.assign(paths, {
      case: at,
      plan: `${at}/plan`,
      paper: `${at}/print`,
      meeting: `/meetings/${meeting!.id}`,
      together: `/tickets/${waiting.id}/together`,
      joined: `/tickets/${ticket.id}/together`,
      introduced: `/tickets/${introduced.id}/together`,
      report: `/tickets/${report.id}/together`,
    });
    await sato.get(file);
    await sato.go(`${file}/acknowledge`, { read: 'yes' });
    await sato.go(`${file}/item`, {
      text: '郵便がたまっている',
      source: 'observed',
      body: '総合相談窓口',
      notTax: 'yes',
    });
    await sato.go(`${file}/item`, { text: '配食を断った', source: 'agency', body: '高齢介護課', notTax: 'yes' });
    Object.assign(paths, { inside: file, move: `${file}/move`, log: '/closed-log' });
  });
  afterAll(() => served.close());

  it.each(Object.keys(SIZES) as (keyof typeof SIZES)[])('%s: every page is sound', async (size) => {
    const context = await browser().newContext({ viewport: SIZES[size], locale: 'ja-JP' });
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: `${served.url}/console/${CITY}` })));
    await context.addInitScript({ content: AXE });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`));
    page.on('console', (line) => line.type() === 'error' && troubles.push(`${page.url()}: ${line.text()}`));
    const found: string[] = [];
    for (const [name, path] of Object.entries(paths)) {
      const response = await page.goto(`${served.url}/console/${CITY}${path}`);
      expect([name, response?.status()]).toEqual([name, 200]);
      for (const box of await page.locator('details').all())
        await box.evaluate((node) => node.setAttribute('open', ''));
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
        const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
      });
      found.push(...violations.map((line) => `${name} ${line}`));
      const wide = Number(await page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth));
      if (wide > 0) found.push(`${name}: ${wide}px wider than the screen`);
      if (PICTURES !== undefined) {
        await page.reload();
        await page.screenshot({ path: `${PICTURES}/console-${name}-${size}.png`, fullPage: true });
      }
    }
    expect(found).toEqual([]);
    expect(troubles).toEqual([]);
    await context.close();
  });
});
