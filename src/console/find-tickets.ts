/**
 * Pages of tickets in the order staff work: a crisis first, then urgent ones, then who waits longest; closed ones newest
 * first. Each list comes from an index and costs as much as it shows, whatever is stored.
 */
import { TICKET_STATES, type Ticket, type TicketState } from '#contracts/ticket.ts';
import { urgencyRank } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';

export interface Query {
  /** null = all windows of the city. */
  windows: readonly string[] | null;
  state: TicketState;
  urgentOnly: boolean;
  /** As `next` of the page before. */
  after: string | null;
  limit: number;
}

interface Row {
  sort: string;
  ticket: Ticket;
}

export async function findTickets(
  store: Store,
  city: string,
  query: Query,
): Promise<{ tickets: Ticket[]; next: string | null }> {
  const { state, after, limit } = query;
  const down = state === 'closed';
  // By urgency (`urgencyRank`) while it is work; by time alone afterwards.
  const flags = down ? (query.urgentOnly ? ['0|', '1|'] : ['0|', '1|', '2|']) : [''];
  const roots =
    query.windows === null
      ? [{ index: 'state', root: `${state}|` }]
      : query.windows.map((window) => ({ index: 'inbox', root: `${window}|${state}|` }));
  const [sort, id] = after === null ? [null, ''] : (split(after) ?? [null, '']);
  const pages = await Promise.all(
    roots.flatMap(({ index, root }) =>
      flags.map(async (flag) => {
        const prefix = root + flag;
        // Without a flag in the prefix the sort key begins with it: the calm ones begin at '2'.
        const calm = query.urgentOnly ? { to: '2' } : {};
        const from = down
          ? sort === null
            ? {}
            : { to: `${sort}!` }
          : { ...calm, ...(sort === null ? {} : { from: sort }) };
        const rows = await store.list(city, 'ticket', index, { prefix, limit: limit + 2, reverse: down, ...from });
        return rows.map((row): Row => ({ sort: row.key.slice((down ? prefix : root).length), ticket: row.body }));
      }),
    ),
  );
  const order = (a: Row, b: Row): number => (down ? -1 : 1) * compare(a, b);
  const past = (row: Row): boolean =>
    sort === null || (down ? -1 : 1) * compare(row, { sort, ticket: { id } as Ticket }) > 0;
  const rows = pages.flat().filter(past).toSorted(order);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    tickets: shown.map((row) => row.ticket),
    next: rows.length > limit && last ? `${last.sort}~${last.ticket.id}` : null,
  };
}

/** @returns tickets assigned to somebody that are not closed, newest change first. */
export async function findMine(store: Store, city: string, staff: string, limit: number): Promise<Ticket[]> {
  const states = TICKET_STATES.filter((state) => state !== 'closed');
  const pages = await Promise.all(
    states.map((state) =>
      store.list(city, 'ticket', 'assignee', { prefix: `${staff}|${state}|`, limit, reverse: true }),
    ),
  );
  return pages
    .flat()
    .map((row) => row.body)
    .toSorted((a, b) => Number(urgencyRank(a)) - Number(urgencyRank(b)) || b.updatedAt - a.updatedAt)
    .slice(0, limit);
}

export interface Counts {
  byState: Record<TicketState, number>;
  urgent: number;
  mine: number;
}

/** Kept by the store with every commit: nothing is counted here. */
export async function countTickets(
  store: Store,
  city: string,
  windows: readonly string[] | null,
  staff: string,
): Promise<Counts> {
  const [inbox, assigned] = await Promise.all([
    store.counts(city, 'ticket', 'inbox'),
    store.counts(city, 'ticket', 'assignee'),
  ]);
  const byState = Object.fromEntries(TICKET_STATES.map((state) => [state, 0])) as Record<TicketState, number>;
  let urgent = 0;
  for (const [group, count] of Object.entries(inbox)) {
    const [window, state, flag] = group.split('|') as [string, TicketState, string];
    if (windows !== null && !windows.includes(window)) continue;
    byState[state] += count;
    if (flag === 'urgent' && state === 'new') urgent += count;
  }
  let mine = 0;
  for (const [group, count] of Object.entries(assigned)) {
    if (group.startsWith(`${staff}|`) && !group.endsWith('|closed')) mine += count;
  }
  return { byState, urgent, mine };
}

/** Written by hand or read on the telephone: full-width letters, spaces and a missing hyphen are fine. */
export async function findByReceipt(store: Store, city: string, typed: string): Promise<Ticket | null> {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/gu, '');
  const receipt = `${plain.slice(0, 3)}-${plain.slice(3)}`;
  const [row] = await store.list(city, 'ticket', 'receipt', { from: receipt, to: `${receipt}!`, limit: 1 });
  return row?.body ?? null;
}

const compare = (a: Row, b: Row): number =>
  a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : a.ticket.id < b.ticket.id ? -1 : a.ticket.id > b.ticket.id ? 1 : 0;

function split(after: string): [string, string] | null {
  const match = /^([|\d]{1,20})~([\w-]{1,40})$/u.exec(after);
  return match ? [match[1]!, match[2]!] : null;
}
