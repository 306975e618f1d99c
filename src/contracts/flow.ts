/**
 * The flow language, seen by the member of staff who edits a file in `flows/` (docs/flows-ja.md). A flow is a list of
 * steps in the order in which they are gone through; a step has a name, one word that says its kind, and where the talk
 * goes on if not to the step below. Conditions are small mappings, not a language.
 */
import { z } from 'zod';
import { aboutSchema, crisisSchema, needSchema, scopeSchema } from './labels.ts';
import type { Municipality } from './municipality.ts';
import { type Facts, waySchema } from './session.ts';
import type { TextKey } from './texts.ts';

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1)]);
const stepName = z.string().min(1).max(40);
const text = z.string().min(1).max(5000);

/** Every key named must hold; a list means "one of these". */
export const conditionSchema = z.strictObject({
  need: oneOrMore(needSchema).optional(),
  about: oneOrMore(aboutSchema).optional(),
  scope: oneOrMore(scopeSchema).optional(),
  crisis: z.union([z.boolean(), oneOrMore(crisisSchema)]).optional(),
  confident: z.boolean().optional(),
  /** At least one need is known: assessed and not turned down, or chosen by the resident. */
  needs_known: z.boolean().optional(),
  /** Two or more needs (複合). */
  compound: z.boolean().optional(),
  /** So many times in a row, or more, that the resident was not understood. */
  tries: z.int().min(1).optional(),
  /** A window for this trouble depends on the district, and the district is not known and was not asked. */
  district_needed: z.boolean().optional(),
  windows_found: z.boolean().optional(),
  way: oneOrMore(waySchema).optional(),
  booked: z.boolean().optional(),
  ticket: z.boolean().optional(),
  consent: z.enum(['given', 'refused']).optional(),
  age_band: oneOrMore(z.enum(['child', 'youth', 'adult', 'senior', 'old'])).optional(),
  /** The resident has seen the long welcome in an earlier talk. */
  greeted: z.boolean().optional(),
  /** Choice taken at an `ask` with `answer: <key>`. */
  answer: z.record(z.string(), z.string()).optional(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const flowChoiceSchema = z.strictObject({
  /** At most 20 characters (LINE). */
  label: z.string().min(1),
  /** Where the talk goes on; else to the step's `next`, else to the step below. */
  go: stepName.optional(),
  /** Other words that mean this choice when typed. */
  also: z.array(z.string().min(1)).default([]),
  /** What choosing it tells: a need, whose trouble, an age band. */
  need: needSchema.optional(),
  about: aboutSchema.optional(),
  age_band: z.enum(['child', 'youth', 'adult', 'senior', 'old']).optional(),
  /** For 「いない」「わからない」「こたえない」: nothing is saved, the step counts as answered. */
  nothing: z.boolean().default(false),
});

const SAVES = ['heard', 'household', 'district', 'nickname', 'name', 'phone', 'consideration', 'safe_hours'] as const;

const base = {
  step: stepName,
  /** The step is passed over when this does not hold. */
  when: conditionSchema.optional(),
  next: stepName.optional(),
  /** Wording of this step only, instead of flows/common/texts.yaml. */
  texts: z.record(z.string(), text).default({}),
};

/** One schema per kind of step; the engine has one handler per kind, and the compiler compares the two tables. */
export const STEP_SCHEMAS = {
  say: z.strictObject({ ...base, say: oneOrMore(text) }),
  ask: z.strictObject({
    ...base,
    ask: text,
    examples: z.array(text).max(3).default([]),
    /** Where free text goes; without it, free text is new words about the trouble and goes to the flow's `hears`. */
    save: z.enum(SAVES).optional(),
    /** Key of a question of the flow's own. */
    answer: z
      .string()
      .regex(/^[\p{L}\p{N}_-]{1,40}$/u)
      .optional(),
    choices: z.array(flowChoiceSchema).default([]),
    /** Choices from the municipality's own list. */
    list: z.enum(['districts']).optional(),
  }),
  triage: z.strictObject({ ...base, triage: z.union([z.literal(true), z.strictObject({ ask_back: z.boolean() })]) }),
  route: z.strictObject({
    ...base,
    route: z.array(z.strictObject({ when: conditionSchema.optional(), go: stepName })).min(1),
  }),
  confirm: z.strictObject({ ...base, confirm: z.strictObject({ none: stepName, more: stepName.optional() }) }),
  windows: z.strictObject({
    ...base,
    windows: z.strictObject({
      limit: z.int().min(1).max(3).default(3),
      /** Straight to the city's 総合 window, whatever the trouble. */
      general: z.boolean().default(false),
      none: stepName.optional(),
    }),
  }),
  book: z.strictObject({
    ...base,
    book: z.strictObject({ later: stepName.optional(), move: z.boolean().default(false) }),
  }),
  consent: z.strictObject({
    ...base,
    consent: z.strictObject({
      /**
       * `window`: the window chosen; `all`: every window offered, each with its own answer; `multi_agency`: the desk that
       * 支援依頼 goes to (windows with that role).
       */
      recipients: z.enum(['window', 'all', 'multi_agency']).default('window'),
      refused: stepName,
    }),
  }),
  handoff: z.strictObject({
    ...base,
    handoff: z.strictObject({
      /** Show what staff will see, and ask, before anything is sent. */
      preview: z.boolean().default(true),
      /** 「直す」 in the preview leads to one of these. */
      edit: z.array(z.strictObject({ label: z.string().min(1), go: stepName })).default([]),
      cancelled: stepName.optional(),
      urgent: z.boolean().default(false),
      /**
       * A report about somebody else, who has not been asked: it goes to the window with the role `outreach`, and the
       * ticket says so and claims no consent (R25).
       */
      outreach: z.boolean().default(false),
    }),
  }),
  resources: z.strictObject({
    ...base,
    resources: z.strictObject({
      limit: z.int().min(1).max(5).default(3),
      none: stepName.optional(),
      /** Offers to introduce the resident to one of them; where the talk goes once one is chosen. */
      introduce: stepName.optional(),
      /** Where 「自分で行ってみる」 leads. */
      alone: stepName.optional(),
    }),
  }),
  cancel: z.strictObject({ ...base, cancel: z.literal(true) }),
  call: z.strictObject({ ...base, call: z.string().min(1) }),
  end: z.strictObject({
    ...base,
    end: z.union([z.literal(true), text, z.strictObject({ say: text.optional(), whole: z.boolean().default(false) })]),
  }),
} as const;

export type StepKind = keyof typeof STEP_SCHEMAS;
export const STEP_KINDS = Object.keys(STEP_SCHEMAS) as StepKind[];
export type FlowStepOf<K extends StepKind> = z.output<(typeof STEP_SCHEMAS)[K]>;
export type FlowStep = { [K in StepKind]: FlowStepOf<K> }[StepKind];

const stepSchema = z.union([
  STEP_SCHEMAS.say,
  STEP_SCHEMAS.ask,
  STEP_SCHEMAS.triage,
  STEP_SCHEMAS.route,
  STEP_SCHEMAS.confirm,
  STEP_SCHEMAS.windows,
  STEP_SCHEMAS.book,
  STEP_SCHEMAS.consent,
  STEP_SCHEMAS.handoff,
  STEP_SCHEMAS.resources,
  STEP_SCHEMAS.cancel,
  STEP_SCHEMAS.call,
  STEP_SCHEMAS.end,
]);

export const flowFileSchema = z.strictObject({
  flow: z.string().regex(/^[a-z0-9-]{1,40}$/u),
  title: z.string().optional(),
  /** Step to which words go that answer no open question. */
  hears: stepName.optional(),
  /** Step for 人と話す; without it flows/common/talk-to-human.yaml is put on top. */
  human: stepName.optional(),
  /** Step for 訂正; else `hears` is asked again. */
  corrects: stepName.optional(),
  steps: z.array(stepSchema).min(1),
});
export type FlowFile = z.infer<typeof flowFileSchema>;

/** A flow as read from its file; `revision` is the hash of its content. */
export type Flow = FlowFile & { revision: string };

export type Texts = Readonly<Record<TextKey, string>>;

/** What the engine runs on: one city's flows, wording and windows. All of it is read only. */
export interface Script {
  readonly municipality: Municipality;
  readonly texts: Texts;
  /** The asked revision if it is still known, else the current one, else null. */
  flow(id: string, revision?: string): Flow | null;
  /**
   * Whether the answer to "where do you live?" would change the windows offered, and is still open. Filled in by the room
   * that knows routing; without it the engine looks at the windows of the same need.
   */
  readonly districtNeeded?: (facts: Facts) => boolean;
}

/** @returns which of the words of STEP_KINDS the step uses. */
export function kindOf(step: FlowStep): StepKind {
  for (const kind of STEP_KINDS) if (kind in step) return kind;
  throw new TypeError('flow step without a kind: it did not pass its schema');
}
