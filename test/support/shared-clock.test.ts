/** The time all servers ask for, whatever this machine's clock says. */
import { expect, it } from 'vitest';
import { createSharedClock } from '#support/shared-clock.ts';

it('carries the told time on by its own watch, and follows when told anew', async () => {
  let told = 1_000_000;
  let watch = 50;
  const clock = await createSharedClock({ ask: async () => told, watch: () => watch });
  expect(clock.now()).toBe(1_000_000);
  watch += 700;
  expect(clock.now()).toBe(1_000_700);
  told = 2_000_000;
  await clock.sync();
  expect(clock.now()).toBe(2_000_000);
  clock.stop();
});

it('reckons with the way there and back, and does not use an answer that was long on it', async () => {
  let watch = 0;
  let way = 100;
  const ask = async (): Promise<number> => {
    watch += way;
    return 5_000;
  };
  const clock = await createSharedClock({ ask, watch: () => watch });
  expect(clock.now()).toBe(5_050);
  way = 10_000;
  await clock.sync();
  expect(clock.now()).toBe(55_050);
  clock.stop();
});

it('does not begin without an answer, and goes on without later ones', async () => {
  await expect(createSharedClock({ ask: () => Promise.reject(new Error('away')) })).rejects.toThrow('away');
  let away = false;
  const ask = async (): Promise<number> => {
    if (away) throw new Error('away');
    return 9_000;
  };
  const clock = await createSharedClock({ ask, watch: () => 0, everyMs: 1 });
  away = true;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(clock.now()).toBe(9_000);
  clock.stop();
});
