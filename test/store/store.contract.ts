/** What every driver promises. A driver's test file calls `storeContract` with a way to open and reopen its store. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Body, timeKey } from '#store/kinds.ts';
import type { Operation, Store } from '#store/store.ts';
import { generateKey } from '#support/key-ring.ts';

export interface StoreUnderTest {
  /** Opens the same data again, e.g. with another key ring. */
  open(keys: string): Promise<Store>;
  cleanUp(): Promise<void>;
}

const timer = (at: number, what = 'reminder'): Body<'timer'> => ({ at, what, contact: null, ticket: null, data: {} });
const put = (id: string, at: number, revision: number | 'any' = 0): Operation => ({
  type: 'put',
  kind: 'timer',
  id,
  revision,
  body: timer(at),
});

export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`store contract: ${name}`, () => {
    const keys = generateKey('k1');
    let under: StoreUnderTest;
    let store: Store;
    /** Each case has a city of its own, so that cases may share one server. */
    let city: string;

    beforeEach(async () => {
      under = await make();
      store = await under.open(keys);
      city = `t-${randomUUID()}`;
    });
    afterEach(async () => {
      await store.close();
      await under.cleanUp();
    });

    it('keeps what was committed, with revisions that count up', async () => {
      expect(await store.get(city, 'timer', 'a')).toBeNull();
      expect(await store.commit(city, [put('a', 5)])).toEqual({ ok: true });
      expect(await store.get(city, 'timer', 'a')).toEqual({ id: 'a', revision: 1, body: timer(5) });
      await store.commit(city, [put('a', 6, 1)]);
      expect(await store.get(city, 'timer', 'a')).toMatchObject({ revision: 2, body: { at: 6 } });
      expect((await store.getMany(city, 'timer', ['x', 'a'])).map((r) => r?.id ?? null)).toEqual([null, 'a']);
    });

    it('writes nothing of a commit when one condition does not hold, and names the record', async () => {
      await store.commit(city, [put('a', 1)]);
      expect(await store.commit(city, [put('b', 2), put('a', 3, 7)])).toEqual({ ok: false, kind: 'timer', id: 'a' });
      expect(await store.get(city, 'timer', 'b')).toBeNull();
      expect(
        await store.commit(city, [put('b', 2), { type: 'check', kind: 'timer', id: 'a', revision: 2 }]),
      ).toMatchObject({
        ok: false,
      });
      expect(await store.commit(city, [put('b', 2), { type: 'check', kind: 'timer', id: 'a', revision: 1 }])).toEqual({
        ok: true,
      });
      expect(await store.commit(city, [put('a', 9, 0)])).toMatchObject({ ok: false, id: 'a' });
      expect(await store.commit(city, [put('a', 9, 'any')])).toEqual({ ok: true });
    });

    it('writes nothing while a record stands in an index under a key that begins so, and says which beginning', async () => {
      const none = (at: string): Operation => ({ type: 'none', kind: 'timer', index: 'at', prefix: at });
      const early = timeKey(10).slice(0, -1);
      expect(await store.commit(city, [none(early), put('a', 12)])).toEqual({ ok: true });
      expect(await store.commit(city, [none(early), put('b', 25)])).toEqual({ ok: false, kind: 'timer', id: early });
      expect(await store.get(city, 'timer', 'b')).toBeNull();
      expect(await store.commit(city, [none(timeKey(20).slice(0, -1)), put('b', 25)])).toEqual({ ok: true });
      // Another city, another kind.
      expect(await store.commit(`${city}-2`, [none(early), put('b', 25)])).toEqual({ ok: true });
      await store.commit(city, [{ type: 'delete', kind: 'timer', id: 'a', revision: 'any' }]);
      // Of those that come at once each sees what the one before it has written.
      const results = await Promise.all(['c', 'd', 'e'].map((id) => store.commit(city, [none(early), put(id, 11)])));
      expect(results.map(({ ok }) => ok)).toEqual([true, false, false]);
    });

    it('deletes under a revision, and a deleted record can be made again', async () => {
      await store.commit(city, [put('a', 1)]);
      expect(await store.commit(city, [{ type: 'delete', kind: 'timer', id: 'a', revision: 4 }])).toMatchObject({
        ok: false,
      });
      expect(await store.commit(city, [{ type: 'delete', kind: 'timer', id: 'a', revision: 1 }])).toEqual({ ok: true });
      expect(await store.get(city, 'timer', 'a')).toBeNull();
      expect(await store.list(city, 'timer', 'at', { limit: 10 })).toEqual([]);
      expect(await store.commit(city, [put('a', 1)])).toEqual({ ok: true });
    });

    it('lets exactly one of 200 parallel writers of the same revision win', async () => {
      await store.commit(city, [put('a', 0)]);
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, i) => store.commit(city, [put('a', i + 1, 1)])),
      );
      expect(results.filter((r) => r.ok)).toHaveLength(1);
      expect(await store.get(city, 'timer', 'a')).toMatchObject({ revision: 2 });
    });

    it('carries out commits made at once as if one after the other, each holding or failing by itself', async () => {
      await store.commit(city, [put('a', 10), put('gone', 1)]);
      const results = await Promise.all([
        store.commit(city, [put('a', 20, 1)]),
        store.commit(city, [put('b', 5), put('a', 99, 1)]),
        store.commit(city, [put('a', 30, 2), { type: 'delete', kind: 'timer', id: 'gone', revision: 1 }]),
        store.commit(city, [put('gone', 40)]),
        store.commit(city, [{ type: 'delete', kind: 'timer', id: 'gone', revision: 1 }, put('c', 7)]),
        store.commit(city, [{ type: 'check', kind: 'timer', id: 'c', revision: 2 }, put('d', 8)]),
        store.commit(city, [put('c', 9, 1), put('gone', 50)]),
      ]);
      expect(results.map((result) => (result.ok ? 'ok' : result.id))).toEqual(['ok', 'a', 'ok', 'ok', 'ok', 'c', 'ok']);
      const rows = await store.list(city, 'timer', 'at', { limit: 9 });
      expect(rows.map(({ id, revision, body }) => [id, revision, body.at])).toEqual([
        ['c', 2, 9],
        ['a', 3, 30],
        ['gone', 1, 50],
      ]);
      expect(await store.counts(city, 'timer', 'at')).toEqual({ waiting: 3 });
      const { records } = await store.inspect(city, null, 100);
      expect(records.map(({ id, fault }) => [id, fault]).sort()).toEqual([
        ['a', null],
        ['c', null],
        ['gone', null],
      ]);
    });

    it('lists an index in order, by pages, forwards and backwards, and within bounds', async () => {
      await store.commit(
        city,
        [30, 10, 20, 20, 40].map((at, i) => put(`id${i}`, at)),
      );
      const ats = (rows: { body: { at: number } }[]): number[] => rows.map((row) => row.body.at);
      const first = await store.list(city, 'timer', 'at', { limit: 2 });
      expect(ats(first)).toEqual([10, 20]);
      const second = await store.list(city, 'timer', 'at', { limit: 9, after: first.at(-1)!.cursor });
      expect(ats(second)).toEqual([20, 30, 40]);
      const last = await store.list(city, 'timer', 'at', { limit: 2, reverse: true });
      expect(ats(last)).toEqual([40, 30]);
      expect(
        ats(await store.list(city, 'timer', 'at', { limit: 9, reverse: true, after: last.at(-1)!.cursor })),
      ).toEqual([20, 20, 10]);
      const key = (at: number): string => String(at).padStart(15, '0');
      expect(ats(await store.list(city, 'timer', 'at', { limit: 9, from: key(20), to: key(40) }))).toEqual([
        20, 20, 30,
      ]);
      expect(ats(await store.list(city, 'timer', 'at', { limit: 9, prefix: key(3).slice(0, -1) }))).toEqual([]);
    });

    it('follows a record whose key changes, and counts groups as they are', async () => {
      await store.commit(city, [put('a', 10), put('b', 20)]);
      expect(await store.counts(city, 'timer', 'at')).toEqual({ waiting: 2 });
      await store.commit(city, [put('a', 30, 1)]);
      expect((await store.list(city, 'timer', 'at', { limit: 9 })).map((row) => row.id)).toEqual(['b', 'a']);
      await store.commit(city, [{ type: 'delete', kind: 'timer', id: 'b', revision: 'any' }]);
      expect(await store.counts(city, 'timer', 'at')).toEqual({ waiting: 1 });
    });

    it('keeps cities and kinds apart', async () => {
      const other = `${city}-b`;
      await store.commit(city, [put('a', 1)]);
      await store.commit(other, [put('a', 2)]);
      expect(await store.get(city, 'timer', 'a')).toMatchObject({ body: { at: 1 } });
      expect(await store.list(other, 'timer', 'at', { limit: 9 })).toHaveLength(1);
      expect(await store.get(city, 'inbox', 'a')).toBeNull();
      await store.commit('-', [{ type: 'put', kind: 'setting', id: 'a', revision: 'any', body: { value: 'x' } }]);
      const cities = await store.municipalities();
      expect(cities).toEqual(expect.arrayContaining([city, other]));
      expect(cities).not.toContain('-');
    });

    it('sweeps what is over, and nothing else', async () => {
      const done = (id: string, expiresAt: number): Operation => ({
        type: 'put',
        kind: 'inbox',
        id,
        revision: 0,
        body: { event: null, order: '', attempts: 0, withdrawn: false, expiresAt },
      });
      await store.commit(city, [done('old', 10), done('young', 30), put('timer', 1)]);
      expect(await store.sweep(city, 20, 100)).toEqual({ inbox: 1 });
      expect(await store.get(city, 'inbox', 'old')).toBeNull();
      expect(await store.get(city, 'inbox', 'young')).not.toBeNull();
      expect(await store.sweep(city, 20, 100)).toEqual({});
    });

    it('sweeps the soonest first, as many as asked, by the time a record was last given', async () => {
      const done = (id: string, expiresAt: number, revision = 0): Operation => ({
        type: 'put',
        kind: 'inbox',
        id,
        revision,
        body: { event: null, order: '', attempts: 0, withdrawn: false, expiresAt },
      });
      await store.commit(city, [done('c', 30), done('a', 10), done('b', 20), done('later', 5)]);
      await store.commit(city, [done('later', 500, 1)]);
      expect(await store.sweep(city, 100, 2)).toEqual({ inbox: 2 });
      expect((await store.getMany(city, 'inbox', ['a', 'b', 'c', 'later'])).map((r) => r?.id ?? null)).toEqual([
        null,
        null,
        'c',
        'later',
      ]);
      expect(await store.sweep(city, 100, 10)).toEqual({ inbox: 1 });
    });

    it('orders keys by their bytes and then by id, whatever letters they have', async () => {
      const unmatched = (id: string, messageId: string): Operation => ({
        type: 'put',
        kind: 'unmatched',
        id,
        revision: 0,
        body: { at: 0, messageId, text: '', assessment: '', corrected: null, expiresAt: 1e15 },
      });
      const rows = ['', 'a', 'a!', 'ab', 'b', 'ー', '窓口', '𠮷', '\u{10fffe}'].flatMap((key) =>
        ['/', '1', '2|x', 'あ', '{b}'].map((id) => ({ key, id: `${key}${id}` })),
      );
      await store.commit(
        city,
        rows.toReversed().map(({ key, id }) => unmatched(id, key)),
      );
      rows.sort((x, y) => Buffer.compare(Buffer.from(`${x.key}\0${x.id}`), Buffer.from(`${y.key}\0${y.id}`)));
      const ids = rows.map(({ id }) => id);
      for (const reverse of [false, true]) {
        const met: string[] = [];
        let after: string | undefined;
        for (;;) {
          const page = await store.list(city, 'unmatched', 'message', {
            limit: 7,
            reverse,
            ...(after === undefined ? {} : { after }),
          });
          met.push(...page.map(({ id }) => id));
          after = page.at(-1)?.cursor;
          if (page.length < 7) break;
        }
        expect(met).toEqual(reverse ? ids.toReversed() : ids);
      }
      const between = await store.list(city, 'unmatched', 'message', { limit: 99, from: 'a', to: 'b' });
      expect(between.map(({ id }) => id)).toEqual(ids.filter((_, i) => rows[i]!.key >= 'a' && rows[i]!.key < 'b'));
      const prefixed = await store.list(city, 'unmatched', 'message', { limit: 99, prefix: 'a', reverse: true });
      expect(prefixed.map(({ id }) => id)).toEqual(ids.filter((_, i) => rows[i]!.key.startsWith('a')).toReversed());
    });

    it('takes large commits, large bodies and long keys', async () => {
      const long = (n: number): string => `${'long'.repeat(600)}${n}`;
      const unmatched = (n: number, revision: number, text: string): Operation => ({
        type: 'put',
        kind: 'unmatched',
        id: 'a',
        revision,
        body: { at: n, messageId: long(n), text, assessment: '', corrected: null, expiresAt: 1e15 },
      });
      const text = 'あ'.repeat(200_000);
      await store.commit(city, [unmatched(1, 0, text), ...Array.from({ length: 400 }, (_, i) => put(`id${i}`, i))]);
      expect(await store.get(city, 'unmatched', 'a')).toMatchObject({ revision: 1, body: { text } });
      expect(await store.list(city, 'timer', 'at', { limit: 1000 })).toHaveLength(400);
      await store.commit(city, [unmatched(2, 1, '')]);
      const keys = (await store.list(city, 'unmatched', 'message', { limit: 9 })).map((row) => row.key);
      expect(keys).toEqual([long(2)]);
      await store.commit(
        city,
        Array.from({ length: 400 }, (_, i) => ({ type: 'delete', kind: 'timer', id: `id${i}`, revision: 1 }) as const),
      );
      expect(await store.counts(city, 'timer', 'at')).toEqual({});
    });

    it('tells listeners what was written', async () => {
      const changes: string[] = [];
      const arrived = new Promise<void>((resolve) => {
        store.watch((change) => {
          if (change.municipality !== city) return;
          changes.push(`${change.kind} ${change.id}`);
          resolve();
        });
      });
      await store.commit(city, [put('a', 1), { type: 'check', kind: 'timer', id: 'zzz', revision: 0 }]);
      await arrived;
      expect(changes).toEqual(['timer a']);
    });

    it('still has everything when opened again, and refuses the wrong keys', async () => {
      await store.commit(city, [put('a', 1)]);
      await store.close();
      store = await under.open(generateKey('k1'));
      await expect(store.get(city, 'timer', 'a')).rejects.toMatchObject({ code: 'damaged' });
      await store.close();
      store = await under.open(keys);
      expect(await store.get(city, 'timer', 'a')).toMatchObject({ body: timer(1) });
    });

    it('seals everything again under a new key, after which the old one may go', async () => {
      await store.commit(
        city,
        Array.from({ length: 25 }, (_, i) => put(`id${i}`, i)),
      );
      await store.close();
      const next = generateKey('k2');
      store = await under.open(`${next},${keys}`);
      let cursor: string | null = null;
      let resealed = 0;
      do {
        const page: { cursor: string | null; resealed: number } = await store.reseal(city, cursor, 10);
        cursor = page.cursor;
        resealed += page.resealed;
      } while (cursor !== null);
      expect(resealed).toBe(25);
      await store.close();
      store = await under.open(next);
      expect(await store.list(city, 'timer', 'at', { limit: 100 })).toHaveLength(25);
    });

    it('leaves the index rows of a record as they were when only its body changes', async () => {
      await store.commit(city, [put('a', 1), put('b', 1)]);
      for (let revision = 1; revision < 5; revision++) {
        await store.commit(city, [
          { type: 'put', kind: 'timer', id: 'a', revision, body: timer(1, `try ${revision}`) },
        ]);
      }
      expect((await store.list(city, 'timer', 'at', { limit: 9 })).map((row) => [row.id, row.revision])).toEqual([
        ['a', 5],
        ['b', 1],
      ]);
      expect(await store.counts(city, 'timer', 'at')).toEqual({ waiting: 2 });
    });

    it('answers ping, and says that it is closed once it is', async () => {
      await store.ping();
      await store.close();
      await expect(store.get(city, 'timer', 'a')).rejects.toMatchObject({ code: 'closed' });
      await expect(store.commit(city, [put('a', 1)])).rejects.toMatchObject({ code: 'closed' });
    });

    it('agrees with a simple model over random commits', async () => {
      const operation = fc.record({
        id: fc.constantFrom('a', 'b', 'c'),
        at: fc.integer({ min: 0, max: 5 }),
        revision: fc.oneof(fc.constant('any' as const), fc.integer({ min: 0, max: 3 })),
        remove: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
          async (commits) => {
            const place = `t-${randomUUID()}`;
            const model = new Map<string, { revision: number; at: number }>();
            for (const operations of commits) {
              const unique = [...new Map(operations.map((o) => [o.id, o])).values()];
              const holds = unique.every(
                (o) => o.revision === 'any' || o.revision === (model.get(o.id)?.revision ?? 0),
              );
              const result = await store.commit(
                place,
                unique.map((o) =>
                  o.remove
                    ? { type: 'delete', kind: 'timer', id: o.id, revision: o.revision }
                    : put(o.id, o.at, o.revision),
                ),
              );
              expect(result.ok).toBe(holds);
              if (!holds) continue;
              for (const o of unique) {
                if (o.remove) model.delete(o.id);
                else model.set(o.id, { revision: (model.get(o.id)?.revision ?? 0) + 1, at: o.at });
              }
            }
            const rows = await store.list(place, 'timer', 'at', { limit: 100 });
            const expected = [...model].map(([id, { at, revision }]) => ({ id, at, revision }));
            expected.sort((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1));
            expect(rows.map((row) => ({ id: row.id, at: row.body.at, revision: row.revision }))).toEqual(expected);
            expect(await store.counts(place, 'timer', 'at')).toEqual(model.size === 0 ? {} : { waiting: model.size });
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}
