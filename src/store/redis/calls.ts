/**
 * How a call meets an unreliable Redis. It waits at most `waitMs`, and never in an endless queue:
 *
 * - Not carried out for certain (no connection, loading, failing over, slot on the move): tried again until the time is over.
 * - Fate unknown (the connection broke, or nothing came back in time): a read is tried again; a write is not. It ends in
 *   `unavailable`, and may have been carried out, or may yet be: the caller reads again and decides under revisions.
 */
import { ClientClosedError, ClientOfflineError, ErrorReply } from 'redis';
import { StoreError } from '../store.ts';
import { NotConnected } from './client.ts';
import type { Argument, Connection } from './connection.ts';
import type { Script } from './scripts.ts';

export interface Calls {
  /** @param again the command may be sent a second time without harm. @throws StoreError `unavailable` */
  call(key: string, args: readonly Argument[], again: boolean): Promise<unknown>;
  run(script: Script, keys: readonly string[], args: readonly Argument[], again: boolean): Promise<unknown>;
}

interface Pending {
  connection: Connection;
  lane: string;
  until: number;
  reject: (error: Error) => void;
}

class NoAnswer extends Error {
  override name = 'NoAnswer';
}

const TICK_MS = 100;
const PAUSE_MS = 25;

/**
 * @param options.connections used in turn. Redis reads 16 KB of a connection in one round of its loop, which is two or
 *   three turns, and writes to its disk once a round: over one connection few commits would share that write.
 */
export function createCalls(options: {
  connections: readonly Connection[];
  waitMs: number;
  mostPending?: number;
}): Calls {
  const { connections, waitMs } = options;
  const mostPending = options.mostPending ?? 10_000;
  const pending = new Set<Pending>();
  /** Lanes with a command that is overdue: the next one could not be answered before it. */
  const silent = new Map<Connection, Map<string, number>>(connections.map((connection) => [connection, new Map()]));
  let turn = 0;
  let inHand = 0;
  let ticking = false;
  let pausing: Promise<void> | null = null;

  const pause = (): Promise<void> => {
    pausing ??= new Promise((resolve) =>
      setTimeout(() => {
        pausing = null;
        resolve();
      }, PAUSE_MS),
    );
    return pausing;
  };
  const tick = (): void => {
    const now = performance.now();
    for (const one of pending) {
      if (one.until > now) continue;
      pending.delete(one);
      const lanes = silent.get(one.connection)!;
      lanes.set(one.lane, (lanes.get(one.lane) ?? 0) + 1);
      one.reject(new NoAnswer(`no answer within ${waitMs} ms`));
      one.connection.reset(one.lane);
    }
    ticking = pending.size > 0;
    if (ticking) setTimeout(tick, TICK_MS);
  };
  /** One timer watches over all commands; a timer each would cost more than the command. */
  const send = (connection: Connection, key: string, args: readonly Argument[], until: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const lane = connection.lane(key);
      const one: Pending = { connection, lane, until, reject };
      pending.add(one);
      if (!ticking) setTimeout(tick, TICK_MS);
      ticking = true;
      const done = (): void => {
        if (pending.delete(one)) return;
        const lanes = silent.get(connection)!;
        const left = lanes.get(lane)! - 1;
        if (left === 0) lanes.delete(lane);
        else lanes.set(lane, left);
      };
      connection.send(key, args).then(
        (reply) => {
          done();
          resolve(reply);
        },
        (error: unknown) => {
          done();
          reject(error);
        },
      );
    });

  const attempt = async (
    key: string,
    again: boolean,
    act: (connection: Connection, until: number) => Promise<unknown>,
  ): Promise<unknown> => {
    if (inHand >= mostPending) throw new StoreError('unavailable', `more than ${mostPending} calls wait for Redis`);
    const until = performance.now() + waitMs;
    // Made only when it is needed: an error gathers the whole stack, which costs more than the call.
    let last: unknown = null;
    inHand++;
    try {
      for (;;) {
        turn = (turn + 1) % connections.length;
        const connection = connections[turn]!;
        if (!silent.get(connection)!.has(connection.lane(key))) {
          try {
            return await act(connection, until);
          } catch (error) {
            last = error;
            const fate = fateOf(error);
            if (fate === 'refused' || (fate === 'unknown' && !again)) throw unavailable(error);
          }
        }
        if (performance.now() + PAUSE_MS >= until) {
          throw unavailable(last ?? new NotConnected('the connection is silent'));
        }
        await pause();
      }
    } finally {
      inHand--;
    }
  };

  return {
    call: (key, args, again) => attempt(key, again, (connection, until) => send(connection, key, args, until)),
    run(script, keys, args, again) {
      const key = keys[0]!;
      const rest = [String(keys.length), ...keys, ...args];
      return attempt(key, again, async (connection, until) => {
        try {
          return await send(connection, key, ['EVALSHA', script.sha1, ...rest], until);
        } catch (error) {
          if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
          // A server that was restarted, or took over, does not know the script; EVAL also teaches it.
          return await send(connection, key, ['EVAL', script.source, ...rest], until);
        }
      });
    },
  };
}

type Fate = 'not carried out' | 'unknown' | 'refused';

const PASSING = /^(?:LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|BUSY|MOVED|ASK|NOREPLICAS|UNBLOCKED)\b/u;

function fateOf(error: unknown): Fate {
  if (error instanceof NotConnected || error instanceof ClientOfflineError || error instanceof ClientClosedError) {
    return 'not carried out';
  }
  if (!(error instanceof ErrorReply)) return 'unknown';
  return PASSING.test(error.message) ? 'not carried out' : 'refused';
}

function unavailable(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const text = cause instanceof Error ? cause.message : '';
  if (text.startsWith('OOM')) return new StoreError('unavailable', 'Redis has no memory left (maxmemory)', { cause });
  if (text.startsWith('MISCONF')) return new StoreError('unavailable', 'Redis cannot write to its disk', { cause });
  if (text.startsWith('NOPERM')) return new StoreError('unavailable', 'the Redis user lacks a permission', { cause });
  return new StoreError('unavailable', 'Redis did not take the write or read', { cause });
}
