/**
 * What has to be done now and then for a city, by whichever server comes to it: delete what is over (R23), chain the
 * audit log (R24), and once a day carry out the periods that no record carries in itself.
 */
import { chainAudit } from '#handoff/audit.ts';
import { retain } from '#handoff/retention.ts';
import type { Store } from '#store/store.ts';
import type { World } from './talk.ts';

const EVERY_MS = 30_000;
const SWEEP_ROWS = 500;
const CHAIN_LINES = 2_000;
const RETAIN_ROWS = 500;
const DAY_MS = 86_400_000;
const LAST = 'retention-day';

export interface Housekeeping {
  /** @param always without waiting for its turn. */
  keep(municipality: string, always?: boolean): Promise<void>;
}

/** @param watch milliseconds that never jump. */
export function createHousekeeping(options: { world: World; store: Store; watch?: () => number }): Housekeeping {
  const { world, store, watch = () => performance.now() } = options;
  const next = new Map<string, number>();
  return {
    async keep(municipality, always = false) {
      if (!always && (next.get(municipality) ?? 0) > watch()) return;
      next.set(municipality, watch() + EVERY_MS);
      const now = world.clock.now();
      for (;;) {
        const deleted = Object.values(await store.sweep(municipality, now, SWEEP_ROWS));
        const count = deleted.reduce((sum, n) => sum + n, 0);
        if (count > 0) world.count('expired', { municipality }, count);
        if (count < SWEEP_ROWS) break;
      }
      await chainAudit(store, municipality, { limit: CHAIN_LINES });
      if (await isFirstToday(municipality, now)) await carryOut(municipality, now);
    },
  };

  /** Of all servers one is; its mark and the day are one record. */
  async function isFirstToday(municipality: string, now: number): Promise<boolean> {
    const today = String(Math.floor(now / DAY_MS));
    const last = await store.get(municipality, 'setting', LAST);
    if (last !== null && Number(last.body.value) >= Number(today)) return false;
    const revision = last?.revision ?? 0;
    const mark = { type: 'put', kind: 'setting', id: LAST, revision, body: { value: today } } as const;
    return (await store.commit(municipality, [mark])).ok;
  }

  async function carryOut(municipality: string, now: number): Promise<void> {
    const script = world.script(municipality);
    if (!script) return;
    const city = script.municipality;
    for (;;) {
      const report = await retain(store, { municipality: city, now, limit: RETAIN_ROWS, ids: world.ids });
      for (const [what, n] of Object.entries(report)) world.count('retained', { municipality, what }, n);
      world.log.info('retention', { municipality, ...report });
      if (!Object.values(report).some((n) => n >= RETAIN_ROWS)) return;
    }
  }
}
