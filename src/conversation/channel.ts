/**
 * What the conversation needs of a channel. `line/` fills it with the Messaging API, `talk/` with the city's own page,
 * tests and the terminal with themselves.
 */
import type { Message } from '#contracts/message.ts';

/**
 * - `delivered`: the channel took it (LINE: 2xx, or 409 for a known retry key).
 * - `token_gone`: reply token used or expired; nothing was sent by this call.
 * - `later`: not taken, trying again later is sound (rate limit, 5xx, no connection). `unknown` when the channel may have
 *   taken it nevertheless (timeout, reset, 5xx).
 * - `quota`: the month's pushes are used up; trying again is pointless.
 * - `refused`: trying again is pointless; `code` for logs and metrics, never words.
 */
export type Outcome =
  | { type: 'delivered' }
  | { type: 'token_gone' }
  | { type: 'later'; unknown: boolean; code: string; afterMs?: number }
  | { type: 'quota' }
  | { type: 'refused'; code: string };

export interface Channel {
  /** Free of charge, once per token, while it is young. At most what `parts` says per call: the channel splits or merges. */
  reply(municipality: string, token: string, messages: readonly Message[]): Promise<Outcome>;
  /**
   * @param retryKey a UUID; the same key is never delivered twice within 24 hours (LINE reference).
   * @param quotes ids of a resident's messages whose words may stand in these: for a channel that keeps what it shows.
   */
  push(
    municipality: string,
    address: string,
    messages: readonly Message[],
    retryKey: string,
    quotes?: readonly string[],
  ): Promise<Outcome>;
}
