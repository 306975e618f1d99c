/** The resident on the simulator's LINE and a counsellor in the console, in one running conversation. */
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole } from '#console/create-console.ts';
import { codeAt, newSecret } from '#console/second-factor.ts';
import { loadContent } from '#content/load-content.ts';
import { addStaff } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { createIds } from '#support/ids.ts';
import { silentLogger } from '#support/logger.ts';
import { hashPassword } from '#support/passwords.ts';
import { type Harness, openHarness } from '../conversation/harness.ts';
import { type Browser, CITY, createBrowser, PASSWORD } from './harness.ts';

let talk: Harness;
let office: Console;
let sato: Browser;
let secret: string;

beforeEach(async () => {
  talk = await openHarness();
  const files = await loadContent({ dir: 'flows' });
  const ids = createIds();
  office = createConsole({
    store: talk.store,
    municipalities: [CITY],
    municipality: (id) => files.municipalities.get(id) ?? null,
    clock: talk.clock,
    ids,
    log: silentLogger,
    count: () => {},
    publicUrl: () => 'http://office.test',
    secure: false,
    address: () => '192.0.2.1',
  });
  // As the service's app does it: with or without a slash at the end.
  const app = new Hono({ strict: false });
  app.route('/console', office.routes);
  secret = newSecret();
  const password = await hashPassword(PASSWORD, 4);
  await inDraft(talk.store, CITY, async (draft) => {
    const made = await addStaff(
      draft,
      { login: 'sato', name: '佐藤', roles: ['coordinator'], windows: [], mail: null },
      { by: 'operator', now: talk.clock.now(), ids },
    );
    if (!made.ok) throw new Error(made.why);
    await draft.put('staff', made.id, { ...(await draft.get('staff', made.id))!, password, totp: { secret, step: 0 } });
  });
  sato = createBrowser(app);
  await sato.post('/sign-in', { login: 'sato', password: PASSWORD });
  await sato.get('/code');
  await sato.post('/code', { code: codeAt(secret, talk.clock.now()) });
}, 60_000);
afterEach(async () => {
  office.close();
  await talk.close();
});

/** A message in danger makes a ticket at once: the shortest way to one. */
async function inDanger() {
  const resident = talk.resident();
  await resident.follow();
  await resident.say('もう死にたいです');
  const [ticket] = await talk.tickets();
  return { resident, ticket: ticket!, at: `/tickets/${ticket!.id}` };
}

describe('a talk between resident and counsellor', () => {
  it('goes both ways, with the bot silent, and back to the bot', async () => {
    const { resident, ticket, at } = await inDanger();
    await sato.get(at);
    await sato.go(`${at}/open`);
    expect(sato.text()).toContain('もう死にたいです');
    await sato.go(`${at}/accept`);
    await sato.go(`${at}/answer`, { text: '読みました。今、安全な場所にいますか。' });
    const before = talk.line.received(resident.userId).length;
    await talk.conversation.beat();
    await talk.conversation.idle();
    const screen = JSON.stringify(talk.line.received(resident.userId).slice(before));
    expect(screen).toContain('読みました。今、安全な場所にいますか。');
    expect(screen).toContain('職員より');
    expect(screen).not.toContain('佐藤');
    // The resident answers: the bot says nothing, the counsellor sees it.
    expect(await resident.say('家にいます')).toEqual([]);
    await sato.get(at);
    expect(sato.text()).toContain('家にいます');
    expect(sato.text()).toContain('届きました');
    // Within the minute the answer goes the free way.
    const pushes = talk.line.counts().pushes;
    await sato.go(`${at}/answer`, { text: 'よかったです。電話をしてもいいですか。' });
    await talk.conversation.beat();
    await talk.conversation.idle();
    expect(talk.line.counts().pushes).toBe(pushes);
    expect(talk.line.screenText(resident.userId).at(-1)).toContain('電話をしてもいいですか');
    await sato.go(`${at}/release`, { tell: 'yes' });
    await talk.conversation.beat();
    await talk.conversation.idle();
    expect(talk.line.screenText(resident.userId).at(-1)).toContain('自動の案内');
    expect((await resident.say('ありがとう')).length).toBeGreaterThan(0);
    expect((await talk.tickets())[0]?.id).toBe(ticket.id);
  });

  it('tells the resident of a time that staff set or cancelled, by time and place only', async () => {
    const { resident, at, ticket } = await inDanger();
    await sato.get(at);
    await sato.go(`${at}/open`);
    await sato.go(`${at}/accept`);
    await sato.get(`${at}/booking?way=visit`);
    const [slot] = /\d+\|\d+\|visit\|[\w-]+/u.exec(sato.html())!;
    await sato.go(`${at}/move-booking`, { slot });
    await talk.conversation.beat();
    await talk.conversation.idle();
    const told = talk.line.screenText(resident.userId).at(-1)!;
    expect(told).toMatch(/お約束の時間のお知らせです。\n\d+月\d+日/u);
    expect(told).not.toMatch(/死|相談/u);
    await sato.get(at);
    await sato.go(`${at}/cancel-booking`);
    await talk.conversation.beat();
    await talk.conversation.idle();
    expect(talk.line.screenText(resident.userId).at(-1)).toContain('なくなりました');
    expect((await talk.tickets())[0]).toMatchObject({ id: ticket.id, booking: { state: 'cancelled' } });
  });

  it('still hears danger while a human has the floor', async () => {
    const { resident, ticket, at } = await inDanger();
    await sato.get('/tickets');
    expect(sato.text()).toContain('急ぎの相談 1 件');
    await sato.go(`/alerts/${ticket.id}/acknowledge`);
    await sato.go(`${at}/floor`);
    await sato.get('/tickets');
    expect(sato.text()).not.toContain('急ぎの相談 1 件');
    talk.clock.advance(5 * 60_000);
    expect((await resident.say('やっぱり今から死にます')).join()).toContain('119');
    await sato.get('/tickets');
    expect(sato.text()).toContain('急ぎの相談 1 件');
  });

  it('no longer shows what the resident withdrew', async () => {
    const { resident, at } = await inDanger();
    await sato.get(at);
    await sato.go(`${at}/open`);
    expect(sato.text()).toContain('もう死にたいです');
    await resident.unsend(resident.lastMessageId());
    await sato.get(at);
    expect(sato.text()).not.toContain('死にたい');
    expect(sato.text()).toContain('本人が取り消しました');
    // The flag and its time stay (R8).
    expect(sato.text()).toContain('命に関わる気持ち');
  });

  it('shows in the outcome that a person who blocked the account was not reached', async () => {
    const { resident, at } = await inDanger();
    await sato.get(at);
    await sato.post(`${at}/answer`, { text: '読みました。' });
    await resident.block();
    await talk.conversation.beat();
    await talk.conversation.idle();
    await sato.get(at);
    await sato.go(`${at}/open`);
    expect(sato.text()).toContain('届きませんでした');
  });
});

/** Console and LINE in one: asked with agreement, answered, seen, stopped. */
describe('afterwards', () => {
  const arrives = async (userId: string): Promise<string> => {
    const before = talk.line.screenText(userId).length;
    await talk.conversation.beat();
    await talk.conversation.idle();
    return talk.line.screenText(userId).slice(before).join('\n');
  };
  /** The session at the desk ends after half an hour: another sign-in. */
  const backAtTheDesk = async (): Promise<void> => {
    talk.clock.advance(31_000);
    await sato.get('/sign-in');
    await sato.post('/sign-in', { login: 'sato', password: PASSWORD });
    await sato.get('/code');
    await sato.post('/code', { code: codeAt(secret, talk.clock.now()) });
  };
  const days = (n: number): void => talk.clock.advance(n * 86_400_000);

  it('「その後いかがですか」: asked first, answered, read by the counsellor, stopped by a word, and not asked again', async () => {
    const resident = talk.resident();
    await resident.follow();
    await resident.say('借金の督促状がこわくて開けられません');
    for (const label of [
      'はい、合っています',
      'いない',
      '窓口に行って相談',
      'いまは予約しない',
      'はい、伝えてください',
    ])
      await resident.tap(label);
    await resident.tap('この内容で届ける');
    const [ticket] = await talk.tickets();
    const at = `/tickets/${ticket!.id}`;
    await sato.get(`${at}/together`);
    expect(await sato.go(`${at}/touch-offer`, { everyDays: '14', hour: '14' })).toContain('返事を待っています');
    expect(await arrives(resident.userId)).toMatch(/2週間に1回くらい、14時ごろ/u);
    await resident.tap('はい、お願いします');
    days(15);
    const asked = await arrives(resident.userId);
    expect(asked).toContain('その後、いかがですか');
    expect(asked).not.toMatch(/借金|督促|お金|相談/u);
    expect((await resident.tap('話したいです')).join()).toContain('職員に伝えました');
    await backAtTheDesk();
    await sato.get('/cases');
    expect(sato.text()).toMatch(new RegExp(`${ticket!.receipt} 話したい`, 'u'));
    expect(await sato.go(`${at}/touch-seen`)).not.toMatch(new RegExp(`${ticket!.receipt} 話したい`, 'u'));
    expect((await resident.say('もう聞かないで')).join()).toContain('もうお聞きしません');
    days(60);
    expect(await arrives(resident.userId)).toBe('');
    await backAtTheDesk();
    await sato.get(`${at}/together`);
    expect(sato.text()).toContain('本人が止めました');
    expect(await sato.go(`${at}/touch-offer`, { everyDays: '14', hour: '14' })).toContain('本人が断っています');
  });

  it('the place they were introduced to: the answer stands first on the coordinator’s page and in the figures', async () => {
    const resident = talk.resident();
    await resident.follow();
    await resident.say('昼間行けるところがほしい');
    for (const label of ['はい、合っています', 'いない', '社会参加推進', 'はい、伝えてください', 'はい、どうぞ'])
      await resident.tap(label);
    await resident.tap('この内容で届ける');
    const [ticket] = await talk.tickets();
    await sato.get(`/tickets/${ticket!.id}/together`);
    expect(sato.text()).toMatch(/紹介した場所は、いかがでしたか 社会参加推進 .*に「いかがでしたか」とお聞きします/u);
    days(15);
    const asked = await arrives(resident.userId);
    expect(asked).toContain('いかがでしたか');
    expect(asked).not.toContain('社会参加');
    await resident.tap('行ってよかった');
    await backAtTheDesk();
    await sato.get('/cases');
    expect(sato.text()).toMatch(new RegExp(`${ticket!.receipt} 行ってよかった`, 'u'));
    await sato.get('/community');
    // One person: counted, not told.
    expect(sato.text()).toMatch(/活動につながった人 .*?5人以上 5未満/u);
  });
});
