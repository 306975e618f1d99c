/**
 * Tells what was written: this process's own commits at once, other servers' over one sharded channel for each city.
 * Best effort: what is said while the connection is broken is not heard.
 */
import { randomUUID } from 'node:crypto';
import { type Driver, isWrite, type RawOperation } from '../driver.ts';
import type { Connection } from './connection.ts';
import { keysOf, NEW_CITY } from './keys.ts';

type Listener = Parameters<Driver['watch']>[0];

export interface Changes {
  /** Who this process is on a channel. */
  readonly self: string;
  /** What a commit of these operations says on the city's channel, after `self`; empty when it writes nothing. */
  message(operations: readonly RawOperation[]): string;
  /** After such a commit, to this process's listeners. */
  tell(city: string, operations: readonly RawOperation[]): void;
  watch(listener: Listener): () => void;
}

export function createChanges(options: { connection: Connection; cities: () => Promise<string[]> }): Changes {
  const { connection, cities } = options;
  const self = randomUUID().slice(0, 8);
  const listeners = new Set<Listener>();
  const heard = new Set<string>();

  const tellAll = (municipality: string, kind: string, id: string): void => {
    for (const listener of listeners) listener({ municipality, kind, id });
  };
  const hear = (city: string): void => {
    if (heard.has(city)) return;
    heard.add(city);
    const take = (message: string): void => {
      // Our own come back to us; they were told of when they were written.
      if (message.startsWith(`["${self}"`)) return;
      const [, ...written] = JSON.parse(message) as string[];
      for (let i = 0; i + 1 < written.length; i += 2) tellAll(city, written[i]!, written[i + 1]!);
    };
    connection.subscribe(keysOf(city).changes, take).catch(() => heard.delete(city));
  };
  const hearAll = async (): Promise<void> => {
    // The announcements first, so that no city falls between the list and them.
    await connection.subscribe(NEW_CITY, hear);
    for (const city of await cities()) hear(city);
  };

  return {
    self,
    message(operations) {
      return JSON.stringify(operations.flatMap((one) => (isWrite(one) ? [one.kind, one.id] : []))).slice(1, -1);
    },
    tell(city, operations) {
      if (listeners.size === 0) return;
      for (const one of operations) if (isWrite(one)) tellAll(city, one.kind, one.id);
    },
    watch(listener) {
      listeners.add(listener);
      if (listeners.size === 1) hearAll().catch(() => {});
      return () => listeners.delete(listener);
    },
  };
}
