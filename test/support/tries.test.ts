/** Whether a thing was ever begun can be told after a crash, and is never claimed when it cannot be known. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTries } from '#support/tries.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tsunagi-tries-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('tells what was begun from what was not, after the process is gone', async () => {
  const before = createTries({ dir, boot: 'b1' });
  const generation = before.generation()!;
  await before.begin('a');
  const after = createTries({ dir, boot: 'b1' });
  expect(after.untried(generation, 'a')).toBe(false);
  expect(after.untried(generation, 'b')).toBe(true);
  expect(before.untried(generation, 'b')).toBe(true);
  // Many at once.
  await Promise.all(['c', 'd', 'e'].map((id) => before.begin(id)));
  expect(['c', 'd', 'e', 'f'].map((id) => after.untried(generation, id))).toEqual([false, false, false, true]);
});

it('claims nothing after a restart of the machine, of a process elsewhere, of names that are none', () => {
  const before = createTries({ dir, boot: 'b1' });
  const generation = before.generation()!;
  expect(createTries({ dir, boot: 'b2' }).untried(generation, 'b')).toBe(false);
  const after = createTries({ dir, boot: 'b1' });
  for (const strange of ['00000000.0', '', '../../etc/passwd', `${generation}1`, 'x.0'])
    expect(after.untried(strange, 'b')).toBe(false);
});

it('goes on over several files, and claims nothing of those that are gone', async () => {
  const tries = createTries({ dir, boot: 'b1', mostBytes: 40 });
  const first = tries.generation()!;
  for (let i = 0; i < 6; i++) await tries.begin(`id-number-${i}`);
  expect(tries.generation()).not.toBe(first);
  expect(tries.untried(first, 'id-number-5')).toBe(false);
  expect(tries.untried(first, 'other')).toBe(true);
  for (let i = 6; i < 30; i++) await tries.begin(`id-number-${i}`);
  expect(readdirSync(dir).length).toBeLessThanOrEqual(3);
  expect(tries.untried(first, 'other')).toBe(false);
});

it('takes its claims back when it can no longer write, and works without a folder', async () => {
  const tries = createTries({ dir, boot: 'b1' });
  const generation = tries.generation()!;
  tries.close();
  expect(tries.generation()).toBeNull();
  await tries.begin('a');
  const none = createTries({ dir: join(dir, `tries-${generation}`, 'no-folder'), boot: 'b1' });
  expect(none.generation()).toBeNull();
  await none.begin('a');
  expect(none.untried(generation, 'a')).toBe(false);
  expect(createTries({ dir, boot: null }).generation()).toBeNull();
});
