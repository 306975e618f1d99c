/** What stands on one visitor's screen: read from the store, put there by the channel and by the forms. */
import type { Choice, Message } from '#contracts/message.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { type Body, timeKey } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';

/** Older ones stay in the store for their time; a telephone shows the newest. */
const SHOWN = 200;
const DAY_MS = 86_400_000;

export interface Row {
  id: string;
  body: Body<'page_message'>;
}

let counted = 0;
/** Sorts as it was said, also within one millisecond of one server. */
export function nextOrder(now: number): string {
  counted += 1;
  return `${timeKey(now)}|${String(counted).padStart(12, '0')}`;
}

/** Oldest first. */
export async function readScreen(store: Store, city: string, contact: string): Promise<Row[]> {
  const rows = await store.list(city, 'page_message', 'contact', {
    prefix: `${contact}|`,
    limit: SHOWN,
    reverse: true,
  });
  return rows.toReversed();
}

/** @returns false when it stands there already. */
export async function show(
  store: Store,
  city: Municipality,
  entry: Pick<Row['body'], 'contact' | 'at' | 'order' | 'from'> & { name: string } & Partial<Row['body']>,
): Promise<boolean> {
  const { name, ...known } = entry;
  const expiresAt = entry.at + city.retentionDays.talk * DAY_MS;
  const body = { messages: [], text: null, messageId: null, quotes: [], expiresAt, ...known };
  const id = `${entry.contact}.${name}`;
  return (await store.commit(city.id, [{ type: 'put', kind: 'page_message', id, revision: 0, body }])).ok;
}

/** Everything in a message that can be pressed, in the order in which it is numbered. */
export function pressables(message: Message): Choice[] {
  const onCards = message.type === 'cards' ? message.cards.flatMap(({ buttons }) => buttons) : [];
  return [...onCards, ...message.choices];
}

/** The row whose buttons are live: the newest that has any. Older ones would be answered as old buttons. */
export function liveRow(rows: readonly Row[]): string | null {
  const has = ({ body }: Row): boolean =>
    body.messages.some((message) => pressables(message).some(({ kind }) => kind !== 'uri'));
  return rows.findLast(has)?.id ?? null;
}

/** What a button carries is looked up here, never taken from the browser. @param press `row:message:choice` */
export function findPressed(rows: readonly Row[], press: string): Choice | null {
  const [row = '', message = '', choice = ''] = press.split(':');
  const found = rows.find(({ id }) => id === row)?.body.messages[Number(message)];
  const chosen = found === undefined ? undefined : pressables(found)[Number(choice)];
  return chosen === undefined || chosen.kind === 'uri' ? null : chosen;
}
