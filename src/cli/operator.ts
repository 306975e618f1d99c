import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError, readConfig } from '#config';
import { loadContent } from '#content/load-content.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Store } from '#store/store.ts';
import { type Clock, systemClock } from '#support/clock.ts';
import { createIds, type Ids } from '#support/ids.ts';
import { openStore } from '../open-store.ts';
import { WrongUse } from './wrong-use.ts';

/** What a command for operators works on: the store the settings name, and the cities served. */
export interface Operator {
  store: Store;
  municipalities: readonly string[];
  clock: Clock;
  ids: Ids;
  /** Who runs the command, for the audit log: the account on this machine. */
  by: string;
  publicUrl: string;
  /** @throws WrongUse when the city is not served. */
  municipality(id: string | undefined): Promise<Municipality>;
}

/** Opens the store for one command and closes it afterwards, whatever happens. */
export async function asOperator(root: string, use: (operator: Operator) => Promise<number>): Promise<number> {
  const settings = readSettings();
  // Relative paths in the settings are seen from the project's top, as `npm start` sees them.
  const store = await openStore({ ...settings, DATA_DIR: resolve(root, settings.DATA_DIR) }, ({ kind, id }) =>
    process.stderr.write(`読めない記録をとばしました（${kind} ${id}）。tsunagi doctor で確かめてください。\n`),
  );
  try {
    return await use({
      store,
      municipalities: settings.municipalities,
      clock: systemClock,
      ids: createIds(),
      by: `cli:${userInfo().username}`,
      publicUrl: settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`,
      municipality: async (id) => {
        const content = await loadContent({ dir: join(root, settings.FLOWS_DIR) });
        const wanted = id ?? settings.municipalities[0] ?? '';
        const municipality = content.municipalities.get(wanted);
        if (municipality === undefined) {
          throw new WrongUse(`「${wanted}」がありません。ある市: ${[...content.municipalities.keys()].join('、')}`);
        }
        return municipality;
      },
    });
  } finally {
    await store.close();
  }
}

function readSettings(): ReturnType<typeof readConfig> {
  try {
    return readConfig();
  } catch (error) {
    throw error instanceof ConfigError ? new WrongUse(error.message) : error;
  }
}
