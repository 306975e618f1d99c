import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { contextOf, type RawOperation } from '#store/driver.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Store } from '#store/store.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { storeContract } from './store.contract.ts';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'tsunagi-store-'));
const openAt = (path: string, keys: string): Store =>
  createSealedStore({ driver: createEmbeddedDriver({ path, busyTimeoutMs: 50 }), keyRing: createKeyRing(keys) });

storeContract('embedded', async () => {
  const dir = await folder();
  return {
    open: async (keys) => openAt(join(dir, 'store.db'), keys),
    cleanUp: () => rm(dir, { recursive: true }),
  };
});

storeContract('embedded without a thread', async () => {
  const dir = await folder();
  return {
    open: async (keys) =>
      createSealedStore({
        driver: createEmbeddedDriver({ path: join(dir, 'store.db'), thread: false }),
        keyRing: createKeyRing(keys),
      }),
    cleanUp: () => rm(dir, { recursive: true }),
  };
});

storeContract('embedded, sealing in its thread', async () => {
  const dir = await folder();
  return {
    open: async (keys) =>
      createSealedStore({
        driver: createEmbeddedDriver({ path: join(dir, 'store.db'), secretKeys: keys }),
        keyRing: createKeyRing(keys),
      }),
    cleanUp: () => rm(dir, { recursive: true }),
  };
});

describe('embedded store', () => {
  it('keeps words to be sealed, sealed bytes and operations without a body apart in one batch', async () => {
    const dir = await folder();
    const keys = generateKey('k1');
    const driver = createEmbeddedDriver({ path: join(dir, 'store.db'), secretKeys: keys });
    const ring = createKeyRing(keys);
    const put = (id: string, body: string | Uint8Array, revision: number | 'any' = 0): RawOperation => {
      return {
        type: 'put',
        kind: 'note',
        id,
        revision,
        version: 3,
        body,
        entries: [['at', `"${id}`, null]],
        expiresAt: null,
      };
    };
    const bytes = (text: string): Uint8Array => ring.seal(Buffer.from(text), 'ashiya/note/bytes');
    const words = '「家賃」が\n払えない 😢';
    const results = await Promise.all([
      driver.commit('ashiya', [put('words', words), put('bytes', bytes('一')), put('none', '')], true),
      driver.commit(
        'ashiya',
        [{ type: 'delete', kind: 'note', id: 'none', revision: 1 }, put('last', '終', 'any')],
        true,
      ),
      driver.commit(
        'ashiya',
        [{ type: 'check', kind: 'note', id: 'words', revision: 1 }, put('bytes', bytes('二'), 1)],
        true,
      ),
    ]);
    expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    const rows = await driver.get('ashiya', 'note', ['words', 'bytes', 'none', 'last']);
    const read = rows.map((row) => row && ring.open(row.body, contextOf('ashiya', 'note', row.id)).toString());
    expect(read).toEqual([words, '二', null, '終']);
    expect(rows.map((row) => row && [row.revision, row.version])).toEqual([[1, 3], [2, 3], null, [1, 3]]);
    await driver.close();
    await rm(dir, { recursive: true });
  });

  it('finishes what was asked before it closes', async () => {
    const dir = await folder();
    const keys = generateKey('k1');
    const store = openAt(join(dir, 'store.db'), keys);
    const writes = Array.from({ length: 50 }, (_, i) =>
      store.commit('ashiya', [{ type: 'put', kind: 'setting', id: `s${i}`, revision: 0, body: { value: 'x' } }]),
    );
    await store.close();
    expect(await Promise.all(writes)).toEqual(writes.map(() => ({ ok: true })));
    const again = openAt(join(dir, 'store.db'), keys);
    expect(await again.get('ashiya', 'setting', 's49')).not.toBeNull();
    await again.close();
    await rm(dir, { recursive: true });
  });

  it('leaves none of the words readable in its files', async () => {
    const dir = await folder();
    const store = openAt(join(dir, 'store.db'), generateKey('k1'));
    const words = 'ひみつのことば-secret-words';
    await store.commit('ashiya', [
      {
        type: 'put',
        kind: 'timer',
        id: 'a',
        revision: 0,
        body: { at: 1, what: words, contact: null, ticket: null, data: {} },
      },
    ]);
    const files = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name))));
    expect(files.length).toBeGreaterThan(0);
    for (const bytes of files) expect(bytes.includes(words)).toBe(false);
    await store.close();
    await rm(dir, { recursive: true });
  });

  it('says that it is unavailable while another program locks the file, and works again afterwards', async () => {
    const dir = await folder();
    const path = join(dir, 'store.db');
    const store = openAt(path, generateKey('k1'));
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const write = () =>
      store.commit('ashiya', [{ type: 'put', kind: 'setting', id: 'a', revision: 'any', body: { value: 'x' } }]);
    await expect(write()).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
    other.exec('ROLLBACK');
    expect(await write()).toEqual({ ok: true });
    other.close();
    await store.close();
    await rm(dir, { recursive: true });
  });

  it('refuses a file written by a newer program with a sentence', async () => {
    const dir = await folder();
    const path = join(dir, 'store.db');
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => createEmbeddedDriver({ path })).toThrow('the database has version 99');
    await rm(dir, { recursive: true });
  });
});
