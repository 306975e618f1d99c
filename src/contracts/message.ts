/**
 * What the service says, before any channel has dressed it. A channel (LINE, the city's own page, the terminal) renders
 * these; it may split a long text but never drops one.
 */
import { z } from 'zod';

/** Labels are at most 20 grapheme clusters (LINE reference: quick reply, postback action). */
export const choiceSchema = z.strictObject({
  label: z.string().min(1),
  /** `postback`: comes back as `data`; `date`: a date picker, comes back as `data` + date; `uri`: opens a page or `tel:`. */
  kind: z.enum(['postback', 'date', 'uri']).default('postback'),
  /** Postback data, made by `conversation/postback.ts`; at most 300 UTF-16 units. Empty for `uri`. */
  data: z.string().default(''),
  uri: z.string().optional(),
  /** `YYYY-MM-DD`, Japan time; only for `date`. */
  min: z.string().optional(),
  max: z.string().optional(),
  initial: z.string().optional(),
});
export type Choice = z.infer<typeof choiceSchema>;

export const cardSchema = z.strictObject({
  title: z.string().min(1),
  lines: z.array(z.strictObject({ label: z.string().optional(), text: z.string().min(1) })),
  buttons: z.array(choiceSchema).max(4),
});
export type Card = z.infer<typeof cardSchema>;

export const messageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), choices: z.array(choiceSchema).default([]) }),
  /** One to three cards side by side; `alt` is read aloud and shown in notifications: neutral words only (R3, R31). */
  z.strictObject({
    type: z.literal('cards'),
    alt: z.string().min(1),
    cards: z.array(cardSchema).min(1).max(10),
    choices: z.array(choiceSchema).default([]),
  }),
]);
export type Message = z.infer<typeof messageSchema>;
