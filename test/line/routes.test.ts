import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, describe, expect, it } from 'vitest';
import { incomingSchema } from '#contracts/event.ts';
import { createLineRoutes } from '#line/routes.ts';
import { createManualClock } from '#support/clock.ts';
import { silentLogger } from '#support/logger.ts';
import { openLineContract } from './openapi.ts';
import { body, event, message, NOW, OTHER, setUp, sign, USER } from './webhook-kit.ts';

const contract = openLineContract();

afterAll(() => {
  if (contract)
    console.log(
      `routes: ${contract.checked} webhook bodies of these tests held against LINE's document, ${contract.violations} violations`,
    );
});

describe('who may speak', () => {
  it("takes LINE's own worked example", async () => {
    const { post, received, counts } = setUp();
    const known = '{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}';
    const answer = await post(known, { 'x-line-signature': 'GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=' });
    expect(answer.status).toBe(200);
    expect(received).toEqual([]);
    expect(counts).toEqual(['webhook ashiya empty']);
  });

  it('turns away a missing, wrong, foreign or shortened signature, and keeps nothing', async () => {
    const { post, received } = setUp();
    const json = JSON.stringify(body(message({ type: 'text', text: 'たすけて' })));
    expect((await post(json)).status).toBe(401);
    expect((await post(json, { 'x-line-signature': '' })).status).toBe(401);
    for (const signature of [
      sign(`${json} `),
      sign(json, 'other'),
      sign(json).slice(0, 20),
      'あ'.codePointAt(0)!.toString(),
      '=',
    ]) {
      expect((await post(json, { 'x-line-signature': signature })).status).toBe(401);
    }
    expect(received).toEqual([]);
  });

  it('signs raw bytes: the same JSON spelled otherwise needs a signature of its own', async () => {
    const { post, received } = setUp();
    const json = `{ "events" : [ ${JSON.stringify(message({ type: 'text', text: 'caf\u00e9' })).replace('é', '\\u00e9')} ] }`;
    expect((await post(json, { 'x-line-signature': sign(JSON.stringify(JSON.parse(json))) })).status).toBe(401);
    expect((await post(json, { 'x-line-signature': sign(json) })).status).toBe(200);
    expect(received[0]![0]).toMatchObject({ text: 'café' });
  });

  it('does not parse what is not signed', async () => {
    const { post } = setUp();
    expect((await post('{', { 'x-line-signature': sign('x') })).status).toBe(401);
    expect((await post('{', { 'x-line-signature': sign('{') })).status).toBe(400);
  });

  it('keeps cities apart: each has its own secret', async () => {
    const { post, received } = setUp({ cities: ['ashiya', 'ikoma'] });
    const json = JSON.stringify(body(message({ type: 'text', text: 'こんにちは' })));
    const signature = { 'x-line-signature': sign(json) };
    expect((await post(json, signature, '/line/ikoma/webhook')).status).toBe(401);
    expect((await post(json, { 'x-line-signature': sign(json, 'ikoma-secret') }, '/line/ikoma/webhook')).status).toBe(
      200,
    );
    expect(received[0]![0]).toMatchObject({ municipality: 'ikoma', contact: 'ikoma:6ef0' });
    expect((await post(json, signature, '/line/webhook')).status).toBe(404);
    for (const unknown of ['osaka', '__proto__', 'constructor', '%00']) {
      expect((await post(json, signature, `/line/${unknown}/webhook`)).status).toBe(404);
    }
  });

  it('has a short address where there is one city', async () => {
    const { post, received } = setUp();
    const json = JSON.stringify(body(event('follow', { replyToken: 'r', follow: { isUnblocked: true } })));
    expect((await post(json, { 'x-line-signature': sign(json) }, '/line/webhook')).status).toBe(200);
    expect(received[0]![0]).toMatchObject({ municipality: 'ashiya', type: 'follow', back: true });
  });

  it('refuses to open with an empty secret', () => {
    const options = {
      receive: async () => {},
      contactOf: () => 'x',
      clock: createManualClock(NOW),
      count: () => {},
      log: silentLogger,
    };
    expect(() => createLineRoutes({ ...options, channels: new Map([['ashiya', { secret: '' }]]) })).toThrow('ashiya');
  });
});

describe('what is taken', () => {
  it('hands on every kind of event of a talk', async () => {
    const { postSigned, received } = setUp();
    const events = [
      message({ type: 'text', text: '母のことで', quoteToken: 'q' }),
      message({ type: 'sticker', quoteToken: 'q', packageId: '1', stickerId: '2', stickerResourceType: 'STATIC' }),
      message({ type: 'image', quoteToken: 'q', contentProvider: { type: 'line' } }),
      message({ type: 'location', latitude: 34.7, longitude: 135.3 }),
      event('postback', { replyToken: 'r', postback: { data: 't.a.1.yes' } }),
      event('postback', { replyToken: 'r', postback: { data: 't.a.2.day', params: { date: '2026-11-24' } } }),
      event('follow', { replyToken: 'r', follow: { isUnblocked: false } }),
      event('unfollow'),
      event('unsend', { unsend: { messageId: 'm1' } }),
    ];
    expect(contract?.webhook(body(...events)) ?? []).toEqual([]);
    expect((await postSigned(body(...events))).status).toBe(200);
    const [got] = received;
    expect(got!.map((one) => one.type)).toEqual([
      'text',
      'media',
      'media',
      'media',
      'postback',
      'postback',
      'follow',
      'unfollow',
      'unsend',
    ]);
    for (const one of got!) expect(incomingSchema.safeParse(one).error).toBeUndefined();
    expect(got![0]).toMatchObject({
      text: '母のことで',
      contact: 'ashiya:6ef0',
      address: USER,
      at: NOW - 500,
      receivedAt: NOW,
      replyToken: 'r1',
    });
    expect(got![5]).toMatchObject({ date: '2026-11-24' });
    expect(got![8]).not.toHaveProperty('replyToken');
  });

  it('keeps two residents of one body apart and in order', async () => {
    const { postSigned, received } = setUp();
    const other = { source: { type: 'user', userId: OTHER } };
    const events = [
      ['一', {}],
      ['二', other],
      ['三', {}],
      ['四', other],
    ].map(([text, more]) => message({ type: 'text', text }, more as object));
    await postSigned(body(...events));
    expect(received).toHaveLength(1);
    expect(received[0]!.map((one) => [one.contact, (one as { text: string }).text])).toEqual([
      ['ashiya:6ef0', '一'],
      ['ashiya:000a', '二'],
      ['ashiya:6ef0', '三'],
      ['ashiya:000a', '四'],
    ]);
  });

  it('passes by and counts what is not for this talk; the rest of the body is taken', async () => {
    const { postSigned, received, counts } = setUp();
    const group = { type: 'group', groupId: 'C0', userId: USER };
    const answer = await postSigned(
      body(
        event('somethingNew', { somethingNew: { a: 1 } }),
        event('beacon', { replyToken: 'r', beacon: { hwid: 'd', type: 'enter' } }),
        message({ type: 'text', text: 'a' }, { mode: 'standby' }),
        message({ type: 'text', text: 'a' }, { source: group }),
        message({ type: 'text', text: 'a' }, { source: { type: 'user' } }),
        message({ type: 'text', text: 'a' }, { source: undefined }),
        event('postback', { postback: { data: 'x', params: { newRichMenuAliasId: 'b', status: 'SUCCESS' } } }),
        message({ type: 'text' }),
        event('unsend'),
        event('toString'),
        null,
        7,
        'text',
        [],
        message({ type: 'text', text: 'これだけ' }),
      ),
    );
    expect(answer.status).toBe(200);
    expect(received.flat().map((one) => (one as { text: string }).text)).toEqual(['これだけ']);
    expect(counts).toEqual([
      'ignored ashiya unsupported unknown',
      'ignored ashiya unsupported beacon',
      'ignored ashiya standby message',
      'ignored ashiya not_one_to_one message',
      'ignored ashiya no_user message',
      'ignored ashiya no_user message',
      'ignored ashiya menu_switch postback',
      'ignored ashiya malformed message',
      'ignored ashiya malformed unsend',
      'ignored ashiya unsupported unknown',
      ...Array(4).fill('ignored ashiya malformed unknown'),
      'event ashiya text',
      'webhook ashiya ok',
    ]);
  });

  it('takes a message without some of the properties that may be missing, and with ones not known yet', async () => {
    const { postSigned, received } = setUp();
    const bare = {
      type: 'message',
      message: { id: 'm', type: 'text', text: 'はい', new: { deep: [1] } },
      source: { type: 'user', userId: USER },
      more: 1,
    };
    const hologram = message({ type: 'hologram' }, { timestamp: 'soon', replyToken: 5 });
    await postSigned({ ...body(bare, hologram), extra: true });
    expect(received[0]).toMatchObject([
      { id: 'message-m', at: NOW, text: 'はい' },
      { type: 'media', media: 'other', at: NOW },
    ]);
    for (const one of received[0]!) expect(incomingSchema.safeParse(one).success).toBe(true);
  });

  it('answers 500 when the events could not be kept, so that LINE delivers again', async () => {
    const { postSigned, counts } = setUp({ fails: true });
    const answer = await postSigned(body(message({ type: 'text', text: 'ひみつ' })));
    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe('{"error":"failed"}');
    expect(counts).toEqual(['webhook ashiya failed']);
  });

  it.each(['[]', '5', '"x"', 'null', '{}', '{"events":{}}', '{"events":[', '', '\ufeff{"events":[]}'])(
    'answers 400 to %j, well signed',
    async (json) => {
      expect((await setUp().postSigned(json)).status).toBe(400);
    },
  );
});

describe('size', () => {
  const json = JSON.stringify(body(message({ type: 'text', text: 'あ'.repeat(400) })));

  it('takes up to the limit, not a byte more', async () => {
    const size = Buffer.byteLength(json);
    expect((await setUp({ maxBytes: size }).postSigned(json)).status).toBe(200);
    expect((await setUp({ maxBytes: size - 1 }).postSigned(json)).status).toBe(413);
    expect((await setUp().postSigned(`{"events":[],"x":"${'a'.repeat(1_048_576)}"}`)).status).toBe(413);
  });

  it('believes a declared length that is too much, without reading', async () => {
    const { post } = setUp({ maxBytes: 100 });
    expect((await post('{}', { 'content-length': '101' })).status).toBe(413);
  });

  it('over a real connection: declared, chunked and endless bodies', async () => {
    const { app, received, counts } = setUp({ maxBytes: 64 * 1024 });
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const send = (headers: Record<string, string | number>, chunks: string[], end = true) =>
      new Promise<number>((resolve, reject) => {
        const options = { port, host: '127.0.0.1', path: '/line/ashiya/webhook', method: 'POST', headers };
        const outgoing = request(options, (incoming) => {
          incoming.resume();
          resolve(incoming.statusCode!);
        });
        outgoing.on('error', reject);
        for (const chunk of chunks) outgoing.write(chunk);
        if (end) outgoing.end();
      });
    const signed = { 'x-line-signature': sign(json) };
    const chunked = { ...signed, 'transfer-encoding': 'chunked' };
    expect(await send({ ...signed, 'content-length': Buffer.byteLength(json) }, [json])).toBe(200);
    expect(await send(chunked, [...json])).toBe(200);
    expect(received).toHaveLength(2);
    expect(await send({ ...signed, 'content-length': 70_000 }, ['{'], false)).toBe(413);
    // Never ended by the sender: answered as soon as it is too much.
    expect(await send(chunked, ['x'.repeat(70_000)], false)).toBe(413);
    expect(received).toHaveLength(2);
    // A sender that goes away in the middle.
    const gone = request({
      port,
      host: '127.0.0.1',
      path: '/line/ashiya/webhook',
      method: 'POST',
      headers: { ...signed, 'content-length': 500 },
    });
    gone.on('error', () => {});
    gone.write('{', () => gone.destroy());
    await expect.poll(() => counts.at(-1)).toBe('webhook ashiya bad_body');
    expect(received).toHaveLength(2);
    server.close();
    (server as unknown as { closeAllConnections(): void }).closeAllConnections();
  });
});
