/** What the city keeps ends when it says (R23), by itself, class by class, with a report; a clock gone wrong deletes nothing. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { doctor, type Report } from '#cli/doctor.ts';
import { createHousekeeping } from '#conversation/housekeeping.ts';
import type { World } from '#conversation/talk.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { createKeyRing } from '#support/key-ring.ts';
import { type Harness, openHarness } from './harness.ts';

const DAY = 86_400_000;
let h: Harness;
beforeEach(async () => {
  h = await openHarness();
});
afterEach(async () => {
  await h.close();
});
/** As two servers look that come to the day's work at once. */
const twoAtOnce = () => Promise.all([h.conversation.beat(), h.conversation.beat()]);
const reports = async (): Promise<Record<string, string>[]> =>
  (await h.store.list('ashiya', 'audit', 'at', { limit: 1_000 }))
    .filter(({ body }) => body.action === 'retention.report')
    .map(({ body }) => body.detail);

it('talks after their days, tickets after their years: each deleted by the beat and reported, once', async () => {
  const r = h.resident();
  await r.follow();
  await r.say('もう死にたい');
  await r.say('あいうえお');
  await h.conversation.beat();
  expect(await h.session(r.contact)).not.toBeNull();
  expect(await reports()).toEqual([]);
  h.clock.advance(91 * DAY);
  await twoAtOnce();
  expect(await h.session(r.contact)).toBeNull();
  expect(await h.store.list('ashiya', 'unmatched', 'at', { limit: 9 })).toEqual([]);
  expect(await h.tickets()).toHaveLength(1);
  expect(await reports()).toEqual([expect.objectContaining({ session: '1' })]);
  h.clock.advance(5 * 365 * DAY);
  await twoAtOnce();
  // The contact ends after its last ticket.
  await h.conversation.beat();
  expect(await h.tickets()).toEqual([]);
  expect((await reports()).filter(({ tickets }) => tickets !== undefined)).toEqual([
    expect.objectContaining({ tickets: '1' }),
  ]);
  // Nothing that is left refers to what is gone.
  let said = '';
  const io = { stdout: { write: (text: string) => (said += text) }, stderr: { write: () => true } };
  const driver = createEmbeddedDriver({ path: h.dbPath });
  const keyRing = createKeyRing(h.secretKeys);
  const storage = { driver, keyRing, store: createSealedStore({ driver, keyRing }) };
  await doctor({ json: true, now: h.clock.now() }, io, storage, new Map());
  await driver.close();
  const city = (JSON.parse(said) as Report[]).find((report) => report.city === 'ashiya')!;
  expect(city.faults).toEqual([]);
  expect(Object.keys(city.kinds)).toEqual(['audit', 'setting']);
});

it('a clock that jumps on by months for a while deletes nothing; one that stays does after an hour', async () => {
  const r = h.resident();
  await r.say('もう死にたい');
  await h.conversation.beat();
  let watch = 0;
  const warned: string[] = [];
  const log = { info: () => {}, error: () => {}, debug: () => {}, warn: (what: string) => warned.push(what) };
  const script = () => null;
  const world = { clock: h.clock, log, script, count: () => {} } as unknown as World;
  const { keep } = createHousekeeping({ world, store: h.store, watch: () => watch });
  const there = async (): Promise<boolean> => (await h.session(r.contact)) !== null;
  h.clock.advance(400 * DAY);
  await keep('ashiya');
  expect(await there()).toBe(true);
  expect(warned).toHaveLength(1);
  h.clock.advance(-400 * DAY);
  watch += 3_600_000;
  await keep('ashiya');
  h.clock.advance(400 * DAY);
  watch += 60_000;
  await keep('ashiya');
  expect(await there()).toBe(true);
  watch += 3_600_000;
  await keep('ashiya');
  expect(await there()).toBe(false);
});

it('a mark that a wrong clock has left in the future does not stop the deleting', async () => {
  const r = h.resident();
  await r.say('もう死にたい');
  await h.store.commit('ashiya', [
    { type: 'put', kind: 'setting', id: 'retention-day', revision: 'any', body: { value: '99999' } },
  ]);
  h.clock.advance(6 * 365 * DAY);
  await h.conversation.beat();
  expect(await h.tickets()).toEqual([]);
});
