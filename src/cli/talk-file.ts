/** `*.talk.yaml`: what a resident writes or taps, what must come back, which ticket must result (docs/flows-ja.md). */
import { z } from 'zod';
import { aboutSchema, crisisSchema, needSchema, scopeSchema } from '#contracts/labels.ts';

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).transform((value) => [value].flat());

const expectations = {
  /** Each must stand somewhere in the answer (bubbles, cards). */
  hears: oneOrMore.optional(),
  never: oneOrMore.optional(),
  /** Each must be a button of the answer. */
  buttons: oneOrMore.optional(),
};

/** What can be sent besides words, and its name for people. */
export const MEDIA = {
  sticker: 'スタンプ',
  image: '写真',
  video: '動画',
  audio: '声',
  file: 'ファイル',
  location: '場所',
  other: 'ほか',
} as const;

export const talkStepSchema = z
  .strictObject({
    says: z.string().min(1).optional(),
    /** Label of a button now on the screen. */
    taps: z.string().min(1).optional(),
    /** Label of a button further up. */
    taps_old: z.string().min(1).optional(),
    picks: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/u)
      .optional(),
    sends: z.enum(Object.keys(MEDIA) as (keyof typeof MEDIA)[]).optional(),
    /** Withdraws the n-th thing said (1 = the first). */
    unsends: z.int().min(1).optional(),
    follows: z.literal(true).optional(),
    blocks: z.literal(true).optional(),
    /** Lets time pass before what comes next, e.g. `1日`, `30分`. */
    waits: z
      .string()
      .regex(/^\d+(分|時間|日)$/u)
      .optional(),
    /** Somebody else takes the time with this label. */
    someone_takes: z.string().min(1).optional(),
    ...expectations,
  })
  .refine((step) => ACTIONS.filter((key) => step[key] !== undefined).length === 1, {
    error: '1つの手順に、することを1つだけ書いてください。',
  });
const ACTIONS = [
  'says',
  'taps',
  'taps_old',
  'picks',
  'sends',
  'unsends',
  'follows',
  'blocks',
  'waits',
  'someone_takes',
] as const;
export type TalkStep = z.output<typeof talkStepSchema>;

/** Stands in for the dictionary where a talk is about the flow, not about being understood. */
const stubSchema = z.strictObject({
  if: z.string().min(1),
  needs: z.array(needSchema).default([]),
  about: aboutSchema.default('unknown'),
  scope: scopeSchema.optional(),
  crisis: crisisSchema.default('none'),
  confident: z.boolean().default(true),
});
export type Stub = z.output<typeof stubSchema>;

export const talkFileSchema = z.strictObject({
  talk: z.string().min(1),
  city: z.string().min(1),
  /** `YYYY-MM-DD HH:MM`, Japan time. */
  at: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/u)
    .default('2026-11-24 10:00'),
  triage: z.array(stubSchema).default([]),
  steps: z.array(talkStepSchema).min(1),
  /** Says and taps up to the end. */
  turns_at_most: z.int().min(1).optional(),
  ticket: z
    .union([
      z.literal('none'),
      z.strictObject({
        window: z.string().optional(),
        needs: z.array(needSchema).optional(),
        urgent: z.boolean().optional(),
        booked: z.boolean().optional(),
        way: z.enum(['visit', 'phone', 'home', 'online']).optional(),
        consent: z.enum(['none', 'in_chat', 'listed', 'refused', 'withdrawn']).optional(),
        nickname: z.string().nullable().optional(),
        name: z.string().nullable().optional(),
        phone: z.string().nullable().optional(),
        district: z.string().nullable().optional(),
        words: oneOrMore.optional(),
        words_never: oneOrMore.optional(),
        household: oneOrMore.optional(),
        crisis: crisisSchema.optional(),
      }),
    ])
    .optional(),
});
export type TalkFile = z.output<typeof talkFileSchema>;
