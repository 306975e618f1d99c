/**
 * How long something has been seen unchanged, by this process's own watch. Times that other servers wrote are not
 * compared with ours: their clocks may differ.
 */
export interface Standstill {
  /** @returns milliseconds since this was first seen with this revision; 0 the first time. */
  ms(name: string, revision: number): number;
  /** What is no longer there of a city is forgotten. */
  forgetOthers(municipality: string, present: ReadonlySet<string>): void;
}

/** @param now a watch that never jumps, in milliseconds. */
export function createStandstill(now: () => number = () => performance.now()): Standstill {
  const seen = new Map<string, { revision: number; since: number }>();
  return {
    ms(name, revision) {
      const known = seen.get(name);
      if (known?.revision === revision) return now() - known.since;
      seen.set(name, { revision, since: now() });
      return 0;
    },
    forgetOthers(municipality, present) {
      for (const name of seen.keys()) if (name.startsWith(`${municipality}/`) && !present.has(name)) seen.delete(name);
    },
  };
}
