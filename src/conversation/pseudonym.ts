/**
 * A contact is an HMAC of municipality, channel and user id (design.md, decision 7): the same person at the same city is
 * the same contact, and nobody who reads the store can tell who it is. The key (pepper) is made once per installation and
 * kept sealed; it does not change when the key ring is rotated.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { Store } from '#store/store.ts';

export type Pseudonym = (municipality: string, channel: 'line' | 'page', userId: string) => string;

const PLACE = { municipality: '-', kind: 'setting', id: 'pepper' } as const;

export async function loadPseudonym(store: Store): Promise<Pseudonym> {
  const { municipality, kind, id } = PLACE;
  const made = randomBytes(32).toString('base64');
  // The first of several servers makes it; all read the same.
  await store.commit(municipality, [{ type: 'put', kind, id, revision: 0, body: { value: made } }]);
  const stored = await store.get(municipality, kind, id);
  // Given as bytes the key would be prepared anew each time, which costs four times the rest.
  const pepper = createSecretKey(Buffer.from(stored!.body.value, 'base64'));
  return (city, channel, userId) =>
    createHmac('sha256', pepper).update(`${city}\0${channel}\0${userId}`).digest('base64url').slice(0, 27);
}
