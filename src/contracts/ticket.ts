/** The ticket (つなぐシート). `tsunagi tickets list --json` prints an array of these; extend, don't change. */
import { z } from 'zod';
import { aboutSchema, concernSchema, crisisSchema, needSchema } from './labels.ts';
import { candidateSchema, factsSchema, heardSchema, slotSchema, waySchema } from './session.ts';

export const TICKET_VERSION = 1;

export const TICKET_STATES = ['new', 'accepted', 'waiting_resident', 'waiting_body', 'closed'] as const;
export const ticketStateSchema = z.enum(TICKET_STATES);
export type TicketState = z.infer<typeof ticketStateSchema>;

export const RESULTS = ['met', 'not_reached', 'passed_on', 'closed'] as const;

/** 「いかがでしたか」 after an introduction. */
export const PLACE_ANSWERS = ['good', 'unfit', 'not_yet', 'words', 'stop'] as const;
export type PlaceAnswer = (typeof PLACE_ANSWERS)[number];

export const historySchema = z.strictObject({
  at: z.int(),
  /** `resident`, `system`, or a staff id. */
  by: z.string(),
  what: z.string(),
  /** Ids and codes only: never a resident's words. */
  detail: z.record(z.string(), z.string()).default({}),
});

export const bookingSchema = z.strictObject({
  id: z.string(),
  slot: slotSchema,
  state: z.enum(['booked', 'moved', 'cancelled', 'met', 'missed']),
  place: z.string().nullable(),
});
export type Booking = z.infer<typeof bookingSchema>;

export const ticketSchema = z.strictObject({
  version: z.literal(TICKET_VERSION),
  id: z.string(),
  /** Shown to the resident, e.g. `A3K-7QF2`: no 0/O, 1/I. */
  receipt: z.string(),
  /** With which a nameless resident proves on the telephone that it is them (R22). */
  callBackCode: z.string(),
  municipality: z.string(),
  contact: z.string(),
  channel: z.enum(['line', 'page']),
  createdAt: z.int(),
  updatedAt: z.int(),
  outOfHours: z.boolean(),
  state: ticketStateSchema,
  /** The window that holds it now, and who holds it there. */
  window: z.string(),
  assignee: z.string().nullable(),
  speaker: aboutSchema,
  district: z.string().nullable(),
  ageBand: factsSchema.shape.ageBand,
  way: waySchema.nullable(),
  safeHours: heardSchema.nullable(),
  /** Withdrawn parts have `text: null`. */
  words: z.array(heardSchema),
  needs: z.array(z.strictObject({ need: needSchema, score: z.number(), confirmed: z.boolean() })),
  rejectedNeeds: z.array(needSchema),
  evidence: z.array(
    z.strictObject({ words: z.string().nullable(), label: z.string(), messageId: z.string().nullable() }),
  ),
  concerns: z.array(z.strictObject({ concern: concernSchema, most: z.boolean() })),
  household: z.array(heardSchema),
  /** Said in the talk: who lives there and in which role. Relations as the forms write them: 母, 父, 夫 … */
  members: z
    .array(
      z.strictObject({
        relation: z.string(),
        roles: z.array(z.enum(['cared_for', 'carer', 'child', 'ill'])),
        messageId: z.string(),
      }),
    )
    .optional(),
  urgent: z.boolean(),
  crisis: crisisSchema,
  /** Flag and time stay even when the words were withdrawn (R8). */
  crisisAt: z.int().nullable(),
  deadlines: z.array(
    z.strictObject({
      what: z.enum(['eviction', 'cut_off', 'no_food', 'other']),
      words: z.string().nullable(),
      messageId: z.string().nullable(),
    }),
  ),
  offered: z.array(z.string()),
  refused: z.array(z.string()),
  candidates: z.array(candidateSchema),
  consideration: z.array(heardSchema),
  nickname: heardSchema.nullable(),
  name: heardSchema.nullable(),
  phone: heardSchema.nullable(),
  answers: z.record(z.string(), heardSchema).default({}),
  /** Overall state (R25) and the table behind it (R21). */
  consent: z.enum(['none', 'in_chat', 'listed', 'refused', 'withdrawn']),
  consents: factsSchema.shape.consents,
  booking: bookingSchema.nullable(),
  result: z
    .strictObject({ result: z.enum(RESULTS), to: z.string().nullable(), at: z.int(), by: z.string() })
    .nullable(),
  history: z.array(historySchema),
  /** Staff's own words. */
  notes: z.array(z.strictObject({ id: z.string(), at: z.int(), by: z.string(), text: z.string() })).optional(),
  /** What staff said to the resident from here, oldest first; `outgoing`: what became of it on its way. */
  said: z
    .array(z.strictObject({ id: z.string(), at: z.int(), by: z.string(), text: z.string(), outgoing: z.string() }))
    .optional(),
  /** Ways it went (つなぎ), oldest first; `back`: つなぎ戻し. `basis`: what allowed it (R21, R25). */
  passes: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        at: z.int(),
        by: z.string(),
        reason: z.string(),
        basis: z.enum(['same_body', 'consent', 'danger', 'back']),
      }),
    )
    .optional(),
  /** 支援依頼 to the multi-agency desk. */
  multiAgency: z.strictObject({ at: z.int(), by: z.string(), reason: z.string() }).nullable().optional(),
  /** The person was asked whether others may think along (重層的支援会議); `bodies`: windows' ids, or names. */
  meetingAsk: z
    .strictObject({
      at: z.int(),
      by: z.string(),
      bodies: z.array(z.string()),
      wording: z.string(),
      answer: z.enum(['given', 'refused', 'question']).nullable(),
    })
    .nullable()
    .optional(),
  /** They asked to be brought together with a place (参加支援), and what they told afterwards. */
  introduction: z
    .strictObject({
      /** Id of the place, and its name as it was shown. */
      resource: z.string().nullable(),
      name: z.string(),
      at: z.int(),
      /** Whether they may be asked how it was: their own answer; `stopped`: taken back. */
      mayAsk: z.enum(['yes', 'no', 'stopped']),
      /** Questions that went out, and when the next one does. */
      asked: z.int(),
      nextAt: z.int().nullable(),
      answers: z.array(z.strictObject({ at: z.int(), answer: z.enum(PLACE_ANSWERS) })),
      /** Something came back that nobody has looked at. */
      unseen: z.boolean(),
    })
    .nullable()
    .optional(),
  /** Other reports about the same household, joined by staff; ids. */
  sameHome: z.array(z.string()).optional(),
  /** The compound case it belongs to (多機関協働, with consent). */
  case: z.string().nullable().optional(),
  /** True in a view for lists and exports: words and sensitive labels are hidden, not absent (R20). */
  masked: z.boolean().optional(),
});
export type Ticket = z.infer<typeof ticketSchema>;
export type Introduction = NonNullable<Ticket['introduction']>;
