/**
 * LINE's incoming side: the endpoints of the Messaging API that the service calls, with LINE's answers (reference, "Send
 * reply message", "Send push message", "Get quota", and the guide "Retrying failed API requests").
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { Faults } from './faults.ts';
import { type Answer, createSending, type SendingOptions } from './sending.ts';
import type { Call, Fault } from './wire.ts';

const MAX_BYTES = 2 * 1024 * 1024;

export interface MessagingApiOptions extends SendingOptions {
  municipalityOf(accessToken: string): string | null;
  faults: Faults;
  /** Content of a resident's message: `gone` after unsend. */
  contentOf(messageId: string): 'here' | 'gone' | 'unknown';
  called(call: Omit<Call, 'n'>): void;
}

export function createMessagingApi(options: MessagingApiOptions): Hono {
  const { clock, faults } = options;
  const send = createSending(options);
  const app = new Hono();
  app.post('/v2/bot/message/reply', (c) => serve(c, 'reply', send.reply));
  app.post('/v2/bot/message/push', (c) => serve(c, 'push', send.push));
  app.get('/v2/bot/message/quota', (c) => serve(c, 'other', send.quota));
  app.get('/v2/bot/message/quota/consumption', (c) => serve(c, 'other', send.consumption));
  app.post('/v2/bot/chat/loading/start', (c) => serve(c, 'other', () => ({ status: 202, body: {} })));
  app.get('/v2/bot/message/:id/content', (c) => serve(c, 'other', () => content(c.req.param('id'))));
  app.all('/v2/bot/*', (c) => serve(c, 'other', () => ({ status: 404, body: { message: 'Not found' } })));
  return app;

  async function serve(
    c: Context,
    endpoint: Call['endpoint'],
    answer: (municipality: string, body: unknown, headers: Headers) => Answer,
  ): Promise<Response> {
    const raw = await c.req.text();
    const municipality = options.municipalityOf(/^Bearer (\S+)$/u.exec(c.req.header('authorization') ?? '')?.[1] ?? '');
    const fault = municipality === null ? null : faults.strike(endpoint, municipality);
    const { body, result } = read(raw);
    const given = result ?? early(municipality, fault) ?? answer(municipality!, body, c.req.raw.headers);
    // Taken, but the caller hears of a failure.
    const told: Answer =
      fault?.kind === 'error_taken' ? { ...serverError, delivered: given.delivered ?? false } : given;
    const cut = fault?.kind === 'reset' || fault?.kind === 'lost';
    const requestId = options.ids.requestId();
    options.called({
      at: clock.now(),
      municipality,
      endpoint,
      method: c.req.method,
      path: c.req.path,
      headers: headersOf(c),
      body,
      retryKey: c.req.header('x-line-retry-key') ?? null,
      userId: given.userId ?? null,
      status: cut ? null : told.status,
      answer: cut ? null : told.body,
      fault: fault?.kind ?? null,
      delivered: told.delivered ?? false,
    });
    if (cut) return cutConnection(c);
    if (fault?.kind === 'slow') await delay(fault.ms, undefined, { ref: false });
    return Response.json(told.body, {
      status: told.status,
      headers: { 'x-line-request-id': requestId, ...told.headers },
    });
  }

  function content(id: string): Answer {
    const state = options.contentOf(id);
    if (state === 'here') return { status: 200, body: {} };
    return state === 'gone'
      ? { status: 410, body: { message: 'Gone' } }
      : { status: 404, body: { message: 'Not found' } };
  }
}

const serverError: Answer = { status: 500, body: { message: 'Internal server error' } };

/** Answers that come before the request is looked at. */
function early(municipality: string | null, fault: Fault | null): Answer | null {
  if (municipality === null || fault?.kind === 'unauthorized') {
    return {
      status: 401,
      body: { message: 'Authentication failed. Confirm that the access token in the authorization header is valid.' },
    };
  }
  if (fault?.kind === 'rate')
    return { status: 429, body: { message: 'The API rate limit has been exceeded. Try again later.' } };
  if (fault?.kind === 'quota') return { status: 429, body: { message: 'You have reached your monthly limit.' } };
  if (fault?.kind === 'error') return serverError;
  return fault?.kind === 'reset' ? { status: 0, body: null } : null;
}

function read(raw: string): { body: unknown; result: Answer | null } {
  if (raw === '') return { body: null, result: null };
  if (Buffer.byteLength(raw) > MAX_BYTES)
    return { body: null, result: { status: 413, body: { message: 'Payload Too Large' } } };
  try {
    return { body: JSON.parse(raw), result: null };
  } catch {
    return {
      body: null,
      result: { status: 400, body: { message: "The request body couldn't be parsed as JSON (line 1, column 1)" } },
    };
  }
}

function headersOf(c: Context): Record<string, string> {
  const headers = c.req.header();
  return { ...headers, ...(headers.authorization === undefined ? {} : { authorization: 'Bearer …' }) };
}

/** The socket is closed without a word, as when a line breaks. Only a served app has a socket. */
function cutConnection(c: Context): Response {
  const socket = (c.env as { incoming?: { socket?: { destroy(): void } } } | undefined)?.incoming?.socket;
  if (socket === undefined) throw new Error('a cut connection needs a served app: this one was called in-process');
  socket.destroy();
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
}
