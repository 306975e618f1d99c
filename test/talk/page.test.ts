/** Mode `page` over HTTP: what is typed on LINE stays nowhere; the whole talk takes place on the city's own page. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sayToResident } from '#conversation/staff-speaks.ts';
import { createDraft } from '#store/draft.ts';
import { CITY, linkOn, nextLabel, openPageCity, openVisitor, type PageCity } from './harness.ts';

const LINE = 'https://line.example';
let city: PageCity;
beforeEach(async () => {
  city = await openPageCity();
});
afterEach(() => city.close());

const tickets = async () => (await city.store.list(CITY, 'ticket', 'created', { limit: 50 })).map(({ body }) => body);

async function onLine(act: (userId: string) => Promise<unknown>, userId = city.line.addResident(CITY).userId) {
  const before = city.line.screenText(userId).length;
  await act(userId);
  await city.conversation.idle();
  return { userId, screen: city.line.screenText(userId).slice(before).join('\n') };
}

/** @returns a visitor who has pressed 「はじめる」. */
async function visitor() {
  const v = openVisitor(city);
  await v.open();
  await v.begin();
  return v;
}

async function book(v: ReturnType<typeof openVisitor>): Promise<void> {
  for (let turns = 0; !/受付番号/u.test(v.text()); turns++) {
    expect(turns, `no receipt on:\n${v.text()}`).toBeLessThan(14);
    await v.tap(nextLabel(v.labels()) ?? '?');
  }
}

describe('LINE in a city of mode page', () => {
  it('greets with who reads and where it is kept, and one button to the page', async () => {
    const { userId, screen } = await onLine((id) => city.line.follow(id));
    expect(screen).toMatch(/名前も住所もいりません/u);
    expect(screen).toMatch(/110番か119番/u);
    expect(linkOn(city, userId)).toMatch(new RegExp(`^${city.home}/enter/[\\w-]{32}$`, 'u'));
  });

  it('keeps nothing of what is typed there, not before and not after its turn, and logs nothing of it', async () => {
    const { userId } = await onLine((id) => city.line.follow(id));
    await city.line.say(userId, '家賃が払えなくてアマガエル荘を出されそうです');
    const waiting = await city.everything();
    await city.conversation.idle();
    const after = await city.everything();
    for (const place of [waiting, after, city.log.join('\n')]) {
      expect(place).not.toContain('アマガエル');
      expect(place).not.toContain('家賃が払え');
      expect(place).not.toContain('livelihood');
    }
    // The check itself: on the page the same words are found.
    const v = await visitor();
    await v.say('家賃が払えなくてアマガエル荘を出されそうです');
    expect(await city.everything()).toContain('アマガエル');
    expect(await tickets()).toEqual([]);
    expect(city.line.screenText(userId).join('\n')).toContain('残していません');
    expect(city.line.counts().pushes).toBe(0);
  });

  it('answers danger at once, with an urgent ticket and an alert without the words', async () => {
    const { userId, screen } = await onLine((id) => city.line.say(id, 'もう死にたい。橋のサギソウのところにいる'));
    expect(screen).toMatch(/0120-279-338/u);
    expect(screen).toContain('市の職員に知らせる');
    expect(screen).not.toContain('話をつづける');
    const [ticket] = await tickets();
    expect(ticket).toMatchObject({ urgent: true, crisis: 'suicide', channel: 'line', needs: [], window: 'sogo' });
    expect((await city.store.list(CITY, 'alert', 'open', { limit: 5 })).length).toBe(1);
    const everything = await city.everything();
    expect(everything).not.toContain('サギソウ');
    expect(everything).not.toContain('死にたい');
    const told = await onLine((id) => city.line.tap(id, '市の職員に知らせる'), userId);
    expect(told.screen).toContain(ticket!.receipt);
    // Nobody writes words to LINE, not even staff.
    const draft = createDraft(city.store, CITY);
    const spoken = await sayToResident(draft, city.world, { ticket: ticket!.id, staff: 's1', text: '大丈夫ですか' });
    expect(spoken).toEqual({ ok: false, why: 'blocked' });
  });

  it('answers pictures, stickers and old buttons with the way to the page, and still deletes on request', async () => {
    const { userId, screen } = await onLine((id) => city.line.sendSticker(id));
    expect(screen).toContain('市のページ');
    expect((await onLine((id) => city.line.say(id, 'データを消す'), userId)).screen).toContain('消しますか');
    expect((await onLine((id) => city.line.tap(id, '消す'), userId)).screen).toContain('消しました');
  });
});

describe('the one-time link', () => {
  const enter = async (): Promise<{ userId: string; link: string }> => {
    const { userId } = await onLine((id) => city.line.follow(id));
    return { userId, link: linkOn(city, userId) };
  };

  it('is kept as a hash, survives being looked at, and is good once', async () => {
    const { link } = await enter();
    expect(await city.everything()).not.toContain(link.split('/').at(-1));
    const first = openVisitor(city);
    await first.open(link);
    await first.open(link);
    await first.begin();
    expect(first.text()).toContain('いま、どんなことで困っていますか');
    const second = openVisitor(city);
    await second.open(link);
    expect(second.text()).toContain('1回だけ');
    await second.post('start', { token: link.split('/').at(-1)! });
    expect(second.status()).toBe(410);
  });

  it('is over after ten minutes', async () => {
    const { link } = await enter();
    city.clock.advance(10 * 60_000);
    const v = openVisitor(city);
    await v.open(link);
    expect(v.hidden('token')).toBe('');
  });

  it('joins LINE and the page only for a reminder, only if wished: a time and a place', async () => {
    const { userId, link } = await enter();
    const v = openVisitor(city);
    await v.open(link);
    await v.begin({ remind: 'yes' });
    await v.say('母のもの忘れがひどくて、火の消し忘れが心配です');
    await book(v);
    const [ticket] = await tickets();
    city.clock.set(ticket!.booking!.slot.start - 15 * 3_600_000);
    const { screen } = await onLine(async () => {
      await city.conversation.beat();
    }, userId);
    expect(screen).toContain('明日のお知らせ');
    expect(screen).not.toMatch(/もの忘れ|火の消し忘れ|地域包括/u);
    await v.post('remind-not', {});
    expect((await city.store.get(CITY, 'page_session', city.contactOf('page', v.cookie())))?.body.remindTo).toBeNull();
  });

  it('leaves the two apart when it was not wished', async () => {
    const { userId, link } = await enter();
    const v = openVisitor(city);
    await v.open(link);
    await v.begin();
    await v.say('母のもの忘れがひどくて、火の消し忘れが心配です');
    await book(v);
    const [ticket] = await tickets();
    city.clock.set(ticket!.booking!.slot.start - 15 * 3_600_000);
    const { screen } = await onLine(() => city.conversation.beat(), userId);
    expect(screen).toBe('');
    await v.open();
    expect(v.text()).toContain('明日のお知らせ');
    const own = JSON.stringify(await city.store.get(CITY, 'page_session', ticket!.contact));
    expect(own).not.toContain(city.contactOf('line', userId));
  });
});

describe('the page', () => {
  it('goes from one line to a booked ticket, with forms alone', async () => {
    const v = await visitor();
    expect(v.text()).toContain('名前も住所もいりません');
    await v.say('母のもの忘れがひどくて、火の消し忘れが心配です');
    expect(v.text()).toContain('合っていますか');
    await book(v);
    const [ticket] = await tickets();
    expect(ticket).toMatchObject({ channel: 'page', consent: 'in_chat', booking: { state: 'booked' } });
    expect(ticket!.words.map(({ text }) => text)).toContain('母のもの忘れがひどくて、火の消し忘れが心配です');
    expect(v.text()).toContain(ticket!.receipt);
    const spoken = createDraft(city.store, CITY);
    const act = { ticket: ticket!.id, staff: 's1', text: '当日お待ちしています' };
    expect(await sayToResident(spoken, city.world, act)).toMatchObject({ ok: true });
    await spoken.commit();
    await city.conversation.beat();
    await city.conversation.idle();
    await v.open();
    expect(v.text()).toContain('当日お待ちしています');
  });

  it('shows the crisis screen before anything else, with numbers that can be called', async () => {
    const v = await visitor();
    await v.say('家賃が払えそうにない');
    await v.say('もう死にたい');
    expect(v.html()).toContain('href="tel:0120279338"');
    expect(v.labels()).toContain('市の職員に知らせる');
    expect((await tickets())[0]).toMatchObject({ crisis: 'suicide', channel: 'page' });
    await v.tap('話をつづける');
    expect(v.html()).toContain('href="tel:0120279338"');
  });

  it('takes words back everywhere and asks again', async () => {
    const v = await visitor();
    await v.say('アマガエル荘の家賃が払えません');
    const name = /name="message" value="([^"]+)"/u.exec(v.html())![1]!;
    expect(await city.everything()).toContain('アマガエル');
    await v.post('withdraw', { message: name });
    await city.conversation.idle();
    expect(await city.everything()).not.toContain('アマガエル');
    await v.open();
    expect(v.text()).not.toContain('アマガエル');
    expect(v.text()).toContain('文を取り消しました');
    expect(v.labels().length).toBeGreaterThan(0);
  });

  it('deletes all that stands there when asked', async () => {
    const v = await visitor();
    await v.say('アマガエル荘の家賃が払えません');
    await v.say('データを消す');
    await v.tap('消す');
    await city.conversation.idle();
    expect(await city.everything()).not.toContain('アマガエル');
    await v.open();
    expect(v.text()).toContain('この画面からも消えています');
  });

  it('takes a form sent twice once, and two different forms twice', async () => {
    const v = await visitor();
    const form = { key: 'same', text: '家賃が払えそうにない' };
    await v.post('say', form);
    await v.post('say', form);
    const own = (await city.store.list(CITY, 'page_message', 'contact', { limit: 50 })).filter(
      ({ body }) => body.from === 'resident',
    );
    expect(own.length).toBe(1);
  });

  it('shows one visitor nothing of another, and nothing after leaving', async () => {
    const v = await visitor();
    await v.say('アマガエル荘の家賃が払えません');
    const kept = v.cookie();
    const other = openVisitor(city);
    await other.open();
    expect(other.text()).not.toContain('アマガエル');
    await v.post('leave', {});
    expect(v.cookie()).toBe('');
    await v.open();
    expect(v.text()).not.toContain('アマガエル');
    // The cookie stands nowhere in the store.
    expect(await city.everything()).not.toContain(kept);
  });

  it('is closed on this device after thirty days', async () => {
    const v = await visitor();
    await v.say('アマガエル荘の家賃が払えません');
    city.clock.advance(30 * 86_400_000 - 1);
    await v.open();
    expect(v.text()).toContain('アマガエル');
    city.clock.advance(1);
    await v.open();
    expect(v.text()).not.toContain('アマガエル');
  });

  it('refuses forms from elsewhere, without its token, too large, too many', async () => {
    const v = await visitor();
    const key = v.hidden('key');
    expect((await v.post('say', { key, text: 'あ' }, { 'sec-fetch-site': 'cross-site', origin: LINE })).status).toBe(
      403,
    );
    await v.open();
    expect((await v.post('say', { key, text: 'あ' }, { origin: LINE })).status).toBe(403);
    expect((await v.raw(`/talk/${CITY}/say`, { key, text: 'あ' })).status).toBe(403);
    await v.open();
    expect((await v.post('say', { key, text: 'あ'.repeat(2001) })).status).toBe(413);
    await v.open();
    expect((await v.post('say', { key, text: 'a'.repeat(40_000) })).status).toBe(413);
    await v.open();
    const [csrf] = [v.hidden('csrf')];
    const many = await Promise.all(
      Array.from({ length: 45 }, () => v.raw(`/talk/${CITY}/say`, { csrf, key, text: '' })),
    );
    expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect(await tickets()).toEqual([]);
  });

  it('ignores buttons that were never shown', async () => {
    const v = await visitor();
    await v.post('press', { press: 'x:0:0' });
    await v.post('press', { press: 'c.erase-yes' });
    expect(v.text()).toContain('いま、どんなことで困っていますか');
  });

  it('is for cities of mode page only, and tells nobody where it was read', async () => {
    const v = openVisitor(city);
    expect((await v.open('/talk/toyokawa')).status).toBe(404);
    expect((await v.open('/talk/nowhere')).status).toBe(404);
    const { headers } = await v.open();
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('cache-control')).toBe('no-store');
    const [set = ''] = (await openVisitor(city).open()).headers.getSetCookie();
    expect(set).toMatch(/HttpOnly/u);
    expect(set).toMatch(/SameSite=Lax/u);
    expect(set).toMatch(new RegExp(`Path=/talk/${CITY}`, 'u'));
  });
});
