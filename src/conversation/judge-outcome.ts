/** What follows from what a call of the channel said; the table stands in `outbox.ts`. */
import type { Body } from '#store/kinds.ts';
import type { Outcome } from './channel.ts';

export const BACKOFF_MS = [500, 2_000, 10_000, 60_000, 300_000, 1_800_000];

type Outgoing = Body<'outgoing'>;
export type Verdict = { state: Outgoing['state']; outcome: string | null; via: Outgoing['via']; waitMs?: number };

export function judgeReply(
  outcome: Outcome,
  known: { young: boolean; unknownBefore: boolean; attempts: number },
): Verdict {
  switch (outcome.type) {
    case 'delivered':
      return { state: 'sent', outcome: null, via: 'reply' };
    case 'token_gone':
      if (!known.unknownBefore) return { state: 'waiting', outcome: 'token_gone', via: 'push', waitMs: 0 };
      return known.young
        ? { state: 'sent', outcome: 'presumed', via: 'reply' }
        : { state: 'unknown', outcome: 'token_gone', via: 'reply' };
    case 'later': {
      const unknown = outcome.unknown || known.unknownBefore;
      if (known.young) {
        const waitMs = outcome.afterMs ?? BACKOFF_MS[Math.min(known.attempts - 1, 2)]!;
        return { state: 'sending', outcome: unknown ? outcome.code : 'not_taken', via: 'reply', waitMs };
      }
      return unknown
        ? { state: 'unknown', outcome: outcome.code, via: 'reply' }
        : { state: 'waiting', outcome: outcome.code, via: 'push', waitMs: 0 };
    }
    case 'quota':
      return { state: 'refused', outcome: 'quota', via: 'reply' };
    case 'refused':
      return { state: 'refused', outcome: outcome.code, via: 'reply' };
  }
}

export function judgePush(outcome: Outcome, attempts: number): Verdict {
  switch (outcome.type) {
    case 'delivered':
      return { state: 'sent', outcome: null, via: 'push' };
    case 'later':
      return {
        state: 'sending',
        outcome: outcome.code,
        via: 'push',
        waitMs: outcome.afterMs ?? BACKOFF_MS[Math.min(attempts - 1, BACKOFF_MS.length - 1)]!,
      };
    case 'quota':
      return { state: 'refused', outcome: 'quota', via: 'push' };
    case 'token_gone':
      return { state: 'refused', outcome: 'token_gone', via: 'push' };
    case 'refused':
      return { state: 'refused', outcome: outcome.code, via: 'push' };
  }
}
