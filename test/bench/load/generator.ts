/**
 * Residents and LINE in one process: writes signed webhooks, takes the replies, and times both. A closed loop: `inFlight`
 * residents at a time have written and wait for their answer. It takes as little of the machine as it can: what it uses,
 * the server under load lacks.
 */
import { createHash, createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type Caller, createCaller, serveOk } from './wire.ts';

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
  const server = await serveOk((body) => {
    const [, kind, key = ''] = /"(replyToken|to)":"([^"]+)"/u.exec(body) ?? [];
    const resolve = waiting.get(key);
    waiting.delete(key);
    resolve?.(kind === 'to' ? 'push' : 'reply');
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    run: (options) => run(options, waiting),
    close: () => void server.close(),
  };
}

/** What a resident writes, signed by LINE. */
interface Written {
  userId: string;
  token: string;
  headers: string;
  body: Buffer;
}

/** Made before the watch runs: what residents and LINE do for it, they do elsewhere. */
function write(options: LoadOptions): Written[] {
  const residents = createHash('md5').update(options.seed).digest('hex').slice(0, 22);
  return Array.from({ length: options.messages }, (_, n) => {
    const userId = `U${residents}${n.toString(16).padStart(10, '0')}`;
    const token = `${options.seed}-${n}`;
    const body = Buffer.from(bodyOf(userId, token, options, n));
    const signature = createHmac('sha256', options.secret).update(body).digest('base64');
    return { userId, token, headers: `content-type: application/json\r\nx-line-signature: ${signature}\r\n`, body };
  });
}

async function run(options: LoadOptions, waiting: Map<string, (via: 'reply' | 'push') => void>): Promise<LoadResult> {
  const path = `/line/${options.municipality}/webhook`;
  const written = write(options);
  const replies: number[] = [];
  const acks: number[] = [];
  let failures = 0;
  let pushes = 0;
  let begun = 0;
  const start = performance.now();
  const one = async (n: number, callers: readonly Caller[]): Promise<void> => {
    const { userId, token, headers, body } = written[n]!;
    const begin = performance.now();
    const answered = new Promise<'reply' | 'push'>((resolve) => {
      waiting.set(token, resolve);
      waiting.set(userId, resolve);
    });
    const status = await callers[n % callers.length]!.post(path, headers, body);
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
    const callers = options.targets.map(createCaller);
    for (let n = begun++; n < options.messages; n = begun++) {
      if (options.perSecond !== undefined) {
        const early = start + (n / options.perSecond) * 1000 - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      }
      await one(n, callers);
    }
    for (const caller of callers) caller.close();
  };
  await Promise.all(Array.from({ length: options.inFlight }, worker));
  const seconds = (performance.now() - start) / 1000;
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

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
