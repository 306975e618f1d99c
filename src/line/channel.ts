/**
 * LINE as a channel of the conversation: reply and push in the official client's types (`post-json.ts` says why not over the
 * client itself), the month's quota over the official client. Nothing is tried twice here; the outbox decides that from the
 * outcome.
 */
import type { messagingApi } from '@line/bot-sdk';
import type { Message } from '#contracts/message.ts';
import type { Channel, Outcome } from '#conversation/channel.ts';
import { type Clock, systemClock } from '#support/clock.ts';
import { createCallThread } from './call-thread.ts';
import { type CallOptions, createCalls, type SendCall } from './calls.ts';
import { LineLimitError } from './limit-error.ts';
import { DeadlineError, type Judged, judgeAnswer, judgeError } from './outcome.ts';
import { renderMessages } from './render-messages.ts';

/** For logs and metrics (LINE keeps none for us): no words, tokens or user ids. */
export interface LineCall {
  municipality: string;
  call: SendCall['call'] | 'quota' | 'consumption';
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
  /** Gives up what is under way. */
  close(): Promise<void>;
}

export interface LineChannelOptions {
  tokens: CallOptions['tokens'];
  /** Default `https://api.line.me`. The client drops a path in it. */
  baseUrl?: string;
  /** For a whole call, until the answer is read. Default 10 s. */
  timeoutMs?: number;
  clock?: Clock;
  /** Replies and pushes are made by a thread of their own, and this is told when it is lost. Default: by this one. */
  inThread?: { onLost(fault: Error): void };
  onCall?(call: LineCall): void;
}

const STANDARD_URL = 'https://api.line.me';

/**
 * `reply` and `push` do not reject: messages beyond LINE's limits are `refused` with `limit_…` (see LineLimitError), a
 * municipality without a token with `no_token`.
 */
export function createLineChannel(options: LineChannelOptions): LineChannel {
  const { tokens, baseUrl, timeoutMs = 10_000, clock = systemClock, onCall, inThread } = options;
  const callOptions = { baseUrl: baseUrl ?? STANDARD_URL, timeoutMs, tokens };
  const calls = inThread ? createCallThread({ ...callOptions, ...inThread }) : createCalls(callOptions);
  const clients = new Map<string, messagingApi.MessagingApiClient>();
  /** The official client; loaded when it is first asked something, so that a start need not wait for it. */
  const clientOf = async (municipality: string): Promise<messagingApi.MessagingApiClient | null> => {
    const channelAccessToken = tokens.get(municipality);
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

  const reported = async (municipality: string, call: LineCall['call'], made: Promise<Judged>): Promise<Outcome> => {
    const started = clock.now();
    const { outcome, ...facts } = await made;
    const code = 'code' in outcome ? outcome.code : null;
    onCall?.({ municipality, call, ...facts, outcome: outcome.type, code, ms: clock.now() - started });
    return outcome;
  };

  const send = async (
    call: Omit<SendCall, 'body'>,
    said: readonly Message[],
    bodyOf: (messages: messagingApi.Message[]) => messagingApi.ReplyMessageRequest | messagingApi.PushMessageRequest,
  ): Promise<Outcome> => {
    if (!tokens.has(call.municipality)) return { type: 'refused', code: 'no_token' };
    let messages: messagingApi.Message[];
    try {
      messages = renderMessages(said);
    } catch (error) {
      if (error instanceof LineLimitError) return { type: 'refused', code: `limit_${error.code}` };
      throw error;
    }
    const body = JSON.stringify(bodyOf(messages));
    return reported(call.municipality, call.call, calls.make({ ...call, body }));
  };
  /** @param ask one question of the official client, which is given up after `timeoutMs`. */
  const asked = async <T>(
    municipality: string,
    call: 'quota' | 'consumption',
    ask: (client: messagingApi.MessagingApiClient) => Promise<{ httpResponse: Response; body: T }>,
  ): Promise<T | undefined> => {
    const client = await clientOf(municipality);
    if (!client) return undefined;
    let answer: T | undefined;
    const made = withDeadline(ask(client), timeoutMs).then(
      ({ httpResponse, body }) => {
        answer = body;
        return judgeAnswer(httpResponse);
      },
      (error) => judgeError(error, call),
    );
    await reported(municipality, call, made);
    return answer;
  };

  return {
    reply: (municipality, replyToken, said) =>
      send({ call: 'reply', municipality, retryKey: null }, said, (messages) => ({ replyToken, messages })),
    push: (municipality, to, said, retryKey) =>
      send({ call: 'push', municipality, retryKey }, said, (messages) => ({ to, messages })),
    async quota(municipality) {
      const [limit, usage] = await Promise.all([
        asked(municipality, 'quota', (client) => client.getMessageQuotaWithHttpInfo()),
        asked(municipality, 'consumption', (client) => client.getMessageQuotaConsumptionWithHttpInfo()),
      ]);
      const used = usage?.totalUsage;
      if (!limit || typeof used !== 'number') return null;
      if (limit.type === 'none') return { limit: null, used };
      return typeof limit.value === 'number' ? { limit: limit.value, used } : null;
    },
    close: () => calls.close(),
  };
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
