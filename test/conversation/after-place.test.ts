/** 参加支援: after an introduction to a place the resident is asked how it was, once they said that they may be. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AFTER_DAYS, askOn, putIntroduced } from '#handoff/introduction.ts';
import { inDraft } from '#store/draft.ts';
import { type Harness, openHarness, type Resident } from './harness.ts';

const DAY = 86_400_000;
let h: Harness;
let r: Resident;
beforeEach(async () => {
  h = await openHarness({ municipalities: ['kobayashi'] });
  r = h.resident('kobayashi');
  await r.follow();
});
afterEach(() => h.close());

async function arrives(): Promise<string> {
  const before = h.line.screenText(r.userId).length;
  await h.conversation.beat();
  await h.conversation.idle();
  return h.line.screenText(r.userId).slice(before).join('\n');
}
const ticket = async () => (await h.tickets('kobayashi'))[0]!;

/** From 「昼間行けるところがほしい」 to the ticket at the coordinator. @returns everything on the screen. */
async function introduced(answer: 'はい、どうぞ' | '聞かないで'): Promise<string> {
  await r.say('昼間行けるところがほしい。居場所がほしい');
  await r.tap('はい、合っています');
  await r.tap('いない');
  await r.tap('居場所');
  await r.tap('はい、伝えてください');
  await r.tap(answer);
  return (await r.tap('この内容で届ける')).join('\n');
}

describe('after an introduction', () => {
  it('asks two weeks later, names no place and no trouble, and the answer reaches the coordinator’s ticket', async () => {
    expect(await introduced('はい、どうぞ')).toContain('届きました');
    expect(await ticket()).toMatchObject({
      window: 'shakyo',
      introduction: { resource: 'ibasho', mayAsk: 'yes', asked: 0 },
    });
    h.clock.advance((AFTER_DAYS - 1) * DAY);
    expect(await arrives()).toBe('');
    h.clock.advance(2 * DAY);
    const asked = await arrives();
    expect(asked).toContain('いかがでしたか');
    expect(asked).not.toMatch(/居場所|ひきこもり|孤立|紹介/u);
    expect(await arrives()).toBe('');
    expect((await r.tap('行ってよかった')).join('\n')).toContain('よかったです');
    const after = await ticket();
    expect(after.introduction).toMatchObject({ nextAt: null, unseen: true });
    expect(after.introduction!.answers.map(({ answer }) => answer)).toEqual(['good']);
    expect(after.history.at(-1)).toMatchObject({ by: 'resident', what: 'place_answered', detail: { answer: 'good' } });
    expect((await h.store.list('kobayashi', 'ticket', 'afterwards', { limit: 5 })).map(({ id }) => id)).toEqual([
      after.id,
    ]);
    h.clock.advance(60 * DAY);
    expect(await arrives()).toBe('');
  });

  it('asks nobody who said no, and no more after 「もう聞かないで」', async () => {
    await introduced('聞かないで');
    expect((await ticket()).introduction).toMatchObject({ mayAsk: 'no', nextAt: null });
    h.clock.advance(30 * DAY);
    expect(await arrives()).toBe('');
  });

  it('asks once more after 「まだ行っていない」, and stops when told in words', async () => {
    await introduced('はい、どうぞ');
    h.clock.advance(15 * DAY);
    await arrives();
    expect((await r.tap('まだ行っていない')).join('\n')).toContain('急がなくてだいじょうぶ');
    h.clock.advance(15 * DAY);
    expect(await arrives()).toContain('いかがでしたか');
    expect((await r.say('もう聞かないで')).join('\n')).toContain('もうお聞きしません');
    expect((await ticket()).introduction).toMatchObject({ mayAsk: 'stopped', nextAt: null });
    h.clock.advance(60 * DAY);
    expect(await arrives()).toBe('');
  });

  it('asks at most twice, whatever is answered', async () => {
    await introduced('はい、どうぞ');
    for (const wanted of [true, true, false]) {
      h.clock.advance(15 * DAY);
      const asked = await arrives();
      expect(asked.includes('いかがでしたか')).toBe(wanted);
      if (wanted) await r.tap('まだ行っていない');
    }
  });

  it('opens a closed ticket again when it did not suit, and takes the words that follow', async () => {
    await introduced('はい、どうぞ');
    await inDraft(h.store, 'kobayashi', async (draft) => {
      const one = await ticket();
      await draft.put('ticket', one.id, { ...one, state: 'closed' });
    });
    h.clock.advance(15 * DAY);
    await arrives();
    expect((await r.tap('行ったけど合わない')).join('\n')).toContain('一緒にさがせる');
    expect((await r.say('もう少し人の少ないところがいいです')).join('\n')).toContain('職員に伝えました');
    const after = await ticket();
    expect(after.state).toBe('accepted');
    expect(after.words.at(-1)?.text).toBe('もう少し人の少ないところがいいです');
    expect(after.introduction!.answers.map(({ answer }) => answer)).toEqual(['unfit', 'words']);
  });

  it('hears a crisis first, and asks nobody who erased their data', async () => {
    await introduced('はい、どうぞ');
    h.clock.advance(15 * DAY);
    await arrives();
    expect((await r.say('もう死にたい')).join('\n')).toContain('0120-279-338');
    expect((await ticket()).introduction!.answers).toEqual([]);
    const other = h.resident('kobayashi');
    await other.follow();
    r = other;
    await introduced('はい、どうぞ');
    await r.say('データを消して');
    await r.tap(r.buttons().find((label) => /消/u.test(label) && !/消さ/u.test(label))!);
    h.clock.advance(15 * DAY);
    expect(await arrives()).toBe('');
  });

  it('comes after the day of the visit when staff know it, and not on a day that is over', async () => {
    await introduced('はい、どうぞ');
    const one = await ticket();
    const act = { by: 'sato', now: h.clock.now() };
    expect(askOn(one, { ...act, day: '2020-01-01' })).toEqual({ ok: false, why: 'bad_day' });
    const set = askOn(one, { ...act, day: '2026-12-28' });
    expect(set.ok).toBe(true);
    if (set.ok) await inDraft(h.store, 'kobayashi', (draft) => putIntroduced(draft, set.ticket));
    h.clock.set(Date.parse('2026-12-27T15:00:00+09:00'));
    expect(await arrives()).toBe('');
    h.clock.set(Date.parse('2026-12-28T14:00:00+09:00'));
    expect(await arrives()).toContain('いかがでしたか');
  });
});
