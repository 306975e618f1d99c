/** The clients of node-redis, made in one place: their settings, and what their errors mean. */
import { createClient, RESP_TYPES } from 'redis';
import type { Address, Login, SocketFile, Tls } from './target.ts';

/** Nothing was sent: there is no connection at the moment. */
export class NotConnected extends Error {
  override name = 'NotConnected';
}

export function isRefusedLogin(error: unknown): boolean {
  return error instanceof Error && /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/u.test(error.message);
}

/** Settings every client has: answers as bytes, no queue while offline, no timer for every command. */
export function clientOptions(login: Login) {
  return {
    ...login,
    RESP: 3 as const,
    disableOfflineQueue: true,
    maintNotifications: 'disabled' as const,
    // Needs a permission of its own and Redis 7.2.
    disableClientInfo: true,
  };
}

export const commandOptions = { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

export function socketOptions(tls: Tls | null, connectTimeout: number) {
  return tls === null ? { connectTimeout } : { connectTimeout, tls: true as const, ...tls };
}

export type Client = ReturnType<typeof newClient>;

export function newClient(options: {
  at: Address | SocketFile;
  login: Login;
  tls: Tls | null;
  database: number;
  connectTimeout: number;
}) {
  const { at, login, tls, database, connectTimeout } = options;
  const client = createClient({
    ...clientOptions(login),
    database,
    // Reconnecting is the connection's own work: with Sentinels the address may have changed.
    socket: { ...at, ...socketOptions(tls, connectTimeout), reconnectStrategy: false },
    commandOptions,
  });
  // Without a listener Node would end the process; what happened reaches the callers as rejections.
  client.on('error', () => {});
  return client;
}

export class TooLate extends Error {
  override name = 'TooLate';
}

/** @throws TooLate `what` when `promise` is not settled in time. */
export function inTime<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(what)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
