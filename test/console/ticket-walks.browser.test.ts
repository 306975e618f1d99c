/** Staff's work on a ticket in a real browser: from arrival to close, passing on, two people at once, hours changed under a booking. */
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isOpen } from '#handoff/opening-hours.ts';
import { describeInBrowser } from '../browser/chromium.ts';
import { demoTickets } from './demo-tickets.ts';
import { CITY, type Browser as Session } from './harness.ts';
import { type Served, serveOffice } from './serve-office.ts';

const MINUTE = { timeout: 60_000 };

describeInBrowser('work on tickets', (browser) => {
  let served: Served;
  let sato: Session & { id: string };
  let kato: Session & { id: string };

  beforeAll(async () => {
    served = await serveOffice();
    sato = await served.office.enter('sato', ['counsellor'], ['sogo'], { name: '佐藤' });
    kato = await served.office.enter('kato', ['counsellor'], ['sogo'], { name: '加藤' });
  });
  afterAll(() => served.close());

  const as = async (session: Session): Promise<[BrowserContext, Page]> => {
    const context = await browser().newContext({ viewport: { width: 1280, height: 900 }, locale: 'ja-JP' });
    await context.addCookies(
      [...session.cookies].map(([name, value]) => ({ name, value, url: `${served.url}/console/${CITY}` })),
    );
    return [context, await context.newPage()];
  };
  const at = (path: string): string => `${served.url}/console/${CITY}${path}`;
  /** A folded part of the page, opened as people open it. */
  const unfold = async (page: Page, name: string): Promise<Locator> => {
    const part = page.locator('details').filter({ has: page.locator('summary', { hasText: name }) });
    if ((await part.getAttribute('open')) === null) await part.locator('summary').click();
    return part;
  };
  const press = (part: Page | Locator, name: string): Promise<void> =>
    part.getByRole('button', { name, exact: true }).click();

  it('goes from arrival to close', MINUTE, async () => {
    const { office } = served;
    const [context, page] = await as(sato);
    await page.goto(at('/tickets'));
    await page.locator('body[data-live=on]').waitFor();
    await page.getByText('新しい相談はありません。').waitFor();
    const ticket = await office.ticket();
    await page.getByText(ticket.receipt).click();
    await page.getByText('内容は伏せています').waitFor();
    expect(await page.getByText('父の物忘れ').count()).toBe(0);
    await press(page, '内容を開く');
    await page.getByText('父の物忘れがひどくて').first().waitFor();

    await press(page, '受け付ける');
    await page.getByText('受け付けました。あなたが担当です。').waitFor();
    const note = await unfold(page, 'メモを残す');
    await note.getByRole('textbox').fill('電話で状況を確認。');
    await press(note, '残す');
    await page.getByText('メモを残しました。').waitFor();
    await page.getByText('電話で状況を確認。').waitFor();
    const triage = await unfold(page, '分類を訂正する');
    await triage.getByRole('group', { name: 'ほかにもあてはまる分野' }).getByLabel('こころ・依存').check();
    await triage.getByLabel('最も困っているもの').selectOption('care');
    await press(triage, '訂正する');
    await page.getByText('分類を訂正しました。').waitFor();
    await page.getByRole('textbox', { name: 'お返事' }).fill('よければ、一度お会いしてお話ししませんか。');
    await press(page, '送る');
    await page.getByText('送りました。').waitFor();
    await page.getByText('よければ、一度お会いしてお話ししませんか。').waitFor();

    // A meeting that is still to come stands in the way of closing.
    await (await unfold(page, '面談を予約する')).getByRole('link', { name: '時間をえらぶ' }).click();
    await page.getByRole('heading', { name: '面談の時間をえらぶ' }).waitFor();
    await page.locator('form.slots').getByRole('button').first().click();
    await page.getByText('予約しました。').waitFor();
    await press(await unfold(page, '終結する'), '終結する');
    await page.getByText('これからの予約が残っています').waitFor();
    await press(await unfold(page, '面談の予約を変える'), '予約を取り消す');
    await page.getByText('予約を取り消しました。').waitFor();
    const result = await unfold(page, '結果を記録する');
    await result.getByLabel('会えた', { exact: true }).check();
    await press(result, '記録する');
    await page.getByText('結果を記録しました。').waitFor();
    await press(await unfold(page, '終結する'), '終結する');
    await page.getByText('終結しました。おつかれさまでした。').waitFor();

    const steps = await page.locator('ol.history li b').allTextContents();
    expect(steps).toEqual([
      '相談を受け付け',
      '受け付けた',
      'メモを追加',
      '分類を訂正',
      '本人に返事',
      '面談を予約',
      '予約を取り消し',
      '結果を記録',
      '終結',
    ]);
    await page.goto(at('/tickets'));
    expect(await page.getByText(ticket.receipt).count()).toBe(0);
    await page.getByRole('link', { name: '終結' }).click();
    await page.getByText(ticket.receipt).waitFor();
    await context.close();
  });

  it(
    'does not pass on without consent, keeps the reason, and passes on once the person has agreed',
    MINUTE,
    async () => {
      const { office } = served;
      const next = await office.enter('mori', ['counsellor'], ['kodomo'], { name: '森' });
      const [context, page] = await as(sato);
      const [other, receiver] = await as(next);
      const ticket = await office.ticket();
      await receiver.goto(at('/tickets'));
      await receiver.locator('body[data-live=on]').waitFor();
      const why = 'お孫さんのことで、こちらが詳しいため';

      await page.goto(at(`/tickets/${ticket.id}`));
      const pass = await unfold(page, 'ほかの窓口へつなぐ');
      await pass.getByLabel('つなぐ先').selectOption('kodomo');
      expect(await pass.locator('option:checked').textContent()).toContain('（同意が必要）');
      await pass.getByLabel('理由').fill(why);
      await press(pass, 'つなぐ');
      await page.getByText('本人の同意をまだ確かめていないので、ほかの機関へはつなげません。').waitFor();
      expect(await pass.getByLabel('理由').inputValue()).toBe(why);
      expect(await pass.getByLabel('つなぐ先').inputValue()).toBe('kodomo');
      expect((await office.read(ticket.id)).window).toBe('sogo');
      expect(await receiver.getByText(ticket.receipt).count()).toBe(0);

      const answered = async (answer: string): Promise<void> => {
        const consent = await unfold(page, '同意を記録する');
        await consent.getByLabel('伝える先').selectOption('kodomo');
        await consent.getByLabel(answer, { exact: true }).check();
        await press(consent, '記録する');
        await page.getByText('同意を記録しました。').waitFor();
      };
      const passOn = async (): Promise<void> => {
        const again = await unfold(page, 'ほかの窓口へつなぐ');
        await again.getByLabel('つなぐ先').selectOption('kodomo');
        await again.getByLabel('理由').fill(why);
        await press(again, 'つなぐ');
      };
      await answered('同意しない');
      await passOn();
      await page.getByText('本人が同意していないので、ほかの機関へはつなげません。').waitFor();
      expect((await office.read(ticket.id)).window).toBe('sogo');

      await answered('同意する');
      await passOn();
      await page.getByText('つなぎました。').first().waitFor();
      // The one who passed it on keeps its trace only; the other has it in the list without a click.
      expect(await page.getByRole('button', { name: '内容を開く' }).count()).toBe(0);
      await receiver.getByText(ticket.receipt).click();
      await press(receiver, '内容を開く');
      await receiver.getByText(why).waitFor();
      await context.close();
      await other.close();
    },
  );

  it('shows the second of two people what the first did, and keeps what they were writing', MINUTE, async () => {
    const { office } = served;
    const [first, one] = await as(sato);
    const [second, two] = await as(kato);
    const ticket = await office.ticket({ state: 'accepted', assignee: sato.id });
    for (const page of [one, two]) {
      await page.goto(at(`/tickets/${ticket.id}`));
      await page.locator('body[data-live=on]').waitFor();
    }
    const wish = '家族全体の支援が必要です。学校にも声をかけたいです。';
    const ask = await unfold(two, '支援依頼');
    await ask.getByRole('textbox').fill(wish);
    await press(one, '本人の返事待ちにする');
    await one.getByText('本人の返事待ちにしました。').waitFor();
    // Told at once, and nothing they typed goes.
    await two.getByText('この相談は、いま変わりました。').waitFor();
    expect(await ask.getByRole('textbox').inputValue()).toBe(wish);
    await press(ask, '支援を依頼する');
    await two.getByRole('heading', { name: '先に、ほかの変更がありました' }).waitFor();
    expect(await two.locator('ol.history li').allTextContents()).toEqual([
      expect.stringMatching(/本人の返事待ちに\s*佐藤/u),
    ]);
    expect(await two.getByLabel('あなたが書いたもの').inputValue()).toBe(wish);
    expect(await office.read(ticket.id)).toMatchObject({ state: 'waiting_resident', assignee: sato.id });
    expect((await office.read(ticket.id)).multiAgency ?? null).toBeNull();
    // Having seen it, they add a word and go on.
    await two.getByLabel('あなたが書いたもの').fill(`${wish}佐藤さんと話しました。`);
    await press(two, 'それでも行う');
    await two.getByText('支援を依頼しました。').waitFor();
    expect(await office.read(ticket.id)).toMatchObject({
      assignee: sato.id,
      multiAgency: { reason: `${wish}佐藤さんと話しました。` },
    });
    await first.close();
    await second.close();
  });

  it('lists the bookings that changed hours leave outside, and drops none', MINUTE, async () => {
    const { office } = served;
    const boss = await office.enter('boss', ['coordinator'], [], { name: '課長' });
    // Thursday 26 November, 10:00 to 11:00.
    const { booked } = await demoTickets(office, { sato: sato.id });
    const ten = booked.booking!.slot.start;
    const open = (): boolean => isOpen(office.city(), office.city().windows.find(({ id }) => id === 'sogo')!, ten);
    const week = at('/calendar?window=sogo&week=2026-11-23');
    const [context, page] = await as(boss);
    const close = async (): Promise<void> => {
      await page.goto(week);
      const day = await unfold(page, 'この日だけ');
      await day.getByLabel('日', { exact: true }).fill('2026-11-26');
      await day.getByLabel('受付時間').fill('13:00-17:00');
      await press(day, '決める');
      await page.getByRole('heading', { name: '予約のある時間が、受付の外になります' }).waitFor();
    };
    await close();
    await page.getByText('予約は消えません。').waitFor();
    const listed = await page.locator('main ul.box li').allTextContents();
    expect(listed).toEqual([expect.stringContaining(booked.receipt)]);
    await page.getByRole('link', { name: 'やめる' }).click();
    await page.getByRole('heading', { name: 'カレンダー' }).waitFor();
    await office.overlay.refresh(CITY);
    expect(open()).toBe(true);

    await close();
    await press(page, '予約を残したまま、時間を変える');
    await page.getByRole('heading', { name: 'カレンダー' }).waitFor();
    await office.overlay.refresh(CITY);
    expect(open()).toBe(false);
    await page.goto(week);
    const outside = page.locator('li.place.outside');
    expect(await outside.count()).toBe(1);
    await outside.getByText('受付時間の外').waitFor();
    expect((await office.read(booked.id)).booking).toEqual(booked.booking);
    // From the calendar to the person's ticket, where it stands in the history.
    await outside.getByRole('link', { name: booked.receipt }).click();
    await page.getByText('受付時間の変更（予約はそのまま）').waitFor();
    await context.close();
  });
});
