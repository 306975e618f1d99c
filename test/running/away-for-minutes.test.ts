/**
 * `kill -9` under load, and the server is away for longer than a reply token lives: what was certainly never tried goes by
 * push; what may have arrived is not sent blindly, and comes again with the resident's next message. Real processes; the
 * minutes pass by the clocks (of the server and of the stand-in for LINE), not for us.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createFakeLine } from '#simulator/create-fake-line.ts';
import { createIds } from '#support/ids.ts';
import { generateKey } from '#support/key-ring.ts';
import { openStorage } from '../../src/open-store.ts';
import { deliverTo, serveFakeLine } from '../simulator/serve-fake-line.ts';
import { freePort, newDataDir, SECRET, type Service, startService } from '../support/service.ts';
import { WORDS } from './town.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6);
const RESIDENTS = 12;
const AWAY_MS = 120_000;

it(`${ROUNDS} kills, two minutes away each: nobody is told twice, and what is unknown is said again`, {
  timeout: 60_000 + ROUNDS * 15_000,
}, async () => {
  const port = await freePort();
  const dataDir = newDataDir();
  const clockFile = join(dataDir, 'clock');
  let offset = 0;
  writeFileSync(clockFile, '0');
  const line = createFakeLine({
    municipalities: [{ id: 'ashiya', secret: SECRET, token: 'token-ashiya' }],
    deliver: deliverTo(() => `http://127.0.0.1:${port}`),
    clock: { now: () => Date.now() + offset },
    ids: createIds(),
  });
  const served = await serveFakeLine(line);
  const keys = generateKey('k1');
  const env = {
    LINE_API_BASE_URL: served.url,
    LOG_LEVEL: 'error',
    SECRET_KEYS: keys,
    CLOCK_FILE: clockFile,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, '..', 'support', 'clock-hook.mjs')}`,
  };
  const start = (): Promise<Service> => startService({ port, dataDir, env });
  let service = await start();
  const kept: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const users = Array.from({ length: RESIDENTS }, () => line.addResident('ashiya').userId);
    const deliveries = users.map((user) => line.say(user, WORDS));
    // Between the first 200 and the last answer: each round cuts somewhere else.
    await Promise.race(deliveries);
    await wait((round * 13) % 50);
    await service.kill('SIGKILL');
    for (const [i, delivery] of (await Promise.all(deliveries)).entries())
      if (delivery.status === 200) kept.push(users[i]!);
    offset += AWAY_MS;
    writeFileSync(clockFile, String(offset));
    service = await start();
  }
  const told = (user: string): number => line.calls.filter((call) => call.delivered && call.userId === user).length;
  // All that is left is taken up at the start; its end is written a moment later.
  await wait(3_000);
  await service.kill('SIGTERM');
  const { store } = await openStorage({ DATA_DIR: dataDir, SECRET_KEYS: keys });
  const outgoing = await store.list('ashiya', 'outgoing', 'contact', { limit: 10_000 });
  await store.close();
  const states = Object.groupBy(outgoing, ({ body }) => body.state);
  expect(Object.keys(states).filter((state) => state !== 'sent' && state !== 'unknown')).toEqual([]);
  const silent = kept.filter((user) => told(user) === 0);
  expect(kept.filter((user) => told(user) > 1)).toEqual([]);
  // An answer that nobody saw is one whose fate is unknown, with its words still there.
  expect((states.unknown ?? []).every(({ body }) => body.messages.length > 0)).toBe(true);
  expect(silent.length).toBeLessThanOrEqual(states.unknown?.length ?? 0);
  service = await start();
  for (const user of silent) {
    await line.say(user, 'もしもし');
    await line.whenReceived(user, 1);
    await expect.poll(() => line.screenText(user).join('\n')).toContain('前のお返事が届いていないかもしれない');
  }
  await service.kill('SIGTERM');
  const { pushes } = line.counts();
  console.log(
    `away: ${ROUNDS} kills, ${kept.length} told 200: ${kept.length - silent.length} answered (${pushes} by push), ${silent.length} said again, ${states.unknown?.length ?? 0} unknown`,
  );
  await served.close();
  line.close();
});
