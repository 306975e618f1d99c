/** X-Line-Signature: base64 of HMAC-SHA256 over the raw body under the channel secret (LINE reference, 署名を検証する). */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

export type VerifySignature = (body: Uint8Array, signature: string) => boolean;

/**
 * Like the official client's `validateSignature`, with the key prepared once instead of for each webhook.
 * @throws Error for an empty secret: anybody could sign with it.
 */
export function createVerifySignature(secret: string): VerifySignature {
  if (secret === '') throw new Error('the channel secret is empty');
  const key = createSecretKey(Buffer.from(secret));
  return (body, signature) => {
    const expected = createHmac('sha256', key).update(body).digest();
    const given = Buffer.from(signature, 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}
