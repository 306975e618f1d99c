/**
 * The door LINE knocks at. This room knows LINE's wire (signature, webhook body, message objects, reply, push) and nothing
 * of flows, stores or the console. The order is fixed (R9): size, signature over the raw bytes, only then parsing; every
 * event is kept by `receive` before the 200.
 */
import { type Context, Hono } from 'hono';
import type { Incoming } from '#contracts/event.ts';
import type { Clock } from '#support/clock.ts';
import type { Logger } from '#support/logger.ts';
import { parseWebhook } from './parse-webhook.ts';
import { declaresTooMuch, readBody } from './read-body.ts';
import { createVerifySignature, type VerifySignature } from './signature.ts';

/**
 * - `webhook` {municipality, result}: one delivery. - `event` {municipality, type}: one event taken.
 * - `ignored` {municipality, reason, type}: one event passed by. Labels come from fixed sets, never from the sender.
 */
type LineCount = 'webhook' | 'event' | 'ignored';

export interface LineRoutesOptions {
  channels: ReadonlyMap<string, { secret: string }>;
  /** Keeps all events of one body, in its order. A rejection becomes 500, and LINE delivers again. */
  receive(events: Incoming[]): Promise<unknown>;
  contactOf(municipality: string, userId: string): string;
  clock: Clock;
  /** Default 1 MB. */
  maxBytes?: number;
  count(name: LineCount, labels: Record<string, string>): void;
  log: Logger;
}

type Result = 'ok' | 'empty' | 'unknown_city' | 'too_large' | 'no_signature' | 'bad_signature' | 'bad_body' | 'failed';

const STATUS = {
  ok: 200,
  empty: 200,
  bad_body: 400,
  no_signature: 401,
  bad_signature: 401,
  unknown_city: 404,
  too_large: 413,
  failed: 500,
} as const satisfies Record<Result, number>;

/**
 * Mounts `POST /line/:municipality/webhook`, and `/line/webhook` where there is one municipality.
 * @throws Error for an empty channel secret: anybody could sign with it.
 */
export function createLineRoutes(options: LineRoutesOptions): Hono {
  const { channels } = options;
  for (const [municipality, { secret }] of channels) {
    if (secret === '') throw new Error(`the LINE channel secret of ${municipality} is empty`);
  }
  const verifiers = new Map([...channels].map(([city, { secret }]) => [city, createVerifySignature(secret)]));
  const app = new Hono();
  const answer = async (c: Context, municipality: string): Promise<Response> => {
    const verify = verifiers.get(municipality);
    const result = verify ? await take(c.req.raw, municipality, verify, options) : 'unknown_city';
    options.count('webhook', { municipality: verify ? municipality : '-', result });
    const status = STATUS[result];
    return c.json(status === 200 ? {} : { error: result }, status);
  };
  app.post('/line/:municipality/webhook', (c) => answer(c, c.req.param('municipality')));
  const [only] = channels.keys();
  if (channels.size === 1) app.post('/line/webhook', (c) => answer(c, only!));
  return app;
}

async function take(
  request: Request,
  municipality: string,
  verify: VerifySignature,
  options: LineRoutesOptions,
): Promise<Result> {
  const { maxBytes = 1_048_576, clock, count, log } = options;
  const receivedAt = clock.now();
  if (declaresTooMuch(request, maxBytes)) return 'too_large';
  const signature = request.headers.get('x-line-signature');
  if (signature === null || signature === '') return 'no_signature';
  const bytes = await readBody(request, maxBytes);
  if (bytes === 'too_large') return bytes;
  if (bytes === 'broken') return 'bad_body';
  if (!verify(bytes, signature)) return 'bad_signature';

  const json = parseJson(bytes);
  const parsed =
    json === undefined ? null : parseWebhook(json, { municipality, contactOf: options.contactOf, receivedAt });
  if (!parsed) {
    log.warn('a signed webhook that is no webhook body', { municipality, bytes: bytes.length });
    return 'bad_body';
  }
  for (const { reason, type } of parsed.ignored) count('ignored', { municipality, reason, type });
  if (parsed.events.length === 0) return 'empty';
  try {
    await options.receive(parsed.events);
  } catch (error) {
    log.error('webhook events could not be kept', { municipality, events: parsed.events.length, error });
    return 'failed';
  }
  for (const { type } of parsed.events) count('event', { municipality, type });
  return 'ok';
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
