/**
 * Compound cases (多機関協働): the case with the person's consent (重層的支援会議, 社会福祉法 106条の4 2項5号), the file of a 支援会議
 * without it (106条の6), the meetings, the plan, staying in touch, and what shows the city's gaps. Ids and codes in
 * `history`; words stand in fields of their own. Longer than other files: one vocabulary.
 */
import { z } from 'zod';
import { needSchema } from './labels.ts';
import { factsSchema } from './session.ts';
import { historySchema } from './ticket.ts';

/** `YYYY-MM-DD`, Japan time. */
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/u);
const said = z.strictObject({ id: z.string(), at: z.int(), by: z.string(), text: z.string() });

export const CASE_STATES = ['asked', 'open', 'running', 'paused', 'ended', 'declined'] as const;
export type CaseState = (typeof CASE_STATES)[number];
export const URGENCIES = ['regular', 'urgent'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Who does what in a case: a window of the city, or another body by its name. */
export const partSchema = z.strictObject({
  id: z.string(),
  window: z.string().nullable(),
  name: z.string(),
  does: z.string(),
  from: z.int(),
  until: z.int().nullable(),
});
export type Part = z.infer<typeof partSchema>;

/** Settled in a meeting or between two: who does what by when. */
export const decisionSchema = z.strictObject({
  id: z.string(),
  conference: z.string().nullable(),
  at: z.int(),
  by: z.string(),
  what: z.string(),
  who: z.string(),
  due: day.nullable(),
  done: z.strictObject({ at: z.int(), by: z.string() }).nullable(),
});

export const stepSchema = z.strictObject({
  id: z.string(),
  text: z.string(),
  who: z.string(),
  due: day.nullable(),
  done: z.strictObject({ at: z.int(), by: z.string() }).nullable(),
});
export const goalSchema = z.strictObject({ id: z.string(), text: z.string(), steps: z.array(stepSchema) });
export const AGREEMENTS = ['not_asked', 'asked', 'agreed', 'question', 'refused'] as const;

/** 支援プラン. `version` counts up with each change; an agreement holds for the version it was given to. */
export const planSchema = z.strictObject({
  version: z.int().positive(),
  goals: z.array(goalSchema),
  reviewOn: day.nullable(),
  /** The same in plain, neutral words, as the person reads it (R3). */
  forResident: z.string(),
  agreement: z.strictObject({
    state: z.enum(AGREEMENTS),
    version: z.int(),
    at: z.int(),
    how: z.enum(['line', 'phone', 'visit', 'paper']).nullable(),
    /** The wording shown, kept with the answer (R21). */
    wording: z.string().nullable(),
  }),
  at: z.int(),
  by: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

export const REVIEW_RESULTS = ['as_planned', 'change', 'to_meeting', 'end'] as const;
export const reviewSchema = said.extend({ result: z.enum(REVIEW_RESULTS), next: day.nullable() });

export const caseSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  number: z.string(),
  municipality: z.string(),
  createdAt: z.int(),
  createdBy: z.string(),
  updatedAt: z.int(),
  state: z.enum(CASE_STATES),
  urgency: z.enum(URGENCIES),
  /** What is to be thought about together. */
  reason: z.string(),
  /** Window that leads. */
  lead: z.string(),
  /** Staff id of the one who keeps the case. */
  coordinator: z.string().nullable(),
  /** Tickets that belong to it; the first is the main person's, to which answers from LINE go. */
  tickets: z.array(z.string()).min(1),
  /** The main person; null when the case has nobody to write to. */
  contact: z.string().nullable(),
  district: z.string().nullable(),
  ageBand: factsSchema.shape.ageBand,
  needs: z.array(needSchema),
  parts: z.array(partSchema),
  decisions: z.array(decisionSchema),
  plan: planSchema.nullable(),
  reviews: z.array(reviewSchema),
  notes: z.array(said),
  /** What a 支援会議 file handed over, item by item, when the person agreed. */
  brought: z.array(said),
  end: z
    .strictObject({
      at: z.int(),
      by: z.string(),
      evaluation: z.string(),
      achieved: z.enum(['yes', 'partly', 'no']),
      /** つなぎ戻し. */
      backTo: z.string(),
    })
    .nullable(),
  history: z.array(historySchema),
});
export type Case = z.infer<typeof caseSchema>;

/** One held or planned meeting. Cases of the compartment have meetings of their own, inside their file. */
export const PURPOSES = ['screening', 'plan', 'review', 'evaluation', 'share'] as const;
export const agendaSchema = z.strictObject({
  case: z.string(),
  purpose: z.enum(PURPOSES),
  start: z.int(),
  end: z.int(),
});
export const attendeeSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** `part`: has a part in the case, or leads it. */
  as: z.enum(['member', 'guest', 'first_contact', 'part']),
  mail: z.string().nullable(),
  remote: z.boolean(),
  came: z.boolean().nullable(),
  /** A guest hears these cases only; empty for members: all. */
  cases: z.array(z.string()),
  /** The invitation that was mailed last: what it said, to how many addresses, and what became of it (`ok` or a code). */
  invited: z
    .strictObject({
      at: z.int(),
      start: z.int(),
      end: z.int(),
      place: z.string(),
      cancelled: z.boolean(),
      to: z.int(),
      outcome: z.string(),
    })
    .nullable()
    .optional(),
});
export type Attendee = z.infer<typeof attendeeSchema>;

export const conferenceSchema = z.strictObject({
  /** Id of the city's meeting (municipality.yaml `meetings`). */
  meeting: z.string(),
  start: z.int(),
  end: z.int(),
  place: z.string(),
  /** Convened on call, not on a regular day. */
  onCall: z.boolean(),
  state: z.enum(['planned', 'held', 'cancelled']),
  /** SEQUENCE of its invitations (RFC 5545). */
  sequence: z.int(),
  agenda: z.array(agendaSchema),
  people: z.array(attendeeSchema),
  minutes: z.array(said.extend({ case: z.string().nullable() })),
  /** What is missing in the city, for the committees and the monthly report; nobody's case. */
  issues: z.array(said.extend({ need: needSchema.nullable(), to: z.string().nullable() })),
  createdAt: z.int(),
  createdBy: z.string(),
  updatedAt: z.int(),
  history: z.array(historySchema),
});
export type Conference = z.infer<typeof conferenceSchema>;

/** Where a piece of information in a closed file comes from: it decides what may come along later. */
export const ITEM_SOURCES = ['own_words', 'observed', 'agency', 'report', 'other_person', 'judgement'] as const;
export type ItemSource = (typeof ITEM_SOURCES)[number];
export const itemSchema = said.extend({
  source: z.enum(ITEM_SOURCES),
  /** Who gave it. */
  body: z.string(),
  removed: z.strictObject({ at: z.int(), by: z.string() }).nullable(),
});
export type Item = z.infer<typeof itemSchema>;

export const memberSchema = z.strictObject({
  id: z.string(),
  /** null: somebody without an account, who signed on paper. */
  staff: z.string().nullable(),
  name: z.string(),
  body: z.string(),
  addedAt: z.int(),
  addedBy: z.string(),
  secrecy: z
    .strictObject({ at: z.int(), version: z.string(), how: z.enum(['console', 'paper']), by: z.string() })
    .nullable(),
  leftAt: z.int().nullable(),
});
export type Member = z.infer<typeof memberSchema>;

export const closedMeetingSchema = z.strictObject({
  id: z.string(),
  start: z.int(),
  end: z.int(),
  place: z.string(),
  state: z.enum(['planned', 'held', 'cancelled']),
  sequence: z.int(),
  /** Ids of members who were there. */
  came: z.array(z.string()),
  minutes: z.array(said),
});

/** A file of a 支援会議 (106条の6). Nothing outside it points to it; it points to the tickets. */
export const closedFileSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  number: z.string(),
  municipality: z.string(),
  createdAt: z.int(),
  createdBy: z.string(),
  updatedAt: z.int(),
  state: z.enum(['open', 'moved', 'ended']),
  urgency: z.enum(URGENCIES),
  reason: z.string(),
  /** Why the person's consent is not there (yet). */
  without: z.enum(['not_asked', 'refused', 'withdrawn', 'cannot', 'not_known_to_person']),
  lead: z.string(),
  tickets: z.array(z.string()),
  members: z.array(memberSchema),
  items: z.array(itemSchema),
  /** Who watches over what. */
  decisions: z.array(decisionSchema),
  meetings: z.array(closedMeetingSchema),
  moved: z
    .strictObject({
      case: z.string(),
      at: z.int(),
      by: z.string(),
      brought: z.array(z.string()),
      left: z.array(z.strictObject({ item: z.string(), why: z.string() })),
    })
    .nullable(),
  ended: z.strictObject({ at: z.int(), by: z.string(), why: z.string() }).nullable(),
});
export type ClosedFile = z.infer<typeof closedFileSchema>;

/** A line of one file's own log; chained by hash within the file. */
export const closedAuditSchema = z.strictObject({
  file: z.string(),
  sequence: z.int().positive(),
  at: z.int(),
  by: z.string(),
  action: z.string(),
  detail: z.record(z.string(), z.string()).default({}),
  previous: z.string(),
  hash: z.string(),
});

/** 「その後いかがですか」. Id = ticket. */
export const TOUCH_ANSWERS = ['fine', 'same', 'talk', 'words', 'stop'] as const;
export type TouchAnswer = (typeof TOUCH_ANSWERS)[number];
export const touchSchema = z.strictObject({
  ticket: z.string(),
  contact: z.string(),
  by: z.string(),
  state: z.enum(['asked', 'on', 'declined', 'stopped', 'ended']),
  everyDays: z.int().min(2).max(180),
  /** Hour of day, Japan, at which the question goes out. */
  hour: z.int().min(0).max(23),
  /** How many questions are still to come. */
  left: z.int().min(0),
  agreed: z
    .strictObject({ at: z.int(), how: z.enum(['line', 'phone', 'visit', 'paper']), wording: z.string() })
    .nullable(),
  askedAt: z.int().nullable(),
  nextAt: z.int().nullable(),
  answers: z.array(z.strictObject({ at: z.int(), answer: z.enum(TOUCH_ANSWERS) })),
  /** Something came back that nobody has looked at. */
  unseen: z.boolean(),
  updatedAt: z.int(),
});
export type Touch = z.infer<typeof touchSchema>;

/** Something that happened outside the talks and counts towards a figure of the plan: a visit, a partner, a course. */
export const tallySchema = z.strictObject({
  target: z.string(),
  day,
  count: z.int().min(1).max(100_000),
  note: z.string(),
  at: z.int(),
  by: z.string(),
});

/** A need that found no window and no place, noted by staff (地域課題). */
export const gapSchema = z.strictObject({
  at: z.int(),
  by: z.string(),
  need: needSchema,
  district: z.string().nullable(),
  /** What is missing, without anything that tells of a person. */
  what: z.string(),
  ticket: z.string().nullable(),
});
export type Gap = z.infer<typeof gapSchema>;
