/**
 * Residents and LINE in one process: writes signed webhooks, takes the replies, and times both. A closed loop: `inFlight`
 * residents at a time have written and wait for their answer. It takes as little of the machine as it can: what it uses,
 * the server under load lacks.
 */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Pool } from 'undici';

export interface LoadResult {
  messages: number;
  seconds: number;
  perSecond: number;
  /** Milliseconds from the webhook's first byte to the reply. */
  reply: Percentiles;
  /** Milliseconds to the webhook's answer. */
  ack: Percentiles;
  failures: number;
  pushes: number;
}
export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

export interface Generator {
  url: string;
  run(options: LoadOptions): Promise<LoadResult>;
  close(): void;
}

export interface LoadOptions {
  /** Addresses of the servers, used in turn. */
  targets: readonly string[];
  municipality: string;
  secret: string;
  inFlight: number;
  messages: number;
  texts: readonly string[];
  /** At most so many begun per second (open loop); default as fast as answers come. */
  perSecond?: number;
  /** Distinguishes residents of several runs. */
  seed: string;
}

export async function createGenerator(): Promise<Generator> {
  /** By reply token, and by user for pushes. */
  const waiting = new Map<string, (via: 'reply' | 'push') => void>();
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end('{"sentMessages":[{"id":"1"}]}');
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { replyToken?: string; to?: string };
      const key = body.replyToken ?? body.to ?? '';
      const resolve = waiting.get(key);
      waiting.delete(key);
      resolve?.(body.replyToken === undefined ? 'push' : 'reply');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };

  return {
    url: `http://127.0.0.1:${port}`,
    run: (options) => run(options, waiting),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function run(options: LoadOptions, waiting: Map<string, (via: 'reply' | 'push') => void>): Promise<LoadResult> {
  const pools = options.targets.map((target) => new Pool(target, { connections: options.inFlight }));
  const path = `/line/${options.municipality}/webhook`;
  const replies: number[] = [];
  const acks: number[] = [];
  let failures = 0;
  let pushes = 0;
  let begun = 0;
  const start = performance.now();
  const one = async (n: number): Promise<void> => {
    const userId = `U${createHmac('md5', options.seed).update(String(n)).digest('hex')}`;
    const token = `${options.seed}-${n}`;
    const body = Buffer.from(bodyOf(userId, token, options, n));
    const signature = createHmac('sha256', options.secret).update(body).digest('base64');
    const begin = performance.now();
    const answered = new Promise<'reply' | 'push'>((resolve) => {
      waiting.set(token, resolve);
      waiting.set(userId, resolve);
    });
    const status = await post(pools[n % pools.length]!, path, body, signature);
    acks.push(performance.now() - begin);
    if (status !== 200) {
      failures++;
      waiting.delete(token);
      waiting.delete(userId);
      return;
    }
    if ((await answered) === 'push') pushes++;
    waiting.delete(token);
    waiting.delete(userId);
    replies.push(performance.now() - begin);
  };
  const worker = async (): Promise<void> => {
    for (let n = begun++; n < options.messages; n = begun++) {
      if (options.perSecond !== undefined) {
        const early = start + (n / options.perSecond) * 1000 - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      }
      await one(n);
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, worker));
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(pools.map((pool) => pool.destroy()));
  return {
    messages: options.messages,
    seconds,
    perSecond: replies.length / seconds,
    reply: percentiles(replies),
    ack: percentiles(acks),
    failures,
    pushes,
  };
}

function bodyOf(userId: string, replyToken: string, options: LoadOptions, n: number): string {
  const id = `${options.seed}${String(n).padStart(10, '0')}`;
  return JSON.stringify({
    destination: `U${'0'.repeat(32)}`,
    events: [
      {
        type: 'message',
        mode: 'active',
        timestamp: Date.now(),
        webhookEventId: id,
        deliveryContext: { isRedelivery: false },
        source: { type: 'user', userId },
        replyToken,
        message: { id: `m${id}`, type: 'text', quoteToken: 'q', text: options.texts[n % options.texts.length] },
      },
    ],
  });
}

/** @returns 0 when there was no answer. */
function post(pool: Pool, path: string, body: Buffer, signature: string): Promise<number> {
  return new Promise((resolve) => {
    let status = 0;
    pool.dispatch(
      {
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-line-signature': signature },
        body,
      },
      {
        onRequestStart() {},
        onResponseStart(_, code) {
          status = code;
        },
        onResponseData() {},
        onResponseEnd: () => resolve(status),
        onResponseError: () => resolve(0),
      },
    );
  });
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
