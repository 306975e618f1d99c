/**
 * Every kind of record, in one table: its schema and version, the index keys it is found by, when it expires.
 * Index keys and groups are stored in the clear: they hold ids, states and times, never words or needs (R20).
 * Bodies are always sealed (AES-256-GCM) before a driver sees them.
 */
import { z } from 'zod';
import {
  caseSchema,
  closedAuditSchema,
  closedFileSchema,
  conferenceSchema,
  gapSchema,
  tallySchema,
  touchSchema,
} from '#contracts/case.ts';
import { incomingSchema } from '#contracts/event.ts';
import { messageSchema } from '#contracts/message.ts';
import { resourceSchema } from '#contracts/municipality.ts';
import { sessionSchema, slotSchema } from '#contracts/session.ts';
import {
  alertSchema,
  calendarSchema,
  dutySchema,
  eventSchema,
  feedSchema,
  hookSchema,
  staffLinkSchema,
  staffSchema,
  staffSessionSchema,
  templateSchema,
  throttleSchema,
} from '#contracts/staff.ts';
import { ticketSchema } from '#contracts/ticket.ts';

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

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
  /** What stays of a record at its end, and as what kind the part that goes is told of; null: nothing stays. */
  remains?: (body: z.output<S>, now: number) => { body: z.output<S>; gone: string } | null;
}
const kind = <S extends z.ZodType>(definition: KindDefinition<S>): KindDefinition<S> => definition;

/**
 * An event that waits for its turn, known by what makes it one of a kind. When it is done it goes; that it was here is kept
 * with its contact (`done`). Earlier versions kept a mark here instead: `event` null, until `expiresAt`.
 */
const inbox = kind({
  schema: z.strictObject({
    event: incomingSchema.nullable(),
    order: z.string(),
    attempts: z.int().default(0),
    withdrawn: z.boolean().default(false),
    expiresAt: z.int().nullable().default(null),
  }),
  version: 1,
  indexes: {
    /** One contact's events in order. */
    contact: (b) => (b.event === null ? null : { key: `${b.event.contact}|${b.order}` }),
    /** All that waits, oldest first. */
    waiting: (b) => (b.event === null ? null : { key: timeKey(b.event.receivedAt), group: 'waiting' }),
  },
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
    /** While a human has the floor: the newest free way to answer. */
    freeReply: z.strictObject({ token: z.string(), receivedAt: z.int() }).nullable().optional(),
    /** Last crisis: its kind, time, ticket. Stays when the words are withdrawn (R8). */
    crisis: z
      .strictObject({ kind: z.string(), at: z.int(), ticket: z.string().nullable(), messageId: z.string() })
      .nullable()
      .default(null),
    /** They agreed to be asked how it goes; `askedAt`: since when an answer is awaited. */
    touch: z
      .strictObject({
        ticket: z.string(),
        askedAt: z.int().nullable(),
        /** Asked about the place they were introduced to. */
        about: z.literal('place').optional(),
      })
      .nullable()
      .optional(),
    /** On LINE in mode `page` (R2): what staff write is not sent there. */
    wordless: z.boolean().optional(),
    /** The newest answer to an event of theirs (an outgoing id): the next one leaves after it. */
    lastAnswer: z.string().nullable().optional(),
    /** One that may never have arrived: their next message brings it again. */
    lostAnswer: z.string().nullable().optional(),
    /** Tickets of this contact, newest last (R18). */
    tickets: z.array(z.string()).default([]),
    /** Where their talk stands, until it is over its time (R23). Undefined: an earlier version kept it as a `session`. */
    talk: z.strictObject({ session: sessionSchema, at: z.int(), expiresAt: z.int() }).nullable().optional(),
    /** Their events that are done, the newest last, each with the time (ms UTC) until which it is remembered. */
    done: z.array(z.tuple([z.string(), z.int()])).optional(),
    /** Of the record. The talk in it may end earlier. */
    expiresAt: z.int().nullable().default(null),
  }),
  // A program that keeps the talk beside it must not write it: it would leave an old one here.
  version: 2,
  migrations: [(body) => body],
  expiresAt: (b) => earlier(b.expiresAt, b.talk?.expiresAt ?? null),
  remains: (b, now) =>
    b.expiresAt !== null && b.expiresAt <= now ? null : { body: { ...b, talk: null, done: [] }, gone: 'session' },
});

/** Written by earlier versions only; read where a contact has no `talk` yet. */
const session = kind({
  schema: z.strictObject({ session: sessionSchema, at: z.int(), expiresAt: z.int() }),
  version: 1,
  expiresAt: (b) => b.expiresAt,
});

/** One thing on a resident's screen of the city's own page (mode `page`). Id = `<contact>.<random>`. */
const page_message = kind({
  schema: z.strictObject({
    contact: z.string(),
    at: z.int(),
    /** Sorts as it was said, also within one millisecond. */
    order: z.string(),
    from: z.enum(['service', 'resident', 'button']),
    /** Of the service. */
    messages: z.array(messageSchema),
    /** Of the resident; null once withdrawn (R7). */
    text: z.string().nullable(),
    messageId: z.string().nullable(),
    /** Message ids whose words may stand in `messages`. */
    quotes: z.array(z.string()),
    expiresAt: z.int(),
  }),
  version: 1,
  indexes: { contact: (b) => ({ key: `${b.contact}|${b.order}` }) },
  expiresAt: (b) => b.expiresAt,
});
/** A resident's visit to the page. Id = contact, an HMAC of the cookie: the cookie itself is kept nowhere. */
const page_session = kind({
  schema: z.strictObject({
    startedAt: z.int(),
    /** Their contact on LINE, only if they want a reminder there. */
    remindTo: z.string().nullable(),
    expiresAt: z.int(),
  }),
  version: 1,
  expiresAt: (b) => b.expiresAt,
});
/** A one-time way from LINE to the page. Id = SHA-256 of the token. */
const page_link = kind({
  schema: z.strictObject({ contact: z.string(), expiresAt: z.int() }),
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
    /** The process that begins its first try, as `support/tries.ts` names it. */
    by: z.string().nullable().optional(),
    /** An earlier answer to the same contact that was still on its way: this one leaves when that one has ended. */
    after: z.string().nullable().optional(),
  }),
  version: 1,
  indexes: {
    due: (b) => (b.state === 'waiting' || b.state === 'sending' ? { key: timeKey(b.nextAt), group: 'due' } : null),
    /** Without what is just leaving: that is gone a moment later, and its contact names it (`lastAnswer`, `after`). */
    contact: (b) =>
      b.state === 'sending' && b.via === 'reply' && b.attempts === 1 && b.cause !== 'staff'
        ? null
        : { key: `${b.contact}|${timeKey(b.createdAt)}` },
  },
  /** What is on its way ends by being sent or given up, and counts from there. */
  expiresAt: (b) => (b.state === 'waiting' || b.state === 'sending' ? null : b.expiresAt),
});

/** What staff look at first: '0' a crisis, acknowledged or not, '1' otherwise urgent, '2' the rest. */
export const urgencyRank = (ticket: { crisisAt: number | null; urgent: boolean }): '0' | '1' | '2' =>
  ticket.crisisAt !== null ? '0' : ticket.urgent ? '1' : '2';

const ticket = kind({
  schema: ticketSchema,
  version: 1,
  indexes: {
    created: (b) => ({ key: timeKey(b.createdAt) }),
    receipt: (b) => ({ key: b.receipt }),
    contact: (b) => ({ key: `${b.contact}|${timeKey(b.createdAt)}` }),
    /** Inbox: a crisis first, then urgent ones, within window and state; newest last. */
    inbox: (b) => ({
      key: `${b.window}|${b.state}|${urgencyRank(b)}|${timeKey(b.createdAt)}`,
      group: `${b.window}|${b.state}|${b.urgent ? 'urgent' : 'calm'}`,
    }),
    /** Asked to be thought about together, or of several kinds, and not yet a case. */
    compound: (b) =>
      b.state === 'closed' || b.case != null || (b.multiAgency == null && b.needs.length < 2)
        ? null
        : {
            key: `${b.multiAgency == null ? '1' : '0'}|${timeKey(b.createdAt)}`,
            group: b.multiAgency == null ? 'several' : 'asked',
          },
    /** Reports about somebody else (アウトリーチ). */
    report: (b) => (b.history.some(({ what }) => what === 'outreach') ? { key: timeKey(b.createdAt) } : null),
    /** Something came back about a place they were introduced to. */
    afterwards: (b) => (b.introduction?.unseen ? { key: timeKey(b.updatedAt), group: 'news' } : null),
    /** The same over all windows. */
    state: (b) => ({ key: `${b.state}|${urgencyRank(b)}|${timeKey(b.createdAt)}` }),
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

const all = { all: (_: unknown, id: string) => ({ key: id, group: 'all' }) };

/** An account of a member of staff. Names in `by`, `assignee` … are ids of these. */
const staff = kind({
  schema: staffSchema,
  version: 1,
  indexes: { ...all, login: (b) => ({ key: b.login }) },
});
/** Keeps a sign-in name to one account: id = name. */
const staff_login = kind({ schema: z.strictObject({ staff: z.string() }), version: 1 });
const staff_link = kind({ schema: staffLinkSchema, version: 1, indexes: all, expiresAt: (b) => b.expiresAt });
const staff_session = kind({
  schema: staffSessionSchema,
  version: 1,
  indexes: { account: (b) => ({ key: `${b.account}|${timeKey(b.createdAt)}` }) },
  expiresAt: (b) => b.expiresAt,
});
const throttle = kind({ schema: throttleSchema, version: 1, expiresAt: (b) => b.expiresAt });
const template = kind({ schema: templateSchema, version: 1, indexes: all });
const alert = kind({
  schema: alertSchema,
  version: 1,
  indexes: {
    open: (b) => (b.acknowledged === null ? { key: timeKey(b.at), group: 'open' } : null),
    due: (b) => (b.acknowledged === null ? { key: timeKey(b.nextAt) } : null),
    at: (b) => ({ key: timeKey(b.at) }),
  },
  expiresAt: (b) => (b.acknowledged === null ? null : b.acknowledged.at + 400 * 86_400_000),
});
const duty = kind({
  schema: dutySchema,
  version: 1,
  indexes: { to: (b) => ({ key: timeKey(b.to) }) },
  expiresAt: (b) => b.to + 400 * 86_400_000,
});
const hook = kind({ schema: hookSchema, version: 1, indexes: all });
const calendar = kind({ schema: calendarSchema, version: 1, indexes: all });
/** 社会資源: the table of places that staff took in, over the one in the city's file; one record, id `all`. */
const places = kind({
  schema: z.strictObject({ resources: z.array(resourceSchema), at: z.int(), by: z.string() }),
  version: 1,
});
const event = kind({ schema: eventSchema, version: 1, indexes: { ...all, day: (b) => ({ key: b.day }) } });
const feed = kind({ schema: feedSchema, version: 1, indexes: { staff: (b) => ({ key: b.staff }) } });

/** A compound case with the person's consent. */
const compound = kind({
  schema: caseSchema,
  version: 1,
  indexes: {
    created: (b) => ({ key: timeKey(b.createdAt) }),
    number: (b) => ({ key: b.number }),
    state: (b) => ({
      key: `${b.state}|${b.urgency === 'urgent' ? '0' : '1'}|${timeKey(b.createdAt)}`,
      group: b.state,
    }),
    /** The next day on which its plan is to be looked at. */
    review: (b) => (b.state === 'running' && b.plan?.reviewOn ? { key: b.plan.reviewOn } : null),
  },
});
const conference = kind({
  schema: conferenceSchema,
  version: 1,
  indexes: { start: (b) => ({ key: timeKey(b.start) }), meeting: (b) => ({ key: `${b.meeting}|${timeKey(b.start)}` }) },
});
/** 支援会議 (106条の6): a compartment of its own. Nothing outside these three kinds refers to them (R26). */
const closed_file = kind({
  schema: closedFileSchema,
  version: 1,
  indexes: { updated: (b) => ({ key: timeKey(b.updatedAt) }) },
});
/** Which files somebody is a member of: the only way to find one. Id = `<staff>|<file>`. */
const closed_member = kind({
  schema: z.strictObject({ staff: z.string(), file: z.string() }),
  version: 1,
  indexes: { staff: (b) => ({ key: `${b.staff}|${b.file}` }), file: (b) => ({ key: `${b.file}|${b.staff}` }) },
});
/** Id = `<file>|<sequence>`; `head` keeps the end of each file's chain. */
const closed_audit = kind({
  schema: closedAuditSchema,
  version: 1,
  indexes: { file: (b) => ({ key: `${b.file}|${String(b.sequence).padStart(9, '0')}` }) },
});
const closed_audit_head = kind({
  schema: z.strictObject({ number: z.string(), sequence: z.int(), hash: z.string() }),
  version: 1,
  indexes: all,
});
const touch = kind({
  schema: touchSchema,
  version: 1,
  indexes: {
    news: (b) => (b.unseen ? { key: timeKey(b.updatedAt), group: 'news' } : null),
    updated: (b) => ({ key: timeKey(b.updatedAt) }),
  },
});
const tally = kind({ schema: tallySchema, version: 1, indexes: { day: (b) => ({ key: `${b.day}|${b.target}` }) } });
const gap = kind({ schema: gapSchema, version: 1, indexes: { at: (b) => ({ key: timeKey(b.at) }) } });

export const KINDS = {
  setting,
  revision,
  inbox,
  contact,
  session,
  outgoing,
  page_message,
  page_session,
  page_link,
  ticket,
  place,
  timer,
  unmatched,
  audit,
  staff,
  staff_login,
  staff_link,
  staff_session,
  throttle,
  template,
  alert,
  duty,
  hook,
  calendar,
  places,
  event,
  feed,
  case: compound,
  conference,
  closed_file,
  closed_member,
  closed_audit,
  closed_audit_head,
  touch,
  tally,
  gap,
} as const;
export type Kind = keyof typeof KINDS;
export type Body<K extends Kind> = z.output<(typeof KINDS)[K]['schema']>;
