/** Opens the store the settings name: the embedded one, or Redis. */
import { mkdirSync } from 'node:fs';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Driver, UNFINISHED } from '#store/driver.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore, type PassedOver } from '#store/sealed-store.ts';
import { type Store, StoreError } from '#store/store.ts';
import { createKeyRing, generateKey, KeyError, type KeyRing, withCityKeys } from '#support/key-ring.ts';

export interface StoreSettings {
  DATA_DIR: string;
  REDIS_URL?: string | undefined;
  REDIS_ALLOW_UNSAFE?: 'yes' | 'no';
  SECRET_KEYS?: string | undefined;
  /** Keys of single cities, by city. */
  cityKeys?: ReadonlyMap<string, string>;
}

/** A store with what it is made of, for tools that copy or check records as they are kept. */
export interface Storage {
  store: Store;
  driver: Driver;
  keyRing: KeyRing;
}

/** @throws StoreError, also for half a store; KeyError */
export async function openStore(settings: StoreSettings, passedOver?: (record: PassedOver) => void): Promise<Store> {
  const { store, driver } = await openStorage(settings, passedOver);
  const [unfinished] = await driver.get('-', UNFINISHED, [UNFINISHED]);
  if (!unfinished) return store;
  await store.close();
  throw new StoreError(
    'misconfigured',
    'a restore or move into this store is under way or was broken off: empty it and begin again',
  );
}

/** @throws StoreError, KeyError */
export async function openStorage(
  settings: StoreSettings,
  passedOver: (record: PassedOver) => void = () => {},
): Promise<Storage> {
  if (settings.REDIS_URL === undefined) return openEmbedded(settings, passedOver);
  if (settings.SECRET_KEYS === undefined) {
    // A key made on one server could not open what another has sealed.
    throw new KeyError('SECRET_KEYS: needed with REDIS_URL, the same on every server (`tsunagi keys new` makes one)');
  }
  const keyRing = ringOf(settings.SECRET_KEYS, settings);
  const { createRedisDriver } = await import('#store/redis/redis-driver.ts');
  const allowUnsafe = settings.REDIS_ALLOW_UNSAFE === 'yes';
  const driver = await createRedisDriver({ url: settings.REDIS_URL, allowUnsafe });
  return { driver, keyRing, store: createSealedStore({ driver, keyRing, passedOver }) };
}

async function openEmbedded(settings: StoreSettings, passedOver: (record: PassedOver) => void): Promise<Storage> {
  mkdirSync(settings.DATA_DIR, { recursive: true, mode: 0o700 });
  const secretKeys = settings.SECRET_KEYS ?? (await localKeys(settings.DATA_DIR));
  const keyRing = ringOf(secretKeys, settings);
  const path = join(settings.DATA_DIR, 'tsunagi.db');
  // The thread that seals knows the common ring alone: with keys of single cities the sealing stays here.
  const ofCities = (settings.cityKeys?.size ?? 0) > 0;
  const driver = createEmbeddedDriver(ofCities ? { path } : { path, secretKeys });
  return { driver, keyRing, store: createSealedStore({ driver, keyRing, passedOver }) };
}

function ringOf(common: string, { cityKeys = new Map() }: StoreSettings): KeyRing {
  const cities = [...cityKeys].map(([city, keys]) => [city, createKeyRing(keys)] as const);
  return withCityKeys(createKeyRing(common), new Map(cities));
}

/** For a first try on one machine: a key made once, kept beside the data. A real service sets SECRET_KEYS. */
async function localKeys(dataDir: string): Promise<string> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'secret-keys');
  // Whole or not at all: written aside, then linked into place; whoever is first makes it.
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `${generateKey('local')}\n`, { mode: 0o600, flush: true });
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(aside);
  }
  return (await readFile(path, 'utf8')).trim();
}
