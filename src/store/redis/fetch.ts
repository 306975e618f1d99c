/** Reads values by their keys: what is asked for in one round of the event loop, for one city, goes over in one call. */
import { StoreError } from '../store.ts';
import type { Calls } from './calls.ts';

export type Fetch = (city: string, names: readonly string[]) => Promise<(Buffer | null)[]>;

interface Asked {
  names: readonly string[];
  resolve(values: (Buffer | null)[]): void;
  reject(error: unknown): void;
}

/** Redis does nothing else while it answers a call. */
const MOST_NAMES = 200;

export function createFetch(options: { calls: Calls; mostWaiting?: number }): Fetch {
  const { calls, mostWaiting = 10_000 } = options;
  let cities = new Map<string, Asked[]>();
  let waiting = 0;

  const send = async (asked: readonly Asked[]): Promise<void> => {
    const all = asked.flatMap(({ names }) => names);
    try {
      const values = (await calls.call(all[0]!, ['MGET', ...all], true)) as (Buffer | null)[];
      let from = 0;
      for (const { names, resolve } of asked) {
        resolve(values.slice(from, from + names.length));
        from += names.length;
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      waiting -= asked.length;
    }
  };
  const sendAll = (): void => {
    const gathered = cities;
    cities = new Map();
    for (const asked of gathered.values()) for (const group of groups(asked)) void send(group);
  };

  return (city, names) => {
    if (names.length === 0) return Promise.resolve([]);
    if (waiting >= mostWaiting) {
      return Promise.reject(new StoreError('unavailable', `more than ${mostWaiting} calls wait for Redis`));
    }
    waiting++;
    return new Promise((resolve, reject) => {
      if (cities.size === 0) setImmediate(sendAll);
      const asked = cities.get(city);
      const one = { names, resolve, reject };
      if (asked) asked.push(one);
      else cities.set(city, [one]);
    });
  };
}

function groups(asked: readonly Asked[]): Asked[][] {
  const all: Asked[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const one of asked) {
    size += one.names.length;
    if (size <= MOST_NAMES) all.at(-1)!.push(one);
    else {
      all.push([one]);
      size = one.names.length;
    }
  }
  return all;
}
