/** Alerts to a chat tool: JSON in the tool's own form, signed (HMAC-SHA256 over time and body) where the receiver checks it. */
import { createHmac } from 'node:crypto';
import type { Hook } from '#contracts/staff.ts';

export interface Notice {
  /** e.g. `crisis`, `test`. */
  type: string;
  city: string;
  receipt: string;
  window: string;
  /** Where to look: an address of the console. */
  url: string;
  /** One line for people; no resident's words. */
  text: string;
  at: number;
}
/** @returns the HTTP status; rejects when nobody answers. */
export type PostHook = (hook: Hook, notice: Notice) => Promise<number>;

export function createPostHook(options: { timeoutMs?: number; now?: () => number } = {}): PostHook {
  const { timeoutMs = 10_000, now = Date.now } = options;
  return async (hook, notice) => {
    const body = JSON.stringify(bodyOf(hook.format, notice));
    const time = String(Math.floor(now() / 1000));
    const response = await fetch(hook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-tsunagi-timestamp': time,
        'x-tsunagi-signature': signatureOf(hook.secret, time, body),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.status;
  };
}

/** `sha256=<hex of HMAC-SHA256(secret, time + '.' + body)>`. */
export const signatureOf = (secret: string, time: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;

function bodyOf(format: Hook['format'], notice: Notice): unknown {
  const { text, url } = notice;
  switch (format) {
    case 'generic':
      return notice;
    case 'slack':
      return {
        text: `${text}\n${url}`,
        blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `*${text}*\n<${url}|つなぎで開く>` } }],
      };
    case 'teams':
      return {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
              type: 'AdaptiveCard',
              version: '1.4',
              body: [{ type: 'TextBlock', text, weight: 'Bolder', wrap: true }],
              actions: [{ type: 'Action.OpenUrl', title: 'つなぎで開く', url }],
            },
          },
        ],
      };
  }
}
