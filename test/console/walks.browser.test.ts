/** What staff see happen, in a real browser: getting in, a crisis on every page, changes as they come, words kept, A4 papers. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeAt } from '#console/second-factor.ts';
import { describeInBrowser } from '../browser/chromium.ts';
import { demoTickets, raiseFor } from './demo-tickets.ts';
import { CITY, PASSWORD, type Browser as Session } from './harness.ts';
import { type Served, serveOffice } from './serve-office.ts';

describeInBrowser('console walks', (browser) => {
  let served: Served;
  let sato: Session & { id: string };
  let demo: Awaited<ReturnType<typeof demoTickets>>;

  beforeAll(async () => {
    served = await serveOffice({ at: Date.now() });
    sato = await served.office.enter('sato', ['counsellor'], ['sogo'], { name: '佐藤' });
    demo = await demoTickets(served.office, { sato: sato.id });
  });
  afterAll(() => served.close());

  const as = async (
    session: Session,
    options: { javaScriptEnabled?: boolean } = {},
  ): Promise<[BrowserContext, Page]> => {
    const context = await browser().newContext({ viewport: { width: 1280, height: 900 }, locale: 'ja-JP', ...options });
    await context.addCookies(
      [...session.cookies].map(([name, value]) => ({ name, value, url: `${served.url}/console/${CITY}` })),
    );
    return [context, await context.newPage()];
  };
  const at = (path: string): string => `${served.url}/console/${CITY}${path}`;

  it('makes the first administrator from the printed link', { timeout: 60_000 }, async () => {
    const { office } = served;
    const link = (await office.console.firstLink())!;
    const context = await browser().newContext({ locale: 'ja-JP' });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(link);
    // What stands after # fills the field, leaves the address, and never reached the server.
    const token = link.split('#')[1]!;
    await expect.poll(() => page.getByLabel('リンクの合言葉').inputValue()).toBe(token);
    expect(page.url()).toBe(at('/setup'));
    expect(asked.some((url) => url.includes(token) && !url.includes('#'))).toBe(false);
    await page.getByLabel('ログイン名').fill('kacho');
    await page.getByLabel('名前', { exact: false }).last().fill('課長');
    await page.getByLabel('パスワード', { exact: false }).first().fill(PASSWORD);
    await page.getByLabel('パスワード（もう一度）').fill(PASSWORD);
    await page.getByRole('button', { name: '決める' }).click();
    await page.getByText('図を読み取れないとき').click();
    const secret = ((await page.locator('code.secret').textContent()) ?? '').replaceAll(' ', '');
    await page.getByLabel('6けたの番号').fill(codeAt(secret, office.clock.now()));
    await page.getByRole('button', { name: '設定する', exact: true }).click();
    await page.getByRole('link', { name: '控えました。はじめる' }).click();
    await page.getByRole('heading', { name: '相談', exact: true }).waitFor();
    await context.close();
  });

  it('shows a crisis on every open page within two seconds, and takes it away when somebody has it', {
    timeout: 60_000,
  }, async () => {
    const [context, page] = await as(sato);
    await page.goto(at('/calendar'));
    await page.locator('body[data-live=on]').waitFor();
    const begun = performance.now();
    await raiseFor(served.office, demo.crisis);
    await page.getByText('急ぎの相談 1 件').waitFor();
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(await page.title()).toContain('【急ぎ】');
    const first = await page.locator('[data-alarm] time').textContent();
    await expect.poll(() => page.locator('[data-alarm] time').textContent(), { timeout: 5000 }).not.toBe(first);
    // A colleague on another page takes it.
    const kato = await served.office.enter('kato', ['counsellor'], ['sogo'], { name: '加藤' });
    const [other, colleague] = await as(kato);
    await colleague.goto(at('/account'));
    await colleague.getByRole('button', { name: '私が引き受けます' }).click();
    await colleague.getByText('引き受けました。ありがとうございます。').waitFor();
    await page.getByText('急ぎの相談 1 件').waitFor({ state: 'detached' });
    await page.goto(at(`/tickets/${demo.crisis.id}`));
    await page.getByText('急ぎは 加藤 が').waitFor();
    await context.close();
    await other.close();
  });

  it('shows a new ticket in the list and new words on the ticket without a click, and keeps what is being typed', {
    timeout: 60_000,
  }, async () => {
    const { office } = served;
    const [context, page] = await as(sato);
    await page.goto(at('/tickets'));
    await page.locator('body[data-live=on]').waitFor();
    const fresh = await office.ticket();
    await page.getByText(fresh.receipt).waitFor();
    await page.getByText(fresh.receipt).click();
    await page.getByRole('button', { name: '内容を開く' }).click();
    await page.locator('body[data-live=on]').waitFor();
    await page.getByRole('textbox', { name: 'お返事' }).fill('書きかけの返事');
    const stored = (await office.store.get(CITY, 'ticket', fresh.id))!;
    const words = [...stored.body.words, { messageId: 'later', text: 'あとから書いた言葉', at: office.clock.now() }];
    const history = [...stored.body.history, { at: office.clock.now(), by: 'resident', what: 'wrote', detail: {} }];
    await office.store.commit(CITY, [
      {
        type: 'put',
        kind: 'ticket',
        id: fresh.id,
        revision: stored.revision,
        body: { ...stored.body, words, history },
      },
    ]);
    await page.getByText('あとから書いた言葉').waitFor();
    await page.getByText('この相談は、いま変わりました。').waitFor();
    expect(await page.getByRole('textbox', { name: 'お返事' }).inputValue()).toBe('書きかけの返事');
    await page.getByText('文例を入れる').click();
    await page.getByRole('button', { name: '受け取りました' }).click();
    expect(await page.getByRole('textbox', { name: 'お返事' }).inputValue()).toContain(
      '書きかけの返事\nお話を受け取りました。',
    );
    await page.getByRole('button', { name: '送る' }).click();
    await page.getByText('送りました。').waitFor();
    await context.close();
  });

  it('works by keyboard alone, and without a script', { timeout: 60_000 }, async () => {
    const [context, page] = await as(sato, { javaScriptEnabled: false });
    const ticket = await served.office.ticket();
    await page.goto(at(`/tickets/${ticket.id}`));
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('本文へ');
    await page.keyboard.press('Enter');
    for (
      let i = 0;
      i < 40 &&
      (await page
        .locator(':focus')
        .textContent()
        .catch(() => '')) !== '受け付ける';
      i++
    )
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('受け付けました。あなたが担当です。').waitFor();
    expect((await served.office.read(ticket.id)).assignee).toBe(sato.id);
    await context.close();
  });

  it('prints papers of A4', { timeout: 60_000 }, async () => {
    const [context, page] = await as(sato);
    await page.goto(at(`/tickets/${demo.main.id}`));
    await page.getByRole('button', { name: '内容を開く' }).click();
    for (const [paper, title] of [
      ['tsunagu-sheet', 'つなぐシート'],
      ['intake-consent', '相談受付・申込票（情報共有に同意する）'],
      ['intake-no-consent', '相談受付・申込票（情報共有に同意しない）'],
    ] as const) {
      await page.goto(at(`/tickets/${demo.main.id}/print/${paper}`));
      await page.getByRole('heading', { name: title }).waitFor();
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('header.top').isVisible()).toBe(false);
      const pdf = await page.pdf({ preferCSSPageSize: true });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      const text = pdf.toString('latin1');
      // 210 × 297 mm in points.
      expect(text).toMatch(/\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/u);
      expect((text.match(/\/Type \/Page\b/gu) ?? []).length).toBeLessThanOrEqual(2);
      await page.emulateMedia({ media: 'screen' });
    }
    const printed = (await served.office.audit()).filter(({ action }) => action === 'ticket.print');
    expect(new Set(printed.map(({ detail }) => detail.paper))).toEqual(
      new Set(['tsunagu-sheet', 'intake-consent', 'intake-no-consent']),
    );
    await context.close();
  });
});
