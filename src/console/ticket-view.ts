/** Everything the ticket page shows, read once. */
import type { Ticket } from '#contracts/ticket.ts';
import type { Body } from '#store/kinds.ts';
import { deadlineOf, readTargets } from './deadlines.ts';
import type { Ctx, Desk } from './desk.ts';
import { type Reach, reachOf } from './reach.ts';

export interface TicketView {
  ticket: Ticket;
  /** Of the record: forms that change what they saw carry it. */
  revision: number;
  reach: Reach;
  /** Its words were opened in this session, and that is on record. */
  opened: boolean;
  contact: Body<'contact'> | null;
  alert: Body<'alert'> | null;
  names: ReadonlyMap<string, string>;
  due: ReturnType<typeof deadlineOf>;
  /** Other tickets of the same anonymous person, newest first (R18). */
  earlier: Ticket[];
  /** What became of each answer: `sent`, `refused` … by outgoing id. */
  sent: ReadonlyMap<string, { state: Body<'outgoing'>['state']; outcome: string | null; via: string | null }>;
  templates: { id: string; name: string; text: string }[];
  quota: { limit: number | null; used: number } | null;
  now: number;
}

export async function readTicketView(desk: Desk, c: Ctx, id: string): Promise<TicketView | null> {
  const city = c.get('city');
  const me = c.get('me');
  const now = desk.clock.now();
  const stored = await desk.store.get(city.id, 'ticket', id);
  if (!stored) return null;
  const ticket = stored.body;
  const said = ticket.said ?? [];
  const [reach, contact, alert, names, targets, others, sent, templates, quota] = await Promise.all([
    reachOf(desk, c, ticket),
    desk.store.get(city.id, 'contact', ticket.contact),
    desk.store.get(city.id, 'alert', id),
    desk.names(city.id),
    readTargets(desk.store, city.id),
    desk.store.list(city.id, 'ticket', 'contact', { prefix: `${ticket.contact}|`, limit: 20, reverse: true }),
    desk.store.getMany(
      city.id,
      'outgoing',
      said.map((one) => one.outgoing),
    ),
    desk.store.list(city.id, 'template', 'all', { limit: 200 }),
    desk.quota?.(city.id) ?? null,
  ]);
  return {
    ticket,
    revision: stored.revision,
    reach,
    opened: (me.session.body.opened[id] ?? 0) > now,
    contact: contact?.body ?? null,
    alert: alert?.body ?? null,
    names,
    due: deadlineOf(city, ticket, targets, now),
    earlier: others.map((row) => row.body).filter((other) => other.id !== id),
    sent: new Map(sent.flatMap((row) => (row ? [[row.id, row.body] as const] : []))),
    templates: templates
      .map((row) => ({ id: row.id, name: row.body.name, text: row.body.text }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'ja')),
    quota,
    now,
  };
}
