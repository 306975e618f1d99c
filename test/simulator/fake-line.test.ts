/** The stand-in must refuse what LINE refuses, or every other suite would pass against a kinder platform than the real one. */
import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createFakeLine, type FakeLine } from '#simulator/create-fake-line.ts';
import { createManualClock } from '#support/clock.ts';
import { createCountingIds } from '#support/ids.ts';
import { openLineContract } from '../line/openapi.ts';
import { serveFakeLine } from './serve-fake-line.ts';

const SECRET = '8c570fa6dd201bb328f1c1eac23a96d8';
const KEY = '123e4567-e89b-12d3-a456-426614174000';
const START = Date.parse('2026-11-21T01:00:00Z');
const text = (words: string) => ({ type: 'text', text: words });

function open(options: { status?: () => number | Error; quota?: number } = {}) {
  const clock = createManualClock(START);
  const webhooks: { municipality: string; body: string; signature: string }[] = [];
  const fake = createFakeLine({
    municipalities: [
      { id: 'ashiya', secret: SECRET, token: 'token-ashiya', quota: options.quota ?? null },
      { id: 'fukui', secret: 'f'.repeat(32), token: 'token-fukui' },
    ],
    async deliver(municipality, body, signature) {
      webhooks.push({ municipality, body: Buffer.from(body).toString(), signature });
      const status = options.status?.() ?? 200;
      if (status instanceof Error) throw status;
      return status;
    },
    clock,
    ids: createCountingIds(),
  });
  const call = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fake.api.request(`/v2/bot/message/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: 'Bearer token-ashiya', 'content-type': 'application/json', ...headers },
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };
  return { clock, fake, webhooks, call };
}

const tokenOf = (fake: FakeLine, delivery: { events: { replyToken?: string }[] }): string => {
  expect(fake).toBeDefined();
  return delivery.events[0]!.replyToken!;
};

describe('webhooks', () => {
  test('are signed over their bytes and pass the contract LINE publishes', async () => {
    const { fake, webhooks } = open();
    const { userId } = fake.addResident('ashiya');
    await fake.follow(userId);
    const said = await fake.say(userId, '財布がからっぽ 🍎');
    await fake.sendSticker(userId);
    for (const kind of ['image', 'video', 'audio', 'file', 'location'] as const) await fake.sendMedia(userId, kind);
    await fake.press(userId, { type: 'postback', data: 'c.human', displayText: '人と話す' });
    await fake.press(userId, { type: 'datetimepicker', data: 't.1.2.day', mode: 'date' }, '2026-12-01');
    await fake.unsend(userId, (said.events[0]!.message as { id: string }).id);
    await fake.unfollow(userId);
    await fake.verify('ashiya');

    expect(webhooks).toHaveLength(13);
    for (const { body, signature } of webhooks) {
      expect(signature).toBe(createHmac('sha256', SECRET).update(body).digest('base64'));
    }
    const contract = openLineContract();
    if (contract !== null) expect(webhooks.flatMap(({ body }) => contract.webhook(JSON.parse(body)))).toEqual([]);
    const events = webhooks.flatMap(
      ({ body }) => JSON.parse(body).events as { webhookEventId: string; replyToken?: string; type: string }[],
    );
    for (const event of events) expect(event.webhookEventId).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
    expect(new Set(events.map((event) => event.webhookEventId)).size).toBe(12);
    expect(events.filter((event) => event.replyToken === undefined).map((event) => event.type)).toEqual([
      'unsend',
      'unfollow',
    ]);
  });

  test('without a 2xx come again with the same id and reply token, marked as redelivery', async () => {
    let status: number | Error = new Error('no connection');
    const { fake, webhooks, clock, call } = open({ status: () => status });
    const { userId } = fake.addResident('ashiya');
    const first = await fake.say(userId, 'もしもし');
    expect(first).toMatchObject({ status: null, attempts: 1 });
    status = 500;
    await fake.redeliver();
    clock.advance(10 * 60_000);
    status = 200;
    await fake.redeliver();
    expect(await fake.redeliver()).toEqual([]);

    const events = webhooks.map(({ body }) => JSON.parse(body).events[0]);
    expect(events.map((event) => event.deliveryContext.isRedelivery)).toEqual([false, true, true]);
    expect(new Set(events.map((event) => `${event.webhookEventId} ${event.replyToken} ${event.timestamp}`)).size).toBe(
      1,
    );
    // One minute from that delivery.
    expect((await call('reply', { replyToken: events[0].replyToken, messages: [text('はい')] })).status).toBe(200);
  });

  test('several residents in one body stay in the order given', async () => {
    const { fake, webhooks } = open();
    const [one, two] = [fake.addResident('ashiya'), fake.addResident('ashiya')];
    await fake.deliver('ashiya', [
      fake.events.text(one.userId, 'あ'),
      fake.events.text(two.userId, 'い'),
      fake.events.text(one.userId, 'う'),
    ]);
    const { events } = JSON.parse(webhooks[0]!.body);
    expect(events.map((event: { message: { text: string } }) => event.message.text)).toEqual(['あ', 'い', 'う']);
  });
});

describe('reply', () => {
  test('takes a token once', async () => {
    const { fake, call } = open();
    const { userId } = fake.addResident('ashiya');
    const replyToken = tokenOf(fake, await fake.say(userId, 'もしもし'));
    const answer = await call('reply', { replyToken, messages: [text('はい'), text('どうしましたか')] });
    expect(answer.status).toBe(200);
    expect(answer.body.sentMessages).toHaveLength(2);
    expect(answer.headers.get('x-line-request-id')).toBeTruthy();
    expect(fake.screenText(userId)).toEqual(['はい', 'どうしましたか']);
    expect(await call('reply', { replyToken, messages: [text('もう一度')] })).toMatchObject({
      status: 400,
      body: { message: 'Invalid reply token' },
    });
    expect(fake.received(userId)).toHaveLength(2);
  });

  test('takes a token for one minute', async () => {
    const { fake, call, clock } = open();
    const { userId } = fake.addResident('ashiya');
    const [young, old] = [tokenOf(fake, await fake.say(userId, 'あ')), tokenOf(fake, await fake.say(userId, 'い'))];
    clock.advance(60_000);
    expect((await call('reply', { replyToken: young, messages: [text('はい')] })).status).toBe(200);
    clock.advance(1);
    expect((await call('reply', { replyToken: old, messages: [text('はい')] })).body.message).toBe(
      'Invalid reply token',
    );
  });

  test('leaves the token usable after a refused message, and refuses a retry key', async () => {
    const { fake, call } = open();
    const { userId } = fake.addResident('ashiya');
    const replyToken = tokenOf(fake, await fake.say(userId, 'あ'));
    expect((await call('reply', { replyToken, messages: [text('')] })).status).toBe(400);
    expect((await call('reply', { replyToken, messages: [text('は')] }, { 'x-line-retry-key': KEY })).status).toBe(400);
    expect((await call('reply', { replyToken, messages: [text('は')] })).status).toBe(200);
  });
});

describe('push', () => {
  test('knows a retry key for a day', async () => {
    const { fake, call, clock } = open();
    const { userId } = fake.addResident('ashiya');
    const push = () => call('push', { to: userId, messages: [text('あしたです')] }, { 'x-line-retry-key': KEY });
    const first = await push();
    clock.advance(23 * 3600_000);
    const again = await push();
    expect(again.status).toBe(409);
    expect(again.body).toEqual({ message: 'The retry key is already accepted', sentMessages: first.body.sentMessages });
    expect(again.headers.get('x-line-accepted-request-id')).toBeTruthy();
    expect(fake.received(userId)).toHaveLength(1);
    clock.advance(2 * 3600_000);
    expect((await push()).status).toBe(200);
    expect(fake.received(userId)).toHaveLength(2);
    expect((await call('push', { to: userId, messages: [text('a')] }, { 'x-line-retry-key': 'no-uuid' })).status).toBe(
      400,
    );
  });

  test('to someone who blocked the account, is unknown or of another city: 200, not seen, not counted', async () => {
    const { fake, call } = open({ quota: 1 });
    const [blocked, stranger, seen] = [
      fake.addResident('ashiya'),
      fake.addResident('fukui'),
      fake.addResident('ashiya'),
    ];
    await fake.follow(blocked.userId);
    await fake.unfollow(blocked.userId);
    for (const to of [blocked.userId, stranger.userId, `U${'0'.repeat(32)}`]) {
      expect((await call('push', { to, messages: [text('あ')] })).status).toBe(200);
      expect(fake.received(to)).toEqual([]);
    }
    expect((await call('push', { to: seen.userId, messages: [text('あ'), text('い')] })).status).toBe(200);
    expect(await call('push', { to: seen.userId, messages: [text('う')] })).toMatchObject({
      status: 429,
      body: { message: 'You have reached your monthly limit.' },
    });
    const used = await fake.api.request('/v2/bot/message/quota/consumption', {
      headers: { authorization: 'Bearer token-ashiya' },
    });
    expect(await used.json()).toEqual({ totalUsage: 1 });
    expect((await call('push', { to: 'someone', messages: [text('あ')] })).status).toBe(400);
  });
});

describe('what LINE refuses', () => {
  const label = (n: number) => 'あ'.repeat(n);
  const quick = (count: number, action: object = { type: 'postback', label: 'はい', data: 'x' }) => ({
    ...text('えらんでください'),
    quickReply: { items: Array.from({ length: count }, () => ({ type: 'action', action })) },
  });
  const bubble = (contents: object[], more: object = {}) => ({
    type: 'flex',
    altText: 'ご案内',
    contents: { type: 'bubble', body: { type: 'box', layout: 'vertical', contents }, ...more },
  });
  const button = (more: object = {}) => ({
    type: 'button',
    action: { type: 'postback', label: 'えらぶ', data: 'x' },
    ...more,
  });
  const buttons = (more: object) => ({
    type: 'template',
    altText: 'a',
    template: { type: 'buttons', text: 'あ', actions: [{ type: 'message', label: 'a', text: 'a' }], ...more },
  });

  const fine: [string, object][] = [
    ['text of 5,000 units', text('あ'.repeat(5000))],
    ['13 quick replies', quick(13)],
    // One family emoji is one grapheme cluster and eleven units.
    ['a label of 20 grapheme clusters', quick(1, { type: 'postback', label: '👨‍👩‍👧‍👦'.repeat(20), data: 'x' })],
    [
      'a bubble with buttons',
      bubble([{ type: 'text', text: 'こども家庭・保健センター', wrap: true }, button(), { type: 'separator' }]),
    ],
    ['boxes in boxes', bubble([{ type: 'box', layout: 'baseline', contents: [{ type: 'text', text: 'a', flex: 2 }] }])],
    [
      'a carousel of 12',
      {
        type: 'flex',
        altText: 'a',
        contents: { type: 'carousel', contents: Array.from({ length: 12 }, () => bubble([button()]).contents) },
      },
    ],
    ['a buttons template', buttons({ text: 'あ'.repeat(160) })],
  ];
  test.each(fine)('not: %s', async (_name, message) => {
    const { fake, call } = open();
    const { userId } = fake.addResident('ashiya');
    expect(await call('push', { to: userId, messages: [message] })).toMatchObject({ status: 200 });
  });

  const refused: [string, object, string][] = [
    ['an empty text', text(''), 'messages[0].text'],
    ['a text of 5,001 units', text(`${'あ'.repeat(4999)}🍎`), 'messages[0].text'],
    ['14 quick replies', quick(14), 'messages[0].quickReply.items'],
    ['no quick reply', quick(0), 'messages[0].quickReply.items'],
    [
      'a label of 21',
      quick(1, { type: 'postback', label: label(21), data: 'x' }),
      'messages[0].quickReply.items[0].action.label',
    ],
    ['no label', quick(1, { type: 'postback', data: 'x' }), 'messages[0].quickReply.items[0].action.label'],
    [
      'data of 301',
      quick(1, { type: 'postback', label: 'a', data: 'x'.repeat(301) }),
      'messages[0].quickReply.items[0].action.data',
    ],
    [
      'a raw Japanese URL',
      quick(1, { type: 'uri', label: 'a', uri: 'https://example.jp/予約' }),
      'messages[0].quickReply.items[0].action.uri',
    ],
    [
      'a picker from late to early',
      quick(1, { type: 'datetimepicker', label: 'a', data: 'x', mode: 'date', min: '2026-12-02', max: '2026-12-01' }),
      'messages[0].quickReply.items[0].action.min',
    ],
    ['an unknown type', { type: 'hologram' }, 'messages[0].type'],
    ['an unknown field', { ...text('a'), colour: 'red' }, 'messages[0].colour'],
    ['an empty flex text', bubble([{ type: 'text', text: '' }]), '/body/contents/0/text'],
    ['an unknown flex field', bubble([{ type: 'text', text: 'a', colour: '#000000' }]), '/body/contents/0/colour'],
    ['an unknown flex part', bubble([{ type: 'table' }]), '/body/contents/0/type'],
    ['a bare colour word', bubble([button({ color: 'red' })]), '/body/contents/0/color'],
    [
      'a button in a baseline box',
      bubble([{ type: 'box', layout: 'baseline', contents: [button()] }]),
      '/body/contents/0/contents/0/type',
    ],
    ['a bubble without a block', { type: 'flex', altText: 'a', contents: { type: 'bubble' } }, '/'],
    ['a bubble over 30 KB', bubble(Array.from({ length: 8 }, () => ({ type: 'text', text: 'あ'.repeat(1500) }))), '/'],
    ['an alt text of 1,501', { ...bubble([button()]), altText: 'a'.repeat(1501) }, 'messages[0].altText'],
    [
      '13 bubbles',
      {
        type: 'flex',
        altText: 'a',
        contents: { type: 'carousel', contents: Array.from({ length: 13 }, () => bubble([button()]).contents) },
      },
      '/contents',
    ],
    [
      'two sizes in one carousel',
      {
        type: 'flex',
        altText: 'a',
        contents: {
          type: 'carousel',
          contents: [bubble([button()]).contents, bubble([button()], { size: 'kilo' }).contents],
        },
      },
      '/contents',
    ],
    ['161 beside no title', buttons({ text: 'あ'.repeat(161) }), '/text'],
    ['61 beside a title', buttons({ title: 'a', text: 'あ'.repeat(61) }), '/text'],
    [
      '5 actions',
      buttons({ actions: Array.from({ length: 5 }, () => ({ type: 'message', label: 'a', text: 'a' })) }),
      '/actions',
    ],
  ];
  test.each(refused)('%s', async (_name, message, property) => {
    const { fake, call } = open();
    const { userId } = fake.addResident('ashiya');
    const answer = await call('push', { to: userId, messages: [message] });
    expect(answer.status).toBe(400);
    expect((answer.body.details as { property: string }[]).map((detail) => detail.property)).toEqual([property]);
    expect(fake.received(userId)).toEqual([]);
  });

  test('no message, six messages, no list, a wrong token, broken JSON', async () => {
    const { fake, call } = open();
    const { userId } = fake.addResident('ashiya');
    for (const messages of [[], Array.from({ length: 6 }, () => text('a')), undefined]) {
      expect((await call('push', { to: userId, messages })).status).toBe(400);
    }
    expect((await call('push', { to: userId, messages: [text('a')] }, { authorization: 'Bearer wrong' })).status).toBe(
      401,
    );
    const broken = await fake.api.request('/v2/bot/message/push', {
      method: 'POST',
      body: '{',
      headers: { authorization: 'Bearer token-ashiya' },
    });
    expect(broken.status).toBe(400);
    expect(fake.counts()).toMatchObject({ calls: 5, invalid: 4, delivered: 0 });
  });

  test('a profile of someone: the service is never told a name', async () => {
    const { fake } = open();
    const { userId } = fake.addResident('ashiya');
    const answer = await fake.api.request(`/v2/bot/profile/${userId}`, {
      headers: { authorization: 'Bearer token-ashiya' },
    });
    expect(answer.status).toBe(404);
  });
});

describe('unsend', () => {
  test('takes the words off the screen; the content is gone', async () => {
    const { fake } = open();
    const { userId } = fake.addResident('ashiya');
    const sent = await fake.sendMedia(userId, 'image');
    const { id } = sent.events[0]!.message as { id: string };
    const content = () =>
      fake.api.request(`/v2/bot/message/${id}/content`, { headers: { authorization: 'Bearer token-ashiya' } });
    expect((await content()).status).toBe(200);
    await fake.unsend(userId, id);
    expect((await content()).status).toBe(410);
    await expect(fake.unsend(userId, id)).rejects.toThrow('withdrawn');
  });
});

describe('faults, over a real connection', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await close?.();
    close = undefined;
  });
  async function served() {
    const { fake } = open();
    const server = await serveFakeLine(fake);
    close = server.close;
    const { userId } = fake.addResident('ashiya');
    const push = async (words: string): Promise<number> => {
      const answer = await fetch(`${server.url}/v2/bot/message/push`, {
        method: 'POST',
        body: JSON.stringify({ to: userId, messages: [text(words)] }),
        headers: { authorization: 'Bearer token-ashiya', 'x-line-retry-key': KEY },
      });
      return answer.status;
    };
    return { fake, userId, push };
  }

  test('rate, quota, error, a lost connection before: nothing is taken, then all is well again', async () => {
    const { fake, userId, push } = await served();
    fake.fault({ kind: 'rate' });
    fake.fault({ kind: 'quota' });
    fake.fault({ kind: 'error' });
    fake.fault({ kind: 'unauthorized' });
    expect([await push('a'), await push('a'), await push('a'), await push('a')]).toEqual([429, 429, 500, 401]);
    fake.fault({ kind: 'reset' });
    await expect(push('a')).rejects.toThrow('fetch failed');
    expect(fake.received(userId)).toEqual([]);
    expect(await push('a')).toBe(200);
    expect(fake.calls.map((call) => call.status)).toEqual([429, 429, 500, 401, null, 200]);
  });

  test('taken although the caller heard of a failure: the retry key finds it', async () => {
    const { fake, userId, push } = await served();
    fake.fault({ kind: 'lost' });
    await expect(push('a')).rejects.toThrow('fetch failed');
    expect(await push('a')).toBe(409);
    expect(fake.screenText(userId)).toEqual(['a']);
    expect(fake.calls.map((call) => [call.fault, call.delivered])).toEqual([
      ['lost', true],
      [null, false],
    ]);
  });

  test('on one kind of call, for as long as wanted', async () => {
    const { fake, push } = await served();
    fake.fault({ kind: 'error', on: 'reply' });
    const end = fake.fault({ kind: 'error_taken', on: 'push', times: Infinity });
    expect([await push('a'), await push('a')]).toEqual([500, 500]);
    end();
    expect(await push('a')).toBe(409);
    fake.clearFaults();
    expect(fake.faults()).toEqual([]);
  });
});

test('waiting ends when the message or the call is there', async () => {
  const { fake, call } = open();
  const { userId } = fake.addResident('ashiya');
  const messages = fake.whenReceived(userId, 2);
  const refused = fake.whenCalled((one) => one.status === 400);
  await call('push', { to: userId, messages: [text('a')] });
  await call('push', { to: userId, messages: [text('')] });
  await call('push', { to: userId, messages: [text('b')] });
  expect((await messages).map((message) => message.text)).toEqual(['a', 'b']);
  expect((await refused).body).toMatchObject({ messages: [{ text: '' }] });
});

test('a tap finds the newest button of that name', async () => {
  const { fake, call, webhooks } = open();
  const { userId } = fake.addResident('ashiya');
  for (const data of ['old', 'new']) {
    await call('push', {
      to: userId,
      messages: [
        {
          ...text('?'),
          quickReply: {
            items: [{ type: 'action', action: { type: 'postback', label: 'はい', data, displayText: 'はい' } }],
          },
        },
      ],
    });
  }
  await fake.tap(userId, 'はい');
  expect(JSON.parse(webhooks.at(-1)!.body).events[0].postback).toEqual({ data: 'new' });
  await expect(fake.tap(userId, 'いいえ')).rejects.toThrow('「いいえ」');
  expect(fake.screenText(userId)).toEqual(['?\n「はい」', '?\n「はい」']);
});
