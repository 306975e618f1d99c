/**
 * Who works on what in this process: one contact at a time and in order, contacts side by side, cities in turn; no city
 * has more than half of the workers while another waits (design.md, main path 4). Exactness does not rest on this: two
 * servers at the same contact meet at the commit's revision, and one of them runs again.
 */

export interface Dispatcher {
  /** The contact has something to do. */
  wake(municipality: string, contact: string): void;
  /** The contact is waiting or being worked on here. */
  has(municipality: string, contact: string): boolean;
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>;
  /** Takes nothing more; resolves when what runs has ended. */
  stop(): Promise<void>;
  waiting(): number;
}

/** A turn takes about a quarter of a millisecond here: the other threads get their share before the round is over. */
const AT_ONCE = 16;

/**
 * @param free the worker may turn to others: what is left to do is to wait for somebody else (LINE's answer). The contact
 *   stays taken until the promise settles, so that its next turn comes after. May be called once.
 */
export type Work = (municipality: string, contact: string, free: () => void) => Promise<void>;

interface City {
  /** In order of waking; a contact stands here once. */
  waiting: Set<string>;
  running: Map<string, { again: boolean }>;
  /** Workers in use. */
  workers: number;
}

/** @param options.work must not throw; what it leaves undone is found again by the sweep. */
export function createDispatcher(options: { workers: number; work: Work }): Dispatcher {
  const cities = new Map<string, City>();
  /** Cities with somebody waiting, the next in turn first. */
  const inTurn = new Set<string>();
  const half = Math.max(1, options.workers >> 1);
  let workers = 0;
  let running = 0;
  /** Turns begun in this round of the event loop. */
  let begun = 0;
  let stopped = false;
  let idle: (() => void)[] = [];

  const next = (): [string, City] | null => {
    for (const municipality of inTurn) {
      const city = cities.get(municipality)!;
      if (inTurn.size > 1 && city.workers >= half) continue;
      return [municipality, city];
    }
    return null;
  };

  const pump = (): void => {
    while (!stopped && workers < options.workers) {
      const found = next();
      if (!found) break;
      if (begun >= AT_ONCE) break;
      if (begun++ === 0) setImmediate(nextRound);
      const [municipality, city] = found;
      const [contact] = city.waiting;
      city.waiting.delete(contact!);
      inTurn.delete(municipality);
      if (city.waiting.size > 0) inTurn.add(municipality);
      start(municipality, city, contact!);
    }
    if (running === 0 && (stopped || inTurn.size === 0)) {
      const resolvers = idle;
      idle = [];
      for (const resolve of resolvers) resolve();
    }
  };

  /** Between rounds the process hears who else has come in: a channel must be told 200 in time, whatever is waiting. */
  const nextRound = (): void => {
    begun = 0;
    pump();
  };

  const start = (municipality: string, city: City, contact: string): void => {
    const mark = { again: false };
    city.running.set(contact, mark);
    running++;
    workers++;
    city.workers++;
    let free = (): void => {
      free = () => {};
      workers--;
      city.workers--;
    };
    const work = options.work(municipality, contact, () => {
      free();
      pump();
    });
    void work.finally(() => {
      free();
      running--;
      city.running.delete(contact);
      if (mark.again) {
        city.waiting.add(contact);
        inTurn.add(municipality);
      } else if (city.waiting.size === 0 && city.running.size === 0) cities.delete(municipality);
      pump();
    });
  };

  const whenIdle = (): Promise<void> =>
    new Promise((resolve) => {
      idle.push(resolve);
      pump();
    });

  return {
    wake(municipality, contact) {
      let city = cities.get(municipality);
      if (!city) {
        city = { waiting: new Set(), running: new Map(), workers: 0 };
        cities.set(municipality, city);
      }
      const mark = city.running.get(contact);
      if (mark) mark.again = true;
      else {
        city.waiting.add(contact);
        inTurn.add(municipality);
      }
      pump();
    },
    has(municipality, contact) {
      const city = cities.get(municipality);
      return city !== undefined && (city.waiting.has(contact) || city.running.has(contact));
    },
    idle: whenIdle,
    stop() {
      stopped = true;
      return whenIdle();
    },
    waiting: () => [...cities.values()].reduce((sum, city) => sum + city.waiting.size, 0),
  };
}
