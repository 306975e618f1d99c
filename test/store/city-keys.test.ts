/** Cities with keys of their own on one server: what one seals, nobody opens without that city's key, whatever other keys they have. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keysRotate } from '#cli/keys.ts';
import { readConfig } from '#config';
import { inDraft } from '#store/draft.ts';
import { generateKey, KeyError } from '#support/key-ring.ts';
import { openStorage } from '../../src/open-store.ts';

const [common, ashiya, fukui] = [generateKey('common'), generateKey('ashiya1'), generateKey('fukui1')];
const TABLE = { resources: [], at: 1, by: 'x' };
const quiet = { stdout: { write: () => true }, stderr: { write: () => true } };

async function using<T>(
  dir: string,
  keys: { common?: string; cities?: [string, string][] },
  work: (storage: Awaited<ReturnType<typeof openStorage>>) => Promise<T>,
): Promise<T> {
  const storage = await openStorage({
    DATA_DIR: dir,
    SECRET_KEYS: keys.common ?? common,
    cityKeys: new Map(keys.cities ?? []),
  });
  try {
    return await work(storage);
  } finally {
    await storage.store.close();
  }
}
const put = (city: string) => (storage: Awaited<ReturnType<typeof openStorage>>) =>
  inDraft(storage.store, city, (draft) => draft.put('places', 'all', TABLE));
const get = (city: string) => async (storage: Awaited<ReturnType<typeof openStorage>>) =>
  (await storage.store.get(city, 'places', 'all'))?.body ?? null;

it('seals each city under its own key; the key of another opens nothing', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsunagi-keys-'));
  const cities: [string, string][] = [
    ['ashiya', ashiya],
    ['fukui', fukui],
  ];
  for (const city of ['ashiya', 'fukui', 'ikoma']) await using(dir, { cities }, put(city));
  for (const city of ['ashiya', 'fukui', 'ikoma']) expect(await using(dir, { cities }, get(city))).toEqual(TABLE);
  // The operator of 福井 alone, with the common ring and their own key.
  const own: [string, string][] = [['fukui', fukui]];
  expect(await using(dir, { cities: own }, get('fukui'))).toEqual(TABLE);
  await expect(using(dir, { cities: own }, get('ashiya'))).rejects.toThrow();
  await expect(using(dir, { cities: [['ashiya', fukui]] }, get('ashiya'))).rejects.toThrow();
});

it('opens what was sealed before the city had a key, and moves it by `keys rotate`', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsunagi-keys-'));
  await using(dir, {}, put('ashiya'));
  const cities: [string, string][] = [['ashiya', ashiya]];
  expect(await using(dir, { cities }, get('ashiya'))).toEqual(TABLE);
  expect(await using(dir, { cities }, (storage) => keysRotate(quiet, storage))).toBe(0);
  await expect(using(dir, {}, get('ashiya'))).rejects.toThrow();
  expect(await using(dir, { common: generateKey('other'), cities }, get('ashiya'))).toEqual(TABLE);
});

it('is set by SECRET_KEYS_<CITY>, and refuses one name for two keys', async () => {
  const given = { MUNICIPALITIES: 'ashiya,ube-city', SECRET_KEYS_ASHIYA: ashiya, SECRET_KEYS_UBE_CITY: fukui };
  expect(readConfig(given).cityKeys).toEqual(
    new Map([
      ['ashiya', ashiya],
      ['ube-city', fukui],
    ]),
  );
  const dir = mkdtempSync(join(tmpdir(), 'tsunagi-keys-'));
  await expect(using(dir, { cities: [['ashiya', generateKey('common')]] }, get('ashiya'))).rejects.toThrow(KeyError);
});
