/**
 * A disaster notice: 10,000 residents of one city write once within a minute, while a second city goes on as always.
 * `npm run bench -- burst [--seconds 60] [--per-second 167]`, on the embedded store.
 */
import { parseArgs } from 'node:util';
import { SECRET } from '../support/service.ts';
import { createGenerator } from './load/generator.ts';
import { makePlace, startServers } from './load/servers.ts';
import { readTexts } from './load/texts.ts';

const QUIET_PER_SECOND = 5;

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string', default: '60' }, 'per-second': { type: 'string', default: '167' } },
  });
  const seconds = Number(values.seconds);
  const perSecond = Number(values['per-second']);
  const cities = ['ashiya', 'ikoma'];
  const generator = await createGenerator();
  const place = await makePlace('embedded');
  const servers = await startServers({ name: 'embedded', kind: 'embedded', servers: 1 }, place, {
    lineUrl: generator.url,
    municipalities: cities,
  });
  const options = { targets: servers.urls, secret: SECRET, texts: readTexts() };
  const second = (seed: string, time: number) =>
    generator.run({
      ...options,
      municipality: 'ikoma',
      inFlight: 200,
      perSecond: QUIET_PER_SECOND,
      messages: Math.ceil(QUIET_PER_SECOND * time),
      seed,
    });
  try {
    await generator.run({ ...options, municipality: 'ashiya', inFlight: 32, messages: 1000, seed: 'w1' });
    const quiet = await second('quiet', Math.min(seconds, 20));
    const [burst, during] = await Promise.all([
      generator.run({
        ...options,
        municipality: 'ashiya',
        inFlight: 4000,
        perSecond,
        messages: seconds * perSecond,
        seed: 'burst',
      }),
      second('during', seconds),
    ]);
    const share = (burst.messages - burst.failures - burst.pushes) / burst.messages;
    console.log(
      `burst: ${burst.messages} messages in ${burst.seconds.toFixed(1)} s, drained ${burst.messages - burst.failures}, by reply token ${share.toFixed(4)}`,
    );
    console.log(
      `burst: reply p50/p99 ${burst.reply.p50.toFixed(1)} / ${burst.reply.p99.toFixed(1)} ms, ack p99 ${burst.ack.p99.toFixed(1)} ms`,
    );
    console.log(
      `second city: p99 ${during.reply.p99.toFixed(1)} ms during, ${quiet.reply.p99.toFixed(1)} ms before (ratio ${(during.reply.p99 / quiet.reply.p99).toFixed(2)}; p50 ${during.reply.p50.toFixed(1)} / ${quiet.reply.p50.toFixed(1)} ms)`,
    );
  } finally {
    await servers.stop();
    await place.remove();
    generator.close();
  }
}

if (import.meta.main) await run(process.argv.slice(2));
