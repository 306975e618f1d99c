/**
 * Keeps every event before the channel is told 200 (design.md, decision 3). One that waits already, known by its id or by
 * its message id, stops here; one that is done stops at its turn (`isDone`): one effect however often LINE delivers it.
 */
import type { Incoming } from '#contracts/event.ts';
import { type Body, timeKey } from '#store/kinds.ts';
import type { Operation, Store, Stored } from '#store/store.ts';

/** Longer than LINE redelivers; "an undisclosed number of times at undisclosed intervals". */
const REMEMBER_MS = 7 * 24 * 3600_000;
/** Of one contact; more than anybody writes in that time by hand. */
const MOST_REMEMBERED = 1_000;

export interface Received {
  municipality: string;
  /** As they were kept, in the order of the delivery. */
  accepted: Stored<'inbox'>[];
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
  const fresh = new Map<string, Stored<'inbox'>>();
  for (const [i, event] of events.entries()) {
    const id = markOf(event);
    // Two events of one body with the same mark: the first counts.
    if (!fresh.has(id)) fresh.set(id, { id, revision: 1, body: bodyOf(event, i) });
  }
  while (fresh.size > 0) {
    const puts = [...fresh.values()].map(
      ({ id, body }): Operation => ({ type: 'put', kind: 'inbox', id, revision: 0, body }),
    );
    if ((await store.commit(municipality, puts)).ok) break;
    // Rare: the delivery is a second one. Look which of its events are known.
    for (const row of await store.getMany(municipality, 'inbox', [...fresh.keys()])) if (row) fresh.delete(row.id);
  }
  return { municipality, accepted: [...fresh.values()], duplicates: events.length - fresh.size };
}

/** An event as it would stand in the inbox, not kept yet. */
export function unkept(event: Incoming): Stored<'inbox'> {
  return { id: markOf(event), revision: 0, body: bodyOf(event, 0) };
}

/**
 * A message is known by its own id, which stays the same should it ever come under another event id. Everything else by
 * the event's id; an unsend names another event's message.
 */
function nameOf(event: Incoming): string {
  return event.type === 'text' || event.type === 'media' || event.type === 'unread'
    ? `m:${event.messageId}`
    : `e:${event.id}`;
}

/** Its id in the inbox; among its contact's events its name is enough. */
const markOf = (event: Incoming): string => `${nameOf(event)}:${event.contact}`;

function bodyOf(event: Incoming, position: number): Body<'inbox'> {
  const order = `${timeKey(event.at)}|${timeKey(event.receivedAt)}|${String(position).padStart(4, '0')}`;
  return { event, order, attempts: 0, withdrawn: false, expiresAt: null };
}

type Contact = Body<'contact'>;

/** An earlier delivery of it has had its turn. */
export async function isDone(store: Store, { done }: Contact, event: Incoming): Promise<boolean> {
  const name = nameOf(event);
  if (done) return done.some(([one]) => one === name);
  // An earlier version left a mark in the inbox.
  const mark = await store.get(event.municipality, 'inbox', markOf(event));
  return mark !== null && mark.body.event === null;
}

/** @returns the contact's list with this event, without what needs no remembering any more. */
export function withDone({ done = [] }: Contact, event: Incoming): NonNullable<Contact['done']> {
  const now = event.receivedAt;
  return [...done.filter(([, until]) => until > now).slice(-MOST_REMEMBERED), [nameOf(event), now + REMEMBER_MS]];
}
