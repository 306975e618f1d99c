/** First contacts as residents live them, over the real wire against a stand-in for LINE. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLineContract } from '../line/openapi.ts';
import { type Harness, openHarness, type Resident, TUESDAY_TEN } from './harness.ts';
import { tapInAHurry } from './in-a-hurry.ts';

/** Taps what a person in a hurry would tap, until there is a receipt. */
async function finish(r: Resident, first: string[]): Promise<{ turns: number; screen: string[] }> {
  let screen = first;
  let turns = 1;
  while (!/受付番号/u.test(screen.join('\n'))) {
    const buttons = r.buttons();
    const label = tapInAHurry(buttons);
    expect(label, `no button on:\n${screen.join('\n')}`).toBeDefined();
    screen = await r.tap(label!);
    turns++;
    expect(turns, `no receipt after ${turns} turns; last screen:\n${screen.join('\n')}`).toBeLessThan(14);
  }
  return { turns, screen };
}

const contract = openLineContract();

describe('first contact', () => {
  let h: Harness;
  beforeEach(async () => {
    h = await openHarness();
  });
  afterEach(async () => {
    // Everything that left for LINE, held against LINE's own OpenAPI document and its hard limits.
    const violations = contract === null ? [] : h.line.calls.flatMap((call) => contract.call(call));
    const refused = h.line.calls.filter(
      (call) => call.status === 400 && !JSON.stringify(call.answer).includes('reply token'),
    );
    await h.close();
    expect(violations).toEqual([]);
    expect(refused).toEqual([]);
  });
  afterAll(() => {
    if (contract)
      console.log(`calls held against LINE's OpenAPI: ${contract.checked}, violations: ${contract.violations}`);
  });

  it('goes from an anonymous line to a booked ticket that holds everything said', async () => {
    const r = h.resident();
    const hello = await r.follow();
    expect(hello.join('\n')).toMatch(/名前も住所もいりません/u);
    expect(hello.join('\n')).toMatch(/110番か119番/u);
    const guess = await r.say('母のもの忘れがひどくて、火の消し忘れが心配です');
    expect(guess.join('\n')).toContain('もの忘れ');
    const { turns, screen } = await finish(r, guess);
    console.log(`turns to a booked ticket: ${turns}`);
    const [ticket] = await h.tickets();
    expect(ticket).toMatchObject({ state: 'new', speaker: 'family', consent: 'in_chat' });
    expect(ticket!.needs[0]).toMatchObject({ need: 'elderly', confirmed: true });
    expect(ticket!.words.map((w) => w.text)).toContain('母のもの忘れがひどくて、火の消し忘れが心配です');
    expect(ticket!.booking).toMatchObject({ state: 'booked' });
    expect(screen.join('\n')).toContain(ticket!.receipt);
    expect(h.line.counts().pushes).toBe(0);
  });

  it('answers a crisis before anything else, in the middle of a booking, and goes on afterwards', async () => {
    const r = h.resident();
    await r.follow();
    await r.say('家賃が払えそうにない');
    const screen = (await r.say('もう死にたい')).join('\n');
    expect(screen).toMatch(/0120-279-338/u);
    expect(screen).toMatch(/119/u);
    const [ticket] = await h.tickets();
    expect(ticket).toMatchObject({ urgent: true, crisis: 'suicide', booking: null });
    expect(r.buttons()).toContain('市の職員に知らせる');
    const told = await r.tap('市の職員に知らせる');
    expect(told.join('\n')).toContain(ticket!.receipt);
    const again = await r.tap('話をつづける');
    // One person, one つなぐシート: what is booked afterwards goes into the urgent ticket.
    await finish(r, again);
    const tickets = await h.tickets();
    expect(tickets).toHaveLength(1);
    expect(tickets[0]).toMatchObject({ urgent: true, crisis: 'suicide', booking: { state: 'booked' } });
  });

  it('goes on with the words of a crisis that came first, without asking for them again', async () => {
    const r = h.resident();
    await r.follow();
    await r.say('夫に殴られて、顔が腫れています');
    expect((await h.tickets())[0]).toMatchObject({ crisis: 'violence', speaker: 'self' });
    const next = (await r.tap('話をつづける')).join('\n');
    expect(next).not.toContain('いま、どんなことで困っていますか');
    const session = await h.session(r.contact);
    expect(session!.facts.heard.map((heard) => heard.text)).toEqual(['夫に殴られて、顔が腫れています']);
  });

  it('has one effect for a message that LINE delivers twice, or under a new event id', async () => {
    const r = h.resident();
    const event = h.line.events.text(r.userId, '母の物忘れがひどくて');
    await Promise.all([h.line.deliver('ashiya', [event]), h.line.deliver('ashiya', [event])]);
    await h.line.deliver('ashiya', [{ ...event, webhookEventId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }]);
    await h.conversation.idle();
    expect(h.line.counts().replies).toBe(1);
  });

  it('keeps two residents of one body apart, and each one’s events in order', async () => {
    const a = h.resident();
    const b = h.resident();
    await h.line.deliver('ashiya', [
      h.line.events.text(a.userId, '家賃が払えない'),
      h.line.events.text(b.userId, '母の介護で困っています'),
      h.line.events.text(a.userId, 'もう一度'),
    ]);
    await h.conversation.idle();
    expect(h.line.screenText(a.userId).join('\n')).not.toContain('介護');
    expect(h.line.screenText(b.userId).join('\n')).not.toContain('家賃');
    expect(h.line.calls.filter((call) => call.endpoint === 'reply')).toHaveLength(3);
  });

  it('makes withdrawn words unseeable everywhere, in either order', async () => {
    const r = h.resident();
    await r.follow();
    await r.say('借金が三百万円あります');
    const id = r.lastMessageId();
    await r.unsend(id);
    const all = JSON.stringify([
      await h.store.get('ashiya', 'contact', r.contact),
      await h.tickets(),
      await h.store.list('ashiya', 'unmatched', 'at', { limit: 100 }),
      await h.store.list('ashiya', 'outgoing', 'contact', { limit: 100 }),
    ]);
    expect(all).not.toContain('三百万円');
    // The withdrawal may arrive before the message's own turn.
    const event = h.line.events.text(r.userId, 'べつの秘密のことば');
    const messageId = String((event as { message?: { id?: unknown } }).message?.id);
    const before = h.line.counts().replies;
    await h.line.deliver('ashiya', [event, h.line.events.unsend(r.userId, messageId)]);
    await h.conversation.idle();
    expect(JSON.stringify(await h.store.get('ashiya', 'contact', r.contact))).not.toContain('秘密');
    expect(h.line.counts().replies - before).toBeLessThanOrEqual(1);
  });

  it('keeps the crisis flag and its time when the words are withdrawn, without the words', async () => {
    const r = h.resident();
    await r.say('もう消えてしまいたい');
    await r.unsend(r.lastMessageId());
    const [ticket] = await h.tickets();
    expect(ticket).toMatchObject({ urgent: true, crisis: 'suicide', crisisAt: TUESDAY_TEN });
    expect(JSON.stringify(ticket)).not.toContain('消えて');
  });

  it('goes on after days where it stood, and after a restart of the service', async () => {
    const r = h.resident();
    await r.follow();
    await r.say('母のもの忘れがひどくて心配');
    const before = r.buttons();
    h.clock.advance(3 * 86_400_000);
    await h.restart();
    const again = await r.say('もう一度');
    expect(again.join('\n')).toContain(before[0]!);
  });

  it('answers a button of an older talk politely', async () => {
    const r = h.resident();
    await r.follow();
    await r.say('母のもの忘れがひどくて心配');
    const [old] = r.buttons();
    await r.say('最初から');
    await r.say('家賃が払えない');
    const screen = await r.tap(old!);
    expect(screen.length).toBeGreaterThan(0);
    expect(h.counts.get('turn_failures ashiya')).toBeUndefined();
  });

  it('answers stickers, pictures and voices kindly and puts the question again', async () => {
    const r = h.resident();
    await r.follow();
    const screen = await r.sticker();
    expect(screen.join('\n')).toMatch(/スタンプ/u);
  });

  it('stops pushing after a block, and greets who comes back', async () => {
    const r = h.resident();
    await r.follow();
    await r.block();
    expect(await h.store.get('ashiya', 'contact', r.contact)).toMatchObject({ body: { blocked: true, address: null } });
    const screen = await r.follow();
    expect(screen.length).toBeGreaterThan(0);
  });

  it('deletes on request', async () => {
    const r = h.resident();
    await r.say('借金が三百万円あります');
    await r.say('データを消して');
    expect(r.buttons()).toEqual(expect.arrayContaining(['消す', '消さない']));
    await r.tap('消す');
    expect(await h.session(r.contact)).toBeNull();
    expect(JSON.stringify(await h.tickets())).not.toContain('三百万円');
  });

  it('writes none of the words into its log', async () => {
    const words = ['ひみつの借金', '夫に殴られて', '消えてしまいたい', 'みどりばし'];
    const r = h.resident();
    await r.follow();
    for (const text of words) await r.say(`${text}のことです`);
    await r.sticker();
    const log = h.log.join('\n');
    expect(log.length).toBeGreaterThan(0);
    for (const text of words) expect(log).not.toContain(text);
    expect(log).not.toContain(r.userId);
  });

  it('tries the same reply again when LINE says that there are too many', async () => {
    const r = h.resident();
    await r.follow();
    h.line.fault({ kind: 'rate', on: 'reply', times: 1 });
    expect((await r.say('家賃が払えない')).length).toBeGreaterThan(0);
    expect(h.line.calls.filter((call) => call.delivered && call.endpoint === 'reply')).toHaveLength(2);
    expect(h.line.counts().pushes).toBe(0);
  });

  it('pushes once, under one retry key, when the reply token has grown too old and the push’s answer is lost', async () => {
    const r = h.resident();
    await r.follow();
    const better = h.line.fault({ kind: 'rate', on: 'reply', times: Infinity });
    expect(await r.say('家賃が払えない')).toEqual([]);
    better();
    h.clock.advance(120_000);
    h.line.fault({ kind: 'lost', on: 'push', times: 1 });
    await h.restart();
    await h.line.whenCalled(({ endpoint }) => endpoint === 'push');
    await h.conversation.idle();
    h.clock.advance(120_000);
    await h.restart();
    // LINE knows the key: it was delivered the first time.
    await h.line.whenCalled(({ endpoint, status }) => endpoint === 'push' && status === 409);
    const pushes = h.line.calls.filter(({ endpoint }) => endpoint === 'push');
    expect(pushes.map(({ delivered }) => delivered)).toEqual([true, false]);
    expect(new Set(pushes.map(({ retryKey }) => retryKey)).size).toBe(1);
    const states = async () =>
      (await h.store.list('ashiya', 'outgoing', 'contact', { prefix: r.contact, limit: 10 })).map(
        ({ body }) => body.state,
      );
    await expect.poll(states).toEqual(['sent']);
  });

  it('never doubles a reply whose answer was lost', async () => {
    const r = h.resident();
    await r.follow();
    h.line.fault({ kind: 'lost', on: 'reply', times: 1 });
    const screen = await r.say('家賃が払えない');
    const entries = await h.store.list('ashiya', 'outgoing', 'contact', { prefix: r.contact, limit: 10 });
    expect(screen.length).toBeGreaterThan(0);
    expect(h.line.calls.filter((call) => call.delivered && call.endpoint === 'reply')).toHaveLength(2);
    expect(h.line.counts().pushes).toBe(0);
    expect(entries.map(({ body }) => [body.state, body.outcome])).toContainEqual(['sent', 'presumed']);
  });
});
