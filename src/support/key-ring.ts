/**
 * Seals bytes at rest (R20): AES-256-GCM under the newest key of a ring; older keys only open. Sealed form:
 * 1 byte length of the key's name, name, 12 bytes nonce, 16 bytes tag, ciphertext.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { randomBytesPooled } from './random.ts';

export interface KeyRing {
  /** @param context binds the seal to its place: opening elsewhere fails. */
  seal(plain: Uint8Array, context: string): Buffer;
  /** @throws MissingKey when the key is not on the ring; KeyError when the bytes were changed or moved. */
  open(sealed: Uint8Array, context: string): Buffer;
  /** Name of the key a sealed value needs. */
  keyOf(sealed: Uint8Array): string;
  readonly newest: string;
  /** Name of the key under which something at this place is sealed now. */
  newestAt(context: string): string;
  readonly names: readonly string[];
}

export class KeyError extends Error {
  override name = 'KeyError';
}

/** Sealed with a key that is not on this ring; it may be on another server's, that was given a new one before this one. */
export class MissingKey extends KeyError {}

/**
 * @param text `name:base64key[,name:base64key …]`, newest first; 32-byte keys, names of [A-Za-z0-9_-].
 * @throws KeyError with a sentence that never shows a key.
 */
export function createKeyRing(text: string): KeyRing {
  const keys = new Map<string, KeyObject>();
  for (const part of text.split(',').map((p) => p.trim())) {
    const [name, encoded, ...rest] = part.split(':');
    if (!name || !encoded || rest.length > 0 || !/^[\w-]{1,32}$/u.test(name)) {
      throw new KeyError('SECRET_KEYS must look like name:base64key[,name:base64key …]');
    }
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== 32) throw new KeyError(`SECRET_KEYS: key "${name}" has ${key.length} bytes, 32 are needed`);
    if (keys.has(name)) throw new KeyError(`SECRET_KEYS: key "${name}" stands twice`);
    keys.set(name, createSecretKey(key));
  }
  const newest = [...keys.keys()][0]!;
  const newestKey = keys.get(newest)!;
  const head = Buffer.concat([Buffer.from([newest.length]), Buffer.from(newest)]);
  const keyOf = (sealed: Uint8Array): string =>
    Buffer.from(sealed.buffer, sealed.byteOffset + 1, sealed[0] ?? 0).toString('latin1');
  return {
    newest,
    newestAt: () => newest,
    names: [...keys.keys()],
    keyOf,
    seal(plain, context) {
      const sealed = Buffer.allocUnsafe(head.length + 28 + plain.byteLength);
      sealed.set(head);
      const nonce = sealed.subarray(head.length, head.length + 12);
      nonce.set(randomBytesPooled(12));
      const cipher = createCipheriv('aes-256-gcm', newestKey, nonce);
      cipher.setAAD(Buffer.from(context));
      sealed.set(cipher.update(plain), head.length + 28);
      cipher.final();
      sealed.set(cipher.getAuthTag(), head.length + 12);
      return sealed;
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const name = keyOf(bytes);
      const key = keys.get(name);
      if (!key) throw new MissingKey(`key "${name}" is not in SECRET_KEYS`);
      const at = 1 + name.length;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(at, at + 12));
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(at + 12, at + 28));
        const plain = decipher.update(bytes.subarray(at + 28));
        // GCM adds nothing here, but throws when the bytes were changed.
        decipher.final();
        return plain;
      } catch (cause) {
        throw new KeyError('a sealed value was changed, moved, or sealed with another key', { cause });
      }
    },
  };
}

/**
 * Cities with keys of their own (`SECRET_KEYS_ASHIYA`): what is theirs is sealed under these, and nobody without them reads it,
 * not even with all other keys of the service. What was sealed before a city had its own opens with the common ring.
 * @param cities by the first part of a context, `<city>/…`. @throws KeyError when a name stands in both rings.
 */
export function withCityKeys(common: KeyRing, cities: ReadonlyMap<string, KeyRing>): KeyRing {
  if (cities.size === 0) return common;
  for (const [city, own] of cities) {
    const twice = own.names.find((name) => common.names.includes(name));
    if (twice !== undefined)
      throw new KeyError(`SECRET_KEYS: the keys of ${city} need names of their own ("${twice}")`);
  }
  const ringAt = (context: string): KeyRing => cities.get(context.slice(0, context.indexOf('/'))) ?? common;
  return {
    newest: common.newest,
    names: common.names,
    keyOf: common.keyOf,
    newestAt: (context) => ringAt(context).newest,
    seal: (plain, context) => ringAt(context).seal(plain, context),
    open(sealed, context) {
      const own = ringAt(context);
      return (own.names.includes(own.keyOf(sealed)) ? own : common).open(sealed, context);
    },
  };
}

/** @returns a new key for `SECRET_KEYS`, e.g. `k20261121:…`. */
export function generateKey(name: string): string {
  return `${name}:${randomBytes(32).toString('base64')}`;
}
