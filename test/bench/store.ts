/**
 * What a typical turn costs in each store: 3 puts and 1 delete, bodies of 1.5 KB, 2 index rows each, at several turns
 * in flight. Prints one table; the ratio is to the embedded durable store at the same load.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Driver, RawOperation } from '#store/driver.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createRedisDriver } from '#store/redis/redis-driver.ts';
import { startCluster, startRedis, whyNoRedis } from '../support/redis-server.ts';

const CITY = 'ashiya';
const BODY = randomBytes(1536);

interface Subject {
  name: string;
  durable: boolean;
  open(): Promise<{ driver: Driver; close(): Promise<void> }>;
}

/** @param args `--turns 4000`, `--in-flight 1,16,64`, `--only embedded` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      turns: { type: 'string', default: '4000' },
      'in-flight': { type: 'string', default: '1,16,64' },
      only: { type: 'string', default: '' },
    },
  });
  const turns = Number(values.turns);
  const loads = values['in-flight'].split(',').map(Number);
  const dir = await mkdtemp(join(tmpdir(), 'tsunagi-bench-'));
  console.log(`fdatasync of 4 KB here: median ${measureSync(dir).toFixed(2)} ms`);
  const baseline = new Map<number, number>();
  console.log(
    'store                     in flight  ratio   turns/s   p50 ms   p99 ms   CPU µs per turn: event loop, process',
  );
  for (const subject of await subjects(dir)) {
    if (!subject.name.includes(values.only)) continue;
    const { driver, close } = await subject.open();
    for (const load of loads) {
      const figure = await measure(driver, subject.durable, load === 1 ? Math.ceil(turns / 8) : turns, load);
      if (!baseline.has(load)) baseline.set(load, figure.perSecond);
      console.log(
        [
          subject.name.padEnd(25),
          String(load).padStart(9),
          (figure.perSecond / baseline.get(load)!).toFixed(2).padStart(6),
          figure.perSecond.toFixed(0).padStart(9),
          figure.p50.toFixed(2).padStart(8),
          figure.p99.toFixed(2).padStart(8),
          figure.loop.toFixed(0).padStart(29),
          figure.cpu.toFixed(0).padStart(8),
        ].join(' '),
      );
    }
    await close();
  }
  await rm(dir, { recursive: true });
}

async function subjects(dir: string): Promise<Subject[]> {
  const embedded = (name: string, durable: boolean, thread: boolean): Subject => ({
    name,
    durable,
    async open() {
      const driver = createEmbeddedDriver({ path: join(dir, `${name}.db`), thread });
      return { driver, close: () => driver.close() };
    },
  });
  const redis = (name: string, fsync: string): Subject => ({
    name,
    durable: true,
    async open() {
      const server = await startRedis({ args: ['--appendfsync', fsync] });
      const driver = await createRedisDriver({ url: server.url, allowUnsafe: true });
      return { driver, close: () => driver.close().then(server.stop) };
    },
  });
  const cluster: Subject = {
    name: 'redis cluster, always',
    durable: true,
    async open() {
      const nodes = await startCluster();
      const driver = await createRedisDriver({ url: nodes.url });
      return { driver, close: () => driver.close().then(nodes.stop) };
    },
  };
  const local = [
    embedded('embedded, durable', true, true),
    embedded('embedded, not durable', false, true),
    embedded('embedded without thread', true, false),
  ];
  if ((await whyNoRedis()) !== null) return local;
  return [...local, redis('redis, always', 'always'), redis('redis, everysec (unsafe)', 'everysec'), cluster];
}

async function measure(driver: Driver, durable: boolean, turns: number, inFlight: number) {
  const mark = randomBytes(4).toString('hex');
  for (let i = 0; i < turns; i += 100) {
    const events = Array.from({ length: Math.min(100, turns - i) }, (_, j) =>
      put('inbox', `${mark}-${i + j}`, 0, i + j),
    );
    await driver.commit(CITY, events, false);
  }
  const times: number[] = [];
  let next = 0;
  const worker = async (who: number): Promise<void> => {
    for (let revision = 0, i = next++; i < turns; revision++, i = next++) {
      const began = performance.now();
      const result = await driver.commit(
        CITY,
        [
          put('session', `${mark}-${inFlight}-${who}`, revision, i),
          put('outgoing', `${mark}-${i}`, 0, i),
          put('seen', `${mark}-${i}`, 0, i),
          { type: 'delete', kind: 'inbox', id: `${mark}-${i}`, revision: 1 },
        ],
        durable,
      );
      if (!result.ok) throw new Error(`turn ${i} was refused for ${result.kind} ${result.id}`);
      times.push(performance.now() - began);
    }
  };
  const began = performance.now();
  const before = process.cpuUsage();
  const loopBefore = process.threadCpuUsage();
  await Promise.all(Array.from({ length: inFlight }, (_, who) => worker(who)));
  const perTurn = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / turns;
  const cpu = perTurn(process.cpuUsage(before));
  const loop = perTurn(process.threadCpuUsage(loopBefore));
  const seconds = (performance.now() - began) / 1000;
  times.sort((x, y) => x - y);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))]!;
  return { perSecond: turns / seconds, p50: at(0.5), p99: at(0.99), cpu, loop };
}

function put(kind: string, id: string, revision: number, at: number): RawOperation {
  const time = String(1_700_000_000_000 + at).padStart(15, '0');
  const entries = [['contact', `${id}|${time}`, null] as const, ['at', time, 'waiting'] as const];
  return { type: 'put', kind, id, revision, version: 1, body: BODY, entries, expiresAt: 1_800_000_000_000 + at };
}

/** In ms: what any durable store here pays at least. */
function measureSync(dir: string): number {
  const file = openSync(join(dir, 'sync'), 'w');
  const times = Array.from({ length: 100 }, () => {
    writeSync(file, BODY);
    const began = performance.now();
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  return times.sort((x, y) => x - y)[50]!;
}
