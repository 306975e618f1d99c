/**
 * LINE as a channel of the conversation: reply and push in the official client's types over kept connections
 * (`post-json.ts` says why), the month's quota over the official client. Nothing is tried twice here; the outbox decides
 * that from the outcome.
 */
import type { messagingApi } from '@line/bot-sdk';
import type { Message } from '#contracts/message.ts';
import type { Channel, Outcome } from '#conversation/channel.ts';
import { type Clock, systemClock } from '#support/clock.ts';
import { LineLimitError } from './limit-error.ts';
import { DeadlineError, type Judged, judgeError } from './outcome.ts';
import { type Answered, createPostJson } from './post-json.ts';
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

/** One call's answer: what is reported of it, and what it says. */
type Answer<T> = { said: Pick<Answered, 'status' | 'headers'>; body: T };

const STANDARD_URL = 'https://api.line.me';
const USER_AGENT = 'tsunagi';

/**
 * `reply` and `push` do not reject: messages beyond LINE's limits are `refused` with `limit_…` (see LineLimitError), a
 * municipality without a token with `no_token`.
 */
export function createLineChannel(options: LineChannelOptions): LineChannel {
  const { baseUrl, timeoutMs = 10_000, clock = systemClock, onCall } = options;
  const post = createPostJson({ baseUrl: baseUrl ?? STANDARD_URL, timeoutMs });
  const clients = new Map<string, messagingApi.MessagingApiClient>();
  /** The official client; loaded when it is first asked something, so that a start need not wait for it. */
  const clientOf = async (municipality: string): Promise<messagingApi.MessagingApiClient | null> => {
    const channelAccessToken = options.tokens.get(municipality);
    if (channelAccessToken === undefined) return null;
    const { messagingApi } = await import('@line/bot-sdk');
    const known = clients.get(municipality);
    if (known) return known;
    const client = new messagingApi.MessagingApiClient({
      channelAccessToken,
      ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
    });
    clients.set(municipality, client);
    return client;
  };

  const attempt = async <T>(
    municipality: string,
    call: LineCall['call'],
    run: () => Promise<Answer<T>>,
  ): Promise<{ outcome: Outcome; body?: T }> => {
    const started = clock.now();
    let judged: Judged;
    let body: T | undefined;
    try {
      const answer = await run();
      judged = delivered(answer.said);
      body = answer.body;
    } catch (error) {
      judged = judgeError(error, call);
    }
    const { outcome, ...facts } = judged;
    const code = 'code' in outcome ? outcome.code : null;
    onCall?.({ municipality, call, ...facts, outcome: outcome.type, code, ms: clock.now() - started });
    return { outcome, ...(body === undefined ? {} : { body }) };
  };

  const send = async (
    municipality: string,
    call: 'reply' | 'push',
    said: readonly Message[],
    to: { replyToken: string } | { to: string; retryKey: string },
  ): Promise<Outcome> => {
    const token = options.tokens.get(municipality);
    if (token === undefined) return { type: 'refused', code: 'no_token' };
    let messages: messagingApi.Message[];
    try {
      messages = renderMessages(said);
    } catch (error) {
      if (error instanceof LineLimitError) return { type: 'refused', code: `limit_${error.code}` };
      throw error;
    }
    const headers = { authorization: `Bearer ${token}`, 'user-agent': USER_AGENT };
    const made = await attempt(municipality, call, async () => {
      if ('replyToken' in to) {
        const body: messagingApi.ReplyMessageRequest = { replyToken: to.replyToken, messages };
        return { said: await post('/v2/bot/message/reply', body, headers), body: null };
      }
      const body: messagingApi.PushMessageRequest = { to: to.to, messages };
      const keyed = { ...headers, 'x-line-retry-key': to.retryKey };
      return { said: await post('/v2/bot/message/push', body, keyed), body: null };
    });
    return made.outcome;
  };
  /** @param ask one question of the official client, which is given up after `timeoutMs`. */
  const asked = async <T>(
    municipality: string,
    call: 'quota' | 'consumption',
    ask: (client: messagingApi.MessagingApiClient) => Promise<{ httpResponse: Response; body: T }>,
  ): Promise<{ outcome: Outcome; body?: T }> => {
    const client = await clientOf(municipality);
    if (!client) return { outcome: { type: 'refused', code: 'no_token' } };
    return attempt(municipality, call, async () => {
      const { httpResponse, body } = await withDeadline(ask(client), timeoutMs);
      return { said: httpResponse, body };
    });
  };

  return {
    reply: (municipality, replyToken, said) => send(municipality, 'reply', said, { replyToken }),
    push: (municipality, to, said, retryKey) => send(municipality, 'push', said, { to, retryKey }),
    async quota(municipality) {
      const [limit, usage] = await Promise.all([
        asked(municipality, 'quota', (client) => client.getMessageQuotaWithHttpInfo()),
        asked(municipality, 'consumption', (client) => client.getMessageQuotaConsumptionWithHttpInfo()),
      ]);
      const used = usage.body?.totalUsage;
      if (!limit.body || typeof used !== 'number') return null;
      if (limit.body.type === 'none') return { limit: null, used };
      return typeof limit.body.value === 'number' ? { limit: limit.body.value, used } : null;
    },
  };
}

function delivered({ status, headers }: Answer<unknown>['said']): Judged {
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
