/**
 * `kill -9` at any point between the 200 and the reply: the next start finishes the turn, with one effect and one answer.
 * Real processes, real files; bounded: ROUNDS kills, each with RESIDENTS first messages under way.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { createFakeLine } from '#simulator/create-fake-line.ts';
import { systemClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { deliverTo, serveFakeLine } from '../simulator/serve-fake-line.ts';
import { freePort, SECRET, type Service, startService } from '../support/service.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6);
const RESIDENTS = 8;

describe('kill -9 between the 200 and the reply', () => {
  let service: Service | null = null;
  afterAll(async () => {
    await service?.kill('SIGKILL');
  });

  it(`${ROUNDS} kills: every kept message has exactly one answer`, { timeout: 120_000 }, async () => {
    const port = await freePort();
    const line = createFakeLine({
      municipalities: [{ id: 'ashiya', secret: SECRET, token: 'token-ashiya' }],
      deliver: deliverTo(() => `http://127.0.0.1:${port}`),
      clock: systemClock,
      ids: createIds(),
    });
    const served = await serveFakeLine(line);
    const env = { LINE_API_BASE_URL: served.url, LOG_LEVEL: 'warn' };
    service = await startService({ port, env });
    const { dataDir } = service;
    let kept = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const residents = Array.from({ length: RESIDENTS }, () => line.addResident('ashiya').userId);
      const deliveries = residents.map((userId) => line.say(userId, '母の物忘れがひどくて、夜も眠れません'));
      // From before the first 200 to after the last reply: each round cuts somewhere else.
      await wait(round * 12);
      await service.kill('SIGKILL');
      const statuses = (await Promise.all(deliveries)).map((delivery) => delivery.status);
      service = await startService({ port, env, dataDir });
      // LINE delivers again what got no 200; some of it was kept nevertheless.
      await line.redeliver();
      for (const userId of residents) await line.whenReceived(userId, 1);
      kept += statuses.filter((status) => status === 200).length;
    }
    // Whatever would be doubled has time to be: the leftovers of every start are worked off.
    await service.kill('SIGTERM');
    service = null;
    const answers = line.calls.filter((call) => call.delivered);
    const perResident = line
      .residents('ashiya')
      .map(({ userId }) => answers.filter((call) => JSON.stringify(call).includes(userId)).length);
    console.log(
      `kill tests: ${ROUNDS} kills, ${ROUNDS * RESIDENTS} messages, ${kept} of them told 200 before the kill`,
    );
    // After a kill the same reply may be tried once more: LINE refuses the used token, and nothing is said twice.
    const refused = line.calls.filter((call) => call.status === 400);
    expect(refused.filter((call) => !JSON.stringify(call.answer).includes('Invalid reply token'))).toEqual([]);
    expect(perResident.every((count) => count <= 1)).toBe(true);
    // One answer each: as many delivered calls as residents, whether by reply or push.
    expect(answers).toHaveLength(ROUNDS * RESIDENTS);
    await served.close();
    line.close();
  });
});
