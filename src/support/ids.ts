/** Ids and codes. The source of randomness is handed in so that tests can name theirs. */
import { randomUUID } from 'node:crypto';
import { randomBytesPooled } from './random.ts';

export interface Ids {
  /** Unguessable, sortable only by chance: 22 characters of [A-Za-z0-9_-]. */
  id(): string;
  /** For X-Line-Retry-Key: the LINE reference asks for a UUID. */
  uuid(): string;
  /** Said on the telephone and written by hand: no 0/O, 1/I, 2/Z, 5/S, 8/B, e.g. `A3K-7QF4`. */
  receipt(): string;
  /** Four digits. */
  callBackCode(): string;
}

const RECEIPT_ALPHABET = 'ACDEFGHJKLMNPQRTUVWXY34679';

export function createIds(random: (bytes: number) => Uint8Array = randomBytesPooled): Ids {
  const pick = (alphabet: string, length: number): string => {
    let out = '';
    while (out.length < length) {
      for (const byte of random(length * 2)) {
        // Bytes past the last full round would favour the first letters.
        if (byte < 256 - (256 % alphabet.length) && out.length < length) out += alphabet[byte % alphabet.length];
      }
    }
    return out;
  };
  return {
    id: () => Buffer.from(random(16)).toString('base64url'),
    uuid: () => randomUUID(),
    receipt: () => `${pick(RECEIPT_ALPHABET, 3)}-${pick(RECEIPT_ALPHABET, 4)}`,
    callBackCode: () => pick('0123456789', 4),
  };
}

/** For tests: counts up. */
export function createCountingIds(): Ids {
  let n = 0;
  const next = (): string => String(++n).padStart(4, '0');
  return {
    id: () => `id-${next()}`,
    uuid: () => `00000000-0000-4000-8000-${next().padStart(12, '0')}`,
    receipt: () => `AAA-${next()}`,
    callBackCode: () => next(),
  };
}
