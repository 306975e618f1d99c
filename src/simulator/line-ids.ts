/** Ids in the forms LINE gives them, all drawn from the ids handed in. */
import { createHash } from 'node:crypto';
import type { Ids } from '#support/ids.ts';

export interface LineIds {
  /** `U` and 32 hexadecimal digits. */
  userId(): string;
  /** 18 digits. */
  messageId(): string;
  /** 32 hexadecimal digits. */
  replyToken(): string;
  /** A ULID; its time part is `at` (milliseconds UTC). */
  eventId(at: number): string;
  requestId(): string;
  quoteToken(): string;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function createLineIds(ids: Ids): LineIds {
  const hash = (): Buffer => createHash('sha256').update(ids.id()).digest();
  const hex32 = (): string => hash().toString('hex', 0, 16);
  return {
    userId: () => `U${hex32()}`,
    messageId: () => `5${(hash().readBigUInt64BE() % 10n ** 17n).toString().padStart(17, '0')}`,
    replyToken: hex32,
    eventId: (at) => ulid(at, hash()),
    requestId: () => ids.uuid(),
    quoteToken: () => hash().toString('base64url'),
  };
}

function ulid(at: number, random: Uint8Array): string {
  let time = '';
  for (let rest = at, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = CROCKFORD[rest % 32] + time;
  return time + Array.from(random.subarray(0, 16), (byte) => CROCKFORD[byte % 32]).join('');
}
