/**
 * Messages per second and waiting times of the whole path, against a floor without state, in one run on one machine.
 * `npm run bench -- load [--messages N] [--only least,least-redis,embedded,redis] [--in-flight 16,64] [--crises all]`. Ratios first: machines are noisy, and
 * only a ratio of one run says much. Processor time a message is the steadiest figure where others use the machine too.
 */
import { parseArgs } from 'node:util';
import { whyNoRedis } from '../support/redis-server.ts';
import { SECRET } from '../support/service.ts';
import { createGenerator, type LoadResult } from './load/generator.ts';
import { type Candidate, makePlace, startServers } from './load/servers.ts';
import { CRISIS_SHARE, readTexts } from './load/texts.ts';

/** So many that what is compiled while it runs has been compiled. */
/** A service runs for weeks: it is measured when its code is compiled, which takes it longer than the floor. */
const WARM_UP = 12_000;
const CANDIDATES: readonly Candidate[] = [
  { name: 'floor', kind: 'floor', servers: 1 },
  { name: 'least', kind: 'least', servers: 1 },
  { name: 'least, redis', kind: 'least-redis', servers: 1 },
  { name: 'embedded', kind: 'embedded', servers: 1 },
  { name: 'redis, 1 server', kind: 'redis', servers: 1 },
  { name: 'redis, 2 servers', kind: 'redis', servers: 2 },
];

interface Row extends LoadResult {
  name: string;
  kind: Candidate['kind'];
  inFlight: number;
  megabytes: number;
  startMs: number;
  /** Processor time for each message: of the servers, of Redis, and of residents and LINE together. */
  serverMs: number;
  mainThreadMs: number;
  redisMs: number;
  generatorMs: number;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: '8000' },
      only: { type: 'string', default: 'embedded,redis' },
      'in-flight': { type: 'string', default: '16,64' },
      /** `few` = one in twenty; `all` = as in the evaluation set, about one in four. */
      crises: { type: 'string', default: 'few' },
    },
  });
  const only = values.only.split(',');
  const needRedis = only.filter((kind) => kind.endsWith('redis'));
  const kinds = ['floor', ...only.filter((kind) => !kind.endsWith('redis'))];
  if (needRedis.length > 0 && (await whyNoRedis()) === null) kinds.push(...needRedis);
  const rows: Row[] = [];
  for (const candidate of CANDIDATES) {
    if (!kinds.includes(candidate.kind)) continue;
    const loads = values['in-flight'].split(',').map(Number);
    const texts = readTexts(values.crises === 'all' ? null : CRISIS_SHARE);
    rows.push(...(await measure(candidate, Number(values.messages), loads, texts)));
  }
  print(rows);
}

async function measure(
  candidate: Candidate,
  messages: number,
  loads: readonly number[],
  texts: readonly string[],
): Promise<Row[]> {
  const generator = await createGenerator();
  const place = await makePlace(candidate.kind);
  const servers = await startServers(candidate, place, { lineUrl: generator.url });
  const rows: Row[] = [];
  try {
    const options = { targets: servers.urls, municipality: 'ashiya', secret: SECRET, texts };
    await generator.run({ ...options, inFlight: 32, messages: WARM_UP * candidate.servers, seed: 'warm' });
    for (const inFlight of loads) {
      const before = { ...servers.cpuMs(), own: process.cpuUsage() };
      const result = await generator.run({ ...options, inFlight, messages, seed: `n${inFlight}` });
      const own = process.cpuUsage(before.own);
      const after = servers.cpuMs();
      rows.push({
        ...result,
        ...candidate,
        inFlight,
        megabytes: servers.megabytes(),
        startMs: servers.startMs,
        serverMs: (after.servers - before.servers) / messages,
        mainThreadMs: (after.mainThreads - before.mainThreads) / messages,
        redisMs: (after.redis - before.redis) / messages,
        generatorMs: (own.user + own.system) / 1000 / messages,
      });
    }
  } finally {
    await servers.stop();
    await place.remove();
    generator.close();
  }
  return rows;
}

function print(rows: readonly Row[]): void {
  console.log(
    'server, in flight      of floor  p99 of floor  msg/s   reply p50/p95/p99 ms     ack p99 ms  RSS MB  pushed  failed  start ms  cpu ms a message: server (main thread)  redis  residents+LINE',
  );
  for (const row of rows) {
    const floor = rows.find((other) => other.kind === 'floor' && other.inFlight === row.inFlight)!;
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
        `${row.serverMs.toFixed(2)} (${row.mainThreadMs.toFixed(2)})`.padStart(39),
        row.redisMs.toFixed(2).padStart(6),
        row.generatorMs.toFixed(2).padStart(15),
      ].join(' '),
    );
  }
}

if (import.meta.main) await run(process.argv.slice(2));
