/**
 * Every kind of record, in one table: its schema and version, the index keys it is found by, when it expires.
 * Index keys and groups are stored in the clear: they hold ids, states and times, never words or needs (R20).
 * Bodies are always sealed (AES-256-GCM) before a driver sees them.
 */
import { z } from 'zod';
import { incomingSchema } from '#contracts/event.ts';
import { messageSchema } from '#contracts/message.ts';
import { sessionSchema, slotSchema } from '#contracts/session.ts';
import { ticketSchema } from '#contracts/ticket.ts';

/** Milliseconds UTC as a key that sorts as it counts. */
export const timeKey = (ms: number): string => String(Math.max(0, Math.trunc(ms))).padStart(15, '0');

export interface IndexEntry {
  key: string;
  /** Counted by `Store.counts`. */
  group?: string;
}

interface KindDefinition<S extends z.ZodType> {
  schema: S;
  version: number;
  /** From version n (index 0 = version 1) to n + 1. */
  migrations?: readonly ((body: unknown) => unknown)[];
  /** A null entry keeps the record out of that index. */
  indexes?: Record<string, (body: z.output<S>, id: string) => IndexEntry | null>;
  expiresAt?: (body: z.output<S>) => number | null;
}
const kind = <S extends z.ZodType>(definition: KindDefinition<S>): KindDefinition<S> => definition;

/** An event that waits for its turn. Done events are deleted; their ids stay as `seen`. */
const inbox = kind({
  schema: z.strictObject({
    event: incomingSchema,
    order: z.string(),
    attempts: z.int().default(0),
    withdrawn: z.boolean().default(false),
  }),
  version: 1,
  indexes: {
    /** One contact's events in order. */
    contact: (b) => ({ key: `${b.event.contact}|${b.order}` }),
    /** All that waits, oldest first. */
    waiting: (b) => ({ key: timeKey(b.event.receivedAt), group: 'waiting' }),
  },
});

/** A webhookEventId or message id that was received: a second delivery stops here. */
const seen = kind({
  schema: z.strictObject({ at: z.int(), expiresAt: z.int() }),
  version: 1,
  expiresAt: (b) => b.expiresAt,
});

const contact = kind({
  schema: z.strictObject({
    firstAt: z.int(),
    lastAt: z.int(),
    channel: z.enum(['line', 'page']),
    /** LINE user id while there is something to send, then null. */
    address: z.string().nullable(),
    blocked: z.boolean(),
    /** Who speaks: the bot, or a member of staff until a time. */
    floor: z.strictObject({ staff: z.string(), ticket: z.string(), until: z.int() }).nullable().default(null),
    greeted: z.boolean().default(false),
    /** Last crisis: its kind, time, ticket. Stays when the words are withdrawn (R8). */
    crisis: z
      .strictObject({ kind: z.string(), at: z.int(), ticket: z.string().nullable(), messageId: z.string() })
      .nullable()
      .default(null),
    /** Tickets of this contact, newest last (R18). */
    tickets: z.array(z.string()).default([]),
    expiresAt: z.int().nullable().default(null),
  }),
  version: 1,
  indexes: { last: (b) => ({ key: timeKey(b.lastAt) }) },
  expiresAt: (b) => b.expiresAt,
});

const session = kind({
  schema: z.strictObject({ session: sessionSchema, at: z.int(), expiresAt: z.int() }),
  version: 1,
  expiresAt: (b) => b.expiresAt,
});

export const OUTGOING_STATES = ['waiting', 'sending', 'sent', 'refused', 'unknown'] as const;
/** One turn's messages on their way out. After the end the messages and the token are removed, the outcome stays. */
const outgoing = kind({
  schema: z.strictObject({
    contact: z.string(),
    createdAt: z.int(),
    /** Why: an answer to an event, a reminder, a counsellor's words, a follow-up. */
    cause: z.string(),
    messages: z.array(messageSchema),
    replyToken: z.string().nullable(),
    replyBefore: z.int(),
    /** X-Line-Retry-Key: a UUID made once (LINE reference, retrying). */
    retryKey: z.string(),
    via: z.enum(['reply', 'push']).nullable(),
    state: z.enum(OUTGOING_STATES),
    attempts: z.int(),
    nextAt: z.int(),
    outcome: z.string().nullable(),
    expiresAt: z.int(),
    /** Message ids whose words may stand in `messages`. */
    quotes: z.array(z.string()).default([]),
  }),
  version: 1,
  indexes: {
    due: (b) => (b.state === 'waiting' || b.state === 'sending' ? { key: timeKey(b.nextAt), group: 'due' } : null),
    contact: (b) => ({ key: `${b.contact}|${timeKey(b.createdAt)}` }),
    outcome: (b) => ({ key: timeKey(b.createdAt), group: b.state }),
  },
  expiresAt: (b) => b.expiresAt,
});

const ticket = kind({
  schema: ticketSchema,
  version: 1,
  indexes: {
    created: (b) => ({ key: timeKey(b.createdAt) }),
    receipt: (b) => ({ key: b.receipt }),
    contact: (b) => ({ key: `${b.contact}|${timeKey(b.createdAt)}` }),
    /** Inbox: urgent ones first within window and state; newest last. */
    inbox: (b) => ({
      key: `${b.window}|${b.state}|${b.urgent ? '0' : '1'}|${timeKey(b.createdAt)}`,
      group: `${b.window}|${b.state}|${b.urgent ? 'urgent' : 'calm'}`,
    }),
    assignee: (b) =>
      b.assignee === null
        ? null
        : { key: `${b.assignee}|${b.state}|${timeKey(b.updatedAt)}`, group: `${b.assignee}|${b.state}` },
  },
});

/** The places of one window at one time: who holds or has booked them. Never more claims than places. */
const place = kind({
  schema: z.strictObject({
    slot: slotSchema,
    claims: z.array(
      z.strictObject({
        id: z.string(),
        contact: z.string(),
        /** null = booked; else a hold until then. */ until: z.int().nullable(),
        ticket: z.string().nullable(),
      }),
    ),
  }),
  version: 1,
  indexes: { window: (b) => ({ key: `${b.slot.window}|${timeKey(b.slot.start)}` }) },
});

/** Something to do at a time: a reminder, an escalation, the end of a human's floor. */
const timer = kind({
  schema: z.strictObject({
    at: z.int(),
    what: z.string(),
    contact: z.string().nullable(),
    ticket: z.string().nullable(),
    data: z.record(z.string(), z.string()).default({}),
  }),
  version: 1,
  indexes: { at: (b) => ({ key: timeKey(b.at), group: 'waiting' }) },
});

/** A message that was not understood, kept for staff as a work list with the retention of talks. */
const unmatched = kind({
  schema: z.strictObject({
    at: z.int(),
    messageId: z.string(),
    text: z.string(),
    assessment: z.string(),
    corrected: z.array(z.string()).nullable(),
    expiresAt: z.int(),
  }),
  version: 1,
  indexes: { at: (b) => ({ key: timeKey(b.at) }), message: (b) => ({ key: b.messageId }) },
  expiresAt: (b) => b.expiresAt,
});

/**
 * One line of the audit log (R24). Ids are `timeKey|n`. Written unchained (`hash` empty), so that no record is hot;
 * handoff/audit.ts numbers the lines afterwards and chains each by hash to the one before.
 */
const audit = kind({
  schema: z.strictObject({
    at: z.int(),
    by: z.string(),
    action: z.string(),
    subject: z.string().nullable(),
    detail: z.record(z.string(), z.string()).default({}),
    previous: z.string(),
    hash: z.string(),
    sequence: z.int().positive().optional(),
  }),
  version: 1,
  indexes: {
    chain: (b, id) => ({
      key: b.sequence === undefined ? `open|${id}` : `done|${String(b.sequence).padStart(12, '0')}`,
      group: b.sequence === undefined ? 'open' : 'done',
    }),
    at: (b, id) => ({ key: `${timeKey(b.at)}|${id}` }),
    by: (b) => ({ key: `${b.by}|${timeKey(b.at)}` }),
    subject: (b) => (b.subject === null ? null : { key: `${b.subject}|${timeKey(b.at)}` }),
  },
});

/** One value of the installation that must outlive restarts: the pseudonym pepper, the last retention report … */
const setting = kind({ schema: z.strictObject({ value: z.string() }), version: 1 });

/** A flow as it stood when a session began on it: a session never changes its flow under way. */
const revision = kind({
  schema: z.strictObject({ flow: z.unknown(), revision: z.string(), at: z.int() }),
  version: 1,
  indexes: { all: (_, id) => ({ key: id }) },
});

export const KINDS = {
  setting,
  revision, inbox, seen, contact, session, outgoing, ticket, place, timer, unmatched, audit } as const;
export type Kind = keyof typeof KINDS;
export type Body<K extends Kind> = z.output<(typeof KINDS)[K]['schema']>;
