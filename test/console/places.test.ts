/** 参加支援 as the coordinator meets it: what the resident told about the place, when they are asked, and the figures. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Introduction, PlaceAnswer } from '#contracts/ticket.ts';
import { CITY, type Office, openOffice, TUESDAY_TEN } from './harness.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(() => office.close());

const introduction = (more: Partial<Introduction> = {}, ...answers: PlaceAnswer[]): Introduction => ({
  resource: 'hamayu',
  name: '地域活動支援センター はまゆう',
  at: TUESDAY_TEN,
  mayAsk: 'yes',
  asked: answers.length,
  nextAt: null,
  answers: answers.map((answer) => ({ at: TUESDAY_TEN, answer })),
  unseen: answers.length > 0,
  ...more,
});

it('shows what came back first on the coordinator’s page, until it was seen', async () => {
  const sato = await office.enter('sato', ['counsellor', 'coordinator'], ['sogo']);
  const ticket = await office.ticket({ state: 'accepted', introduction: introduction({}, 'unfit') });
  await sato.get('/cases');
  expect(sato.text()).toMatch(new RegExp(`${ticket.receipt} 行ったけど合わない 紹介した場所のこと`, 'u'));
  expect(await sato.go(`/tickets/${ticket.id}/place-seen`)).not.toContain('行ったけど合わない');
  expect((await office.read(ticket.id)).introduction).toMatchObject({ unseen: false });
});

it('is not shown to a counsellor of another window, nor in a masked ticket', async () => {
  const ticket = await office.ticket({ state: 'accepted', introduction: introduction({}, 'good') });
  const other = await office.enter('ito', ['counsellor'], ['csw']);
  await other.get('/cases');
  expect(other.text()).not.toContain(ticket.receipt);
  const own = await office.enter('mori', ['counsellor'], ['sogo']);
  await own.get(`/tickets/${ticket.id}`);
  expect(own.text()).not.toContain('はまゆう');
  expect(await own.go(`/tickets/${ticket.id}/open`)).toMatch(/場所への紹介 地域活動支援センター はまゆう/u);
});

it('lets the day be set after the visit is known, and says why where nobody may ask', async () => {
  const sato = await office.enter('sato', ['counsellor', 'coordinator'], ['sogo']);
  const ticket = await office.ticket({ state: 'accepted', introduction: introduction() });
  await sato.get(`/tickets/${ticket.id}/together`);
  expect(sato.text()).toContain('連絡してよい時間');
  expect(await sato.go(`/tickets/${ticket.id}/place-day`, { day: '2026-11-23' })).toContain('日付を確かめてください');
  expect(await sato.go(`/tickets/${ticket.id}/place-day`, { day: '2026-12-08' })).toContain(
    '12/8(火)に「いかがでしたか」とお聞きします',
  );
  expect(await office.store.get(CITY, 'timer', `place|${ticket.id}`)).toMatchObject({
    body: { at: Date.parse('2026-12-08T14:00:00+09:00'), what: 'place' },
  });
  const no = await office.ticket({ state: 'accepted', introduction: introduction({ mayAsk: 'no' }) });
  await sato.get(`/tickets/${no.id}/together`);
  expect(sato.text()).toContain('こちらからはたずねません');
  expect(await sato.go(`/tickets/${no.id}/place-day`, { day: '2026-12-08' })).toContain('本人の同意がありません');
});

it('counts who has been there towards the plan’s figure, and hides a place of few', async () => {
  const sato = await office.enter('sato', ['counsellor', 'coordinator'], ['sogo']);
  const many = [
    ...Array.from({ length: 6 }, () => 'good' as const),
    ...Array.from({ length: 5 }, () => 'unfit' as const),
  ];
  for (const answer of many) await office.ticket({ introduction: introduction({}, answer) });
  await office.ticket({ introduction: introduction({ resource: 'koeruba', name: 'こえる場！' }, 'good') });
  await sato.get('/community');
  expect(sato.text()).toMatch(/地域活動支援センター はまゆう 6 5 0 0 11/u);
  expect(sato.text()).not.toMatch(/こえる場！ [＊0-9]/u);
  expect(sato.text()).toMatch(/ほかの場所（5件未満） ＊ ＊ 0 0 ＊/u);
  expect(sato.text()).toMatch(/活動につながった人 .*?5人以上 12人 ○/u);
  const csv = await (await sato.get('/community/csv?month=2026-11')).text();
  expect(csv).toMatch(/地域活動支援センター はまゆう,6,5,0,0,11/u);
});
