/**
 * The same load on an empty embedded store and on one that already holds many sessions and tickets:
 * `npm run bench -- stored [--stored 1000000] [--messages N]`. Cost must not grow with what is stored.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RawOperation } from '#store/driver.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { timeKey } from '#store/kinds.ts';
import { createKeyRing } from '#support/key-ring.ts';
import { SECRET } from '../support/service.ts';
import { createGenerator } from './load/generator.ts';
import { median } from './load/median.ts';
import { makePlace, type Place, type Servers, startServers } from './load/servers.ts';
import { readTexts } from './load/texts.ts';

const BATCH = 1000;

const ROUNDS = 5;

interface Side {
  stored: number;
  place: Place;
  servers: Servers;
  /** What filling took, seconds. */
  filled: number;
  rounds: { perSecond: number; p99: number; cpu: number; main: number }[];
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { stored: { type: 'string', default: '100000' }, messages: { type: 'string', default: '3000' } },
  });
  const generator = await createGenerator();
  const options = { municipality: 'ashiya', secret: SECRET, texts: readTexts(), inFlight: 64 };
  const sides: Side[] = [];
  for (const stored of [0, Number(values.stored)]) {
    const place = await makePlace('embedded');
    const began = performance.now();
    await fill(place, stored);
    const filled = (performance.now() - began) / 1000;
    const servers = await startServers({ name: 'embedded', kind: 'embedded', servers: 1 }, place, {
      lineUrl: generator.url,
    });
    await generator.run({ ...options, targets: servers.urls, messages: 6000, seed: 'warm' });
    sides.push({ stored, place, servers, filled, rounds: [] });
  }
  // In turn: the machine drifts more within minutes than the two differ.
  for (let round = 0; round < ROUNDS; round++) {
    for (const { servers, rounds } of sides) {
      const before = servers.cpuMs();
      const messages = Number(values.messages);
      const result = await generator.run({ ...options, targets: servers.urls, messages, seed: `r${round}` });
      const after = servers.cpuMs();
      rounds.push({
        perSecond: result.perSecond,
        p99: result.reply.p99,
        cpu: (after.servers - before.servers) / messages,
        main: (after.mainThreads - before.mainThreads) / messages,
      });
    }
  }
  console.log(
    'stored contacts and tickets  of empty (least to most)  cpu of empty   msg/s  reply p99 ms  cpu ms (main thread)  start ms  RSS MB  filled in s',
  );
  const [empty] = sides;
  for (const { stored, servers, rounds, filled } of sides) {
    const of = (read: (round: Side['rounds'][number]) => number): number => median(rounds.map(read));
    const share = rounds.map(({ perSecond }, i) => perSecond / empty!.rounds[i]!.perSecond);
    const range = `${Math.min(...share).toFixed(2)}–${Math.max(...share).toFixed(2)}`;
    console.log(
      [
        String(stored).padEnd(28),
        `${median(share).toFixed(2)} (${range})`.padStart(24),
        median(rounds.map(({ cpu }, i) => cpu / empty!.rounds[i]!.cpu))
          .toFixed(2)
          .padStart(13),
        of(({ perSecond }) => perSecond)
          .toFixed(0)
          .padStart(7),
        of(({ p99 }) => p99)
          .toFixed(1)
          .padStart(13),
        `${of(({ cpu }) => cpu).toFixed(2)} (${of(({ main }) => main).toFixed(2)})`.padStart(21),
        servers.startMs.toFixed(0).padStart(9),
        servers.megabytes().toFixed(0).padStart(7),
        filled.toFixed(0).padStart(12),
      ].join(' '),
    );
  }
  for (const { servers, place } of sides) {
    await servers.stop();
    await place.remove();
  }
  generator.close();
}

/** Records of the size and with the index rows real ones have; sealed, but with bodies that nobody opens. */
async function fill(place: Place, count: number): Promise<void> {
  if (count === 0) return;
  const keyRing = createKeyRing(place.env.SECRET_KEYS!);
  const driver = createEmbeddedDriver({ path: join(place.dataDir, 'tsunagi.db') });
  const talk = keyRing.seal(Buffer.alloc(4500, 'x'), 'bench');
  const ticket = keyRing.seal(Buffer.alloc(2400, 'x'), 'bench');
  const later = Date.now() + 90 * 86_400_000;
  const put = (
    kind: string,
    id: string,
    body: Buffer,
    more: Pick<RawOperation & { type: 'put' }, 'entries' | 'expiresAt'>,
  ) => ({ type: 'put', kind, id, revision: 'any', version: 1, body, ...more }) as const;
  for (let from = 0; from < count; from += BATCH) {
    const operations = Array.from({ length: Math.min(BATCH, count - from) }, (_, i): RawOperation[] => {
      const n = from + i;
      // Spread as pseudonyms are.
      const contact = Buffer.from(String((n * 2_654_435_761) % 4_294_967_296)).toString('base64url');
      const time = timeKey(Date.now() - n);
      const id = `t${contact}`;
      const rows = [
        ['created', time, null],
        ['receipt', id, null],
        ['contact', `${contact}|${time}`, null],
        ['inbox', `sogo|closed|1|${time}`, 'sogo|closed|calm'],
        ['state', `closed|1|${time}`, null],
      ] as const;
      return [
        put('contact', contact, talk, { entries: [], expiresAt: later + n }),
        put('ticket', id, ticket, { entries: rows, expiresAt: null }),
      ];
    }).flat();
    await driver.commit('ashiya', operations, false);
  }
  await driver.close();
}

if (import.meta.main) await run(process.argv.slice(2));
