/** Cases as the resident meets them on LINE: whether others may think along, the plan, and 「その後いかがですか」. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { askMeetingConsent, offerPlan } from '#conversation/case-messages.ts';
import { beginAgreedTouch, offerTouch } from '#conversation/keep-in-touch.ts';
import { hearingOf, MEETING, recordMeetingConsent } from '#handoff/cases/case-consent.ts';
import { take } from '#handoff/cases/case-steps.ts';
import { actOnCase, openCase } from '#handoff/cases/open-case.ts';
import { changePlan } from '#handoff/cases/plan.ts';
import { type Draft, inDraft } from '#store/draft.ts';
import { createIds } from '#support/ids.ts';
import { city } from '../handoff/cases/kit.ts';
import { type Harness, openHarness, type Resident } from './harness.ts';

const DAY = 86_400_000;
const ids = createIds();
let h: Harness;
let ashiya: Municipality;
let r: Resident;
beforeEach(async () => {
  h = await openHarness();
  ashiya = await city('ashiya');
  r = h.resident();
  await r.follow();
});
afterEach(() => h.close());

const world = () => ({ clock: h.clock, ids });
const work = <T>(run: (draft: Draft) => Promise<T>): Promise<T> => inDraft(h.store, 'ashiya', run);
/** What staff or a timer sent meanwhile, as it stands on the screen. */
async function arrives(): Promise<string> {
  const before = h.line.screenText(r.userId).length;
  await h.conversation.beat();
  await h.conversation.idle();
  return h.line.screenText(r.userId).slice(before).join('\n');
}
const ticketOf = async (id: string): Promise<Ticket> => (await h.store.get('ashiya', 'ticket', id))!.body;

/** A ticket taken up by staff, of the resident who has just talked to an end. */
async function ticket(change: Partial<Ticket> = {}): Promise<Ticket> {
  await r.say('親の介護と、家賃のことで困っています');
  await r.say('やめる');
  const { openTicket } = await import('#handoff/open-ticket.ts');
  const { factsSchema } = await import('#contracts/session.ts');
  const known = factsSchema.parse({ window: 'sogo', confirmedNeeds: ['livelihood', 'elderly'] });
  const meta = {
    id: 't1',
    receipt: 'AAA-1111',
    callBackCode: '1234',
    contact: r.contact,
    channel: 'line' as const,
    now: h.clock.now(),
  };
  const made: Ticket = { ...openTicket(ashiya, known, meta), state: 'accepted', ...change };
  await work(async (draft) => {
    draft.add('ticket', 't1', made);
    const contact = (await draft.get('contact', r.contact))!;
    await draft.put('contact', r.contact, { ...contact, tickets: ['t1'] });
  });
  return made;
}
const staff = { staff: 'staff-1' };
const wish = { ...staff, ticket: 't1', everyDays: 7, hour: 14, hoursSeen: false };

it('asks whether others may think along, naming each body, and keeps the answer with its wording', async () => {
  await ticket();
  const ask = () =>
    work((draft) =>
      askMeetingConsent(draft, world(), { ...staff, municipality: ashiya, ticket: 't1', bodies: ['csw', 'ある病院'] }),
    );
  await ask();
  const screen = await arrives();
  expect(screen).toMatch(/社会福祉協議会（CSW）/u);
  expect(screen).toMatch(/ある病院/u);
  expect(screen).toMatch(/断っても、いまの相談はそのまま続きます/u);
  expect((await r.tap('はい')).join('\n')).toMatch(/いっしょに考えます/u);
  const after = await ticketOf('t1');
  expect(hearingOf(after)).toBe('consented');
  expect(after.consents.map(({ recipient, state }) => [recipient, state])).toEqual([
    [MEETING, 'given'],
    ['csw', 'given'],
    ['ある病院', 'given'],
  ]);
  expect(after.consents[0]!.wording).toContain('ある病院');
  h.clock.advance(60_000);
  await ask();
  await arrives();
  await r.tap('いいえ');
  expect(hearingOf(await ticketOf('t1'))).toBe('closed');
});

it('shows the plan in plain words; the resident asks, and their words reach the counsellor; then agrees', async () => {
  const made = await ticket();
  const act = { municipality: ashiya, ids, by: 'staff-1', now: h.clock.now() };
  await work(async (draft) => {
    const row = { bodies: ['csw'], state: 'given' as const, wording: 'x', version: '1', at: act.now, by: 'resident' };
    await draft.put('ticket', 't1', recordMeetingConsent(made, row));
  });
  await work((draft) => openCase(draft, { ...act, id: 'c1', tickets: ['t1'], reason: 'x', urgency: 'regular' }));
  await work((draft) => actOnCase(draft, { ...act, case: 'c1', action: 'take' }, (one) => take(one, act)));
  const plan = {
    goals: [{ text: '家計を立てなおす', steps: [] }],
    reviewOn: null,
    forResident: '来週、いっしょに書類を見ます。',
  };
  await work((draft) =>
    actOnCase(draft, { ...act, case: 'c1', action: 'plan' }, (one) => changePlan(one, { ...act, plan, id: ids.id })),
  );
  expect((await work((draft) => offerPlan(draft, world(), { ...staff, municipality: ashiya, case: 'c1' }))).ok).toBe(
    true,
  );
  const screen = await arrives();
  expect(screen).toContain('来週、いっしょに書類を見ます。');
  expect(screen).not.toMatch(/家計|生活|お金/u);
  expect((await r.tap('聞きたいことがある')).join('\n')).toMatch(/そのまま書いてください/u);
  expect(await r.say('書類は何を持っていけばいいですか')).toEqual([]);
  expect((await ticketOf('t1')).words.at(-1)?.text).toBe('書類は何を持っていけばいいですか');
  expect((await r.tap('この案でいいです')).join('\n')).toMatch(/この案で進めます/u);
  expect((await h.store.get('ashiya', 'case', 'c1'))!.body).toMatchObject({
    state: 'running',
    plan: { agreement: { state: 'agreed', how: 'line' } },
  });
  // Another resident with the same button changes nothing.
  const stranger = h.resident();
  await stranger.follow();
  expect((await h.store.get('ashiya', 'case', 'c1'))!.body.contact).toBe(r.contact);
});

it('asks how it goes only after a yes, in the hour agreed, in neutral words; stops at once when told', async () => {
  await ticket();
  expect(await work((draft) => offerTouch(draft, world(), wish))).toEqual({ ok: true });
  expect(await arrives()).toMatch(/1週間に1回くらい、14時ごろ/u);
  h.clock.advance(8 * DAY);
  expect(await arrives()).toBe('');
  await r.tap('はい、お願いします');
  h.clock.advance(6 * DAY);
  expect(await arrives()).toBe('');
  h.clock.set(Date.parse('2026-12-09T14:00:00+09:00'));
  const asked = await arrives();
  expect(asked).toMatch(/その後、いかがですか/u);
  expect(asked).not.toMatch(/家賃|介護|お金|相談/u);
  expect((await r.say('ぼちぼちです。書類は出せました')).join('\n')).toMatch(/職員に伝えました/u);
  const after = await ticketOf('t1');
  expect(after.words.at(-1)?.text).toBe('ぼちぼちです。書類は出せました');
  expect(after.history.at(-1)).toMatchObject({ what: 'touch_answered', detail: { answer: 'words' } });
  expect((await h.store.list('ashiya', 'touch', 'news', { limit: 5 })).map((row) => row.id)).toEqual(['t1']);
  h.clock.advance(7 * DAY);
  await arrives();
  expect((await r.say('もう聞かないで')).join('\n')).toMatch(/もうお聞きしません/u);
  h.clock.advance(60 * DAY);
  expect(await arrives()).toBe('');
  expect(await work((draft) => offerTouch(draft, world(), wish))).toEqual({ ok: false, why: 'said_stop' });
});

it('opens a closed ticket again when somebody wants to talk, and hears a crisis first', async () => {
  await ticket({ state: 'closed' });
  await work((draft) => beginAgreedTouch(draft, world(), { ...wish, how: 'phone' }));
  h.clock.set(Date.parse('2026-12-01T14:00:00+09:00'));
  await arrives();
  expect((await r.tap('話したいです')).join('\n')).toMatch(/このまま書いてください/u);
  expect((await ticketOf('t1')).state).toBe('accepted');
  expect((await r.say('もう死にたい')).join('\n')).toMatch(/0120-279-338/u);
  // It was not taken for an answer to the question.
  expect((await h.store.get('ashiya', 'touch', 't1'))!.body.answers.map(({ answer }) => answer)).toEqual(['talk']);
});

it('writes to nobody unasked where there may be violence, and to nobody who erased their data or blocked', async () => {
  await ticket({ concerns: [{ concern: 'violence', most: true }] });
  expect(await work((draft) => offerTouch(draft, world(), wish))).toEqual({ ok: false, why: 'push_not_asked' });
  expect(await work((draft) => beginAgreedTouch(draft, world(), { ...wish, how: 'visit' }))).toEqual({ ok: true });
  await r.say('データを消して');
  await r.tap(r.buttons().find((label) => /消/u.test(label) && !/消さ/u.test(label))!);
  h.clock.advance(10 * DAY);
  expect(await arrives()).toBe('');
  expect(await h.store.get('ashiya', 'touch', 't1')).toBeNull();
});
