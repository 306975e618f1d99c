/** The code of the telephone (TOTP, RFC 6238) and the recovery codes on paper. */
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import qrcode from 'qrcode';
import type { Staff } from '#contracts/staff.ts';
import { fingerprintOf } from '#support/passwords.ts';

const PERIOD = 30;
const RECOVERY_CODES = 10;

export const newSecret = (): string => new Secret({ size: 20 }).base32;

const totp = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: 'つなぎ', label, secret: Secret.fromBase32(secret), period: PERIOD });

/** @returns an SVG picture of the address that authenticator apps read. */
export function pictureOf(secret: string, label: string): Promise<string> {
  return qrcode.toString(totp(secret, label).toString(), { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
}

/** @returns the step of the code when it is right and newer than the last one used; one step of drift is forgiven. */
export function stepOf(secret: string, code: string, now: number, after: number): number | null {
  const token = code.normalize('NFKC').replaceAll(/\s/gu, '');
  if (!/^\d{6}$/u.test(token)) return null;
  const delta = totp(secret).validate({ token, timestamp: now, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(now / 1000 / PERIOD) + delta;
  return step > after ? step : null;
}

/** For tests and the one who shows it. */
export const codeAt = (secret: string, now: number): string => totp(secret).generate({ timestamp: now });

export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const text = randomBytes(5).toString('hex');
    return `${text.slice(0, 5)}-${text.slice(5)}`;
  });
  return { codes, hashes: codes.map(hashOf) };
}

/** @returns the account without the code used; null when it is none of them. */
export function useRecoveryCode(staff: Staff, code: string): Staff | null {
  const hash = hashOf(code);
  return staff.recovery.includes(hash) ? { ...staff, recovery: staff.recovery.filter((one) => one !== hash) } : null;
}

const hashOf = (code: string): string =>
  fingerprintOf(
    code
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[^0-9a-f]/gu, ''),
  );
