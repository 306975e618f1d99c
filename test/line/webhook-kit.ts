/** A door for LINE with everything behind it recorded, and events as LINE writes them. */
import { createHmac } from 'node:crypto';
import type { Incoming } from '#contracts/event.ts';
import { createLineRoutes } from '#line/routes.ts';
import { createManualClock } from '#support/clock.ts';
import { silentLogger } from '#support/logger.ts';

const SECRET = '8c570fa6dd201bb328f1c1eac23a96d8';
export const NOW = Date.parse('2026-11-21T01:00:00Z');
export const USER = 'U8e742f61d673b39c7fff3cecb7536ef0';
export const OTHER = 'U0000000000000000000000000000000a';

export const sign = (body: string | Uint8Array, secret = SECRET): string =>
  createHmac('sha256', secret).update(body).digest('base64');

export function setUp(more: { cities?: string[]; fails?: boolean; maxBytes?: number } = {}) {
  const received: Incoming[][] = [];
  const counts: string[] = [];
  const app = createLineRoutes({
    channels: new Map(
      (more.cities ?? ['ashiya']).map((city) => [city, { secret: city === 'ashiya' ? SECRET : `${city}-secret` }]),
    ),
    receive: (events) => {
      if (more.fails) return Promise.reject(new Error('disk full'));
      received.push(events);
      return Promise.resolve();
    },
    contactOf: (municipality, userId) => `${municipality}:${userId.slice(-4)}`,
    clock: createManualClock(NOW),
    ...(more.maxBytes === undefined ? {} : { maxBytes: more.maxBytes }),
    count: (name, labels) => counts.push([name, ...Object.values(labels)].join(' ')),
    log: silentLogger,
  });
  const post = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    path = '/line/ashiya/webhook',
  ) => app.request(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const postSigned = (body: unknown) => {
    const json = typeof body === 'string' ? body : JSON.stringify(body);
    return post(json, { 'x-line-signature': sign(json) });
  };
  return { app, received, counts, post, postSigned };
}

let n = 0;
export const event = (type: string, more: object = {}) => ({
  type,
  mode: 'active',
  timestamp: NOW - 500,
  webhookEventId: `01EVENT${String(++n).padStart(19, '0')}`,
  deliveryContext: { isRedelivery: false },
  source: { type: 'user', userId: USER },
  ...more,
});
export const message = (of: object, more: object = {}) =>
  event('message', { replyToken: 'r1', message: { id: `m${++n}`, ...of }, ...more });
export const body = (...events: unknown[]) => ({ destination: USER, events });
