/**
 * A deep copy of plain data (what JSON can say, and `undefined`): several times as fast as `structuredClone`, which also
 * looks after everything else.
 */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part = copy((value as Record<string, unknown>)[key]);
    // Assigned, this one would change the prototype.
    if (key === '__proto__') Object.defineProperty(out, key, { value: part, ...OWN });
    else out[key] = part;
  }
  return out as T;
}

const OWN = { enumerable: true, writable: true, configurable: true };
