import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '#contracts/message.ts';
import type { Outcome } from '#conversation/channel.ts';
import { createLineChannel, type LineCall, type LineChannel } from '#line/channel.ts';
import { judgeError } from '#line/outcome.ts';
import { type Answer, type LineServer, startLineServer } from './line-server.ts';
import { openLineContract } from './openapi.ts';

const KEY = '123e4567-e89b-12d3-a456-426614174000';
const USER = 'U8e742f61d673b39c7fff3cecb7536ef0';
const hello: Message[] = [
  { type: 'text', text: 'こんにちは', choices: [{ kind: 'postback', label: 'はい', data: 'c.yes' }] },
];
const contract = openLineContract();
let server: LineServer;
let reported: LineCall[];
let line: LineChannel;

beforeAll(async () => {
  server = await startLineServer(contract);
});
afterAll(async () => {
  await server.close();
  if (contract)
    console.log(`channel: ${contract.checked} calls held against LINE's document, ${contract.violations} violations`);
});
beforeEach(() => {
  reported = [];
  server.calls.length = 0;
  line = open({});
});
afterEach(() => {
  expect(server.violations).toEqual([]);
});

function open(more: { url?: string; timeoutMs?: number }): LineChannel {
  return createLineChannel({
    tokens: new Map([
      ['ashiya', 'token-a'],
      ['ikoma', 'token-i'],
    ]),
    baseUrl: more.url ?? server.url,
    timeoutMs: more.timeoutMs ?? 5_000,
    onCall: (call) => reported.push(call),
  });
}

const reply = (channel = line): Promise<Outcome> => channel.reply('ashiya', 'reply-token', hello);
const push = (channel = line): Promise<Outcome> => channel.push('ashiya', USER, hello, KEY);

describe('what goes out', () => {
  it('a reply: the token, the messages, no retry key (LINE answers 400 to one)', async () => {
    server.answer({ status: 200, body: { sentMessages: [{ id: '1' }] } });
    expect(await reply()).toEqual({ type: 'delivered' });
    const [call] = server.calls;
    expect(call).toMatchObject({ method: 'POST', path: '/v2/bot/message/reply', body: { replyToken: 'reply-token' } });
    expect(call!.headers.authorization).toBe('Bearer token-a');
    expect(call!.headers).not.toHaveProperty('x-line-retry-key');
  });

  it("a push: the address, the retry key, the city's own token", async () => {
    expect(await line.push('ikoma', USER, hello, KEY)).toEqual({ type: 'delivered' });
    const [call] = server.calls;
    expect(call).toMatchObject({ path: '/v2/bot/message/push', body: { to: USER } });
    expect(call!.headers).toMatchObject({ authorization: 'Bearer token-i', 'x-line-retry-key': KEY });
  });

  it('the very same bytes when tried again', async () => {
    await push();
    await push();
    expect(server.calls[1]!.body).toEqual(server.calls[0]!.body);
  });

  it('many calls over kept connections', async () => {
    await reply();
    const before = server.connections();
    for (let i = 0; i < 20; i++) await reply();
    // A connection is free again a moment after its answer, so the very next call may open a second one.
    expect(server.connections() - before).toBeLessThanOrEqual(1);
  });

  it('nothing beyond the limits and nothing without a token: refused by name', async () => {
    expect(await line.reply('ashiya', 'r', [])).toEqual({ type: 'refused', code: 'limit_no_messages' });
    const long: Message[] = [{ type: 'text', text: 'あ'.repeat(30_000), choices: [] }];
    expect(await line.push('ashiya', USER, long, KEY)).toEqual({ type: 'refused', code: 'limit_too_many_messages' });
    expect(await line.push('osaka', USER, hello, KEY)).toEqual({ type: 'refused', code: 'no_token' });
    expect(server.calls).toEqual([]);
  });
});

describe('what LINE says', () => {
  const delivered: Outcome = { type: 'delivered' };
  const gone: Outcome = { type: 'token_gone' };
  const unknown = (code: string): Outcome => ({ type: 'later', unknown: true, code });
  const rate: Outcome = { type: 'later', unknown: false, code: 'rate_limit' };
  const refused = (code: string): Outcome => ({ type: 'refused', code });
  const said = (status: number, message: string) => ({ status, body: { message } });
  const limited = said(429, 'The API rate limit has been exceeded. Try again later.');
  const month = said(429, 'You have reached your monthly limit.');

  it.each<[string, Answer, Outcome, Outcome]>([
    ['200', { status: 200, body: { sentMessages: [] } }, delivered, delivered],
    ['200 that is no JSON', { status: 200, raw: '<html>' }, delivered, delivered],
    [
      '409 to a retry key',
      { status: 409, body: { message: 'The retry key is already accepted', sentMessages: [] } },
      refused('http_409'),
      delivered,
    ],
    ['a token that is used or old', said(400, 'Invalid reply token'), gone, refused('http_400')],
    ['400', said(400, 'The request body has 1 error(s)'), refused('http_400'), refused('http_400')],
    ['400 without JSON', { status: 400, raw: '<html>' }, refused('http_400'), refused('http_400')],
    ['400 with a strange body', { status: 400, raw: 'null' }, refused('http_400'), refused('http_400')],
    ['401', said(401, 'Authentication failed.'), refused('http_401'), refused('http_401')],
    ['403', said(403, 'Not available'), refused('http_403'), refused('http_403')],
    ['404', said(404, 'Not found'), refused('http_404'), refused('http_404')],
    ['413', said(413, 'Payload too large'), refused('http_413'), refused('http_413')],
    ['the rate limit', limited, rate, rate],
    [
      'the rate limit with a wait',
      { ...limited, headers: { 'retry-after': '3' } },
      { ...rate, afterMs: 3000 } as Outcome,
      { ...rate, afterMs: 3000 } as Outcome,
    ],
    ["the month's limit", month, { type: 'quota' }, { type: 'quota' }],
    ['500', said(500, 'Internal server error'), unknown('http_500'), unknown('http_500')],
    ['503', { status: 503, raw: '' }, unknown('http_503'), unknown('http_503')],
    ['nothing, connection reset', 'reset', unknown('connection_lost'), unknown('connection_lost')],
    ['half an answer', 'half an answer', unknown('connection_lost'), unknown('connection_lost')],
  ])('%s', async (_, answer, toReply, toPush) => {
    server.answer(answer, answer);
    expect(await reply()).toEqual(toReply);
    expect(await push()).toEqual(toPush);
    expect(reported.map((one) => one.outcome)).toEqual([toReply.type, toPush.type]);
  });

  it('nothing at all within the time: its fate is unknown', async () => {
    server.answer('silence');
    expect(await reply(open({ timeoutMs: 50 }))).toEqual(unknown('timeout'));
  });

  it('no connection, no such host: LINE saw nothing', async () => {
    const closed = await startLineServer(null);
    await closed.close();
    for (const url of [closed.url, closed.url.replace('127.0.0.1', 'localhost'), 'http://nowhere.invalid']) {
      expect(await push(open({ url }))).toEqual({ type: 'later', unknown: false, code: 'no_connection' });
    }
  });

  it.each([
    ['a certificate that is not trusted', 'DEPTH_ZERO_SELF_SIGNED_CERT', false],
    ['one of an unknown issuer', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
    ["another host's", 'ERR_TLS_CERT_ALTNAME_INVALID', false],
    ['a broken pipe', 'EPIPE', true],
    ['a code nobody knows', 'E_NEW', true],
  ])('%s: sent or not is told from the code', (_, code, unknownFate) => {
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
    expect(judgeError(error, 'push').outcome).toMatchObject({ type: 'later', unknown: unknownFate });
  });

  it('is reported with request id and places, without words, tokens or ids', async () => {
    const details = [
      { message: 'May not be empty', property: 'messages[0].text' },
      { message: 'x', property: 'こんにちは' },
    ];
    server.answer({ status: 400, body: { message: 'The request body has 1 error(s)', details } });
    await push();
    expect(reported).toEqual([
      {
        municipality: 'ashiya',
        call: 'push',
        status: 400,
        outcome: 'refused',
        code: 'http_400',
        requestId: 'req-1',
        detail: 'messages[0].text',
        ms: expect.any(Number) as number,
      },
    ]);
    expect(JSON.stringify(reported)).not.toMatch(/こんにちは|token-a|U8e74|123e4567/u);
  });
});

describe('the quota', () => {
  it.each<[string, Answer, Answer, unknown]>([
    [
      'limited',
      { status: 200, body: { type: 'limited', value: 200 } },
      { status: 200, body: { totalUsage: 57 } },
      { limit: 200, used: 57 },
    ],
    [
      'none',
      { status: 200, body: { type: 'none' } },
      { status: 200, body: { totalUsage: 9 } },
      { limit: null, used: 9 },
    ],
    ['not said', { status: 500 }, { status: 500 }, null],
    ['strange', { status: 200, raw: '<html>' }, { status: 200, raw: '[]' }, null],
  ])('%s', async (_, limit, used, expected) => {
    // The two calls run side by side: each is answered by what it asks for.
    const queue = new Map([
      ['/v2/bot/message/quota', limit],
      ['/v2/bot/message/quota/consumption', used],
    ]);
    server.answerBy((path) => queue.get(path)!);
    expect(await line.quota('ashiya')).toEqual(expected);
    expect(server.calls.map((call) => call.path).sort()).toEqual([...queue.keys()]);
    server.answerBy(null);
  });

  it('is not known for a city without a token', async () => {
    expect(await line.quota('osaka')).toBeNull();
  });
});
