/**
 * One server, or the master that Sentinels name. It connects again by itself, asking the Sentinels anew each time: a
 * failover closes the old master's connections, or leaves them silent until the caller resets them.
 */
import { type Client, inTime, isRefusedLogin, NotConnected, newClient, TooLate } from './client.ts';
import type { Connection } from './connection.ts';
import { findMaster } from './find-master.ts';
import { type Address, nameOf, type SocketFile, type Target } from './target.ts';

const LONGEST_PAUSE = 1000;
/** At the start, how many times as long as otherwise a slow greeting is waited for. */
const SLOW_TIMES = 5;

export async function createSingleConnection(target: Target, waitMs: number): Promise<Connection> {
  const channels = new Map<string, (message: string) => void>();
  let client: Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const open = async (): Promise<void> => {
    const at = target.sentinel === null ? (target.file ?? target.nodes[0]!) : await findMaster(target, waitMs);
    const next = newClient({ ...target, at, connectTimeout: waitMs });
    const lost = (): void => {
      if (client !== next) return;
      client = null;
      again(0);
    };
    next.on('terminated', lost);
    next.on('end', lost);
    try {
      await inTime(next.connect(), waitMs, 'Redis did not greet in time');
      // During a failover a Sentinel may still name the old master.
      if (target.sentinel !== null && String(((await next.sendCommand(['ROLE'])) as Buffer[])[0]) !== 'master') {
        throw new Error('the server is not the master');
      }
      if (closed) throw new NotConnected('closed');
    } catch (error) {
      next.destroy();
      throw error;
    }
    client = next;
    for (const [channel, listener] of channels) next.sSubscribe(channel, listener).catch(() => {});
  };

  const again = (tries: number): void => {
    if (closed) return;
    retry = setTimeout(
      () => void open().catch(() => again(tries + 1)),
      tries === 0 ? 0 : Math.min(LONGEST_PAUSE, 25 * 2 ** tries),
    );
  };

  const began = performance.now();
  for (;;) {
    try {
      await open();
      break;
    } catch (error) {
      // Somebody is there and slow, or this process is, which has much to load at its start.
      const patience = error instanceof TooLate ? SLOW_TIMES * waitMs : waitMs;
      if (isRefusedLogin(error) || performance.now() - began >= patience) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const send: Connection['send'] = (_key, args) =>
    client?.sendCommand(args as never) ?? Promise.reject(new NotConnected('not connected'));
  return {
    send,
    async sendToAll(args) {
      const at = client?.options.socket as Address | SocketFile | undefined;
      const reply = await send('', args);
      return [{ address: at ? nameOf(at) : '', reply }];
    },
    async subscribe(channel, listener) {
      channels.set(channel, listener);
      await client?.sSubscribe(channel, listener);
    },
    lane: () => '',
    reset() {
      const silent = client;
      client = null;
      if (silent === null) return;
      silent.destroy();
      again(0);
    },
    close() {
      closed = true;
      clearTimeout(retry);
      client?.destroy();
      client = null;
    },
  };
}
