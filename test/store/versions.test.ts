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
