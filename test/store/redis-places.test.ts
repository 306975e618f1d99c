/** Every way to reach Redis that can be started here, and what is said at start when it is not fit to be trusted. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Driver, RawOperation } from '#store/driver.ts';
import { createCalls } from '#store/redis/calls.ts';
import { checkServer } from '#store/redis/check-server.ts';
import { type Connection, connect } from '#store/redis/connection.ts';
import { migrateLayout } from '#store/redis/layout.ts';
import { createRedisDriver } from '#store/redis/redis-driver.ts';
import { readTarget } from '#store/redis/target.ts';
import { freePort, type RedisServer, startCluster, startRedis, whyNoRedis } from '../support/redis-server.ts';

const why = await whyNoRedis();
const record = (id: string, revision: number | 'any'): RawOperation => ({
  type: 'put',
  kind: 'timer',
  id,
  revision,
  version: 1,
  body: Buffer.from('body'),
  entries: [['at', '1', 'waiting']],
  expiresAt: 5,
});
/** Makes the ACL user with the lines an operator would copy. */
async function addDocumentedUser(server: RedisServer): Promise<void> {
  const page = await readFile(new URL('../../docs/redis.md', import.meta.url), 'utf8');
  const lines = page.split('\n').filter((text) => text.startsWith('ACL SETUSER tsunagi'));
  expect(lines).toHaveLength(3);
  for (const line of lines) await server.cli(...line.split(' '));
}

/** Uses every command of the driver once. */
async function useAll(driver: Driver): Promise<void> {
  driver.watch(() => {});
  await driver.ping();
  expect(Math.abs((await driver.time!()) - Date.now())).toBeLessThan(5_000);
  expect(await driver.commit('ashiya', [record('a', 'any')], true)).toEqual({ ok: true });
  expect(await driver.get('ashiya', 'timer', ['a'])).toMatchObject([{ id: 'a', version: 1 }]);
  const options = { from: '', to: null, after: null, limit: 9, reverse: false };
  expect(await driver.list('ashiya', 'timer', 'at', options)).toMatchObject([{ id: 'a', key: '1' }]);
  expect(await driver.counts('ashiya', 'timer', 'at')).toEqual({ waiting: 1 });
  expect(await driver.expired('ashiya', 9, 9)).toMatchObject([{ kind: 'timer', id: 'a' }]);
  expect((await driver.scan('ashiya', null, 9)).records).toMatchObject([
    { kind: 'timer', id: 'a', entries: [['at', '1', 'waiting']], expiresAt: 5 },
  ]);
  const copied = [];
  for await (const page of driver.copy!('ashiya')) {
    copied.push(...page);
    // Written while it is read: comes again.
    if (copied.length === 1) expect(await driver.commit('ashiya', [record('b', 0)], true)).toEqual({ ok: true });
  }
  expect(copied.map(({ id }) => id)).toEqual(['a', 'b']);
  await driver.commit('ashiya', [{ type: 'delete', kind: 'timer', id: 'b', revision: 1 }], true);
  expect(await driver.commit('ashiya', [{ type: 'delete', kind: 'timer', id: 'a', revision: 'any' }], true)).toEqual({
    ok: true,
  });
  expect(await driver.municipalities()).toEqual(['ashiya']);
}

describe('the address of Redis', () => {
  it.each([
    ['redis://h', { mode: 'single', nodes: [{ host: 'h', port: 6379 }], login: {}, tls: null, database: 0 }],
    ['redis://:p%40s@h:7000/3', { login: { password: 'p@s' }, nodes: [{ host: 'h', port: 7000 }], database: 3 }],
    [
      'rediss://tsunagi:pw@[::1]:7000',
      { tls: {}, nodes: [{ host: '::1', port: 7000 }], login: { username: 'tsunagi' } },
    ],
    [
      'redis-unix://u:p%40@/run/redis%20x/redis.sock?database=2',
      {
        mode: 'single',
        file: { path: '/run/redis x/redis.sock' },
        login: { username: 'u', password: 'p@' },
        database: 2,
      },
    ],
    ['redis-unix:///redis.sock', { mode: 'single', file: { path: '/redis.sock' }, login: {}, tls: null, database: 0 }],
    [
      'redis-cluster://u:p@a:1,b:2',
      {
        mode: 'cluster',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
    ['rediss-cluster://a', { mode: 'cluster', tls: {}, nodes: [{ host: 'a', port: 6379 }] }],
    [
      'redis-sentinel://u:p@a,b:2/city/1?sentinelPassword=s',
      {
        mode: 'sentinel',
        nodes: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 2 },
        ],
        sentinel: { name: 'city', login: { password: 's' } },
        database: 1,
      },
    ],
  ])('reads %s', (url, expected) => {
    expect(readTarget({ url })).toMatchObject(expected);
  });

  it.each([
    ['http://h', 'must look like redis://'],
    ['redis://a,b', 'several hosts need redis-cluster://'],
    ['redis-sentinel://a', 'needs the name of the master'],
    ['redis-cluster://a/4', 'no numbered databases'],
    ['redis://a/x', 'must be a number'],
    ['redis://secret:password@h:99999', 'a host must look like'],
    ['rediss://h?ca=/nowhere.pem', 'the ca file /nowhere.pem cannot be read'],
  ])('refuses %s with a sentence', (url, sentence) => {
    const read = () => readTarget({ url });
    expect(read).toThrow(sentence);
    expect(read).not.toThrow('secret');
  });
});

describe.skipIf(why !== null)('redis at start', { timeout: 30_000 }, () => {
  const servers: RedisServer[] = [];
  const start = async (...options: Parameters<typeof startRedis>): Promise<RedisServer> => {
    const server = await startRedis(...options);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  it.each([
    [['--appendonly', 'no'], 'would forget on a restart: set "appendonly yes"'],
    [['--maxmemory-policy', 'allkeys-lru'], 'may drop records (allkeys-lru): set "maxmemory-policy noeviction"'],
    [['--appendfsync', 'everysec'], 'may lose the last second on a power cut (appendfsync everysec)'],
    [['--replicaof', '127.0.0.1 1'], 'is a replica, writes need the master'],
  ])('refuses %s', async (args, sentence) => {
    const { url } = await start({ args });
    const opening = createRedisDriver({ url });
    await expect(opening).rejects.toMatchObject({ name: 'StoreError', code: 'misconfigured' });
    await expect(opening).rejects.toThrow(sentence);
  });

  it('refuses a version before 7', async () => {
    // None that old can be started here: what one says of itself.
    const reply = Buffer.from('# Server\r\nredis_version:6.2.14\r\n');
    const old = { sendToAll: async () => [{ address: 'h:6379', reply }] } as unknown as Connection;
    await expect(checkServer(old)).rejects.toThrow('Redis at h:6379 has version 6.2.14, 7 or newer is needed');
  });

  it('starts on an unsafe server when told to', async () => {
    const { url } = await start({ args: ['--appendonly', 'no'] });
    const driver = await createRedisDriver({ url, allowUnsafe: true });
    await useAll(driver);
    await driver.close();
  });

  it('says that nobody answers, and who refused the login', async () => {
    const port = await freePort();
    const nobody = createRedisDriver({ url: `redis://127.0.0.1:${port}`, waitMs: 200 });
    await expect(nobody).rejects.toMatchObject({ code: 'unavailable' });
    await expect(nobody).rejects.toThrow(`Redis at 127.0.0.1:${port} does not answer`);
    const { port: locked } = await start({ args: ['--requirepass', 'right'] });
    const refused = createRedisDriver({ url: `redis://:wrong@127.0.0.1:${locked}` });
    await expect(refused).rejects.toMatchObject({ code: 'misconfigured' });
    await expect(refused).rejects.toThrow('refuses the user name or password');
  });

  it('works for the ACL user that docs/redis.md describes', async () => {
    const server = await start();
    await addDocumentedUser(server);
    const driver = await createRedisDriver({ url: `redis://tsunagi:password@127.0.0.1:${server.port}` });
    await useAll(driver);
    await driver.close();
  });

  it('works by the file of a server on the same machine, also when that starts again', async () => {
    const server = await start();
    await addDocumentedUser(server);
    const url = server.fileUrl.replace('//', '//tsunagi:password@');
    const driver = await createRedisDriver({ url });
    await useAll(driver);
    await server.kill();
    await server.start();
    await addDocumentedUser(server);
    await expect.poll(() => driver.ping().then(() => 'here', String), { timeout: 5_000 }).toBe('here');
    await driver.close();
    const nowhere = `${server.dir}/none.sock`;
    const nobody = createRedisDriver({ url: `redis-unix://${nowhere}`, waitMs: 200 });
    await expect(nobody).rejects.toThrow(`Redis at ${nowhere} does not answer`);
  });

  it('refuses data of a newer program', async () => {
    const server = await start();
    await server.cli('SADD', 'tsunagi:cities', 'ashiya');
    await server.cli('SET', 'tsunagi:{ashiya}:layout', '99');
    const opening = createRedisDriver({ url: server.url });
    await expect(opening).rejects.toMatchObject({ code: 'misconfigured' });
    await expect(opening).rejects.toThrow('the data of ashiya in Redis has layout 99, this program knows 1');
  });

  it('takes older data to its own layout once, and an older program cannot write any more', async () => {
    const server = await start();
    const old = await createRedisDriver({ url: server.url });
    await old.commit('ashiya', [record('a', 0)], true);
    const connection = await connect(readTarget({ url: server.url }), 1000);
    const calls = createCalls({ connections: [connection], waitMs: 1000 });
    let steps = 0;
    const step = async (): Promise<void> => {
      steps++;
      await expect(old.commit('ashiya', [record('b', 0)], true)).rejects.toMatchObject({ code: 'misconfigured' });
    };
    await migrateLayout({ calls, layout: 2, steps: [step] });
    await migrateLayout({ calls, layout: 2, steps: [step] });
    expect(steps).toBe(1);
    expect(await server.cli('GET', 'tsunagi:{ashiya}:layout')).toBe('2');
    await expect(old.commit('ashiya', [record('b', 0)], true)).rejects.toThrow('has layout 2, this program writes 1');
    // A step that a crash cut short is begun again.
    await server.cli('SET', 'tsunagi:{ashiya}:layout', '1>2');
    await migrateLayout({ calls, layout: 2, steps: [step] });
    expect(steps).toBe(2);
    connection.close();
    await old.close();
  });

  it('writes over index rows of another program version without knowing their names', async () => {
    const server = await start();
    const first = await createRedisDriver({ url: server.url });
    await first.commit('ashiya', [record('a', 0)], true);
    const second = await createRedisDriver({ url: server.url });
    expect(await second.commit('ashiya', [{ type: 'delete', kind: 'timer', id: 'a', revision: 1 }], true)).toEqual({
      ok: true,
    });
    expect(await server.cli('KEYS', '*')).not.toContain('timer');
    await first.close();
    await second.close();
  });

  it('follows a failover that Sentinels announce', async () => {
    const master = await start();
    const replica = await start({ args: ['--replicaof', `127.0.0.1 ${master.port}`] });
    while (!(await replica.cli('INFO', 'replication')).includes('master_link_status:up'));
    const sentinel = await start({
      cliArgs: ['-a', 'word', '--no-auth-warning'],
      sentinel: [
        'requirepass word',
        `sentinel monitor city 127.0.0.1 ${master.port} 1`,
        'sentinel down-after-milliseconds city 300',
        'sentinel failover-timeout city 3000',
        '',
      ].join('\n'),
    });
    while (!(await sentinel.cli('SENTINEL', 'REPLICAS', 'city')).includes(String(replica.port)));
    for (const server of [master, replica]) await addDocumentedUser(server);
    const driver = await createRedisDriver({
      // Of the Sentinels that are named, the first is not there.
      url: `redis-sentinel://tsunagi:password@127.0.0.1:1,127.0.0.1:${sentinel.port}/city?sentinelPassword=word`,
      waitMs: 1000,
    });
    await useAll(driver);
    await driver.commit('ashiya', [record('kept', 0)], true);
    // Replication is asynchronous: what the replica has not got yet is lost with its master.
    await master.cli('WAIT', '1', '1000');
    while ((await replica.cli('GET', 'tsunagi:{ashiya}:r:timer/kept')) === '');
    await master.kill();
    while (
      !(await driver.ping().then(
        () => true,
        () => false,
      ))
    );
    expect(await driver.get('ashiya', 'timer', ['kept'])).toMatchObject([{ id: 'kept', revision: 1 }]);
    expect(await driver.commit('ashiya', [record('after', 0)], true)).toEqual({ ok: true });
    expect(await replica.cli('GET', 'tsunagi:{ashiya}:r:timer/after')).not.toBe('');
    await driver.close();
  });
});

describe.skipIf(why !== null)('redis over TLS', { timeout: 30_000 }, () => {
  let dir: string;
  let server: RedisServer | null = null;
  let reason = '';
  const file = (name: string): string => join(dir, name);
  const own = (): string => `ca=${file('cert.pem')}&cert=${file('cert.pem')}&key=${file('key.pem')}`;
  let args: string[];
  let cliArgs: string[];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tsunagi-tls-'));
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', [...make, '-keyout', file('key.pem'), '-out', file('cert.pem'), ...names], {
      stdio: 'ignore',
    });
    const tls = ['--tls-cert-file', file('cert.pem'), '--tls-key-file', file('key.pem')];
    args = [...tls, '--tls-ca-cert-file', file('cert.pem')];
    cliArgs = ['--tls', '--cacert', file('cert.pem'), '--cert', file('cert.pem'), '--key', file('key.pem')];
    server = await startRedis({ tls: true, args: [...args, '--tls-auth-clients', 'no'], cliArgs }).catch(
      (error: Error) => {
        reason = error.message;
        return null;
      },
    );
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dir, { recursive: true });
  });
  beforeEach((context) => {
    if (server !== null) return;
    if (process.env.CI === 'true') throw new Error(reason);
    console.log(`Redis over TLS is left out: ${reason}`);
    context.skip();
  });

  it('works with the authority that is named, and refuses a server nobody vouches for', async () => {
    const url = `rediss://127.0.0.1:${server!.port}`;
    const driver = await createRedisDriver({ url: `${url}?ca=${file('cert.pem')}` });
    await useAll(driver);
    await driver.close();
    await expect(createRedisDriver({ url, waitMs: 300 })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('shows a certificate of its own where Redis asks for one', async () => {
    await server!.cli('CONFIG', 'SET', 'tls-auth-clients', 'yes');
    const url = `rediss://127.0.0.1:${server!.port}`;
    await expect(createRedisDriver({ url: `${url}?ca=${file('cert.pem')}`, waitMs: 300 })).rejects.toMatchObject({
      code: 'unavailable',
    });
    const driver = await createRedisDriver({ url: `${url}?${own()}` });
    await useAll(driver);
    await driver.close();
  });

  it('reaches a master that a Sentinel names, both over TLS', async () => {
    const lines = ['tls-replication yes', `sentinel monitor city 127.0.0.1 ${server!.port} 1`, ''];
    const options = args.join(' ').replaceAll(' --', '\n').slice(2);
    const sentinel = await startRedis({ tls: true, cliArgs, sentinel: [options, ...lines].join('\n') });
    const driver = await createRedisDriver({
      url: `rediss-sentinel://127.0.0.1:${sentinel.port}/city?${own()}`,
    });
    await useAll(driver);
    await driver.close();
    await sentinel.stop();
  });

  it('reaches a cluster', async () => {
    const cluster = await startCluster({ tls: true, cliArgs, args: [...args, '--tls-cluster', 'yes'] });
    const driver = await createRedisDriver({ url: `${cluster.url}?${own()}` });
    await useAll(driver);
    await driver.close();
    await cluster.stop();
  });
});

describe.skipIf(why !== null)('a cluster at start', { timeout: 30_000 }, () => {
  it('looks at every node', async () => {
    const cluster = await startCluster();
    await cluster.nodes[2]!.cli('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
    await expect(createRedisDriver({ url: cluster.url })).rejects.toThrow(
      `Redis at 127.0.0.1:${cluster.nodes[2]!.port} may drop records (volatile-ttl)`,
    );
    await cluster.nodes[2]!.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    const nodes = cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
    for (const node of cluster.nodes) await addDocumentedUser(node);
    const driver = await createRedisDriver({ cluster: { nodes, username: 'tsunagi', password: 'password' } });
    await useAll(driver);
    await driver.close();
    await cluster.stop();
  });
});
