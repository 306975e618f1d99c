/**
 * Keeps every event before the channel is told 200 (design.md, decision 3). An event that was received before, known by
 * its id or by its message id, stops here: one effect however often LINE delivers it.
 */
import type { Incoming } from '#contracts/event.ts';
import { timeKey } from '#store/kinds.ts';
import type { Operation, Store } from '#store/store.ts';

/** Longer than LINE redelivers; "an undisclosed number of times at undisclosed intervals". */
const REMEMBER_MS = 7 * 24 * 3600_000;

export interface Received {
  municipality: string;
  /** Contacts with new events, each once. */
  contacts: string[];
  accepted: number;
  duplicates: number;
}

/**
 * @param events of one delivery, in its order; any mixture of municipalities and contacts.
 * @throws StoreError when they could not be kept: answer 5xx, and the channel delivers again.
 */
export async function receiveEvents(store: Store, events: readonly Incoming[]): Promise<Received[]> {
  const cities = Map.groupBy(events, (event) => event.municipality);
  return Promise.all([...cities].map(([municipality, ofCity]) => receiveForCity(store, municipality, ofCity)));
}

async function receiveForCity(store: Store, municipality: string, events: readonly Incoming[]): Promise<Received> {
  let fresh = withoutTwins(events);
  for (;;) {
    const operations = fresh.flatMap((event, i) => operationsFor(event, i));
    const result = operations.length === 0 ? { ok: true as const } : await store.commit(municipality, operations);
    if (result.ok) break;
    // Rare: the delivery is a second one. Look which of its events are known.
    const known = new Set(
      (await store.getMany(municipality, 'seen', fresh.flatMap(marksOf))).flatMap((row) => (row ? [row.id] : [])),
    );
    const rest = fresh.filter((event) => !marksOf(event).some((mark) => known.has(mark)));
    if (rest.length === fresh.length) throw new Error('a condition failed that no mark explains');
    fresh = rest;
  }
  return {
    municipality,
    contacts: [...new Set(fresh.map((event) => event.contact))],
    accepted: fresh.length,
    duplicates: events.length - fresh.length,
  };
}

/** Two events of one body with the same mark: the first counts. */
function withoutTwins(events: readonly Incoming[]): Incoming[] {
  const marks = new Set<string>();
  return events.filter((event) => {
    const own = marksOf(event);
    if (own.some((mark) => marks.has(mark))) return false;
    for (const mark of own) marks.add(mark);
    return true;
  });
}

/** An unsend names another event's message, so only its own id marks it. */
function marksOf(event: Incoming): string[] {
  const id = `e:${event.id}`;
  return event.type === 'text' || event.type === 'media' ? [id, `m:${event.contact}:${event.messageId}`] : [id];
}

function operationsFor(event: Incoming, position: number): Operation[] {
  const expiresAt = event.receivedAt + REMEMBER_MS;
  const order = `${timeKey(event.at)}|${timeKey(event.receivedAt)}|${String(position).padStart(4, '0')}`;
  return [
    {
      type: 'put',
      kind: 'inbox',
      id: event.id,
      revision: 0,
      body: { event, order, attempts: 0, withdrawn: false },
    },
    ...marksOf(event).map(
      (mark): Operation => ({
        type: 'put',
        kind: 'seen',
        id: mark,
        revision: 0,
        body: { at: event.receivedAt, expiresAt },
      }),
    ),
  ];
}
