/** Stored records have versions: a newer program migrates what it reads, an older one says so instead of misreading. */
import { afterEach, expect, it } from 'vitest';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { KINDS } from '#store/kinds.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';

/** As a later program would declare it. */
const timer = KINDS.timer as unknown as { version: number; migrations?: ((body: unknown) => unknown)[] };
const keyRing = createKeyRing(generateKey('k1'));
const body = { at: 5, what: 'reminder', contact: null, ticket: null, data: {} };

afterEach(() => {
  timer.version = 1;
  delete timer.migrations;
});

it('migrates step by step on reading, writes the new version, and is refused by the old program', async () => {
  const store = createSealedStore({ driver: createEmbeddedDriver({ path: ':memory:' }), keyRing });
  await store.commit('ashiya', [{ type: 'put', kind: 'timer', id: 'a', revision: 0, body }]);
  timer.version = 3;
  timer.migrations = [
    (old) => ({ ...(old as typeof body), what: 'renamed' }),
    (old) => ({ ...(old as typeof body), at: (old as typeof body).at * 1000 }),
  ];
  const migrated = { ...body, what: 'renamed', at: 5_000 };
  expect(await store.get('ashiya', 'timer', 'a')).toEqual({ id: 'a', revision: 1, body: migrated });
  expect((await store.inspect('ashiya', null, 9)).records).toMatchObject([{ id: 'a', fault: null }]);
  await store.commit('ashiya', [{ type: 'put', kind: 'timer', id: 'a', revision: 1, body: migrated }]);
  expect(await store.get('ashiya', 'timer', 'a')).toMatchObject({ revision: 2, body: migrated });
  timer.version = 2;
  await expect(store.get('ashiya', 'timer', 'a')).rejects.toMatchObject({ code: 'damaged' });
  expect((await store.inspect('ashiya', null, 9)).records).toMatchObject([{ id: 'a', fault: 'newer' }]);
  await store.close();
});

it('what a migration makes is held against the schema', async () => {
  const store = createSealedStore({ driver: createEmbeddedDriver({ path: ':memory:' }), keyRing });
  await store.commit('ashiya', [{ type: 'put', kind: 'timer', id: 'a', revision: 0, body }]);
  timer.version = 2;
  timer.migrations = [() => ({ at: 'soon' })];
  await expect(store.get('ashiya', 'timer', 'a')).rejects.toMatchObject({ code: 'damaged' });
  await store.close();
});

it('a list passes over what was changed from outside, fills up with the next ones, and says so once; a strict one refuses', async () => {
  const driver = createEmbeddedDriver({ path: ':memory:' });
  const told: string[] = [];
  const store = createSealedStore({ driver, keyRing, passedOver: ({ kind, id }) => told.push(`${kind} ${id}`) });
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  await store.commit(
    'ashiya',
    ids.map((id, i) => ({ type: 'put', kind: 'timer', id, revision: 0, body: { ...body, at: i } })),
  );
  for (const record of (await driver.scan('ashiya', null, 99)).records) {
    if (!['b', 'c', 'f'].includes(record.id)) continue;
    const changed = Uint8Array.from(record.body, (byte, i) => (i === record.body.length - 1 ? byte ^ 1 : byte));
    await driver.commit('ashiya', [{ ...record, type: 'put', body: changed }], true);
  }
  const list = async (options: { limit: number; after?: string; reverse?: boolean }) =>
    (await store.list('ashiya', 'timer', 'at', options)).map(({ id }) => id);
  expect(await list({ limit: 2 })).toEqual(['a', 'd']);
  expect(await list({ limit: 9 })).toEqual(['a', 'd', 'e']);
  expect(await list({ limit: 2, reverse: true })).toEqual(['e', 'd']);
  const [first] = await store.list('ashiya', 'timer', 'at', { limit: 1 });
  expect(await list({ limit: 1, after: first!.cursor })).toEqual(['d']);
  expect(told.toSorted()).toEqual(['timer b', 'timer c', 'timer f']);
  await expect(store.list('ashiya', 'timer', 'at', { limit: 2, strict: true })).rejects.toMatchObject({
    code: 'damaged',
  });
  await store.close();
});

it('a list refuses what a newer program wrote: it is not damaged, and must not be missed', async () => {
  const store = createSealedStore({ driver: createEmbeddedDriver({ path: ':memory:' }), keyRing });
  timer.version = 2;
  await store.commit('ashiya', [{ type: 'put', kind: 'timer', id: 'a', revision: 0, body }]);
  timer.version = 1;
  await expect(store.list('ashiya', 'timer', 'at', { limit: 2 })).rejects.toMatchObject({ code: 'damaged' });
  await store.close();
});
