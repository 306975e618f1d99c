/** Calls to LINE from a thread of their own: judged as in place, and a thread that is lost takes no caller with it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCallThread } from '#line/call-thread.ts';
import { type Calls, createCalls, type SendCall } from '#line/calls.ts';
import { type Answer, type LineServer, startLineServer } from './line-server.ts';

const tokens = new Map([['ashiya', 'token-a']]);
const reply: SendCall = {
  call: 'reply',
  municipality: 'ashiya',
  body: '{"replyToken":"r","messages":[]}',
  retryKey: null,
};
const push: SendCall = { ...reply, call: 'push', body: '{"to":"U1","messages":[]}', retryKey: 'key-1' };
let server: LineServer;
let thread: Calls;

beforeAll(async () => {
  server = await startLineServer(null);
});
afterEach(() => thread.close());
afterAll(() => server.close());

describe('calls from a thread', () => {
  const open = (make: typeof createCalls, baseUrl = server.url): Calls => make({ baseUrl, timeoutMs: 200, tokens });

  it('are what calls in place are, and are judged alike', async () => {
    thread = open(createCallThread);
    const inPlace = open(createCalls);
    const answers: Answer[] = [
      { status: 200, body: { sentMessages: [] } },
      { status: 400, body: { message: 'Invalid reply token' } },
      { status: 400, body: { message: 'x', details: [{ message: 'x', property: 'messages[0].text' }] } },
      { status: 409, body: { message: 'The retry key is already accepted' } },
      { status: 429, body: { message: 'The API rate limit has been exceeded.' }, headers: { 'retry-after': '3' } },
      { status: 503, raw: '' },
      'reset',
      'silence',
    ];
    for (const answer of answers) {
      for (const call of [reply, push]) {
        server.calls.length = 0;
        server.answer(answer, answer);
        const judged = await thread.make(call);
        expect({ ...judged, requestId: null }).toEqual({ ...(await inPlace.make(call)), requestId: null });
        const [first, second] = server.calls.map(({ headers, path, body }) => ({ headers, path, body }));
        expect(first).toEqual(second);
      }
    }
  });

  it('that reach nobody', async () => {
    const closed = await startLineServer(null);
    await closed.close();
    thread = open(createCallThread, closed.url);
    expect((await thread.make(push)).outcome).toEqual({ type: 'later', unknown: false, code: 'no_connection' });
  });

  it('many at once, each with its own answer', async () => {
    thread = open(createCallThread);
    server.answerBy((path) => ({ status: path.endsWith('push') ? 409 : 200, body: {} }));
    const made = Array.from({ length: 200 }, (_, i) => thread.make(i % 3 === 0 ? push : reply));
    const statuses = (await Promise.all(made)).map(({ status }) => status);
    expect(statuses).toEqual(made.map((_, i) => (i % 3 === 0 ? 409 : 200)));
    server.answerBy(null);
  });

  it('leave the process free to end when nothing is under way', () => {
    const source = `
      import { createCallThread } from '#line/call-thread.ts';
      const calls = createCallThread({ baseUrl: ${JSON.stringify(server.url)}, timeoutMs: 1000, tokens: new Map() });
      console.log((await calls.make(${JSON.stringify(reply)})).outcome.type);`;
    // The server is in this very process, which spawnSync holds up: the call ends at its deadline.
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      cwd: join(import.meta.dirname, '..', '..'),
      timeout: 20_000,
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: 'later\n', status: 0 });
  });
});

describe('a thread that is lost', () => {
  const script = new URL('./moody-call-worker.ts', import.meta.url);
  const lost = { type: 'later', unknown: true, code: 'connection_lost' };
  const to = (municipality: string, body = ''): SendCall => ({ ...push, municipality, body });
  const told: string[] = [];
  const onLost = ({ message }: Error): void => void told.push(message);
  const moody = (): Calls => createCallThread({ baseUrl: '', timeoutMs: 50, marginMs: 100, tokens, script, onLost });

  it.each(['falls', 'silent'])(
    '%s: what it was at may have been sent, and the next call starts another',
    async (fault) => {
      thread = moody();
      const before = await thread.make(to('ashiya', 'before'));
      const [one, other] = await Promise.all([thread.make(to(fault)), thread.make(to('ashiya'))]);
      expect([one!.outcome, other!.outcome]).toEqual([lost, lost]);
      expect(told.splice(0)).toEqual(['the thread that calls LINE has ended']);
      const after = await thread.make(to('ashiya', 'after'));
      expect(after).toMatchObject({
        outcome: { type: 'delivered' },
        requestId: expect.stringMatching(/ after$/u) as string,
      });
      expect(after.requestId!.split(' ')[0]).not.toBe(before.requestId!.split(' ')[0]);
    },
  );

  it('closed under way: nobody waits for ever', async () => {
    thread = moody();
    const made = thread.make(to('silent'));
    await new Promise(setImmediate);
    const late = thread.make(to('ashiya'));
    await thread.close();
    expect([(await made).outcome, (await late).outcome]).toEqual([lost, lost]);
    expect(told).toEqual([]);
  });
});
