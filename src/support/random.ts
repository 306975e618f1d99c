/** Randomness of the operating system, fetched for many at once: asking for a few bytes at a time costs more than using them. */
import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(8192);
let used = pool.length;

/** @returns bytes that were never given out before; a copy, theirs alone. */
export function randomBytesPooled(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  if (count > pool.length) return randomFillSync(bytes);
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(bytes, 0, used, used + count);
  // What was given out is not kept here.
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}
