/** Reply tokens as LINE keeps them: single use, one minute from the delivery, twenty from the event (reference, "Send reply message"). */
import type { Clock } from '#support/clock.ts';

const FROM_DELIVERY_MS = 60_000;
const FROM_EVENT_MS = 20 * 60_000;

export interface ReplyTokens {
  issue(token: string, userId: string, eventAt: number): void;
  /** A redelivery opens the minute again, unless the token was used. */
  renew(token: string): void;
  /** @returns whose talk it opens, or null when it is unknown, used or old. Does not use it up. */
  owner(token: string): string | null;
  use(token: string): void;
}

export function createReplyTokens(clock: Clock): ReplyTokens {
  const open = new Map<string, { userId: string; eventAt: number; deliveredAt: number }>();
  return {
    issue(token, userId, eventAt) {
      open.set(token, { userId, eventAt, deliveredAt: clock.now() });
      forgetOld();
    },
    renew(token) {
      const entry = open.get(token);
      if (entry) entry.deliveredAt = clock.now();
    },
    owner(token) {
      const entry = open.get(token);
      if (entry === undefined) return null;
      const now = clock.now();
      return now - entry.deliveredAt <= FROM_DELIVERY_MS && now - entry.eventAt <= FROM_EVENT_MS ? entry.userId : null;
    },
    use: (token) => {
      open.delete(token);
    },
  };

  /** Maps keep the order of insertion, so the oldest stand first. */
  function forgetOld(): void {
    for (const [token, entry] of open) {
      if (clock.now() - entry.eventAt <= FROM_EVENT_MS) return;
      open.delete(token);
    }
  }
}
