/** The floor that tsunagi is measured against: Hono and LINE's SDK, verify and reply, no state at all. */
import { serve } from '@hono/node-server';
import { messagingApi, validateSignature, type webhook } from '@line/bot-sdk';
import { Hono } from 'hono';

const secret = process.env.LINE_CHANNEL_SECRET!;
const client = new messagingApi.MessagingApiClient({
  channelAccessToken: process.env.LINE_CHANNEL_ACCESS_TOKEN!,
  baseURL: process.env.LINE_API_BASE_URL!,
});
const app = new Hono();
app.post('/line/:city/webhook', async (c) => {
  const body = Buffer.from(await c.req.arrayBuffer());
  if (!validateSignature(body, secret, c.req.header('x-line-signature') ?? '')) return c.text('', 401);
  const { events } = JSON.parse(body.toString()) as { events: webhook.Event[] };
  for (const event of events) {
    if (event.type !== 'message' || event.message.type !== 'text' || !event.replyToken) continue;
    void client
      .replyMessage({ replyToken: event.replyToken, messages: [{ type: 'text', text: event.message.text }] })
      .catch(() => process.exit(1));
  }
  return c.json({});
});
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, () =>
  console.log('tsunagi is ready: floor'),
);
