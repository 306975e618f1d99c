/** Each wrong setting: one line that names it, and an exit code. */
import { describe, expect, it } from 'vitest';
import { generateKey } from '#support/key-ring.ts';
import { startRedis, whyNoRedis } from '../support/redis-server.ts';
import { runToEnd, startService } from '../support/service.ts';

const noRedis = await whyNoRedis();

const CASES: readonly [name: string, env: Record<string, string>, line: string, code: number][] = [
  ['a port that is no number', { PORT: 'abc' }, 'tsunagi: PORT: must be a number', 2],
  ['a port out of range', { PORT: '99999' }, 'tsunagi: PORT: must be 0 to 65535', 2],
  ['a city list with a space', { MUNICIPALITIES: 'ashiya, fukui' }, 'tsunagi: MUNICIPALITIES: must be a comma list', 2],
  [
    'a secret without a token',
    { LINE_CHANNEL_SECRET: '0'.repeat(32) },
    'tsunagi: LINE_CHANNEL_ACCESS_TOKEN: missing for ashiya',
    2,
  ],
  [
    'a secret that is none',
    { LINE_CHANNEL_SECRET: 'x', LINE_CHANNEL_ACCESS_TOKEN: 'y' },
    'tsunagi: LINE_CHANNEL_SECRET: for ashiya it must be 32',
    2,
  ],
  [
    'neither simulator nor channel',
    { SIMULATOR: 'off' },
    'tsunagi: LINE_CHANNEL_SECRET: needed when SIMULATOR is off',
    2,
  ],
  [
    'a key that is too short',
    { SECRET_KEYS: 'k1:AAAA' },
    'tsunagi: SECRET_KEYS: key "k1" has 3 bytes, 32 are needed',
    2,
  ],
  [
    'a Redis that does not answer',
    { REDIS_URL: 'redis://127.0.0.1:1', SECRET_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` },
    'tsunagi: Redis at 127.0.0.1:1 does not answer',
    1,
  ],
  ['a Redis address of another kind', { REDIS_URL: 'http://x' }, 'tsunagi: REDIS_URL: must begin with redis://', 2],
];

describe('settings', () => {
  it.each(CASES)('%s', { timeout: 20_000 }, async (_, env, line, code) => {
    const result = await runToEnd(env);
    expect(result.output).toContain(line);
    expect(result.output.trim().split('\n')).toHaveLength(1);
    expect(result.code).toBe(code);
  });
});

it.skipIf(noRedis !== null)(
  'a Redis that may forget or drop: refused by name, served when told so',
  { timeout: 60_000 },
  async () => {
    const redis = await startRedis({ args: ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru'] });
    const env = { REDIS_URL: redis.url, SECRET_KEYS: generateKey('k1') };
    const place = `tsunagi: Redis at 127.0.0.1:${redis.port}`;
    const forgets = await runToEnd(env);
    expect(forgets.output).toContain(`${place} would forget on a restart: set "appendonly yes"`);
    await redis.cli('CONFIG', 'SET', 'appendonly', 'yes');
    const drops = await runToEnd(env);
    expect(drops.output).toContain(`${place} may drop records (allkeys-lru): set "maxmemory-policy noeviction"`);
    for (const { output, code } of [forgets, drops]) expect([output.trim().split('\n').length, code]).toEqual([1, 1]);
    const service = await startService({ env: { ...env, REDIS_ALLOW_UNSAFE: 'yes' } });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    await service.kill('SIGTERM');
    await redis.stop();
  },
);
