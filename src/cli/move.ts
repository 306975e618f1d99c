/** `tsunagi move REDIS_URL`: copies the embedded store into an empty Redis. The service is stopped meanwhile. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '#store/driver.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createRedisDriver } from '#store/redis/redis-driver.ts';
import { readTarget } from '#store/redis/target.ts';
import { StoreError } from '#store/store.ts';
import { expectEmpty, readAll, writeAll } from './copy-records.ts';
import type { Out } from './out.ts';
import { WrongUse } from './wrong-use.ts';

/** @throws WrongUse when there is nothing to move, or Redis is not empty; StoreError. */
export async function move(options: { dataDir: string; to: string; allowUnsafe: boolean }, io: Out): Promise<number> {
  const path = join(options.dataDir, 'tsunagi.db');
  if (!existsSync(path)) throw new WrongUse(`${path} がありません。`);
  try {
    readTarget({ url: options.to });
  } catch (error) {
    throw new WrongUse((error as Error).message);
  }
  const from = openAlone(path);
  try {
    const to = await createRedisDriver({ url: options.to, allowUnsafe: options.allowUnsafe });
    try {
      await expectEmpty(to);
      const written = await writeAll(to, readAll(from));
      io.stdout.write(
        `${written}件を移しました。REDIS_URL と SECRET_KEYS を設定して tsunagi doctor で確かめ、それからサービスを始めてください。\n`,
      );
      return 0;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** What a running service wrote after it was read would be missing. */
function openAlone(path: string): Driver {
  try {
    return createEmbeddedDriver({ path, alone: true });
  } catch (error) {
    if (!(error instanceof StoreError) || !error.message.endsWith('is open elsewhere')) throw error;
    throw new WrongUse(`${path} を、ほかのプロセスが使っています。サービスを止めてから、やり直してください。`);
  }
}
