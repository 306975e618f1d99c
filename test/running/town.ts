/**
 * A small world for fault tests: a stand-in for LINE, real servers on one real store, residents who write. Afterwards
 * everything is held against what was promised: one answer to each message, and a store in which all holds.
 */

import { doctor, type Report } from '#cli/doctor.ts';
import { loadContent } from '#content/load-content.ts';
import { createFakeLine, type FakeLine } from '#simulator/create-fake-line.ts';
import { systemClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { generateKey } from '#support/key-ring.ts';
import { openStorage } from '../../src/open-store.ts';
import { serveFakeLine } from '../simulator/serve-fake-line.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { freePort, newDataDir, SECRET, type Service, startService } from '../support/service.ts';

export const WORDS = '母の物忘れがひどくて、夜も眠れません';

export interface Town {
  line: FakeLine;
  redis: RedisServer | null;
  dataDir: string;
  secretKeys: string;
  servers: (Service | null)[];
  /** From now on LINE delivers to server `i` only; null = to all in turn. */
  aim(i: number | null): void;
  /** Starts server `i` (again). */
  start(i: number): Promise<void>;
  kill(i: number, signal: NodeJS.Signals): Promise<void>;
  /** New residents write once each, evenly over the time. @returns them, once every delivery has been answered or has failed. */
  wave(count: number, overMs: number): Promise<string[]>;
  /** LINE delivers again what got no 200, until everything has been taken and everybody has `answers` answers. */
  settle(users: readonly string[], answers?: number): Promise<void>;
  /** Calls that reached a resident, by resident. */
  told(users: readonly string[]): number[];
  /** Stops all servers and reads the whole store. */
  examine(): Promise<Report[]>;
  metric(i: number, name: string): Promise<number>;
  close(): Promise<void>;
}

/** @param options.env more settings of server `i`; `lineUrl` is where the stand-in for LINE listens. */
export async function openTown(options: {
  servers: number;
  redis: boolean;
  env?: (i: number, lineUrl: string, redisUrl: string | null) => Promise<Record<string, string>>;
}): Promise<Town> {
  const redis = options.redis ? await startRedis() : null;
  const dataDir = newDataDir();
  const secretKeys = generateKey('k1');
  const ports = await Promise.all(Array.from({ length: options.servers }, () => freePort()));
  const servers: (Service | null)[] = ports.map(() => null);
  let turn = 0;
  let only: number | null = null;
  const line = createFakeLine({
    municipalities: [{ id: 'ashiya', secret: SECRET, token: 'token-ashiya' }],
    // As a load balancer does: the next one that is there.
    async deliver(city, body, signature) {
      const there = servers.filter((server, i) => server !== null && (only === null || only === i));
      if (there.length === 0) throw new Error('no server');
      const { url } = there[turn++ % there.length]!;
      const headers = { 'content-type': 'application/json', 'x-line-signature': signature };
      const request = { method: 'POST', body: Buffer.from(body), headers, signal: AbortSignal.timeout(8_000) };
      return (await fetch(`${url}/line/${city}/webhook`, request)).status;
    },
    clock: systemClock,
    ids: createIds(),
    keepCalls: 100_000,
  });
  const served = await serveFakeLine(line);
  const settings = { SECRET_KEYS: secretKeys, ...(redis ? { REDIS_URL: redis.url } : {}) };
  const env = { LINE_API_BASE_URL: served.url, LOG_LEVEL: 'error', ...settings };

  const town: Town = {
    line,
    redis,
    dataDir,
    secretKeys,
    servers,
    aim(i) {
      only = i;
    },
    async start(i) {
      const more = (await options.env?.(i, served.url, redis?.url ?? null)) ?? {};
      servers[i] = await startService({ port: ports[i]!, dataDir, env: { ...env, ...more } });
    },
    async kill(i, signal) {
      const server = servers[i];
      servers[i] = null;
      await server?.kill(signal);
    },
    async wave(count, overMs) {
      const users = Array.from({ length: count }, () => line.addResident('ashiya').userId);
      const deliveries = users.map(async (user, i) => {
        await new Promise((resolve) => setTimeout(resolve, (i * overMs) / count));
        await line.say(user, WORDS);
      });
      await Promise.all(deliveries);
      return users;
    },
    async settle(users, answers = 1) {
      while ((await line.redeliver()).some(({ status }) => status !== 200));
      for (const user of users) await line.whenReceived(user, answers);
    },
    told(users) {
      const count = new Map(users.map((user) => [user, 0]));
      for (const call of line.calls) {
        const user = call.delivered ? whoseCall(call, count) : null;
        if (user !== null) count.set(user, count.get(user)! + 1);
      }
      return users.map((user) => count.get(user)!);
    },
    async examine() {
      for (const i of servers.keys()) await town.kill(i, 'SIGTERM');
      const storage = await openStorage({ DATA_DIR: dataDir, ...settings });
      const { municipalities } = await loadContent({ dir: 'flows' });
      let said = '';
      const io = { stdout: { write: (text: string) => (said += text) }, stderr: { write: () => true } };
      await doctor({ json: true, now: Date.now() }, io, storage, municipalities);
      await storage.store.close();
      return JSON.parse(said) as Report[];
    },
    async metric(i, name) {
      const text = await (await fetch(`${servers[i]!.url}/metrics`)).text();
      const lines = text.split('\n').filter((row) => row.startsWith(`tsunagi_${name}`) && !row.startsWith('#'));
      return lines.reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
    },
    async close() {
      for (const i of servers.keys()) await town.kill(i, 'SIGKILL');
      line.close();
      await served.close();
      await redis?.stop();
    },
  };
  await Promise.all(servers.map((_, i) => town.start(i)));
  return town;
}

function whoseCall(call: unknown, users: ReadonlyMap<string, number>): string | null {
  const text = JSON.stringify(call);
  for (const [user] of text.matchAll(/U[0-9a-f]{32}/gu)) if (users.has(user)) return user;
  return null;
}
