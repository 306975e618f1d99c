/** The page in a real browser, over the real LINE door and channel: what a person who tries a flow sees and can do. */
import { mkdir } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Explanation } from '#contracts/assessment.ts';
import { describeInBrowser } from '../browser/chromium.ts';
import { type EchoService, startEchoService } from './echo-service.ts';

const SHOTS = process.env.SCREENSHOTS;

function explain(text: string): Explanation {
  const at = text.indexOf('財布');
  const evidence = {
    words: '財布',
    start: at,
    end: at + 2,
    by: 'rule',
    source: 'words/money.txt:12',
    label: 'need:livelihood',
    score: 1.2,
  } as const;
  return {
    needs: at < 0 ? [] : [{ need: 'livelihood', score: 0.93 }],
    scope: at < 0 ? 'unclear' : 'need',
    about: 'self',
    crisis: 'none',
    confident: at >= 0,
    evidence: at < 0 ? [] : [evidence],
    concerns: [],
  };
}

describeInBrowser('the simulator page', (browser) => {
  let service: EchoService;
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    service = await startEchoService({ explain });
  });
  afterAll(() => service.close());
  beforeEach(async () => {
    complaints = [];
    page = await browser().newPage({
      viewport: { width: 1500, height: 920 },
      locale: 'ja-JP',
      reducedMotion: 'reduce',
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    // The content security policy reports what it blocks to the console.
    expect(complaints).toEqual([]);
  });

  /** A new resident's phone. */
  async function newPhone(city = 'ashiya'): Promise<Locator> {
    await page.goto(`${service.url}/simulator?city=${city}`);
    const before = await page.locator('.phone').count();
    await page.getByRole('button', { name: '住民を追加' }).click();
    const phone = page.locator('.phone').nth(before);
    await phone.waitFor();
    return phone;
  }
  const said = (phone: Locator): Locator => phone.locator('.theirs .bubble');
  const field = (phone: Locator): Locator => phone.getByRole('textbox', { name: 'メッセージ' });
  async function say(phone: Locator, text: string): Promise<void> {
    await field(phone).fill(text);
    await field(phone).press('Enter');
  }
  async function shot(name: string): Promise<void> {
    if (SHOTS === undefined) return;
    await mkdir(SHOTS, { recursive: true });
    await page.screenshot({ path: `${SHOTS}/${name}.png` });
  }

  test('a first contact: added as a friend, one line written, a button tapped', async () => {
    const phone = await newPhone();
    await phone.locator('.stranger').getByRole('button', { name: '追加' }).click();
    await said(phone).nth(1).waitFor();
    expect(await phone.locator('.stranger').isVisible()).toBe(false);
    await say(phone, '財布がからっぽ\n"><script>alert(1)</script>');
    await said(phone).nth(3).waitFor();
    expect(await said(phone).nth(2).textContent()).toContain('<script>alert(1)</script>');
    expect(await phone.locator('.mine .read').count()).toBe(1);
    expect(await field(phone).inputValue()).toBe('');
    await phone.getByRole('button', { name: 'すこしちがう' }).click();
    await said(phone).nth(4).waitFor();
    expect(await phone.locator('.mine').last().textContent()).toContain('すこしちがう');
    expect(await said(phone).last().textContent()).toBe('「すこしちがう」ですね。');
    expect(service.seen.slice(-3).map((event) => event.type)).toEqual(['follow', 'text', 'postback']);
    await shot('talk');
  });

  test('quick replies, the date picker, cards', async () => {
    const phone = await newPhone();
    await say(phone, 'いつなら行けますか');
    const quick = phone.getByRole('group', { name: '返信の候補' }).getByRole('button');
    await quick.nth(4).waitFor();
    await quick.last().click();
    const picker = page.getByRole('dialog', { name: 'ほかの日をえらぶ' });
    expect(await picker.locator('input').inputValue()).toBe('2026-11-25');
    await picker.locator('input').fill('2026-11-27');
    await picker.getByRole('button', { name: '送信' }).click();
    await said(phone).nth(1).waitFor();
    expect(await said(phone).last().textContent()).toBe('2026-11-27 ですね。');
    expect(await quick.count()).toBe(0);
    await say(phone, 'どの窓口ですか');
    await phone.locator('.flex-bubble').nth(1).waitFor();
    expect(await phone.getByRole('link', { name: '0797-00-0000' }).first().getAttribute('href')).toBe('tel:0797000000');
    await shot('cards');
  });

  test('a date outside the bounds cannot be sent', async () => {
    const phone = await newPhone();
    await say(phone, 'いつ');
    await phone.getByRole('button', { name: 'ほかの日をえらぶ' }).click();
    const picker = page.getByRole('dialog', { name: 'ほかの日をえらぶ' });
    await picker.locator('input').fill('2027-01-05');
    await picker.getByRole('button', { name: '送信' }).click();
    expect(await picker.isVisible()).toBe(true);
    await picker.getByRole('button', { name: 'キャンセル' }).click();
    expect(service.seen.at(-1)!.type).toBe('text');
  });

  test('stickers, photo, video, voice, file, place', async () => {
    const phone = await newPhone();
    await phone.getByRole('button', { name: 'スタンプを選ぶ' }).click();
    await phone.getByRole('button', { name: 'スタンプ「しくしく」' }).click();
    await said(phone).nth(0).waitFor();
    for (const [at, name] of ['写真', '動画', 'ボイス', 'ファイル', '位置情報'].entries()) {
      await phone.getByRole('button', { name: '写真・ファイルなどを送る' }).click();
      await phone.getByRole('button', { name, exact: true }).click();
      await said(phone)
        .nth(at + 1)
        .waitFor();
    }
    const media = service.seen.flatMap((event) => (event.type === 'media' ? [event.media] : []));
    expect(media).toEqual(['sticker', 'image', 'video', 'audio', 'file', 'location']);
    await shot('media');
  });

  test('unsend takes the words away and tells the service', async () => {
    const phone = await newPhone();
    await say(phone, 'やっぱり言わない');
    await said(phone).first().waitFor();
    await phone.getByRole('button', { name: 'このメッセージのメニュー' }).click();
    await page.getByRole('dialog', { name: 'メッセージのメニュー' }).getByRole('button', { name: '送信取消' }).click();
    await phone.getByText('メッセージの送信を取り消しました').waitFor();
    expect(await phone.locator('.mine').count()).toBe(0);
    await expect.poll(() => service.seen.at(-1)!.type).toBe('unsend');
  });

  test('block and unblock', async () => {
    const phone = await newPhone();
    await phone.locator('.stranger').getByRole('button', { name: '追加' }).click();
    await said(phone).nth(1).waitFor();
    await phone.getByRole('button', { name: 'メニュー', exact: true }).click();
    await phone.locator('.drop').getByRole('button', { name: 'ブロック', exact: true }).click();
    await phone.getByText('ブロックしています').waitFor();
    expect(await field(phone).isVisible()).toBe(false);
    await expect.poll(() => service.seen.at(-1)!.type).toBe('unfollow');
    await phone.locator('.bar.blocked').getByRole('button', { name: 'ブロックを解除' }).click();
    await said(phone).nth(3).waitFor();
    expect(service.seen.at(-1)).toMatchObject({ type: 'follow', back: true });
  });

  test('residents side by side stay apart; cities too', async () => {
    const one = await newPhone();
    const two = await newPhone();
    await say(two, 'ふたりめです');
    await said(two).first().waitFor();
    expect(await said(two).first().textContent()).toContain('ふたりめです');
    await say(one, 'ひとりめです');
    await one.getByText('「ひとりめです」').waitFor();
    expect(await two.getByText('ひとりめ').count()).toBe(0);
    const other = await newPhone('fukui');
    await say(other, 'ふくいです');
    await said(other).first().waitFor();
    expect(service.seen.at(-1)!.municipality).toBe('fukui');
    expect(await page.getByText('ふたりめ').count()).toBe(0);
  });

  test('with the keyboard alone', async () => {
    const phone = await newPhone();
    // A new phone waits for its first words.
    await page.keyboard.type('キーボードです');
    await page.keyboard.press('Enter');
    await phone.getByRole('button', { name: '人と話す' }).focus();
    await page.keyboard.press('Enter');
    await phone.getByText('「人と話す」ですね。').waitFor();
    await phone.getByRole('button', { name: 'このメッセージのメニュー' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'メッセージのメニュー' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('このメッセージのメニュー');
  });

  test('a second page open on the same talk shows the same; a reload loses nothing', async () => {
    const phone = await newPhone();
    const id = await phone.getAttribute('id');
    const other = await browser().newPage();
    await other.goto(`${service.url}/simulator`);
    await say(phone, '両方に見えますか');
    await other.locator(`#${id} .theirs .bubble`).nth(1).waitFor();
    const shown = await other.locator(`#${id} .talk`).textContent();
    await other.reload();
    expect(await other.locator(`#${id} .talk`).textContent()).toBe(shown);
    await other.close();
  });

  test('what comes in while the page fetches itself anew stays', async () => {
    const hold = (): { until: Promise<void>; end: () => void } => {
      let end = (): void => {};
      const until = new Promise<void>((resolve) => (end = resolve));
      return { until, end };
    };
    const stream = hold();
    const fetched = hold();
    const shown = hold();
    await page.route('**/stream?*', async (route) => {
      await stream.until;
      await route.continue();
    });
    await page.goto(`${service.url}/simulator?city=ashiya`);
    const known = await page.locator('.phone').count();
    // Something happens before the page listens, so it fetches itself anew …
    const other = await browser().newPage();
    await other.goto(`${service.url}/simulator?city=ashiya`);
    await other.getByRole('button', { name: '住民を追加' }).click();
    await other.locator('.phone').nth(known).waitFor();
    await page.route('**/simulator?city=ashiya', async (route) => {
      const response = await route.fetch();
      fetched.end();
      await shown.until;
      await route.fulfill({ response });
    });
    stream.end();
    await fetched.until;
    // … and a resident is added between its question and the answer.
    await page.getByRole('button', { name: '住民を追加' }).click();
    await page.locator('.phone').nth(known).waitFor();
    const added = await page.locator('.phone').last().getAttribute('id');
    shown.end();
    await page
      .locator('.phone')
      .nth(known + 1)
      .waitFor();
    expect(await page.locator(`#${added}`).isVisible()).toBe(true);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await other.close();
  });

  test('behind the phones: what triage saw, the raw JSON, faults and redelivery', async () => {
    const phone = await newPhone();
    await page.getByRole('link', { name: '裏側を見る' }).click();
    await say(phone, '財布がからっぽ');
    const entry = page.locator('.to-service').first();
    await entry.getByText('生活・お金・仕事 93%').waitFor();
    await entry.locator('summary').click();
    expect(await entry.locator('mark').textContent()).toBe('財布');
    expect(await entry.locator('pre').textContent()).toContain('"webhookEventId"');
    await shot('inside');

    service.refuse(true);
    await say(phone, '届きますか');
    await page.locator('.to-service .status.bad').first().waitFor();
    expect(await phone.locator('.mine').last().locator('.read').count()).toBe(0);
    service.refuse(false);
    await page.getByRole('button', { name: '届かなかった通知をもう一度' }).click();
    await phone.getByText('「届きますか」').waitFor();

    await page.getByLabel('なに').selectOption({ label: '429 送りすぎ（届かない）' });
    await page.getByRole('button', { name: '起こす' }).click();
    await page.getByText('あと1回').waitFor();
    await say(phone, 'もしもし');
    await page.locator('.to-line .status.bad').first().waitFor();
    await page.getByText('いまは何も起きません。').waitFor();
    expect(await phone.getByText('「もしもし」').count()).toBe(0);
  });

  test('on a narrow screen nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 375, height: 740 });
    const phone = await newPhone();
    await say(phone, 'どの窓口ですか');
    await phone.locator('.flex-bubble').nth(1).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await shot('narrow');
  });

  test('without JavaScript the forms still work', async () => {
    const plain = await browser().newPage({ javaScriptEnabled: false });
    await plain.goto(`${service.url}/simulator?city=fukui`);
    const phone = plain.locator('.phone').first();
    await phone.getByRole('textbox', { name: 'メッセージ' }).fill('スクリプトなしです');
    await phone.getByRole('button', { name: '送信', exact: true }).click();
    await expect
      .poll(async () => {
        await plain.reload();
        return plain.getByText('「スクリプトなしです」').count();
      })
      .toBe(1);
    await plain.close();
  });
});

describe('the simulator over HTTP', () => {
  let service: EchoService;
  beforeAll(async () => {
    service = await startEchoService();
  });
  afterAll(() => service.close());

  test('allows no inline script or style, no frame, nothing from elsewhere', async () => {
    const answer = await fetch(`${service.url}/simulator`);
    expect(answer.status).toBe(200);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    const page = await answer.text();
    expect(page).not.toMatch(/ style=| on[a-z]+=|<style|<script>/u);
    expect((await fetch(`${service.url}/simulator/`)).status).toBe(200);
  });

  test('takes no act from another site, and no other file', async () => {
    const foreign = await fetch(`${service.url}/simulator/act`, {
      method: 'POST',
      body: new URLSearchParams({ act: 'add', city: 'ashiya' }),
      headers: { origin: 'https://example.com' },
    });
    expect(foreign.status).toBe(403);
    expect((await fetch(`${service.url}/simulator/static/..%2Fwire.ts`)).status).toBe(404);
  });

  test('a graceful stop does not wait for open pages', async () => {
    const own = await startEchoService();
    const stream = await fetch(`${own.url}/simulator/stream?city=ashiya`);
    const reader = stream.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('event: hello');
    own.simulator.close();
    expect((await reader.read()).done).toBe(true);
    expect(stream.headers.get('connection')).toBe('close');
    await own.close();
  });

  test('an act that cannot be done is told and has no effect', async () => {
    const acts = [
      { act: 'add', city: 'nowhere' },
      { user: 'U0', text: 'a', act: 'say' },
      { city: 'ashiya', act: 'fault', kind: 'fire' },
    ];
    for (const fields of acts) {
      const answer = await fetch(`${service.url}/simulator/act`, {
        method: 'POST',
        body: new URLSearchParams(fields as Record<string, string>),
        headers: { 'x-requested-with': 'fetch', origin: service.url },
      });
      expect(answer.status).toBe(409);
    }
    expect(service.seen).toEqual([]);
  });
});
