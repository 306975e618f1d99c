/** Real Redis processes for tests: each in a folder of its own, on free loopback ports, keeping what it is told. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the driver demands of a server. */
const KEEPS = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction', '--save', ''];

/**
 * @returns null when Redis can be started here, else one line that says why not.
 * @throws Error instead of returning it when `CI=true`: there nothing is left out in silence.
 */
export async function whyNoRedis(): Promise<string | null> {
  let why: string | null = null;
  try {
    const { stdout } = await run('redis-server', ['--version']);
    const version = /v=(\d+)\.(\d+)/u.exec(stdout);
    if (Number(version?.[1] ?? 0) < 7) why = `redis-server has version ${version?.[0] ?? 'unknown'}, 7 is needed`;
  } catch {
    why = 'redis-server is not installed';
  }
  if (why !== null && process.env.CI === 'true') throw new Error(`Redis suites cannot run: ${why}`);
  if (why !== null) console.log(`Redis suites are left out: ${why}`);
  return why;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  // A cluster's bus uses port + 10000.
  return port > 55_000 ? freePort() : port;
}

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** The same server by its file. */
  readonly fileUrl: string;
  readonly dir: string;
  readonly pid: number;
  /** Runs redis-cli against it. */
  cli(...args: string[]): Promise<string>;
  /** Ends the process at once, as a crash would, and starts it again on the same data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** @param options.args further arguments of redis-server; the last of a name counts. */
export async function startRedis(
  options: { args?: string[]; port?: number; sentinel?: string; tls?: boolean; cliArgs?: string[] } = {},
): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'tsunagi-redis-'));
  const port = options.port ?? (await freePort());
  const file = join(dir, 'redis.sock');
  let child: ChildProcess;
  const ports = options.tls === true ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)];
  const common = [...ports, '--bind', '127.0.0.1', '--dir', dir];

  const start = async (): Promise<void> => {
    const args =
      options.sentinel === undefined
        ? [...common, '--unixsocket', file, ...KEEPS, ...(options.args ?? [])]
        : [join(dir, 'sentinel.conf'), ...common, '--sentinel'];
    if (options.sentinel !== undefined) await writeFile(join(dir, 'sentinel.conf'), options.sentinel, { flag: 'a' });
    child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    const ready = (async () => {
      for await (const line of createInterface({ input: child.stdout! })) {
        lines.push(line);
        if (/Ready to accept connections|Sentinel ID is/u.test(line)) return true;
      }
      return false;
    })();
    if (!(await ready)) throw new Error(`redis-server did not start: ${lines.slice(-3).join(' | ')}`);
    child.stdout!.resume();
    child.stderr!.resume();
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  // A test that fails before it stops its server must not leave it behind.
  const abandon = (): void => void child.kill('SIGKILL');
  process.once('exit', abandon);
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    fileUrl: `redis-unix://${file}`,
    dir,
    get pid() {
      return child.pid!;
    },
    async cli(...args) {
      const { stdout } = await run('redis-cli', ['-e', '-p', String(port), ...(options.cliArgs ?? []), ...args]);
      return stdout.trim();
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await end('SIGKILL');
      process.off('exit', abandon);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Three masters that share the slots. @param options as for one server. */
export async function startCluster(
  options: { args?: string[]; tls?: boolean; cliArgs?: string[] } = {},
): Promise<{ url: string; nodes: RedisServer[]; stop(): Promise<void> }> {
  const args = [...(options.args ?? []), '--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all([0, 1, 2].map(() => startRedis({ ...options, args })));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const create = ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'];
  await run('redis-cli', [...(options.cliArgs ?? []), ...create]);
  // The nodes agree some hundred milliseconds after redis-cli is done.
  for (const node of nodes) while (!(await node.cli('CLUSTER', 'INFO')).includes('cluster_state:ok'));
  return {
    url: `${options.tls === true ? 'rediss' : 'redis'}-cluster://${addresses.join(',')}`,
    nodes,
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}
