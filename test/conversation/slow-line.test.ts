/** LINE takes its time over an answer: the next message, which may be a crisis, is worked on meanwhile, and answered after. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Harness, openHarness } from './harness.ts';

let h: Harness;
beforeEach(async () => {
  h = await openHarness();
});
afterEach(async () => {
  await h.close();
});

it('a crisis behind a slow answer has its ticket and alert within two seconds, and its answer in order', async () => {
  const r = h.resident();
  await r.follow();
  h.line.fault({ kind: 'slow', ms: 5_000 });
  await h.line.say(r.userId, '家賃が払えません');
  h.clock.advance(1_000);
  const began = performance.now();
  await h.line.say(r.userId, 'もう死にたい');
  await expect.poll(() => h.tickets(), { timeout: 4_000 }).toHaveLength(1);
  expect(performance.now() - began).toBeLessThan(2_500);
  expect(h.line.calls.filter(({ delivered }) => delivered)).toHaveLength(2);
  await h.conversation.idle();
  const screen = h.line.screenText(r.userId);
  expect(screen.at(-1)).toMatch(/119|110|電話/u);
  expect(h.line.counts().delivered).toBe(3);
  expect(h.line.counts().pushes).toBe(0);
});

it('a stop waits for the answer that is under way', async () => {
  const r = h.resident();
  await r.follow();
  h.line.fault({ kind: 'slow', ms: 2_000 });
  await h.line.say(r.userId, '家賃が払えません');
  await h.line.whenCalled(({ fault }) => fault === 'slow');
  await h.restart();
  // Nothing is left to send, and what a free reply took leaves nothing.
  expect(await h.store.list('ashiya', 'outgoing', 'contact', { prefix: `${r.contact}|`, limit: 9 })).toEqual([]);
  expect(h.line.calls.filter((call) => call.delivered)).toHaveLength(2);
});

it('words withdrawn while their answer is on its way are not in what another server would send', async () => {
  const r = h.resident();
  await r.follow();
  const open = async () => JSON.stringify(await h.store.list('ashiya', 'outgoing', 'due', { limit: 9 }));
  h.line.fault({ kind: 'slow', ms: 5_000 });
  const event = h.line.events.text(r.userId, '借金が三百万円あります');
  const { id } = (event as unknown as { message: { id: string } }).message;
  await h.line.deliver('ashiya', [event]);
  await expect.poll(open).toContain('三百万円');
  await h.line.deliver('ashiya', [h.line.events.unsend(r.userId, id)]);
  await expect.poll(open, { timeout: 4_000 }).not.toContain('三百万円');
  expect(await open()).toContain('"state":"sending"');
  await h.conversation.idle();
});
