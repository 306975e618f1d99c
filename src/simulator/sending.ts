/** Reply, push and the month's quota: what is taken, what is refused, what was taken before. */
import type { Clock } from '#support/clock.ts';
import { checkMessages } from './check-messages.ts';
import type { LineIds } from './line-ids.ts';
import type { ReplyTokens } from './reply-tokens.ts';
import type { LineMessage } from './wire.ts';

const RETRY_KEY_MS = 24 * 3600_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

export interface SendingOptions {
  quotaOf(municipality: string): number | null;
  tokens: ReplyTokens;
  ids: LineIds;
  clock: Clock;
  /** @returns false when the resident does not see it (blocked, unknown). */
  show(municipality: string, userId: string, messages: LineMessage[], via: 'reply' | 'push'): boolean;
}

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  delivered?: boolean;
  userId?: string;
}

type Endpoint = (municipality: string, body: unknown, headers: Headers) => Answer;

export function createSending(options: SendingOptions): Record<'reply' | 'push' | 'quota' | 'consumption', Endpoint> {
  const { clock, ids, tokens } = options;
  const accepted = new Map<string, { at: number; requestId: string; sentMessages: unknown[] }>();
  const used = new Map<string, number>();

  return { reply, push, quota, consumption };

  function reply(municipality: string, body: unknown, headers: Headers): Answer {
    const { replyToken, messages } = fields(body);
    if (headers.has('x-line-retry-key')) return bad('Retry key is not supported for this endpoint');
    const details = checkMessages(messages);
    if (typeof replyToken !== 'string' || replyToken === '')
      details.push({ message: 'May not be empty', property: 'replyToken' });
    if (details.length > 0) return refuse(details);
    const userId = tokens.owner(replyToken as string);
    if (userId === null) return bad('Invalid reply token');
    tokens.use(replyToken as string);
    const sent = withIds(messages);
    const delivered = options.show(municipality, userId, sent, 'reply');
    return { status: 200, body: { sentMessages: sentMessages(sent) }, delivered, userId };
  }

  function push(municipality: string, body: unknown, headers: Headers): Answer {
    const { to, messages } = fields(body);
    const key = headers.get('x-line-retry-key');
    if (key !== null && !UUID.test(key)) return bad('The retry key is invalid');
    const known = key === null ? undefined : accepted.get(`${municipality} ${key}`);
    if (known !== undefined && clock.now() - known.at < RETRY_KEY_MS) {
      return {
        status: 409,
        body: { message: 'The retry key is already accepted', sentMessages: known.sentMessages },
        headers: { 'x-line-accepted-request-id': known.requestId },
      };
    }
    const details = checkMessages(messages);
    if (details.length > 0) return refuse(details);
    if (typeof to !== 'string' || !/^[UCR][0-9a-f]{32}$/u.test(to))
      return bad("The property, 'to', in the request body is invalid (line: -, column: -)");
    const limit = options.quotaOf(municipality);
    const total = used.get(municipality) ?? 0;
    if (limit !== null && total >= limit)
      return { status: 429, body: { message: 'You have reached your monthly limit.' } };
    const sent = withIds(messages);
    const answer = sentMessages(sent);
    if (key !== null) {
      accepted.set(`${municipality} ${key}`, { at: clock.now(), requestId: ids.requestId(), sentMessages: answer });
    }
    const delivered = options.show(municipality, to, sent, 'push');
    // Per recipient, not per message object; who has blocked the account is not counted.
    if (delivered) used.set(municipality, total + 1);
    return { status: 200, body: { sentMessages: answer }, delivered, userId: to };
  }

  function quota(municipality: string): Answer {
    const value = options.quotaOf(municipality);
    return { status: 200, body: value === null ? { type: 'none' } : { type: 'limited', value } };
  }

  function consumption(municipality: string): Answer {
    return { status: 200, body: { totalUsage: used.get(municipality) ?? 0 } };
  }

  function withIds(messages: unknown): LineMessage[] {
    return (messages as Omit<LineMessage, 'id'>[]).map(
      (message) => ({ ...message, id: ids.messageId() }) as LineMessage,
    );
  }

  function sentMessages(sent: readonly LineMessage[]): unknown[] {
    return sent.map(({ id }) => ({ id, quoteToken: ids.quoteToken() }));
  }
}

const fields = (body: unknown): Record<string, unknown> =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
const bad = (message: string): Answer => ({ status: 400, body: { message } });

function refuse(details: readonly { message: string; property: string }[]): Answer {
  const inside = details.some(({ property }) => property.startsWith('/'));
  const message = inside
    ? 'A message (messages[0]) in the request body is invalid'
    : `The request body has ${details.length} error(s)`;
  return { status: 400, body: { message, details } };
}
