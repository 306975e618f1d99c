/** One server, one contact: what a failure left over comes before what was written later. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StoreError } from '#store/store.ts';
import { type Harness, openHarness } from './harness.ts';

let h: Harness;
beforeEach(async () => {
  h = await openHarness();
});
afterEach(async () => {
  await h.close();
});

it('a message whose turn met a store that was away is answered before the next one', async () => {
  const r = h.resident();
  await r.follow();
  const { commit } = h.store;
  h.store.commit = async (city, operations, options) => {
    if (operations.some(({ kind }) => kind === 'contact')) throw new StoreError('unavailable', 'away');
    return commit(city, operations, options);
  };
  await r.say('家賃が払えません');
  h.store.commit = commit;
  h.clock.advance(1000);
  expect(h.counts.get('work_left ashiya')).toBe(1);
  await r.say('母の物忘れも心配です');
  const replies = h.line.calls.flatMap(({ delivered, body }) =>
    delivered ? [(body as { replyToken: string }).replyToken] : [],
  );
  const written = h.line.resident(r.userId)!.bubbles.filter(({ from }) => from === 'resident');
  expect(written).toHaveLength(2);
  const heard = (await h.store.get('ashiya', 'session', r.contact))!.body.session.facts.heard.map(({ text }) => text);
  expect(heard).toEqual(['家賃が払えません', '母の物忘れも心配です']);
  // The greeting, and one answer each.
  expect(new Set(replies).size).toBe(3);
});
