import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StaffTools, staffAdd, staffDisable, staffList, staffReset } from '#cli/staff.ts';
import { loadContent } from '#content/load-content.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { createManualClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';

let tools: StaffTools;
let out = '';
let err = '';
beforeEach(async () => {
  out = '';
  err = '';
  const files = await loadContent({ dir: 'flows' });
  tools = {
    store: createSealedStore({
      driver: createEmbeddedDriver({ path: ':memory:' }),
      keyRing: createKeyRing(generateKey('k')),
    }),
    municipality: files.municipalities.get('ashiya')!,
    clock: createManualClock(1_800_000_000_000),
    ids: createIds(),
    publicUrl: 'https://city.test',
    io: {
      stdout: {
        write: (text) => {
          out += text;
        },
      },
      stderr: {
        write: (text) => {
          err += text;
        },
      },
    },
  };
});
afterEach(() => tools.store.close());

describe('tsunagi staff', () => {
  it('adds somebody and prints a one-time link, never a password', async () => {
    expect(
      await staffAdd(tools, { login: 'Sato@City.test', name: '佐藤', roles: ['counsellor'], windows: ['sogo'] }),
    ).toBe(0);
    expect(out).toMatch(/https:\/\/city\.test\/console\/ashiya\/setup#[\w-]{30,}/u);
    out = '';
    await staffList(tools, { json: true });
    expect(JSON.parse(out)).toMatchObject([
      {
        login: 'sato@city.test',
        name: '佐藤',
        roles: ['counsellor'],
        windows: ['sogo'],
        disabled: false,
        secondFactor: false,
      },
    ]);
    expect(out).not.toMatch(/password|secret|hash/u);
  });

  it('says what is wrong and what there is', async () => {
    expect(await staffAdd(tools, { login: 'x1', roles: ['boss'] })).toBe(2);
    expect(err).toContain('counsellor, coordinator, editor, administrator, auditor');
    expect(await staffAdd(tools, { login: 'x1', roles: ['counsellor'], windows: ['nowhere'] })).toBe(2);
    expect(err).toContain('芦屋市にない窓口です: nowhere');
    expect(await staffDisable(tools, 'nobody')).toBe(1);
    await staffAdd(tools, { login: 'x1', roles: ['auditor'] });
    expect(await staffAdd(tools, { login: 'X1', roles: ['auditor'] })).toBe(1);
    expect(err).toContain('もうあります');
  });

  it('stops and resets an account, which ends its sessions', async () => {
    await staffAdd(tools, { login: 'x1', roles: ['auditor'] });
    const before = (await tools.store.list('ashiya', 'staff', 'all', { limit: 1 }))[0]!.body.generation;
    expect(await staffDisable(tools, 'x1')).toBe(0);
    expect(await staffReset(tools, 'x1')).toBe(0);
    const after = (await tools.store.list('ashiya', 'staff', 'all', { limit: 1 }))[0]!.body;
    expect(after.generation).toBe(before + 2);
    expect(after.password).toBeNull();
    const lines = await tools.store.list('ashiya', 'audit', 'at', { limit: 10 });
    expect(lines.map((row) => [row.body.by, row.body.action])).toEqual(
      expect.arrayContaining([
        ['operator', 'staff.add'],
        ['operator', 'staff.disable'],
        ['operator', 'staff.reset'],
      ]),
    );
  });
});
