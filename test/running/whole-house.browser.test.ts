/**
 * The whole house as `npm start` gives it, in one browser: a resident in the simulator, a counsellor in the console, the
 * real service in between. From words of danger to a person who answers, and back.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../browser/chromium.ts';
import { freePort, type Service, startService } from '../support/service.ts';

const PASSWORD = 'とても長い合言葉です2026';

describeInBrowser('simulator and console on one service', (browser) => {
  let service: Service;

  beforeAll(async () => {
    const env = { LINE_CHANNEL_SECRET: '', LINE_CHANNEL_ACCESS_TOKEN: '', SIMULATOR: 'on', LOG_LEVEL: 'warn' };
    service = await startService({ port: await freePort(), env });
  });
  afterAll(async () => {
    await service.kill('SIGTERM');
  });

  it('a crisis reaches a named person, and a talk goes both ways', async () => {
    const context = await browser().newContext({ viewport: { width: 1280, height: 900 }, locale: 'ja-JP' });
    const staff = await context.newPage();
    const link = /http\S+\/setup#\S+/u.exec(service.output())![0];
    await staff.goto(link.replace(/^http:\/\/[^/]+/u, service.url));
    await staff.getByLabel('ログイン名').fill('sato');
    await staff.getByLabel('名前', { exact: false }).last().fill('佐藤');
    await staff.getByLabel('パスワード', { exact: false }).first().fill(PASSWORD);
    await staff.getByLabel('パスワード（もう一度）').fill(PASSWORD);
    await staff.getByRole('button', { name: '決める' }).click();
    await staff.getByRole('button', { name: 'お試しなので、あとで設定する' }).click();
    await staff.goto(`${service.url}/console/ashiya/tickets`);
    await staff.locator('body[data-live=on]').waitFor();

    const resident = await context.newPage();
    await resident.goto(`${service.url}/simulator`);
    const phone = resident.locator('.phone').first();
    const heard = phone.locator('.theirs .bubble');
    const say = async (text: string): Promise<void> => {
      await phone.getByRole('textbox', { name: 'メッセージ' }).fill(text);
      await phone.getByRole('textbox', { name: 'メッセージ' }).press('Enter');
    };
    await phone.getByRole('button', { name: '追加' }).click();
    await heard.first().waitFor();
    await say('もう死んでしまいたいです');
    await heard.filter({ hasText: '0120-279-338' }).first().waitFor();

    await staff.getByText('急ぎの相談 1 件').waitFor();
    await staff.getByRole('button', { name: '私が引き受けます' }).click();
    await staff.getByText('引き受けました。ありがとうございます。').waitFor();
    await staff.goto(`${service.url}/console/ashiya/tickets`);
    await staff.locator('a[href*="/tickets/"]').first().click();
    await staff.getByRole('button', { name: '内容を開く' }).click();
    await staff.getByText('もう死んでしまいたいです').first().waitFor();
    await staff.getByRole('textbox', { name: 'お返事' }).fill('読みました。今、安全な場所にいますか。');
    await staff.getByRole('button', { name: '送る', exact: true }).click();

    const answer = heard.filter({ hasText: '今、安全な場所にいますか。' });
    await answer.waitFor();
    expect(await answer.textContent()).not.toContain('佐藤');
    const bubbles = await heard.count();
    await say('家にいます');
    await staff.getByText('家にいます').first().waitFor();
    // While a person has the floor the bot is silent.
    expect(await heard.count()).toBe(bubbles);
    await context.close();
  });
});
