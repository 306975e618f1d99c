/**
 * An answer whose server went away for longer than a reply token lives: sent by push when it was certainly never tried; never
 * blindly when it may have arrived, and then the counsellor reads so and the resident's next message brings it again.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Body } from '#store/kinds.ts';
import type { Stored } from '#store/store.ts';
import { createTries } from '#support/tries.ts';
import { type Harness, openHarness, type Resident } from './harness.ts';

const WORDS = '家賃が払えません。もう2か月たまっています';

describe('an answer that was not sent', () => {
  let h: Harness;
  let r: Resident;
  let dir: string;
  /** The newest answer, as its turn saved it. */
  let answered: Stored<'outgoing'>;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'tsunagi-lost-'));
    h = await openHarness({ tries: createTries({ dir }) });
    const { commit } = h.store;
    h.store.commit = (city, operations, options) => {
      for (const one of operations) {
        if (one.type === 'put' && one.kind === 'outgoing' && one.revision === 0)
          answered = { id: one.id, revision: 1, body: one.body };
      }
      return commit(city, operations, options);
    };
    r = h.resident();
    await r.follow();
  });
  afterEach(async () => {
    await h.close();
  });
  const last = async (): Promise<Stored<'outgoing'>> => {
    const options = { prefix: `${r.contact}|`, limit: 1, reverse: true };
    return (await h.store.list('ashiya', 'outgoing', 'contact', options))[0]!;
  };
  /** As a server leaves it that dies between the commit and the call, or in the call. */
  const abandon = async (body: Partial<Body<'outgoing'>>, entry = answered): Promise<void> => {
    const left = {
      ...entry.body,
      state: 'sending' as const,
      attempts: 1,
      via: 'reply' as const,
      outcome: null,
      ...body,
    };
    const put = { type: 'put', kind: 'outgoing', id: entry.id, revision: 'any', body: left } as const;
    expect(await h.store.commit('ashiya', [put])).toEqual({ ok: true });
  };
  const answer = { type: 'text' as const, text: '窓口は市役所の2階です。', choices: [] };

  it('goes by push, once, when its server died before it began the call', async () => {
    await r.say(WORDS);
    const elsewhere = createTries({ dir });
    h.clock.advance(1_000);
    await abandon({
      by: elsewhere.generation(),
      messages: [answer],
      replyToken: 'used',
      replyBefore: h.clock.now() + 49_000,
    });
    h.clock.advance(600_000);
    await h.restart();
    await h.conversation.idle();
    await h.line.whenCalled((call) => call.endpoint === 'push');
    expect(h.line.screenText(r.userId).at(-1)).toBe(answer.text);
    expect(h.line.counts().pushes).toBe(1);
    await expect.poll(async () => (await last()).body).toMatchObject({ state: 'sent', via: 'push' });
  });

  it('is not pushed when the call may have been made; the ticket says so, the next message brings it again', async () => {
    await r.say('もう死にたい');
    const [ticket] = await h.tickets();
    h.clock.advance(1_000);
    await r.say('はい');
    const elsewhere = createTries({ dir });
    const entry = answered;
    await elsewhere.begin(entry.id);
    await abandon({
      by: elsewhere.generation(),
      messages: [answer],
      replyToken: 'used',
      replyBefore: h.clock.now() + 49_000,
    });
    h.clock.advance(600_000);
    await h.restart();
    await h.conversation.idle();
    await expect.poll(async () => (await last()).body.state).toBe('unknown');
    expect(h.line.counts().pushes).toBe(0);
    const events = async () =>
      (await h.store.get('ashiya', 'ticket', ticket!.id))!.body.history.map(({ what }) => what);
    expect(await events()).toContain('answer_uncertain');
    const screen = await r.say('家賃も心配です');
    expect(screen.join('\n')).toContain('前のお返事が届いていないかもしれない');
    expect(screen.join('\n')).toContain(answer.text);
    expect(await events()).toContain('answer_said_again');
    expect((await h.store.get('ashiya', 'outgoing', entry.id))!.body).toMatchObject({
      outcome: 'said_again',
      messages: [],
    });
    // Once is enough.
    expect((await r.say('どうすればいいですか')).join('\n')).not.toContain(answer.text);
    expect(h.line.counts().pushes).toBe(0);
  });

  it('two of them, one after the other, come again together and in order', async () => {
    await r.say(WORDS);
    const first = answered;
    h.clock.advance(1_000);
    await r.say('母の物忘れも心配です');
    const old = { replyToken: 'used', replyBefore: h.clock.now() };
    const second = { ...answer, text: '予約が変わりました。' };
    await abandon({ by: null, messages: [answer], ...old }, first);
    await abandon({ state: 'waiting', via: null, attempts: 0, after: first.id, messages: [second], ...old });
    // The fate of the first cannot be learnt, and the month's pushes are used up when it comes to the second.
    h.line.fault({ kind: 'quota', on: 'push' });
    h.clock.advance(600_000);
    await h.restart();
    await expect.poll(async () => (await last()).body).toMatchObject({ state: 'refused', outcome: 'quota' });
    expect((await h.store.get('ashiya', 'outgoing', first.id))!.body.state).toBe('unknown');
    const screen = (await r.say('もしもし')).join('\n');
    expect(screen).toContain(`${answer.text}\n\n${second.text}`);
    expect((await r.say('どうすればいいですか')).join('\n')).not.toContain(answer.text);
  });

  it('is said again after a crisis’ one screen, not with it', async () => {
    await r.say(WORDS);
    await abandon({ by: null, messages: [answer], replyToken: 'used', replyBefore: h.clock.now() });
    h.clock.advance(600_000);
    await h.restart();
    await expect.poll(async () => (await last()).body.state).toBe('unknown');
    const screen = await r.say('もう死にたい');
    expect(screen.join('\n')).not.toContain(answer.text);
    expect((await r.say('家賃のことです')).join('\n')).toContain(answer.text);
  });

  it('keeps withdrawn words withdrawn', async () => {
    await r.say(WORDS);
    const id = r.lastMessageId();
    const quoted = { ...answer, text: `「${WORDS}」ですね。` };
    const body = { messages: [quoted], quotes: [id], replyToken: 'used', replyBefore: h.clock.now() };
    await abandon({ by: null, ...body });
    h.clock.advance(600_000);
    await h.restart();
    await expect.poll(async () => (await last()).body.state).toBe('unknown');
    await r.unsend(id);
    expect((await r.say('こんにちは')).join('\n')).not.toContain(WORDS);
  });
});
