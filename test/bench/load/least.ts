/**
 * The least that a service with triage and durability could do, to see what the ratios can be at most on a machine: verify,
 * keep the sealed event durably before the 200, cut the text into words, keep one sealed answer durably, reply. It reads
 * nothing, knows no contact, no order, no duplicate, and judges nothing. Commits that come together share one.
 */
import { DatabaseSync } from 'node:sqlite';
import { serve } from '@hono/node-server';
import { validateSignature, type webhook } from '@line/bot-sdk';
import { Hono } from 'hono';
import { createClient } from 'redis';
import { createPostJson } from '#line/post-json.ts';
import { createKeyRing } from '#support/key-ring.ts';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';

const { LINE_CHANNEL_SECRET, LINE_API_BASE_URL, SECRET_KEYS, REDIS_URL, DATA_DIR, PORT } = process.env as Record<
  string,
  string
>;
/** As much as a turn of the service keeps: session, contact, mark, answer. */
const ANSWER = 'x'.repeat(3_500);

type Keep = (id: string, body: Buffer) => Promise<unknown>;

const keep: Keep = REDIS_URL ? await inRedis(REDIS_URL) : embedded(`${DATA_DIR}/least.db`);
const keys = createKeyRing(SECRET_KEYS!);
const tokenizer = createKuromojiTokenizer({ cacheDir: '.cache' });
const post = createPostJson({ baseUrl: LINE_API_BASE_URL!, timeoutMs: 10_000 });

const answer = async ({ replyToken, message, source }: webhook.MessageEvent): Promise<void> => {
  const words = tokenizer.tokenize((message as webhook.TextMessageContent).text).length;
  await keep(`a:${source!.userId}`, keys.seal(Buffer.from(`${words}${ANSWER}`), 'answer'));
  const messages = [{ type: 'text', text: String(words) }];
  await post('/v2/bot/message/reply', JSON.stringify({ replyToken, messages }), {});
};
const app = new Hono();
app.post('/line/:city/webhook', async (c) => {
  const body = Buffer.from(await c.req.arrayBuffer());
  if (!validateSignature(body, LINE_CHANNEL_SECRET!, c.req.header('x-line-signature') ?? '')) return c.text('', 401);
  const { events } = JSON.parse(body.toString()) as { events: webhook.MessageEvent[] };
  await Promise.all(events.map((event) => keep(`e:${event.webhookEventId}`, keys.seal(body, 'event'))));
  for (const event of events) void answer(event).catch(() => process.exit(1));
  return c.json({});
});
serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' }, () => console.log('tsunagi is ready: least'));

async function inRedis(url: string): Promise<Keep> {
  const client = await createClient({ url }).connect();
  return (id, body) => client.set(id, body);
}

function embedded(path: string): Keep {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE kept (id TEXT PRIMARY KEY, body BLOB)');
  const insert = db.prepare('INSERT INTO kept VALUES (?, ?)');
  let waiting: { id: string; body: Buffer; done: (value: unknown) => void }[] = [];
  const write = (): void => {
    const batch = waiting;
    waiting = [];
    db.exec('BEGIN');
    for (const { id, body } of batch) insert.run(id, body);
    db.exec('COMMIT');
    for (const { done } of batch) done(null);
  };
  return (id, body) =>
    new Promise((done) => {
      if (waiting.length === 0) setImmediate(write);
      waiting.push({ id, body, done });
    });
}
