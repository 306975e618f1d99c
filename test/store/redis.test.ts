import { afterAll, beforeAll, describe } from 'vitest';
import { createRedisDriver } from '#store/redis/redis-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { createKeyRing } from '#support/key-ring.ts';
import { type RedisServer, startCluster, startRedis, whyNoRedis } from '../support/redis-server.ts';
import { storeContract } from './store.contract.ts';

const why = await whyNoRedis();

describe.skipIf(why !== null)('one server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  storeContract('redis', async () => ({
    open: async (keys) =>
      createSealedStore({ driver: await createRedisDriver({ url: server.url }), keyRing: createKeyRing(keys) }),
    cleanUp: async () => {},
  }));
});

describe.skipIf(why !== null)('a cluster of three', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 30_000);
  afterAll(() => cluster.stop());
  storeContract('redis cluster', async () => ({
    open: async (keys) =>
      createSealedStore({ driver: await createRedisDriver({ url: cluster.url }), keyRing: createKeyRing(keys) }),
    cleanUp: async () => {},
  }));
});
