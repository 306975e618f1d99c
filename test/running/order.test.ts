/**
 * One contact's messages at different servers, real processes on one Redis: answered in the order in which they were
 * written, one at a time, also when the way from one server to LINE is slow, and when that server dies on it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoRedis } from '../support/redis-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { openTown, type Town, WORDS } from './town.ts';

const noRedis = await whyNoRedis();
const RESIDENTS = Number(process.env.ORDER_RESIDENTS ?? 10);
const KILLS = Number(process.env.KILL_ROUNDS ?? 2);
const MESSAGES = [
  WORDS,
  '父のことも心配です',
  '家賃も払えません',
  'どこに行けばいいですか',
  'お願いします',
  '電話でもいいですか',
];

describe.skipIf(noRedis !== null)('the order of one contact over two servers', () => {
  let town: Town;
  let way: TcpProxy;
  beforeAll(async () => {
    town = await openTown({
      servers: 2,
      redis: true,
      // Server 0 reaches LINE over a line that can be slow.
      async env(i, lineUrl) {
        if (i === 1) return {};
        way ??= await startTcpProxy(Number(new URL(lineUrl).port));
        return { LINE_API_BASE_URL: `http://127.0.0.1:${way.port}` };
      },
    });
  }, 120_000);
  afterAll(async () => {
    const faults = (await town.examine()).flatMap((report) => report.faults);
    await town.close();
    await way.close();
    expect(faults).toEqual([]);
  }, 120_000);

  /** Messages of one resident, each to the other server than the one before. @returns their reply tokens, in order. */
  const write = async (user: string, texts: readonly string[], first = 0): Promise<string[]> => {
    const tokens: string[] = [];
    for (const [i, text] of texts.entries()) {
      town.aim((first + i) % 2);
      const event = town.line.events.text(user, text, { at: Date.now() + i });
      expect((await town.line.deliver('ashiya', [event])).status).toBe(200);
      tokens.push(event.replyToken!);
    }
    town.aim(null);
    return tokens;
  };
  /** Reply tokens in the order in which their answers came onto the screen. */
  const answered = (tokens: readonly string[]): string[] =>
    town.line.calls.flatMap(({ delivered, body }) => {
      const token = (body as { replyToken?: string }).replyToken ?? '';
      return delivered && tokens.includes(token) ? [token] : [];
    });
  const allAnswered = async (tokens: readonly string[]): Promise<void> => {
    for (const token of tokens)
      await town.line.whenCalled(
        (call) => call.delivered && (call.body as { replyToken?: string }).replyToken === token,
      );
  };

  it.each([
    ['both ways to LINE are quick', 0],
    ['one server reaches LINE slowly', 400],
  ])(
    `%s: ${RESIDENTS} residents, ${MESSAGES.length} messages each, alternating`,
    { timeout: 120_000 },
    async (_, ms) => {
      way.slow(ms);
      let wrong = 0;
      for (let n = 0; n < RESIDENTS; n++) {
        const tokens = await write(town.line.addResident('ashiya').userId, MESSAGES, n % 2);
        await allAnswered(tokens);
        if (answered(tokens).join() !== tokens.join()) wrong++;
      }
      way.slow(0);
      console.log(`order: ${RESIDENTS * MESSAGES.length} messages, ${wrong} residents answered out of order`);
      expect(wrong).toBe(0);
    },
  );

  it('several residents at once, one server slow to LINE', { timeout: 120_000 }, async () => {
    way.slow(200);
    const residents = Array.from({ length: RESIDENTS }, () => town.line.addResident('ashiya').userId);
    const sent: string[][] = residents.map(() => []);
    // One after the other for each resident, side by side over all of them.
    for (const [i, text] of MESSAGES.entries()) {
      town.aim(i % 2);
      await Promise.all(
        residents.map(async (user, n) => {
          const event = town.line.events.text(user, text, { at: Date.now() + i });
          expect((await town.line.deliver('ashiya', [event])).status).toBe(200);
          sent[n]!.push(event.replyToken!);
        }),
      );
    }
    town.aim(null);
    await allAnswered(sent.flat());
    way.slow(0);
    const wrong = sent.filter((tokens) => answered(tokens).join() !== tokens.join()).length;
    console.log(`order: ${sent.flat().length} messages at once, ${wrong} residents answered out of order`);
    expect(wrong).toBe(0);
  });

  it(`${KILLS} × kill -9 while everybody writes several times: once each, and what was taken at once in order`, {
    timeout: 60_000 + KILLS * 30_000,
  }, async () => {
    let longest = 0;
    let taken = 0;
    for (let round = 0; round < KILLS; round++) {
      const victim = round % 2;
      const residents = Array.from({ length: 6 }, () => town.line.addResident('ashiya').userId);
      const sent: { token: string; atOnce: boolean }[][] = residents.map(() => []);
      const writing = residents.map(async (user, n) => {
        for (const [i, text] of MESSAGES.slice(0, 4).entries()) {
          const event = town.line.events.text(user, text, { at: Date.now() + i });
          const { status } = await town.line.deliver('ashiya', [event]);
          sent[n]!.push({ token: event.replyToken!, atOnce: status === 200 });
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 10 + ((round * 17) % 80)));
      const killed = performance.now();
      await town.kill(victim, 'SIGKILL');
      await Promise.all(writing);
      while ((await town.line.redeliver()).some(({ status }) => status !== 200));
      await allAnswered(sent.flat().map(({ token }) => token));
      longest = Math.max(longest, performance.now() - killed);
      for (const messages of sent) {
        const tokens = messages.filter(({ atOnce }) => atOnce).map(({ token }) => token);
        taken += tokens.length;
        expect(answered(tokens)).toEqual(tokens);
        expect(answered(messages.map(({ token }) => token))).toHaveLength(messages.length);
      }
      await town.start(victim);
    }
    console.log(
      `order: ${KILLS} kills, ${KILLS * 24} messages, ${taken} taken at once and in order, longest to the last answer ${(longest / 1000).toFixed(1)} s`,
    );
  });

  it('the server dies with an answer on its slow way: taken over within seconds, in order', {
    timeout: 60_000,
  }, async () => {
    way.slow(60_000);
    const user = town.line.addResident('ashiya').userId;
    const tokens = await write(user, MESSAGES.slice(0, 1));
    // The answer is saved and on its way; what comes after it reaches the other server.
    await new Promise((resolve) => setTimeout(resolve, 500));
    tokens.push(...(await write(user, MESSAGES.slice(1, 3), 1).then((all) => all)));
    await town.kill(0, 'SIGKILL');
    const killed = performance.now();
    await allAnswered(tokens);
    const took = performance.now() - killed;
    way.slow(0);
    console.log(`order: taken over ${(took / 1000).toFixed(1)} s after the kill`);
    expect(answered(tokens)).toEqual(tokens);
    expect(took).toBeLessThan(15_000);
    await town.start(0);
  });
});
