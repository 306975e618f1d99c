/**
 * Passwords: scrypt with the cost OWASP names for it (N 2^15, r 8, p 3), and length rules without folklore (NIST SP 800-63B,
 * 3.1.1: length counts, composition does not, known and guessable ones are refused).
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface HashedPassword {
  salt: string;
  hash: string;
  /** log2 of N. */
  cost: number;
}

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 200;
const COST = 15;
/** Each takes 32 MB for a tenth of a second: a flood of sign-ins must not take the machine. */
const AT_ONCE = 2;

export async function hashPassword(password: string, cost = COST): Promise<HashedPassword> {
  const salt = randomBytes(16);
  return { salt: salt.toString('base64'), hash: (await derive(password, salt, cost)).toString('base64'), cost };
}

/** @param stored null costs the same time as a real one, so that an unknown name cannot be told by the clock. */
export async function verifyPassword(password: string, stored: HashedPassword | null): Promise<boolean> {
  const { salt, hash, cost } = stored ?? { salt: 'AAAAAAAAAAAAAAAAAAAAAA==', hash: '', cost: COST };
  const given = await derive(password.slice(0, LONGEST_PASSWORD), Buffer.from(salt, 'base64'), cost);
  const known = Buffer.from(hash, 'base64');
  return stored !== null && known.length === given.length && timingSafeEqual(known, given);
}

/** @param about words that must not make up the password: sign-in name, own name. */
export function passwordFault(password: string, about: readonly string[]): 'short' | 'long' | 'guessable' | null {
  const plain = password.normalize('NFKC');
  if ([...plain].length < SHORTEST_PASSWORD) return 'short';
  if (plain.length > LONGEST_PASSWORD) return 'long';
  const low = plain.toLowerCase();
  if (new Set(low).size < 5) return 'guessable';
  const own = about.map((word) => word.toLowerCase()).filter((word) => word.length >= 3);
  // What is left when everything that is tried first is taken out.
  const words = [...COMMON, ...own].reduce((left, word) => left.replaceAll(word, ''), low);
  return RUNS.reduce(withoutRuns, words).length < 5 ? 'guessable' : null;
}

/** @returns SHA-256 in hex: for random tokens, which need no slow hash. */
export const fingerprintOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const COMMON = [
  'password',
  'passw0rd',
  'qwerty',
  'letmein',
  'welcome',
  'admin',
  'iloveyou',
  'tsunagi',
  'sakura',
  'パスワード',
];
const RUNS = [
  '0123456789012345678901234567890',
  '9876543210987654321098765432109',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
];

/** What is left of a text when stretches of three and more of a run are taken out. */
function withoutRuns(text: string, run: string): string {
  let out = '';
  for (let i = 0; i < text.length; ) {
    let length = 1;
    while (i + length < text.length && run.includes(text.slice(i, i + length + 1))) length++;
    if (length < 3) out += text.slice(i, i + length);
    i += length;
  }
  return out;
}

let running = 0;
const queue: (() => void)[] = [];

async function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
  running++;
  try {
    return await new Promise((resolve, reject) => {
      const options = { N: 2 ** cost, r: 8, p: 3, maxmem: 256 * 2 ** 20 };
      scrypt(password.normalize('NFKC'), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
    });
  } finally {
    running--;
    queue.shift()?.();
  }
}
