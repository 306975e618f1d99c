/** A line between a client and a server that can be slow, go silent, be cut, or lose an answer. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** What the client sends arrives so much later; 0 = at once. */
  slow(ms: number): void;
  /** Bytes are taken and go nowhere, sockets stay open: a firewall that forgot the connection. New ones work. */
  goSilent(): void;
  /** Nothing gets through and nobody is told, on connections old and new, until it is back. */
  away(is: boolean): void;
  /** Resolves once the next answer has been thrown away and the client's socket cut. */
  loseNextAnswer(): Promise<void>;
  close(): Promise<void>;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const silent = new WeakSet<Socket>();
  let delay = 0;
  let away = false;
  let onAnswer: (() => void) | null = null;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    if (away) silent.add(client).add(upstream);
    client.on('data', (bytes) => {
      if (silent.has(client)) return;
      if (delay === 0) upstream.write(bytes);
      else setTimeout(() => upstream.write(bytes), delay);
    });
    upstream.on('data', (bytes) => {
      if (silent.has(upstream)) return;
      if (onAnswer === null) {
        client.write(bytes);
        return;
      }
      client.destroy();
      onAnswer();
      onAnswer = null;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    slow(ms) {
      delay = ms;
    },
    away(is) {
      away = is;
      // What was on the way when the line broke does not arrive later.
      if (is) for (const socket of sockets) silent.add(socket);
      else for (const socket of sockets) socket.destroy();
    },
    goSilent() {
      for (const socket of sockets) silent.add(socket);
    },
    loseNextAnswer: () =>
      new Promise((resolve) => {
        onAnswer = resolve;
      }),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}
