/** What can be made to go wrong at LINE's end, struck off one call at a time, oldest first. */
import type { Call, Fault, FaultKind } from './wire.ts';

export interface FaultOptions {
  kind: FaultKind;
  on?: Fault['on'];
  /** All cities when absent. */
  municipality?: string;
  /** Default 1; Infinity = until cleared. */
  times?: number;
  /** For `slow`: milliseconds. */
  ms?: number;
}

export interface Faults {
  add(options: FaultOptions): () => void;
  clear(): void;
  list(): readonly Fault[];
  /** The fault that strikes this call, counted off; null = none. */
  strike(endpoint: Call['endpoint'], municipality: string): Fault | null;
}

export function createFaults(changed: () => void): Faults {
  let waiting: Fault[] = [];
  const keep = (test: (fault: Fault) => boolean): void => {
    waiting = waiting.filter(test);
    changed();
  };
  return {
    add({ kind, on = 'any', municipality, times = 1, ms = 3000 }) {
      const fault: Fault = { kind, on, municipality: municipality ?? null, times, ms };
      waiting.push(fault);
      changed();
      return () => keep((one) => one !== fault);
    },
    clear: () => keep(() => false),
    list: () => waiting,
    strike(endpoint, municipality) {
      // Quota and profile questions are not struck by "any": tests mean messages.
      const fault = waiting.find(
        (one) =>
          endpoint !== 'other' &&
          (one.on === 'any' || one.on === endpoint) &&
          (one.municipality === null || one.municipality === municipality),
      );
      if (fault === undefined) return null;
      fault.times -= 1;
      if (fault.times <= 0) keep((one) => one !== fault);
      return fault;
    },
  };
}
