/** Servers to be measured, as processes of their own: the floor, or the service on either store. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey } from '#support/key-ring.ts';
import { START_ARGS } from '#support/start-args.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';
import { freePort, SECRET } from '../../support/service.ts';

const TOP = join(import.meta.dirname, '..', '..', '..');
const ARGS: Record<Candidate['kind'], readonly string[]> = {
  floor: ['test/bench/load/floor.ts'],
  least: ['test/bench/load/least.ts'],
  'least-redis': ['test/bench/load/least.ts'],
  embedded: START_ARGS,
  redis: START_ARGS,
};

/** As docs/redis.md advises: a log that is rewritten every few thousand messages would be measured, too. */
const AS_ADVISED = ['--auto-aof-rewrite-min-size', '1gb'];

export interface Candidate {
  name: string;
  kind: 'floor' | 'least' | 'least-redis' | 'embedded' | 'redis';
  servers: number;
}

export interface Servers {
  urls: string[];
  /** From the first process's begin until `/readyz` says 200. */
  startMs: number;
  /** Processor time and memory of the servers, and of Redis. */
  cpuMs(): { servers: number; mainThreads: number; redis: number };
  megabytes(): number;
  stop(): Promise<void>;
}

export interface Place {
  dataDir: string;
  redis: RedisServer | null;
  env: Record<string, string>;
  remove(): Promise<void>;
}

/** Where the records will be: an empty folder or an empty Redis. */
export async function makePlace(kind: Candidate['kind']): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tsunagi-bench-'));
  const redis = kind === 'redis' || kind === 'least-redis' ? await startRedis({ args: AS_ADVISED }) : null;
  const env = { SECRET_KEYS: generateKey('bench'), ...(redis ? { REDIS_URL: redis.url } : {}) };
  return {
    dataDir,
    redis,
    env,
    async remove() {
      await redis?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function startServers(
  { kind, servers }: Candidate,
  place: Place,
  options: { lineUrl: string; municipalities?: readonly string[] },
): Promise<Servers> {
  const children: ChildProcess[] = [];
  const urls: string[] = [];
  let startMs = 0;
  for (let i = 0; i < servers; i++) {
    const port = await freePort();
    const begin = performance.now();
    const child = spawn(process.execPath, [...profileArgs(kind), ...ARGS[kind]], {
      cwd: TOP,
      env: {
        ...process.env,
        PORT: String(port),
        HOST: '127.0.0.1',
        DATA_DIR: place.dataDir,
        LOG_LEVEL: 'error',
        LINE_API_BASE_URL: options.lineUrl,
        ...credentials(options.municipalities ?? ['ashiya']),
        ...place.env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk: Buffer) => chunk.toString().includes('tsunagi is ready') && resolve());
      child.once('exit', (code) => reject(new Error(`${kind} ended with ${code}`)));
    });
    const url = `http://127.0.0.1:${port}`;
    if (ARGS[kind] === START_ARGS) await (await fetch(`${url}/readyz`)).text();
    if (i === 0) startMs = performance.now() - begin;
    urls.push(url);
  }
  return {
    urls,
    startMs,
    cpuMs: () => ({
      servers: children.reduce((sum, child) => sum + cpuOf(`${child.pid}`), 0),
      mainThreads: children.reduce((sum, child) => sum + cpuOf(`${child.pid}/task/${child.pid}`), 0),
      redis: place.redis ? cpuOf(String(place.redis.pid)) : 0,
    }),
    megabytes: () =>
      children.reduce(
        (sum, child) =>
          sum + Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
        0,
      ),
    async stop() {
      await Promise.all(
        children.map((child) => {
          const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
          child.kill('SIGTERM');
          return ended;
        }),
      );
    },
  };
}

/** One city: the short names, which the floor reads too. */
function credentials(municipalities: readonly string[]): Record<string, string> {
  if (municipalities.length === 1) {
    return {
      MUNICIPALITIES: municipalities[0]!,
      LINE_CHANNEL_SECRET: SECRET,
      LINE_CHANNEL_ACCESS_TOKEN: `token-${municipalities[0]}`,
    };
  }
  const each = municipalities.flatMap((city) => {
    const name = city.toUpperCase().replaceAll('-', '_');
    return [
      [`LINE_CHANNEL_SECRET_${name}`, SECRET],
      [`LINE_CHANNEL_ACCESS_TOKEN_${name}`, `token-${city}`],
    ];
  });
  return { MUNICIPALITIES: municipalities.join(','), ...Object.fromEntries(each) };
}

function profileArgs(kind: Candidate['kind']): string[] {
  const dir = process.env.BENCH_PROFILE;
  return dir === undefined || ARGS[kind] !== START_ARGS ? [] : ['--cpu-prof', `--cpu-prof-dir=${dir}`];
}

/** Milliseconds of processor time that a process with all its threads, or one thread, has used. */
function cpuOf(task: string): number {
  const fields = readFileSync(`/proc/${task}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
