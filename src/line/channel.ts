/**
 * LINE as a channel of the conversation: reply, push and the month's quota over LINE's official client. Nothing is tried
 * twice here; the outbox decides that from the outcome.
 */
import { messagingApi } from '@line/bot-sdk';
import type { Message } from '#contracts/message.ts';
import type { Channel, Outcome } from '#conversation/channel.ts';
import { type Clock, systemClock } from '#support/clock.ts';
import { LineLimitError } from './limit-error.ts';
import { DeadlineError, type Judged, judgeError } from './outcome.ts';
import { renderMessages } from './render-messages.ts';

/** For logs and metrics (LINE keeps none for us): no words, tokens or user ids. */
export interface LineCall {
  municipality: string;
  call: 'reply' | 'push' | 'quota' | 'consumption';
  status: number | null;
  outcome: Outcome['type'];
  code: string | null;
  requestId: string | null;
  /** Places LINE complained of, e.g. `messages[0].text`. */
  detail: string | null;
  ms: number;
}

interface Quota {
  /** Pushes a month; null = no limit. */
  limit: number | null;
  /** Approximate (LINE reference). */
  used: number;
}

export interface LineChannel extends Channel {
  /** @returns null when LINE did not say. */
  quota(municipality: string): Promise<Quota | null>;
}

export interface LineChannelOptions {
  /** Channel access tokens by municipality. */
  tokens: ReadonlyMap<string, string>;
  /** Default `https://api.line.me`. The client drops a path in it. */
  baseUrl?: string;
  /** For a whole call, until the answer is read. Default 10 s. */
  timeoutMs?: number;
  clock?: Clock;
  onCall?(call: LineCall): void;
}

type Answer<T> = { httpResponse: Response; body: T };

/**
 * `reply` and `push` do not reject: messages beyond LINE's limits are `refused` with `limit_…` (see LineLimitError), a
 * municipality without a token with `no_token`.
 */
export function createLineChannel(options: LineChannelOptions): LineChannel {
  const { baseUrl, timeoutMs = 10_000, clock = systemClock, onCall } = options;
  const clients = new Map(
    [...options.tokens].map(([municipality, channelAccessToken]) => [
      municipality,
      new messagingApi.MessagingApiClient({
        channelAccessToken,
        ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
      }),
    ]),
  );

  const attempt = async <T>(
    municipality: string,
    call: LineCall['call'],
    run: (client: messagingApi.MessagingApiClient) => Promise<Answer<T>>,
  ): Promise<{ outcome: Outcome; body?: T }> => {
    const client = clients.get(municipality);
    if (!client) return { outcome: { type: 'refused', code: 'no_token' } };
    const started = clock.now();
    const { judged, body } = await withDeadline(run(client), timeoutMs).then(
      (answer) => ({ judged: delivered(answer.httpResponse), body: answer.body }),
      (error: unknown) => ({ judged: judgeError(error, call), body: undefined }),
    );
    const { outcome, ...facts } = judged;
    const code = 'code' in outcome ? outcome.code : null;
    onCall?.({ municipality, call, ...facts, outcome: outcome.type, code, ms: clock.now() - started });
    return { outcome, ...(body === undefined ? {} : { body }) };
  };

  const send = async <T>(
    municipality: string,
    call: 'reply' | 'push',
    said: readonly Message[],
    run: (client: messagingApi.MessagingApiClient, messages: messagingApi.Message[]) => Promise<Answer<T>>,
  ): Promise<Outcome> => {
    let messages: messagingApi.Message[];
    try {
      messages = renderMessages(said);
    } catch (error) {
      if (error instanceof LineLimitError) return { type: 'refused', code: `limit_${error.code}` };
      throw error;
    }
    return (await attempt(municipality, call, (client) => run(client, messages))).outcome;
  };

  return {
    reply: (municipality, replyToken, said) =>
      send(municipality, 'reply', said, (client, messages) =>
        client.replyMessageWithHttpInfo({ replyToken, messages }),
      ),
    push: (municipality, to, said, retryKey) =>
      send(municipality, 'push', said, (client, messages) =>
        client.pushMessageWithHttpInfo({ to, messages }, retryKey),
      ),
    async quota(municipality) {
      const [limit, usage] = await Promise.all([
        attempt(municipality, 'quota', (client) => client.getMessageQuotaWithHttpInfo()),
        attempt(municipality, 'consumption', (client) => client.getMessageQuotaConsumptionWithHttpInfo()),
      ]);
      const used = usage.body?.totalUsage;
      if (!limit.body || typeof used !== 'number') return null;
      if (limit.body.type === 'none') return { limit: null, used };
      return typeof limit.body.value === 'number' ? { limit: limit.body.value, used } : null;
    },
  };
}

function delivered({ status, headers }: Response): Judged {
  return { outcome: { type: 'delivered' }, status, requestId: headers.get('x-line-request-id'), detail: null };
}

/** The client cannot be told to stop: a call given up here goes on by itself, so its fate is unknown. */
async function withDeadline<T>(call: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([call, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
