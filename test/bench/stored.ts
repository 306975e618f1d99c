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
import { makePlace, type Place, startServers } from './load/servers.ts';
import { readTexts } from './load/texts.ts';

const BATCH = 1000;

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { stored: { type: 'string', default: '100000' }, messages: { type: 'string', default: '4000' } },
  });
  const generator = await createGenerator();
  const results = [];
  for (const stored of [0, Number(values.stored)]) {
    const place = await makePlace('embedded');
    const began = performance.now();
    await fill(place, stored);
    const seconds = (performance.now() - began) / 1000;
    const servers = await startServers({ name: 'embedded', kind: 'embedded', servers: 1 }, place, {
      lineUrl: generator.url,
    });
    const options = { targets: servers.urls, municipality: 'ashiya', secret: SECRET, texts: readTexts(), inFlight: 64 };
    await generator.run({ ...options, messages: 1500, seed: `w${stored}` });
    const before = servers.cpuMs().servers;
    const result = await generator.run({ ...options, messages: Number(values.messages), seed: `s${stored}` });
    const cpu = (servers.cpuMs().servers - before) / result.messages;
    results.push({ stored, ...result, cpu, startMs: servers.startMs, megabytes: servers.megabytes(), seconds });
    await servers.stop();
    await place.remove();
  }
  generator.close();
  const [empty] = results;
  console.log(
    'stored sessions and tickets   of empty  cpu of empty   msg/s  reply p99 ms  cpu ms  start ms  RSS MB  filled in s',
  );
  for (const row of results) {
    console.log(
      [
        String(row.stored).padEnd(29),
        (row.perSecond / empty!.perSecond).toFixed(2).padStart(8),
        (row.cpu / empty!.cpu).toFixed(2).padStart(13),
        row.perSecond.toFixed(0).padStart(7),
        row.reply.p99.toFixed(1).padStart(13),
        row.cpu.toFixed(2).padStart(7),
        row.startMs.toFixed(0).padStart(9),
        row.megabytes.toFixed(0).padStart(7),
        row.seconds.toFixed(0).padStart(12),
      ].join(' '),
    );
  }
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
