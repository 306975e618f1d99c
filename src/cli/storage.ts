/** Opens what the settings name, for one command on records as they are kept, and closes it afterwards. */
import { resolve } from 'node:path';
import { ConfigError, readConfig } from '#config';
import { openStorage, type Storage } from '../open-store.ts';
import { WrongUse } from './wrong-use.ts';

export type Settings = ReturnType<typeof readConfig>;

/** @throws WrongUse for a wrong setting; StoreError, KeyError. */
export async function withStorage(
  root: string,
  use: (storage: Storage, settings: Settings) => Promise<number>,
): Promise<number> {
  const settings = readSettings(root);
  const storage = await openStorage(settings);
  try {
    return await use(storage, settings);
  } finally {
    await storage.store.close();
  }
}

/** Relative paths in the settings are seen from the project's top, as `npm start` sees them. */
export function readSettings(root: string): Settings {
  try {
    const settings = readConfig();
    return { ...settings, DATA_DIR: resolve(root, settings.DATA_DIR) };
  } catch (error) {
    throw error instanceof ConfigError ? new WrongUse(error.message) : error;
  }
}

/** The cities there are, and the place for what belongs to none. */
export async function placesOf(storage: Pick<Storage, 'driver'>): Promise<string[]> {
  return ['-', ...(await storage.driver.municipalities())];
}
