/** What must hold in one city's records. Reads them as they come, and says afterwards what does not fit together. */
import type { Municipality } from '#contracts/municipality.ts';
import { bookingRules } from '#handoff/free-slots.ts';
import type { Body, Kind } from '#store/kinds.ts';
import type { Inspected } from '#store/store.ts';

/** `place` names a record, never what it says. */
export interface Fault {
  rule: string;
  place: string;
}

type Read = Inspected['records'][number];

export interface CityCheck {
  take(record: Read): void;
  /** Records by kind, and rows by index and group, as they were read. */
  readonly kinds: Map<string, number>;
  readonly groups: Map<string, number>;
  readonly indexes: Map<string, number>;
  faults(): Fault[];
  /** Not wrong, but worth a look. */
  readonly notes: Map<string, number>;
}

/** @param options.municipality null when the city's files are not there: capacities are not checked then. */
export function createCityCheck(options: { municipality: Municipality | null; now: number }): CityCheck {
  const { municipality, now } = options;
  const kinds = new Map<string, number>();
  const groups = new Map<string, number>();
  const indexes = new Map<string, number>();
  const notes = new Map<string, number>();
  const faults: Fault[] = [];
  /** Claim → ticket it names; booking → ticket that has it; only of times to come. */
  const claims = new Map<string, string | null>();
  const bookings = new Map<string, string>();
  const tickets = new Set<string>();
  const contacts = new Set<string>();
  const named: { rule: string; place: string; ticket?: string; contact?: string }[] = [];
  const up = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  const wrong = (rule: string, place: string): void => void faults.push({ rule, place });

  const takers: { [K in Kind]?: (body: Body<K>, id: string) => void } = {
    place(body, id) {
      const booked = body.claims.filter((claim) => claim.until === null);
      const rules = municipality === null ? null : bookingRules(municipality, body.slot.window, body.slot.way);
      if (rules !== null && booked.length > rules.capacity) wrong('more bookings than places', `place ${id}`);
      if (new Set(booked.map((claim) => claim.id)).size < booked.length) wrong('a claim stands twice', `place ${id}`);
      if (body.slot.end > now) for (const claim of booked) claims.set(`${id}|${claim.id}`, claim.ticket);
    },
    ticket(body, id) {
      tickets.add(id);
      const { booking } = body;
      if (booking === null || (booking.state !== 'booked' && booking.state !== 'moved')) return;
      if (booking.slot.end > now) bookings.set(booking.id, id);
    },
    contact(body, id) {
      contacts.add(id);
      for (const ticket of body.tickets)
        named.push({ rule: 'a contact names a ticket that is gone', place: id, ticket });
      if (body.blocked && body.address !== null) wrong('a blocked contact still has an address', `contact ${id}`);
    },
    session(_, id) {
      named.push({ rule: 'a session without its contact', place: `session ${id}`, contact: id });
    },
    timer(body, id) {
      if (body.ticket !== null)
        named.push({ rule: 'a timer for a ticket that is gone', place: `timer ${id}`, ticket: body.ticket });
    },
    alert(_, id) {
      named.push({ rule: 'an alert for a ticket that is gone', place: `alert ${id}`, ticket: id });
    },
    outgoing(body, id) {
      const open = body.state === 'waiting' || body.state === 'sending';
      if (open && body.messages.length === 0) wrong('a message to be sent is empty', `outgoing ${id}`);
      // What may be lost is kept until it has been said again.
      const words = body.messages.length > 0 && body.state !== 'unknown' && body.outcome !== 'quota';
      if (!open && (words || body.replyToken !== null))
        wrong('an ended message keeps its words or token', `outgoing ${id}`);
      if (open) up(notes, 'messages not yet sent');
      if (body.state === 'unknown') up(notes, 'messages of unknown fate');
    },
    inbox(body, id) {
      if (body.event === null) return;
      up(notes, 'events not yet worked on');
      if (body.attempts > 0) up(notes, 'events whose turn has failed');
      if (body.event.receivedAt > now + 3_600_000) wrong('an event from the future', `inbox ${id}`);
    },
  };

  return {
    kinds,
    groups,
    indexes,
    notes,
    take({ kind, id, body, rows, fault }) {
      up(kinds, kind);
      for (const { index, group } of rows) {
        up(indexes, `${kind}/${index}`);
        if (group !== null) up(groups, `${kind}/${index}/${group}`);
      }
      if (fault !== null) wrong(FAULTS[fault], `${kind} ${id}`);
      if (fault === null) (takers[kind as Kind] as ((body: unknown, id: string) => void) | undefined)?.(body, id);
    },
    faults() {
      const crossed: Fault[] = [];
      for (const [booking, ticket] of bookings) {
        if (!claims.has(booking)) crossed.push({ rule: 'a booking without its place', place: `ticket ${ticket}` });
        else if (claims.get(booking) !== ticket)
          crossed.push({ rule: "a booking on somebody else's place", place: `ticket ${ticket}` });
      }
      for (const [claim, ticket] of claims) {
        if (ticket === null || bookings.get(claim) !== ticket)
          crossed.push({ rule: 'a place is taken without a booking', place: `place ${claim}` });
      }
      for (const { rule, place, ticket, contact } of named) {
        if (ticket !== undefined && !tickets.has(ticket)) crossed.push({ rule, place });
        if (contact !== undefined && !contacts.has(contact)) crossed.push({ rule, place });
      }
      return [...faults, ...crossed];
    },
  };
}

const FAULTS: Record<Exclude<Read['fault'], null>, string> = {
  unknown_kind: 'a record of a kind this program does not know',
  sealed: 'a record cannot be opened (damaged, moved, or sealed with a key that is not in SECRET_KEYS)',
  newer: 'a record of a newer program',
  shape: 'a record is not in its shape',
  unfinished: 'a restore or move into this store was broken off: empty it and begin again',
  rows: 'a record stands in the index at a wrong place',
};
