/**
 * Messages per second and waiting times of the whole path, against a floor without state, in one run on one machine.
 * `npm run bench -- load [--messages N] [--rounds N] [--only least,least-redis,embedded,redis] [--in-flight 16,64]
 * [--crises all]`. Machines are noisy and drift: all servers stand ready, are measured in turn and that several times, and
 * each row is the median of its rounds, with ratios taken within a round. Processor time a message is the steadiest figure.
 */
import { parseArgs } from 'node:util';
import { whyNoRedis } from '../support/redis-server.ts';
import { SECRET } from '../support/service.ts';
import { createGenerator, type Generator, type LoadResult } from './load/generator.ts';
import { median } from './load/median.ts';
import { type Candidate, makePlace, type Place, type Servers, startServers } from './load/servers.ts';
import { CRISIS_SHARE, readTexts } from './load/texts.ts';

/** A service runs for weeks: it is measured when V8 has compiled it, which takes some 40,000 messages. */
const WARM_UP = 40_000;
const CANDIDATES: readonly Candidate[] = [
  { name: 'floor', kind: 'floor', servers: 1 },
  { name: 'least', kind: 'least', servers: 1 },
  { name: 'least, redis', kind: 'least-redis', servers: 1 },
  { name: 'embedded', kind: 'embedded', servers: 1 },
  { name: 'redis, 1 server', kind: 'redis', servers: 1 },
  { name: 'redis, 2 servers', kind: 'redis', servers: 2 },
];

interface Figures extends LoadResult {
  megabytes: number;
  /** Processor time for each message: of the servers, of Redis, and of residents and LINE together. */
  serverMs: number;
  mainThreadMs: number;
  redisMs: number;
  generatorMs: number;
}

interface Ready extends Candidate {
  running: Servers;
  place: Place;
  /** By messages in flight, round by round. */
  rounds: Map<number, Figures[]>;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      /** Of a round. */
      messages: { type: 'string', default: '4000' },
      rounds: { type: 'string', default: '5' },
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
  const loads = values['in-flight'].split(',').map(Number);
  const texts = readTexts(values.crises === 'all' ? null : CRISIS_SHARE);
  const generator = await createGenerator();
  const all: Ready[] = [];
  try {
    for (const candidate of CANDIDATES.filter(({ kind }) => kinds.includes(kind))) {
      const place = await makePlace(candidate.kind);
      const running = await startServers(candidate, place, { lineUrl: generator.url });
      const ready = { ...candidate, running, place, rounds: new Map(loads.map((inFlight) => [inFlight, []])) };
      all.push(ready);
      await load(generator, ready, texts, 32, WARM_UP * candidate.servers, 'warm');
    }
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const inFlight of loads) {
        for (const one of all) {
          const seed = `r${round}n${inFlight}`;
          one.rounds.get(inFlight)!.push(await load(generator, one, texts, inFlight, Number(values.messages), seed));
        }
      }
    }
  } finally {
    for (const { running, place } of all) {
      await running.stop();
      await place.remove();
    }
    generator.close();
  }
  print(all, loads);
}

async function load(
  generator: Generator,
  { running }: Ready,
  texts: readonly string[],
  inFlight: number,
  messages: number,
  seed: string,
): Promise<Figures> {
  const options = { targets: running.urls, municipality: 'ashiya', secret: SECRET, texts };
  const before = { ...running.cpuMs(), own: process.cpuUsage() };
  const result = await generator.run({ ...options, inFlight, messages, seed });
  const own = process.cpuUsage(before.own);
  const after = running.cpuMs();
  return {
    ...result,
    megabytes: running.megabytes(),
    serverMs: (after.servers - before.servers) / messages,
    mainThreadMs: (after.mainThreads - before.mainThreads) / messages,
    redisMs: (after.redis - before.redis) / messages,
    generatorMs: (own.user + own.system) / 1000 / messages,
  };
}

function print(all: readonly Ready[], loads: readonly number[]): void {
  const floor = all.find(({ kind }) => kind === 'floor')!;
  console.log(
    'server, in flight       of floor (least to most)  p99 of floor  msg/s   reply p50/p95/p99 ms     ack p99 ms  RSS MB  pushed  failed  start ms  cpu ms a message: server (main thread)  redis  residents+LINE',
  );
  for (const { name, running, rounds } of all) {
    for (const inFlight of loads) {
      const figures = rounds.get(inFlight)!;
      const least = floor.rounds.get(inFlight)!;
      const share = figures.map(({ perSecond }, i) => perSecond / least[i]!.perSecond);
      const tail = figures.map(({ reply }, i) => reply.p99 / least[i]!.reply.p99);
      const of = (read: (one: Figures) => number, digits: number): string => median(figures.map(read)).toFixed(digits);
      const sum = (read: (one: Figures) => number): string =>
        String(figures.reduce((total, one) => total + read(one), 0));
      console.log(
        [
          `${name}, ${inFlight}`.padEnd(22),
          `${median(share).toFixed(2)} (${Math.min(...share).toFixed(2)}–${Math.max(...share).toFixed(2)})`.padStart(
            26,
          ),
          median(tail).toFixed(2).padStart(13),
          of((one) => one.perSecond, 0).padStart(6),
          `${of(({ reply }) => reply.p50, 1)} / ${of(({ reply }) => reply.p95, 1)} / ${of(({ reply }) => reply.p99, 1)}`.padStart(
            23,
          ),
          of(({ ack }) => ack.p99, 1).padStart(14),
          of((one) => one.megabytes, 0).padStart(7),
          sum((one) => one.pushes).padStart(7),
          sum((one) => one.failures).padStart(7),
          running.startMs.toFixed(0).padStart(9),
          `${of((one) => one.serverMs, 2)} (${of((one) => one.mainThreadMs, 2)})`.padStart(39),
          of((one) => one.redisMs, 2).padStart(6),
          of((one) => one.generatorMs, 2).padStart(15),
        ].join(' '),
      );
    }
  }
}

if (import.meta.main) await run(process.argv.slice(2));
