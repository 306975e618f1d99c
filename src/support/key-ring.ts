/**
 * Seals bytes at rest (R20): AES-256-GCM under the newest key of a ring; older keys only open. Sealed form:
 * 1 byte length of the key's name, name, 12 bytes nonce, 16 bytes tag, ciphertext.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { randomBytesPooled } from './random.ts';

export interface KeyRing {
  /** @param context binds the seal to its place: opening elsewhere fails. */
  seal(plain: Uint8Array, context: string): Buffer;
  /** @throws KeyError when the key is not on the ring, or the bytes were changed or moved. */
  open(sealed: Uint8Array, context: string): Buffer;
  /** Name of the key a sealed value needs. */
  keyOf(sealed: Uint8Array): string;
  readonly newest: string;
}

export class KeyError extends Error {
  override name = 'KeyError';
}

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
      if (!key) throw new KeyError(`key "${name}" is not in SECRET_KEYS`);
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

/** @returns a new key for `SECRET_KEYS`, e.g. `k20261121:…`. */
export function generateKey(name: string): string {
  return `${name}:${randomBytes(32).toString('base64')}`;
}
