/**
 * `kill -9` at any point between the 200 and the reply, on the embedded store: the next start finishes the turn, with one
 * effect and one answer, and in the file nothing is half done. Bounded: ROUNDS kills, each with RESIDENTS first messages
 * under way.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTown, type Town, WORDS } from './town.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6);
const RESIDENTS = 8;
let town: Town;
beforeAll(async () => {
  town = await openTown({ servers: 1, redis: false });
});
afterAll(() => town.close());

it(`${ROUNDS} × kill -9 between the 200 and the reply: one answer each, and a file in which all holds`, {
  timeout: 60_000 + ROUNDS * 10_000,
}, async () => {
  const { line } = town;
  const everybody: string[] = [];
  let kept = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const users = Array.from({ length: RESIDENTS }, () => line.addResident('ashiya').userId);
    const deliveries = users.map((user) => line.say(user, WORDS));
    // From before the first 200 to after the last reply: each round cuts somewhere else.
    await wait((round * 12) % 96);
    await town.kill(0, 'SIGKILL');
    kept += (await Promise.all(deliveries)).filter(({ status }) => status === 200).length;
    await town.start(0);
    // LINE delivers again what got no 200; some of it was kept nevertheless.
    await town.settle(users);
    everybody.push(...users);
  }
  // Whatever would be doubled has time to be: the leftovers of every start are worked off before it stops.
  const reports = await town.examine();
  const records = reports.reduce((sum, one) => sum + one.records, 0);
  console.log(
    `kills: ${ROUNDS}, ${everybody.length} messages, ${kept} told 200 before the kill, ${records} records read`,
  );
  expect(reports.flatMap((report) => report.faults)).toEqual([]);
  expect(town.told(everybody)).toEqual(everybody.map(() => 1));
  // After a kill the same reply may be tried once more: LINE refuses the used token, and nothing is said twice.
  const refused = line.calls.filter((call) => call.status === 400);
  expect(refused.filter((call) => !JSON.stringify(call.answer).includes('Invalid reply token'))).toEqual([]);
});
