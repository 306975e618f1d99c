/** Operators' commands as real processes: unclean input gives one clear sentence and exit code 2, faults of the world 1. */
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createRedisDriver } from '#store/redis/redis-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { startTsunagi, tsunagi } from '../support/command.ts';
import { addTimers } from '../support/many-timers.ts';
import { type RedisServer, startRedis, whyNoRedis } from '../support/redis-server.ts';
import { newDataDir, startService } from '../support/service.ts';

const noRedis = await whyNoRedis();
const dir = mkdtempSync(join(tmpdir(), 'tsunagi-operators-'));
const keys = generateKey('k1');
const dataDir = newDataDir();
const envOf = (more: Record<string, string>) => ({ DATA_DIR: dataDir, SECRET_KEYS: keys, ...more });
const run = (args: string[], env: Record<string, string> = {}) => tsunagi(args, envOf(env));
async function fill(path: string, count: number): Promise<void> {
  const driver = createEmbeddedDriver({ path });
  const store = createSealedStore({ driver, keyRing: createKeyRing(keys) });
  await addTimers(store, count);
  // As `/readyz` does: the driver's own record is not sealed.
  await store.ping();
  await store.close();
}

beforeAll(async () => {
  await fill(join(dataDir, 'tsunagi.db'), 3_000);
  mkdirSync(join(dir, 'folder'));
  writeFileSync(join(dir, 'junk'), 'hello\n');
  writeFileSync(join(dir, 'empty'), '');
  writeFileSync(join(dir, 'left.part'), '');
  writeFileSync(join(dir, 'there'), 'x');
}, 60_000);

describe('unclean input', () => {
  it.each<[string[], string, number]>([
    [['backup'], "missing required argument 'file'", 2],
    [['backup', '/nowhere/x'], '/nowhere/x がありません（フォルダーの名前も確かめてください）。', 2],
    [['backup', join(dir, 'there')], 'が、すでにあります。', 2],
    [['backup', join(dir, 'left')], 'left.part があります。いま写している控えでなければ、消してから', 2],
    [['restore', join(dir, 'none')], 'がありません', 2],
    [['restore', join(dir, 'folder')], 'はフォルダーです', 2],
    [['restore', join(dir, 'junk')], 'は tsunagi の控えではありません。', 2],
    [['restore', join(dir, 'empty')], 'は途中で切れているか、変わっています。', 2],
    [['keys', 'new', 'a b:c'], 'SECRET_KEYS must look like name:base64key', 2],
    [['keys', 'rotate', 'x'], 'too many arguments', 2],
    [['move', 'http://x'], 'must look like redis://', 2],
    [['move', 'redis://127.0.0.1:1'], 'Redis at 127.0.0.1:1 does not answer', 1],
    [['doctor', '--jsn'], "unknown option '--jsn'", 2],
  ])('%j', { timeout: 30_000 }, async (args, sentence, code) => {
    const result = await run(args);
    expect(result.err).toContain(sentence);
    expect(result.err).not.toMatch(/^\s+at /mu);
    expect(result.code).toBe(code);
    expect(result.out).toBe('');
  });

  it('settings that do not fit', { timeout: 60_000 }, async () => {
    expect(await run(['doctor'], { SECRET_KEYS: 'k1:AA' })).toMatchObject({ code: 2 });
    expect(await run(['doctor'], { REDIS_URL: 'redis://127.0.0.1:1' })).toMatchObject({ code: 1 });
    const broken = newDataDir();
    writeFileSync(join(broken, 'tsunagi.db'), 'garbage that is no database, for certain');
    const result = await run(['doctor'], { DATA_DIR: broken });
    expect(result).toMatchObject({ code: 1 });
    expect(result.err).toContain('cannot be opened');
    // The wrong keys: everything is named as sealed, nothing is thrown.
    const other = await run(['doctor'], { SECRET_KEYS: generateKey('k1') });
    expect(other.code).toBe(1);
    expect(other.out).toContain('3000件を調べました');
  });
});

describe('keys rotate', () => {
  it('is killed on the way and goes on when it is begun again', { timeout: 60_000 }, async () => {
    const place = newDataDir();
    await fill(join(place, 'tsunagi.db'), 12_000);
    const env = { DATA_DIR: place, SECRET_KEYS: `${generateKey('k2')},${keys}` };
    const child = startTsunagi(['keys', 'rotate'], envOf(env));
    // It has said how far it is, so some of it is done and some is not.
    await once(child.stderr!, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = await run(['keys', 'rotate'], env);
    expect(again.code).toBe(0);
    const moved = Number(/ashiya: (\d+)件/u.exec(again.out)?.[1]);
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(12_000);
    console.log(`keys rotate: killed after ${12_000 - moved} of 12,000, then the other ${moved}`);
    // The old key may go.
    const [newer] = env.SECRET_KEYS.split(',');
    expect(await run(['doctor'], { DATA_DIR: place, SECRET_KEYS: newer! })).toMatchObject({ code: 0 });
  });
});

describe.skipIf(noRedis !== null)('move and restore', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('broken off: nobody serves from half a store, and it says what to do', { timeout: 60_000 }, async () => {
    const place = newDataDir();
    await fill(join(place, 'tsunagi.db'), 30_000);

    const child = startTsunagi(['move', redis.url], envOf({ DATA_DIR: place }));
    const target = await createRedisDriver({ url: redis.url });
    while ((await target.counts('ashiya', 'timer', 'at')).waiting === undefined);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await target.counts('ashiya', 'timer', 'at')).waiting).toBeLessThan(30_000);
    const there = { REDIS_URL: redis.url };
    const doctor = await run(['doctor'], there);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('broken off');
    expect((await run(['move', redis.url], { DATA_DIR: place })).err).toContain('途中で終わっています');
    await expect(startService({ env: { ...there, SECRET_KEYS: keys } })).rejects.toThrow('empty it and begin again');
    await redis.cli('FLUSHALL');
    const whole = await run(['move', redis.url], { DATA_DIR: place });
    expect(whole).toMatchObject({ code: 0 });
    expect((await target.counts('ashiya', 'timer', 'at')).waiting).toBe(30_000);
    expect(await run(['doctor'], there)).toMatchObject({ code: 0 });
    await target.close();
  });

  it('move refuses while the service runs on the file', { timeout: 60_000 }, async () => {
    await redis.cli('FLUSHALL');
    const service = await startService({ env: { SECRET_KEYS: keys } });
    const result = await run(['move', redis.url], { DATA_DIR: service.dataDir });
    await service.kill('SIGTERM');
    expect(result.err).toContain('サービスを止めて');
    expect(result.code).toBe(2);
    expect((await run(['move', redis.url], { DATA_DIR: service.dataDir })).code).toBe(0);
  });

  it('a backup that cannot be written to its end leaves nothing behind', { timeout: 60_000 }, async () => {
    const file = join(dir, 'too-large');
    const child = startTsunagi(['backup', file], envOf({}), ['prlimit', '--fsize=65536:65536']);
    let err = '';
    child.stderr!.on('data', (chunk) => (err += chunk));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(2);
    expect(err).toContain('大きすぎます');
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
    expect((await run(['backup', file])).code).toBe(0);
    expect(readFileSync(file, 'utf8').split('\n').length).toBe(3_000 + 3);
  });
});
