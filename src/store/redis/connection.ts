/** One way to Redis, whatever stands behind it: a single server, a master found by Sentinels, a cluster. */
import { StoreError } from '../store.ts';
import { isRefusedLogin } from './client.ts';
import { createClusterConnection } from './cluster-connection.ts';
import { createSingleConnection } from './single-connection.ts';
import { nameOf, type Target } from './target.ts';

export type Argument = string | Buffer;

export interface Connection {
  /**
   * Sends one command at once to the server that holds `key`.
   * @throws NotConnected when it was not sent; the client's error otherwise.
   */
  send(key: string, args: readonly Argument[]): Promise<unknown>;
  /** The same command to every server that takes writes. */
  sendToAll(args: readonly Argument[]): Promise<{ address: string; reply: unknown }[]>;
  /** Sharded pub/sub; lasts over reconnections. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  /** Calls that share a lane share a socket, as far as is known here. */
  lane(key: string): string;
  /** Gives up the lane's socket, because it is silent, and connects again. */
  reset(lane: string): void;
  close(): void;
}

/** @throws StoreError when nothing answers within `waitMs`, or the login is refused. */
export async function connect(target: Target, waitMs: number): Promise<Connection> {
  try {
    const create = target.mode === 'cluster' ? createClusterConnection : createSingleConnection;
    return await create(target, waitMs);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    const where = target.file?.path ?? target.nodes.map(nameOf).join(', ');
    if (isRefusedLogin(cause)) {
      throw new StoreError('misconfigured', `Redis at ${where} refuses the user name or password`, { cause });
    }
    throw new StoreError('unavailable', `Redis at ${where} does not answer`, { cause });
  }
}
