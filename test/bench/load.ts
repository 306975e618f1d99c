/**
 * Messages per second and waiting times of the whole path, against a floor without state, in one run on one machine.
 * `npm run bench -- load [--messages N]`. Ratios first: these machines are noisy, and only a ratio of one run says much.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, SECRET } from '../support/service.ts';
import { createGenerator, type Generator, type LoadResult } from './load/generator.ts';

const TOP = join(import.meta.dirname, '..', '..');
const WARM_UP = 600;

interface Candidate {
  name: string;
  script: string;
  env: Record<string, string>;
  servers: number;
}

export async function run(args: string[]): Promise<void> {
  const at = args.indexOf('--messages');
  const messages = at < 0 ? 4000 : Number(args[at + 1]);
  const generator = await createGenerator();
  const texts = readTexts();
  const dirs: string[] = [];
  const candidates: Candidate[] = [
    { name: 'floor', script: 'test/bench/load/floor.ts', env: {}, servers: 1 },
    { name: 'embedded', script: 'src/main.ts', env: {}, servers: 1 },
  ];
  const rows: Row[] = [];
  for (const candidate of candidates) {
    const dataDir = mkdtempSync(join(tmpdir(), 'tsunagi-bench-'));
    dirs.push(dataDir);
    const started = await startServers(candidate, generator, dataDir);
    try {
      const options = { targets: started.urls, municipality: 'ashiya', secret: SECRET, texts };
      await generator.run({ ...options, inFlight: 16, messages: WARM_UP, seed: `${candidate.name}w` });
      for (const inFlight of process.env.BENCH_PROFILE ? [64] : [16, 64]) {
        const before = { server: started.cpuMs(), own: process.cpuUsage() };
        const result = await generator.run({ ...options, inFlight, messages, seed: `${candidate.name}${inFlight}` });
        const own = process.cpuUsage(before.own);
        rows.push({
          ...result,
          name: candidate.name,
          inFlight,
          serverMs: (started.cpuMs() - before.server) / messages,
          generatorMs: (own.user + own.system) / 1000 / messages,
          megabytes: started.megabytes(),
          startMs: started.startMs,
        });
        process.stderr.write(`${candidate.name} ${inFlight}: ${result.perSecond.toFixed(0)}/s\n`);
      }
    } finally {
      await started.stop();
    }
  }
  generator.close();
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  print(rows);
}

interface Row extends LoadResult {
  name: string;
  inFlight: number;
  megabytes: number;
  startMs: number;
  /** Processor time for each message: of the servers, and of residents and LINE. */
  serverMs: number;
  generatorMs: number;
}

function print(rows: readonly Row[]): void {
  console.log(
    'server, in flight      of floor  p99 of floor  msg/s   reply p50/p95/p99 ms     ack p99 ms  RSS MB  pushed  failed  start ms  cpu ms/msg server, generator',
  );
  for (const row of rows) {
    const floor = rows.find((other) => other.name === 'floor' && other.inFlight === row.inFlight)!;
    const { reply, ack } = row;
    const ms = (value: number): string => value.toFixed(1);
    console.log(
      [
        `${row.name}, ${row.inFlight}`.padEnd(22),
        (row.perSecond / floor.perSecond).toFixed(2).padStart(8),
        (reply.p99 / floor.reply.p99).toFixed(2).padStart(13),
        row.perSecond.toFixed(0).padStart(6),
        `${ms(reply.p50)} / ${ms(reply.p95)} / ${ms(reply.p99)}`.padStart(23),
        ms(ack.p99).padStart(14),
        row.megabytes.toFixed(0).padStart(7),
        String(row.pushes).padStart(7),
        String(row.failures).padStart(7),
        row.startMs.toFixed(0).padStart(9),
        row.serverMs.toFixed(3).padStart(18),
        row.generatorMs.toFixed(3).padStart(10),
      ].join(' '),
    );
  }
}

/** Milliseconds of processor time a process has used, all its threads. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** First messages of many kinds, as the committed evaluation set has them. */
function readTexts(): string[] {
  const lines = readFileSync(join(TOP, 'test/triage/eval/tuning.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}

async function startServers(candidate: Candidate, generator: Generator, dataDir: string) {
  const children: ChildProcess[] = [];
  const urls: string[] = [];
  let startMs = 0;
  for (let i = 0; i < candidate.servers; i++) {
    const port = await freePort();
    const begin = performance.now();
    const env = {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      LINE_API_BASE_URL: generator.url,
      LINE_CHANNEL_SECRET: SECRET,
      LINE_CHANNEL_ACCESS_TOKEN: 'token-ashiya',
      ...candidate.env,
    };
    const nodeArgs =
      process.env.BENCH_PROFILE && candidate.name !== 'floor'
        ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`]
        : [];
    const child = spawn(process.execPath, [...nodeArgs, candidate.script], {
      cwd: TOP,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk: Buffer) => chunk.toString().includes('tsunagi is ready') && resolve());
      child.once('exit', (code) => reject(new Error(`${candidate.name} ended with ${code}`)));
    });
    startMs = performance.now() - begin;
    urls.push(`http://127.0.0.1:${port}`);
  }
  return {
    urls,
    startMs,
    cpuMs: () => children.reduce((sum, child) => sum + cpuOf(child.pid!), 0),
    megabytes: () =>
      children.reduce(
        (sum, child) =>
          sum + Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
        0,
      ),
    stop: () =>
      Promise.all(
        children.map((child) => {
          const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
          child.kill('SIGTERM');
          return ended;
        }),
      ),
  };
}

if (import.meta.main) await run(process.argv.slice(2));
