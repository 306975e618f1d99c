/** What is left of the month's messages, asked of the channel now and then: a page never waits long for it. */
import type { Clock } from '#support/clock.ts';

export type Quota = { limit: number | null; used: number } | null;

const FRESH_MS = 60_000;
const PATIENCE_MS = 300;

/** @returns the newest answer; an older one (null at first) when the channel takes its time or fails. */
export function createQuotaCache(options: {
  ask(municipality: string): Promise<Quota>;
  clock: Clock;
}): (municipality: string) => Promise<Quota> {
  const known = new Map<string, { at: number; quota: Quota }>();
  const asking = new Map<string, Promise<void>>();
  const refresh = (municipality: string): Promise<void> => {
    let running = asking.get(municipality);
    if (!running) {
      const at = options.clock.now();
      running = options
        .ask(municipality)
        .then(
          (quota) => void known.set(municipality, { at, quota }),
          // Asked again after the same while: a channel that is away is not pressed.
          () => void known.set(municipality, { at, quota: known.get(municipality)?.quota ?? null }),
        )
        .finally(() => asking.delete(municipality));
      asking.set(municipality, running);
    }
    return running;
  };
  return async (municipality) => {
    const last = known.get(municipality);
    if (!last || options.clock.now() - last.at >= FRESH_MS) {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      await Promise.race([refresh(municipality), patience]);
      clearTimeout(timer);
    }
    return known.get(municipality)?.quota ?? null;
  };
}
