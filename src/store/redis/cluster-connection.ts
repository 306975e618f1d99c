/**
 * A cluster. node-redis finds the nodes and follows moved slots; a redirected command was not carried out before, so
 * following is safe. A silent node's socket is closed by its own timeout, since nothing is sent to a silent lane.
 */
import { createCluster } from 'redis';
import { clientOptions, commandOptions, inTime, socketOptions } from './client.ts';
import type { Connection } from './connection.ts';
import type { Target } from './target.ts';

export async function createClusterConnection(target: Target, waitMs: number): Promise<Connection> {
  const socket = socketOptions(target.tls, waitMs);
  const cluster = createCluster({
    rootNodes: target.nodes.map(({ host, port }) => ({ socket: { ...socket, host, port } })),
    defaults: {
      ...clientOptions(target.login),
      pingInterval: waitMs,
      socket: {
        ...socket,
        socketTimeout: 2 * waitMs,
        reconnectStrategy: (retries: number) => Math.min(1000, 25 * 2 ** Math.min(retries, 10)),
      },
    },
    commandOptions,
    topologyRefreshOnReconnectionAttemptStrategy: 1000,
  });
  // Without a listener Node would end the process; what happened reaches the callers as rejections.
  cluster.on('error', () => {});
  try {
    await inTime(cluster.connect(), 2 * waitMs, 'the cluster did not greet in time');
  } catch (error) {
    cluster.destroy();
    throw error;
  }
  return {
    send: (key, args) => cluster.sendCommand(key, false, args as never),
    sendToAll: (args) =>
      Promise.all(
        cluster.masters.map(async (master) => {
          const client = await cluster.nodeClient(master);
          return { address: master.address, reply: await client.sendCommand(args as never, commandOptions) };
        }),
      ),
    subscribe: (channel, listener) => cluster.sSubscribe(channel, listener),
    // One city is one slot, so one node; cities of the same node are told apart although they share a socket.
    lane: (key) => /\{(.*?)\}/u.exec(key)?.[1] ?? key,
    reset() {},
    close: () => cluster.destroy(),
  };
}
