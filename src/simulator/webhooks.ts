/** LINE's outgoing side: builds events, signs the body, delivers it, and delivers again what got no 2xx. */
import { createHmac } from 'node:crypto';
import type { Clock } from '#support/clock.ts';
import type { LineIds } from './line-ids.ts';
import type { ReplyTokens } from './reply-tokens.ts';
import type { Delivery, LineEvent, MediaKind } from './wire.ts';

/** @returns the HTTP status of the service's answer. @throws (rejects) when there was none. */
export type Deliver = (municipality: string, body: Uint8Array, signature: string) => Promise<number>;

export interface WebhooksOptions {
  secretOf(municipality: string): string;
  deliver: Deliver;
  clock: Clock;
  tokens: ReplyTokens;
  /** Waits before the second, third … attempt, milliseconds; empty = only when told. */
  redeliverAfterMs: readonly number[];
  /** Called after every attempt. */
  answered(delivery: Delivery): void;
}

export interface Webhooks {
  send(municipality: string, events: readonly LineEvent[]): Promise<Delivery>;
  redeliver(): Promise<Delivery[]>;
  unanswered(): number;
  sent(): number;
  close(): void;
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { clock, tokens, redeliverAfterMs } = options;
  const open = new Set<Delivery>();
  const timers = new Set<NodeJS.Timeout>();
  let sent = 0;
  return {
    async send(municipality, events) {
      const delivery: Delivery = {
        n: ++sent,
        at: clock.now(),
        municipality,
        events: [...events],
        body: '',
        signature: '',
        status: null,
        attempts: 0,
        ms: 0,
      };
      for (const event of events) {
        if (event.replyToken !== undefined) tokens.issue(event.replyToken, event.source.userId, event.timestamp);
      }
      await attempt(delivery);
      return delivery;
    },
    redeliver: () => Promise.all([...open].map(again)),
    unanswered: () => open.size,
    sent: () => sent,
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };

  async function attempt(delivery: Delivery): Promise<void> {
    delivery.body = JSON.stringify({ destination: destinationOf(delivery.municipality), events: delivery.events });
    const bytes = Buffer.from(delivery.body);
    delivery.signature = createHmac('sha256', options.secretOf(delivery.municipality)).update(bytes).digest('base64');
    delivery.attempts += 1;
    const started = performance.now();
    delivery.status = await options.deliver(delivery.municipality, bytes, delivery.signature).catch(() => null);
    delivery.ms = performance.now() - started;
    const good = delivery.status !== null && delivery.status >= 200 && delivery.status < 300;
    if (good) open.delete(delivery);
    else {
      open.add(delivery);
      plan(delivery);
    }
    options.answered(delivery);
  }

  function plan(delivery: Delivery): void {
    const wait = redeliverAfterMs[delivery.attempts - 1];
    if (wait === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      // `attempt` turns every failure of the service into a status.
      if (open.has(delivery)) void again(delivery);
    }, wait);
    timer.unref();
    timers.add(timer);
  }

  async function again(delivery: Delivery): Promise<Delivery> {
    // Same content, same id, same reply token; only the flag changes.
    delivery.events = delivery.events.map((event) => ({ ...event, deliveryContext: { isRedelivery: true } }));
    for (const event of delivery.events) if (event.replyToken !== undefined) tokens.renew(event.replyToken);
    await attempt(delivery);
    return delivery;
  }
}

/** The account's own user id; stable per city. */
function destinationOf(municipality: string): string {
  return `U${createHmac('sha256', 'destination').update(municipality).digest('hex').slice(0, 32)}`;
}

export interface Events {
  text(userId: string, text: string, options?: { messageId?: string; at?: number }): LineEvent;
  sticker(userId: string, sticker?: { packageId: string; stickerId: string }): LineEvent;
  media(userId: string, kind: MediaKind): LineEvent;
  follow(userId: string, back: boolean): LineEvent;
  unfollow(userId: string): LineEvent;
  unsend(userId: string, messageId: string): LineEvent;
  postback(userId: string, data: string, params?: Record<string, string>): LineEvent;
}

export function createEvents(clock: Clock, ids: LineIds): Events {
  const event = (
    userId: string,
    type: string,
    more: Record<string, unknown>,
    replyable = true,
    at = clock.now(),
  ): LineEvent => ({
    type,
    ...more,
    webhookEventId: ids.eventId(at),
    deliveryContext: { isRedelivery: false },
    timestamp: at,
    source: { type: 'user', userId },
    ...(replyable ? { replyToken: ids.replyToken() } : {}),
    mode: 'active',
  });
  const message = (userId: string, content: Record<string, unknown>, at?: number): LineEvent =>
    event(userId, 'message', { message: { id: ids.messageId(), ...content } }, true, at);
  return {
    text: (userId, text, { messageId, at } = {}) =>
      message(
        userId,
        { type: 'text', quoteToken: ids.quoteToken(), text, ...(messageId === undefined ? {} : { id: messageId }) },
        at,
      ),
    sticker: (userId, sticker = { packageId: '446', stickerId: '1988' }) =>
      message(userId, { type: 'sticker', quoteToken: ids.quoteToken(), stickerResourceType: 'STATIC', ...sticker }),
    media: (userId, kind) => message(userId, { type: kind, ...mediaContent(kind, ids) }),
    follow: (userId, back) => event(userId, 'follow', { follow: { isUnblocked: back } }),
    unfollow: (userId) => event(userId, 'unfollow', {}, false),
    unsend: (userId, messageId) => event(userId, 'unsend', { unsend: { messageId } }, false),
    postback: (userId, data, params) =>
      event(userId, 'postback', { postback: params === undefined ? { data } : { data, params } }),
  };
}

function mediaContent(kind: MediaKind, ids: LineIds): Record<string, unknown> {
  const contentProvider = { type: 'line' };
  const contents: Record<MediaKind, Record<string, unknown>> = {
    image: { quoteToken: ids.quoteToken(), contentProvider },
    video: { quoteToken: ids.quoteToken(), contentProvider, duration: 12_000 },
    audio: { contentProvider, duration: 7000 },
    file: { fileName: 'お知らせ.pdf', fileSize: 52_310 },
    location: { title: '現在地', address: '兵庫県芦屋市', latitude: 34.7268, longitude: 135.3046 },
  };
  return contents[kind];
}
