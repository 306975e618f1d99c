/**
 * The time of somebody all servers ask, carried on between two questions by a watch that never jumps: then it does not
 * matter what this machine's clock says.
 */
import type { Clock } from './clock.ts';

export interface SharedClock extends Clock {
  /** Asks now. An answer that took too long to come is not used. @throws what `ask` throws */
  sync(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 10_000;
/** The answer may be wrong by half of the way there and back. */
const LONGEST_WAY_MS = 200;
const TRIES = 5;

/**
 * @param options.ask milliseconds UTC.
 * @param options.watch milliseconds that never jump.
 * @returns once the time is known. @throws what `ask` throws the first time; later the last known time is carried on.
 */
export async function createSharedClock(options: {
  ask(): Promise<number>;
  watch?: () => number;
  everyMs?: number;
}): Promise<SharedClock> {
  const { ask, watch = () => performance.now(), everyMs = EVERY_MS } = options;
  let offset: number | null = null;

  const sync = async (): Promise<void> => {
    for (let i = 0; i < TRIES; i++) {
      const before = watch();
      const told = await ask();
      const way = watch() - before;
      // At the start any answer is better than this machine's clock.
      if (way > LONGEST_WAY_MS && (offset !== null || i < TRIES - 1)) continue;
      offset = told + way / 2 - watch();
      return;
    }
  };
  await sync();
  const timer = setInterval(() => void sync().catch(() => {}), everyMs);
  timer.unref();
  return { now: () => Math.round(watch() + offset!), sync, stop: () => clearInterval(timer) };
}
