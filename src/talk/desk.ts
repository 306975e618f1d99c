/** What every part of the page is handed, and what each request finds out about itself. */
import type { Context } from 'hono';
import type { Incoming } from '#contracts/event.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Store } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';
import type { Logger } from '#support/logger.ts';

export interface TalkOptions {
  /** The city as its files are now; only those of mode `page` have a page. */
  municipality(id: string): Municipality | null;
  /** Keeps the events. @throws when they could not be kept: the resident is asked to try again. */
  receive(events: readonly Incoming[]): Promise<unknown>;
  store: Store;
  /** Pseudonym of a visitor: HMAC over the cookie. */
  contactOf(municipality: string, visitor: string): string;
  clock: Clock;
  ids: Ids;
  /** Cookies travel over HTTPS only. */
  secure: boolean;
  /** The caller's address, for limits; it is not stored. */
  address(c: Context): string;
  /** Where 「すぐ閉じる」 leads: a page anybody might have been looking at. */
  exitUrl?: string;
  /** How long a posted form waits for the answer before the page is shown without it; milliseconds. */
  answerMs?: number;
  count(name: string, labels: Record<string, string>): void;
  log: Logger;
}

export interface Desk extends TalkOptions {
  exitUrl: string;
  answerMs: number;
  closing: AbortSignal;
}

export interface Visit {
  /** The cookie's value. Never stored, never logged. */
  secret: string;
  contact: string;
  /** null: looked at the page, has not begun. */
  begun: { remindTo: string | null; expiresAt: number } | null;
}

export interface Env {
  Variables: { city: Municipality; visit: Visit };
}
export type Ctx = Context<Env>;
