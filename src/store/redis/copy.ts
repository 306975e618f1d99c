/**
 * Every record of a city as it stands at one moment, while others go on writing. Records are read page by page; meanwhile
 * every commit notes what it writes (`COMMIT`), and what was noted is read again until little enough is left to be read
 * in one atomic step. That step's moment is the copy's: what was not noted since it was read has not changed since.
 */
import { randomUUID } from 'node:crypto';
import type { Copied, Driver } from '../driver.ts';
import { StoreError } from '../store.ts';
import type { Calls } from './calls.ts';
import { keysOf, readWhole, splitName } from './keys.ts';
import { BEGIN_COPY, TAKE_CHANGED } from './scripts.ts';

/** Should the copier die, commits stop noting after this. */
const LIFE_MS = 60_000;
const PAGE = 500;
/** Read in one step, which holds Redis up for some milliseconds. */
const AT_ONCE = 1_000;
/** What was noted is read again after so many pages, so that it does not grow with the city. */
const PAGES = 40;

export function createCopy(calls: Calls, scan: Driver['scan']): NonNullable<Driver['copy']> {
  return async function* copy(city) {
    const { copying, changed, records } = keysOf(city);
    const token = randomUUID();
    const life = String(LIFE_MS);
    if ((await calls.run(BEGIN_COPY, [copying, changed], [token, life], false)) !== 1) {
      throw new StoreError('unavailable', `another copy of ${city} is being made, or one was broken off a minute ago`);
    }
    let held = true;
    /** @returns what was noted, as it is now, and whether that was all of it. */
    const take = async (end: boolean): Promise<{ all: boolean; found: Copied[] }> => {
      const args = [token, life, String(AT_ONCE), records, end ? '1' : ''];
      const reply = (await calls.run(TAKE_CHANGED, [copying, changed], args, false)) as (Buffer | null)[] | Buffer;
      held = Array.isArray(reply);
      if (!Array.isArray(reply))
        throw new StoreError('unavailable', `the copy of ${city} took too long between two steps`);
      const found: Copied[] = [];
      for (let i = 1; i + 1 < reply.length; i += 2) {
        const name = String(reply[i]);
        const value = reply[i + 1];
        found.push(value ? readWhole(name, value) : { ...splitName(name), gone: true });
      }
      return { all: String(reply[0]) === 'all', found };
    };
    try {
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: Awaited<ReturnType<Driver['scan']>> = await scan(city, cursor, PAGE);
        yield page.records;
        cursor = page.cursor;
        for (const key of [copying, changed]) await calls.call(key, ['PEXPIRE', key, life], true);
        if (++pages % PAGES === 0) yield (await take(false)).found;
      } while (cursor !== null);
      for (;;) {
        const { all, found } = await take(true);
        yield found;
        if (all) return;
      }
    } finally {
      // Broken off: nothing more need be noted. The last step of a whole copy has done the same.
      for (const key of held ? [copying, changed] : []) await calls.call(key, ['DEL', key], true).catch(() => {});
    }
  };
}
