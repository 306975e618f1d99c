/**
 * What every page of the console is handed. The room knows staff's pages, forms and sign-in, and the use cases of `handoff`
 * and `conversation`; it does not know the engine, LINE's wire, or a driver.
 */
import type { Context } from 'hono';
import type { Municipality } from '#contracts/municipality.ts';
import type { Staff, StaffSession } from '#contracts/staff.ts';
import type { Store } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';
import type { Logger } from '#support/logger.ts';
import type { Action } from './permissions.ts';
import type { SendMail } from './send-mail.ts';

export interface ConsoleOptions {
  store: Store;
  municipalities: readonly string[];
  /** As it is in effect: the file with staff's calendar over it. */
  municipality(id: string): Municipality | null;
  clock: Clock;
  ids: Ids;
  log: Logger;
  count(name: string, labels: Record<string, string>, by?: number): void;
  /** Without a slash at the end. */
  publicUrl(): string;
  /** Behind https: cookies are Secure, browsers are told to stay on it. */
  secure: boolean;
  /** The remote address, for throttling. */
  address(c: Context): string;
  /** What is left of the month's pushes; null when the channel does not say. */
  quota?(municipality: string): Promise<{ limit: number | null; used: number } | null>;
  oidc?: OidcSettings | null;
  /** null or absent: no mail server is set. */
  mail?: SendMail | null;
}

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** On the button. */
  name: string;
  /** For tests on this machine only: http instead of https. */
  insecure?: boolean;
}

export interface Desk extends ConsoleOptions {
  /** Names of all staff by id; a name that is not there is somebody who was removed. */
  names(municipality: string): Promise<ReadonlyMap<string, string>>;
  asset(name: string): string;
  /** Ends with the console: open event streams listen to it. */
  closing: AbortSignal;
}

export interface Me {
  id: string;
  staff: Staff;
  session: { id: string; revision: number; body: StaffSession };
  can(action: Action): boolean;
  /** Whether tickets of this window are theirs to see. */
  sees(window: string): boolean;
}

export interface Env {
  Variables: { city: Municipality; me: Me };
}
export type Ctx = Context<Env>;

/** @returns a path of the console, e.g. `/console/ashiya/tickets`. */
export const path = (c: Ctx, rest: string): string => `/console/${c.get('city').id}${rest}`;
