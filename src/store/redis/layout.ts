/**
 * The layout version of each city's data, and the steps from one to the next. A commit names the layout it writes, so
 * an older program cannot write while a step is under way, nor afterwards.
 */
import { randomUUID } from 'node:crypto';
import { StoreError } from '../store.ts';
import type { Calls } from './calls.ts';
import { CITIES, type CityKeys, keysOf, LAYOUT } from './keys.ts';

/** Changes one city's data; it is begun again after a crash, so it must bear having been done in part. */
export type Step = (calls: Calls, keys: CityKeys) => Promise<void>;

/** Index 0 leads from layout 1 to 2. Never change one that was released. */
const STEPS: readonly Step[] = [];

const LOCK_MS = 600_000;

/** @throws StoreError `misconfigured` when a newer program wrote; `unavailable` while another server migrates. */
export async function migrateLayout(options: {
  calls: Calls;
  layout?: number;
  steps?: readonly Step[];
}): Promise<void> {
  const { calls, layout = LAYOUT, steps = STEPS } = options;
  const cities = ((await calls.call(CITIES, ['SMEMBERS', CITIES], true)) as Iterable<Buffer>) ?? [];
  // Side by side: with 1,700 cities one after the other would be felt at every start.
  await Promise.all([...cities].map((city) => migrateCity(calls, String(city), layout, steps)));
}

async function migrateCity(calls: Calls, city: string, layout: number, steps: readonly Step[]): Promise<void> {
  const keys = keysOf(city);
  const read = async (): Promise<number> => {
    const text = await calls.call(keys.layout, ['GET', keys.layout], true);
    // `1>2`: a step was begun and not ended.
    return text === null ? layout : Number.parseInt(String(text), 10);
  };
  const found = await read();
  if (found === layout) return;
  if (found > layout) {
    throw new StoreError(
      'misconfigured',
      `the data of ${city} in Redis has layout ${found}, this program knows ${layout}`,
    );
  }
  const lock = keys.layout.replace(/layout$/u, 'migrating');
  const owner = randomUUID();
  if ((await calls.call(lock, ['SET', lock, owner, 'NX', 'PX', String(LOCK_MS)], false)) === null) {
    throw new StoreError('unavailable', `the data of ${city} is being migrated by another server`);
  }
  for (let version = await read(); version < layout; version++) {
    await calls.call(keys.layout, ['SET', keys.layout, `${version}>${version + 1}`], true);
    await steps[version - 1]!(calls, keys);
    await calls.call(keys.layout, ['SET', keys.layout, String(version + 1)], true);
  }
  await calls.call(lock, ['DEL', lock], true);
}
