/**
 * Who works on what in this process: one contact at a time and in order, contacts side by side, cities in turn; no city
 * has more than half of the workers while another waits (design.md, main path 4). Exactness does not rest on this: two
 * servers at the same contact meet at the commit's revision, and one of them runs again.
 */

export interface Dispatcher {
  /** The contact has something to do. */
  wake(municipality: string, contact: string): void;
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>;
  /** Takes nothing more; resolves when what runs has ended. */
  stop(): Promise<void>;
  waiting(): number;
}

interface City {
  /** In order of waking; a contact stands here once. */
  waiting: Set<string>;
  running: Map<string, { again: boolean }>;
}

/** @param options.work must not throw; what it leaves undone is found again by the sweep. */
export function createDispatcher(options: {
  workers: number;
  work(municipality: string, contact: string): Promise<void>;
}): Dispatcher {
  const cities = new Map<string, City>();
  let running = 0;
  let stopped = false;
  let turn = 0;
  let idle: (() => void)[] = [];

  const next = (): [string, City] | null => {
    const all = [...cities.entries()];
    const withWork = all.filter(([, city]) => city.waiting.size > 0);
    if (withWork.length === 0) return null;
    const share =
      withWork.length > 1 || all.some(([, c]) => c.running.size > 0 && c.waiting.size === 0)
        ? Math.max(1, options.workers >> 1)
        : options.workers;
    for (let i = 0; i < withWork.length; i++) {
      const candidate = withWork[(turn + i) % withWork.length]!;
      if (withWork.length === 1 || candidate[1].running.size < share) {
        turn = (turn + i + 1) % withWork.length;
        return candidate;
      }
    }
    return null;
  };

  const pump = (): void => {
    while (!stopped && running < options.workers) {
      const found = next();
      if (!found) break;
      const [municipality, city] = found;
      const [contact] = city.waiting;
      city.waiting.delete(contact!);
      start(municipality, city, contact!);
    }
    if (running === 0 && (stopped || [...cities.values()].every((city) => city.waiting.size === 0))) {
      const resolvers = idle;
      idle = [];
      for (const resolve of resolvers) resolve();
    }
  };

  const start = (municipality: string, city: City, contact: string): void => {
    const mark = { again: false };
    city.running.set(contact, mark);
    running++;
    void options.work(municipality, contact).finally(() => {
      running--;
      city.running.delete(contact);
      if (mark.again) city.waiting.add(contact);
      else if (city.waiting.size === 0 && city.running.size === 0) cities.delete(municipality);
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
        city = { waiting: new Set(), running: new Map() };
        cities.set(municipality, city);
      }
      const mark = city.running.get(contact);
      if (mark) mark.again = true;
      else city.waiting.add(contact);
      pump();
    },
    idle: whenIdle,
    stop() {
      stopped = true;
      return whenIdle();
    },
    waiting: () => [...cities.values()].reduce((sum, city) => sum + city.waiting.size, 0),
  };
}
