/** One city's broken file stops that city, says so, and nothing else. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFakeLine } from '#simulator/create-fake-line.ts';
import { systemClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { deliverTo, serveFakeLine } from '../simulator/serve-fake-line.ts';
import { freePort, SECRET, type Service, startService } from '../support/service.ts';

describe('a broken flow file at start', () => {
  let service: Service | null = null;
  afterAll(async () => {
    await service?.kill('SIGKILL');
  });

  it('refuses that city with the finding, serves the others, and answers the waiting once it is mended', async () => {
    const flows = mkdtempSync(join(tmpdir(), 'tsunagi-flows-'));
    cpSync('flows', flows, { recursive: true });
    const file = join(flows, 'ashiya', 'first-contact.yaml');
    const sound = readFileSync(file, 'utf8');
    writeFileSync(file, sound.replace('next: ご家族', 'next: ご家続'));
    const port = await freePort();
    const cities = ['ashiya', 'fukui'];
    const line = createFakeLine({
      municipalities: cities.map((id) => ({ id, secret: SECRET, token: `token-${id}` })),
      deliver: deliverTo(() => `http://127.0.0.1:${port}`),
      clock: systemClock,
      ids: createIds(),
    });
    const served = await serveFakeLine(line);
    const env = {
      MUNICIPALITIES: cities.join(','),
      FLOWS_DIR: flows,
      LINE_API_BASE_URL: served.url,
      LINE_CHANNEL_SECRET: '',
      LINE_CHANNEL_ACCESS_TOKEN: '',
      LINE_CHANNEL_SECRET_ASHIYA: SECRET,
      LINE_CHANNEL_ACCESS_TOKEN_ASHIYA: 'token-ashiya',
      LINE_CHANNEL_SECRET_FUKUI: SECRET,
      LINE_CHANNEL_ACCESS_TOKEN_FUKUI: 'token-fukui',
    };
    service = await startService({ port, env });
    const { dataDir } = service;
    expect(service.output()).toContain('手順「ご家続」がありません。');
    const [a, f] = cities.map((city) => line.addResident(city).userId);
    expect((await line.say(a!, '家賃が払えない')).status).toBe(200);
    await line.say(f!, '家賃が払えない');
    expect((await line.whenReceived(f!, 1)).length).toBeGreaterThan(0);
    expect(line.received(a!)).toEqual([]);
    // Staff mend the file; the next start finds the event that waited.
    expect(await service.kill('SIGTERM')).toBe(0);
    writeFileSync(file, sound);
    service = await startService({ port, env, dataDir });
    expect((await line.whenReceived(a!, 1)).length).toBeGreaterThan(0);
    await served.close();
    line.close();
  });
});
