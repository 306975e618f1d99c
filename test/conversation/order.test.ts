/** One server, one contact: what a failure left over comes before what was written later. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { StoreError } from '#store/store.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
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
  const heard = (await h.session(r.contact))!.facts.heard.map(({ text }) => text);
  expect(heard).toEqual(['家賃が払えません', '母の物忘れも心配です']);
  // The greeting, and one answer each.
  expect(new Set(replies).size).toBe(3);
});

it('a message that meets a record under a key this server has not got yet waits for one that has it', async () => {
  const r = h.resident();
  await r.follow();
  await r.say('もう死にたい');
  const [ticket] = await h.tickets();
  // As another server writes that was given the new key before this one.
  const sealUnder = async (keys: string): Promise<void> => {
    const keyRing = createKeyRing(keys);
    const elsewhere = createSealedStore({ driver: createEmbeddedDriver({ path: h.dbPath }), keyRing });
    const { body, revision } = (await elsewhere.get('ashiya', 'ticket', ticket!.id))!;
    await elsewhere.commit('ashiya', [{ type: 'put', kind: 'ticket', id: ticket!.id, revision, body }]);
    await elsewhere.close();
  };
  const newer = generateKey('k2');
  await sealUnder(`${newer},${h.secretKeys}`);
  expect(await r.say('やっぱり死にたい')).toEqual([]);
  await sealUnder(`${h.secretKeys},${newer}`);
  const before = h.line.screenText(r.userId).length;
  await h.restart();
  await h.conversation.idle();
  expect(h.line.screenText(r.userId).slice(before).join('\n')).toMatch(/119|110|電話/u);
  expect(h.counts.get('turn_failures ashiya')).toBeUndefined();
});
