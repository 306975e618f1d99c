/**
 * What has to be done now and then for a city, by whichever server comes to it: delete what is over (R23), chain the
 * audit log (R24), and once a day carry out the periods that no record carries in itself.
 */
import { chainAudit } from '#handoff/audit.ts';
import { rememberSwept, reportSwept, retain } from '#handoff/retention.ts';
import type { Store, Stored } from '#store/store.ts';
import type { World } from './talk.ts';

const EVERY_MS = 30_000;
const SWEEP_ROWS = 500;
const CHAIN_LINES = 2_000;
const RETAIN_ROWS = 500;
const DAY_MS = 86_400_000;
const LAST = 'retention-day';
/** A clock that has moved on by more than this may be wrong: nothing is deleted before it has said so for an hour. */
const LEAP_DAYS = 7;
const LEAP_MS = 3_600_000;

export interface Housekeeping {
  /** @param always without waiting for its turn. */
  keep(municipality: string, always?: boolean): Promise<void>;
}

/** @param watch milliseconds that never jump. */
export function createHousekeeping(options: { world: World; store: Store; watch?: () => number }): Housekeeping {
  const { world, store, watch = () => performance.now() } = options;
  const next = new Map<string, number>();
  const leapt = new Map<string, number>();
  return {
    async keep(municipality, always = false) {
      if (!always && (next.get(municipality) ?? 0) > watch()) return;
      next.set(municipality, watch() + EVERY_MS);
      const now = world.clock.now();
      const last = await store.get(municipality, 'setting', LAST);
      if (!always && isLeap(municipality, last, now)) return;
      for (;;) {
        const deleted = await store.sweep(municipality, now, SWEEP_ROWS);
        const count = Object.values(deleted).reduce((sum, n) => sum + n, 0);
        if (count > 0) world.count('expired', { municipality }, count);
        await rememberSwept(store, municipality, deleted);
        if (count < SWEEP_ROWS) break;
      }
      await chainAudit(store, municipality, { limit: CHAIN_LINES });
      if (await isFirstToday(municipality, last, now)) await carryOut(municipality, now);
    },
  };

  /** Deleted is deleted: a clock that jumps for a moment must not do it. */
  function isLeap(municipality: string, last: Stored<'setting'> | null, now: number): boolean {
    if (last === null || Math.floor(now / DAY_MS) - Number(last.body.value) <= LEAP_DAYS) {
      leapt.delete(municipality);
      return false;
    }
    const since = leapt.get(municipality) ?? watch();
    leapt.set(municipality, since);
    world.log.warn('clock moved on by days: nothing is deleted for an hour', { municipality });
    return watch() - since < LEAP_MS;
  }

  /** Of all servers one is; its mark and the day are one record. */
  async function isFirstToday(municipality: string, last: Stored<'setting'> | null, now: number): Promise<boolean> {
    const today = String(Math.floor(now / DAY_MS));
    const ahead = last === null ? -1 : Number(last.body.value) - Number(today);
    // A mark of days to come was made by a clock that was wrong.
    if (ahead === 0 || ahead === 1) return false;
    const revision = last?.revision ?? 0;
    const mark = { type: 'put', kind: 'setting', id: LAST, revision, body: { value: today } } as const;
    return (await store.commit(municipality, [mark])).ok;
  }

  async function carryOut(municipality: string, now: number): Promise<void> {
    const script = world.script(municipality);
    if (!script) return;
    const city = script.municipality;
    await reportSwept(store, municipality, { now, ids: world.ids });
    for (;;) {
      const report = await retain(store, { municipality: city, now, limit: RETAIN_ROWS, ids: world.ids });
      for (const [what, n] of Object.entries(report)) world.count('retained', { municipality, what }, n);
      world.log.info('retention', { municipality, ...report });
      if (!Object.values(report).some((n) => n >= RETAIN_ROWS)) return;
    }
  }
}
