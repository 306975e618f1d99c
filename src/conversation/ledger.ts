/**
 * Writes what became of messages, many at a time and not durably: what is lost is found out again. An answer that LINE took
 * by its free reply leaves nothing: there is nothing more to learn of it, and nobody looks for it.
 */
import type { Body } from '#store/kinds.ts';
import { type Operation, type Store, type Stored, StoreError } from '#store/store.ts';
import type { Logger } from '#support/logger.ts';

/** Ends are gathered this long before they are written. */
const GATHER_MS = 20;

export interface Ledger {
  write(municipality: string, end: Stored<'outgoing'>): void;
  /** The entry's end is known here and not written yet. */
  has(name: string): boolean;
  /** Resolves when everything that is known is written. */
  settle(): Promise<void>;
}

export const isOpen = (entry: Body<'outgoing'>): boolean => entry.state === 'waiting' || entry.state === 'sending';

/** The ticket shows the fate of what staff write. */
const leavesNothing = ({ state, via, outcome, cause }: Body<'outgoing'>): boolean =>
  state === 'sent' && via === 'reply' && outcome === null && cause !== 'staff';

export function createLedger(store: Store, log: Logger): Ledger {
  let waiting = new Map<string, { municipality: string; end: Stored<'outgoing'> }>();
  const writing = new Map<string, unknown>();
  let timer: NodeJS.Timeout | null = null;
  let last: Promise<void> = Promise.resolve();

  const writeCity = async (municipality: string, ends: readonly Stored<'outgoing'>[]): Promise<void> => {
    let left = ends;
    while (left.length > 0) {
      const operations = left.map(
        ({ id, revision, body }): Operation =>
          leavesNothing(body)
            ? { type: 'delete', kind: 'outgoing', id, revision }
            : { type: 'put', kind: 'outgoing', id, revision, body },
      );
      const result = await store.commit(municipality, operations, { durable: false });
      if (result.ok) return;
      // Somebody has touched this one (words withdrawn, or another server has taken it up): the end stands nevertheless.
      const touched = left.find(({ id }) => id === result.id);
      const now = await store.get(municipality, 'outgoing', result.id);
      const moved = touched && now && isOpen(now.body) ? [{ ...touched, revision: now.revision }] : [];
      left = [...left.filter(({ id }) => id !== result.id), ...moved];
    }
  };
  const flush = async (): Promise<void> => {
    timer = null;
    const batch = waiting;
    waiting = new Map();
    for (const name of batch.keys()) writing.set(name, batch);
    for (const [municipality, ends] of Map.groupBy(batch.values(), (one) => one.municipality)) {
      try {
        await writeCity(
          municipality,
          ends.map((one) => one.end),
        );
      } catch (error) {
        // They stay `sending`; sent again they are refused by the used token or the known retry key.
        log.warn('ends not written', { municipality, ends: ends.length, error });
        if (!(error instanceof StoreError)) throw error;
      }
    }
    for (const name of batch.keys()) if (writing.get(name) === batch) writing.delete(name);
  };
  const begin = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    last = last.then(flush, flush);
    return last;
  };
  return {
    write(municipality: string, end: Stored<'outgoing'>): void {
      waiting.set(`${municipality}/${end.id}`, { municipality, end });
      timer ??= setTimeout(() => void begin().catch((error) => log.error('ledger', { error })), GATHER_MS);
    },
    has: (name: string): boolean => waiting.has(name) || writing.has(name),
    settle: begin,
  };
}
