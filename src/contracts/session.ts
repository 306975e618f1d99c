/**
 * One resident's place in one flow, and what the engine, the conversation and the world say to each other.
 * The engine is pure: what it needs from the world (an assessment, windows, free times, a booking) is a `Request`,
 * and the session waits until `resume` is called with the `Result` of the same name.
 */
import { z } from 'zod';
import { assessmentSchema } from './assessment.ts';
import { aboutSchema, needSchema } from './labels.ts';
import type { Message } from './message.ts';

/** A thing the resident said; `text` is null once withdrawn (R7). */
export const heardSchema = z.strictObject({ messageId: z.string(), text: z.string().nullable(), at: z.int() });
export type Heard = z.infer<typeof heardSchema>;

export const WAYS = ['visit', 'phone', 'home', 'online'] as const;
export const waySchema = z.enum(WAYS);
export type Way = z.infer<typeof waySchema>;
export const WAY_NAMES: Record<Way, string> = {
  visit: '窓口に行く',
  phone: '電話',
  home: '訪問',
  online: 'オンライン',
};

/** A place in the calendar of one window. `start`, `end`: milliseconds UTC; days and hours are Japan time. */
export const slotSchema = z.strictObject({ window: z.string(), start: z.int(), end: z.int(), way: waySchema });
export type Slot = z.infer<typeof slotSchema>;

export const candidateSchema = z.strictObject({
  window: z.string(),
  name: z.string(),
  /** Why this one, in plain Japanese, for the resident. */
  reason: z.string(),
  ways: z.array(waySchema),
  /** 0…1, how sure the routing is. */
  confidence: z.number().min(0).max(1),
  lead: z.boolean(),
  place: z.string().optional(),
  phone: z.string().optional(),
  demo: z.boolean().default(false),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** What the talk has learnt so far: everything a ticket needs, and no more. */
export const factsSchema = z.strictObject({
  heard: z.array(heardSchema).default([]),
  assessment: assessmentSchema.nullable().default(null),
  /** Needs the resident confirmed or corrected; null = not asked yet. */
  confirmedNeeds: z.array(needSchema).nullable().default(null),
  rejectedNeeds: z.array(needSchema).default([]),
  about: aboutSchema.nullable().default(null),
  /** Answer to "is anyone else in the household in trouble?", free words or null. */
  household: z.array(heardSchema).default([]),
  householdAsked: z.boolean().default(false),
  district: z.string().nullable().default(null),
  /** True once asked, also when the answer was 「わからない」: it is not asked again. */
  districtAsked: z.boolean().default(false),
  ageBand: z.enum(['child', 'youth', 'adult', 'senior', 'old']).nullable().default(null),
  candidates: z.array(candidateSchema).default([]),
  window: z.string().nullable().default(null),
  /** Windows offered and not taken. */
  refusedWindows: z.array(z.string()).default([]),
  way: waySchema.nullable().default(null),
  slot: slotSchema.nullable().default(null),
  hold: z.string().nullable().default(null),
  booking: z.string().nullable().default(null),
  nickname: heardSchema.nullable().default(null),
  /** Name or telephone number: only if the resident wants (R22). */
  name: heardSchema.nullable().default(null),
  phone: heardSchema.nullable().default(null),
  consideration: z.array(heardSchema).default([]),
  safeHours: heardSchema.nullable().default(null),
  consents: z
    .array(
      z.strictObject({
        /** Receiving body: a window's id. */
        recipient: z.string(),
        purpose: z.string(),
        state: z.enum(['given', 'refused', 'withdrawn']),
        /** The wording shown, stored with the consent (R21). */
        wording: z.string(),
        version: z.string(),
        at: z.int(),
      }),
    )
    .default([]),
  ticket: z.string().nullable().default(null),
  receipt: z.string().nullable().default(null),
  callBackCode: z.string().nullable().default(null),
  /** Answers to a flow's own questions that the facts above have no field for. */
  answers: z.record(z.string(), heardSchema).default({}),
});
export type Facts = z.infer<typeof factsSchema>;

const placeSchema = z.strictObject({ flow: z.string(), revision: z.string(), step: z.string() });

export const sessionSchema = z.strictObject({
  /** Unique per talk; buttons carry it, so a button of an older talk is known as such. */
  talk: z.string(),
  /** Flow file and the content hash it runs on: a session never changes its flow under way. */
  flow: z.string(),
  revision: z.string(),
  /** Where it stands; null before the first step and after the end. */
  step: z.string().nullable(),
  /** A step with several questions (book, windows …) keeps its own place here. */
  stage: z.string().nullable().default(null),
  status: z.enum(['waiting', 'asking', 'ended', 'failed']),
  /** With status `asking`: the request whose result is awaited. */
  request: z.custom<Request>().nullable().default(null),
  /** Counts up with each question put; buttons carry it. */
  turn: z.int().default(0),
  /** Calls under way (`call:`), innermost last. */
  stack: z
    .array(
      placeSchema.extend({
        /** Set when another flow was put on top with facts of its own: they are put back on return. */
        facts: factsSchema.nullable().default(null),
      }),
    )
    .default([]),
  /** For ひとつ戻る: earlier waits with the facts of then, newest last, at most 20. */
  trail: z
    .array(
      z.strictObject({
        place: placeSchema,
        stage: z.string().nullable(),
        /** null at the newest wait while nothing has come since: they are those of the session, not kept twice. */
        facts: factsSchema.nullable(),
        /** Calls under way at that wait, innermost last. */
        stack: z.array(placeSchema).optional(),
      }),
    )
    .default([]),
  facts: factsSchema,
  /**
   * Choices of the open question. A typed label (or a word of `also`) counts as the tap; they are kept so that
   * 「もう一度」 shows the same ones without asking the world again.
   */
  asked: z
    .array(
      z.strictObject({
        label: z.string(),
        value: z.string(),
        also: z.array(z.string()).default([]),
        /** A date picker: bounds `YYYY-MM-DD`. */
        date: z.strictObject({ min: z.string(), max: z.string() }).optional(),
      }),
    )
    .default([]),
  /** Wording of the open question where it came with a result (the question that splits two needs). */
  askedText: z.string().nullable().default(null),
  /** Times each step was asked in a row without an understood answer. */
  tries: z.record(z.string(), z.int()).default({}),
});
export type Session = z.infer<typeof sessionSchema>;

/** What comes into a session. */
export type Input =
  | { type: 'text'; text: string; messageId: string; at: number }
  | { type: 'choice'; value: string; at: number }
  | { type: 'date'; date: string; at: number }
  | { type: 'result'; result: Result };

/** What the engine asks of the world. Each is answered by the `Result` with the same `type`. */
export type Request =
  | { type: 'triage' }
  | { type: 'windows'; limit: number }
  /** Free places, soonest first, of one window and way; `day` (`YYYY-MM-DD`) narrows to one day. */
  | { type: 'slots'; window: string; way: Way; day?: string; limit: number }
  | { type: 'hold'; slot: Slot }
  | { type: 'release'; hold: string }
  /** Open or update the ticket from the facts; books the held slot when there is one. */
  | { type: 'handoff'; urgent: boolean; outreach?: boolean }
  | { type: 'cancel_booking' }
  | { type: 'resources'; limit: number };

export type Result =
  | { type: 'triage'; assessment: z.infer<typeof assessmentSchema>; question: SplittingQuestion | null }
  | { type: 'windows'; candidates: Candidate[] }
  /** `days` with a free place (`YYYY-MM-DD`), and the places of the asked day or the soonest ones. */
  | { type: 'slots'; days: string[]; slots: Slot[] }
  | { type: 'hold'; hold: string; until: number }
  | { type: 'slot_taken' }
  | { type: 'release' }
  | { type: 'handoff'; ticket: string; receipt: string; booking: string | null; callBackCode: string }
  | { type: 'cancel_booking'; cancelled: boolean }
  | { type: 'resources'; resources: { id?: string; name: string; text: string }[] };

export type SplittingQuestion = { question: string; choices: { label: string; need: z.infer<typeof needSchema> }[] };

/** What the engine says has happened; `say` is in order. */
export type EngineEvent =
  | { type: 'say'; messages: Message[] }
  | { type: 'request'; request: Request }
  | { type: 'note'; code: string }
  | { type: 'ended' }
  | { type: 'failed'; code: string; step: string };

/** Codes: `step_limit`, `unknown_step`, `unexpected_result`. A failed session says it in plain words and offers a human. */
export type Step = { session: Session; events: EngineEvent[] };
