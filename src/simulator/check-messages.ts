/**
 * Message objects against LINE's hard limits (reference, "Message objects" and "Actions"): what LINE refuses, the stand-in
 * refuses with a like answer. Lengths are UTF-16 units unless the guide "character count" says grapheme clusters.
 */
import { z } from 'zod';
import { actionSchema } from './check-actions.ts';
import { bubbleSchema, carouselSchema, utf8 } from './check-flex.ts';
import { templateSchema } from './check-templates.ts';
import { graphemes, httpsUrl, label20, units } from './lengths.ts';

export interface Detail {
  message: string;
  /** e.g. `messages[0].text`; JSON pointer inside flex and template contents. */
  property: string;
}

/** @returns what LINE would list in `details`; empty = fine. */
export function checkMessages(messages: unknown): Detail[] {
  if (!Array.isArray(messages)) return [{ message: 'May not be null', property: 'messages' }];
  if (messages.length < 1 || messages.length > 5)
    return [{ message: 'Size must be between 1 and 5', property: 'messages' }];
  return messages.flatMap((message, at) => {
    const result = messageSchema.safeParse(message);
    return result.success ? [] : result.error.issues.flatMap((issue) => toDetails(issue, `messages[${at}]`));
  });
}

const quickReply = z.strictObject({
  items: z
    .array(
      z.strictObject({
        type: z.literal('action'),
        imageUrl: httpsUrl.optional(),
        action: actionSchema({ label: label20, place: 'quickReply' }),
      }),
    )
    .min(1, 'Size must be between 1 and 13')
    .max(13, 'Size must be between 1 and 13'),
});
const common = {
  quickReply: quickReply.optional(),
  sender: z.strictObject({ name: graphemes(1, 20).optional(), iconUrl: httpsUrl.optional() }).optional(),
};
const altText = units(1, 1500);
const duration = z.int().positive();

const messageSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      ...common,
      type: z.literal('text'),
      text: units(1, 5000),
      emojis: z
        .array(z.strictObject({ index: z.int(), productId: z.string(), emojiId: z.string() }))
        .max(20)
        .optional(),
      quoteToken: z.string().optional(),
    }),
    z.strictObject({
      ...common,
      type: z.literal('textV2'),
      text: units(1, 5000),
      substitution: z
        .record(z.string().regex(/^\w{1,20}$/u), z.looseObject({ type: z.enum(['mention', 'emoji']) }))
        .optional(),
      quoteToken: z.string().optional(),
    }),
    z.strictObject({
      ...common,
      type: z.literal('sticker'),
      packageId: z.string().regex(/^\d+$/u),
      stickerId: z.string().regex(/^\d+$/u),
      quoteToken: z.string().optional(),
    }),
    z.strictObject({ ...common, type: z.literal('image'), originalContentUrl: httpsUrl, previewImageUrl: httpsUrl }),
    z.strictObject({
      ...common,
      type: z.literal('video'),
      originalContentUrl: httpsUrl,
      previewImageUrl: httpsUrl,
      trackingId: units(1, 100).optional(),
    }),
    z.strictObject({ ...common, type: z.literal('audio'), originalContentUrl: httpsUrl, duration }),
    z.strictObject({
      ...common,
      type: z.literal('location'),
      title: units(1, 100),
      address: units(1, 100),
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
    }),
    z.strictObject({ ...common, type: z.literal('template'), altText, template: templateSchema }),
    z.strictObject({
      ...common,
      type: z.literal('flex'),
      altText,
      contents: z.discriminatedUnion(
        'type',
        [bubbleSchema.superRefine(bubbleSize), carouselSchema.superRefine(carouselSize)],
        {
          error: 'invalid property',
        },
      ),
    }),
  ],
  {
    error:
      'Must be one of the following values: [text, image, video, audio, location, sticker, template, imagemap, flex, textV2]',
  },
);

function bubbleSize(bubble: unknown, context: z.RefinementCtx): void {
  if (utf8(bubble) > 30 * 1024) context.addIssue({ code: 'custom', message: 'size of a bubble must be at most 30 KB' });
}

function carouselSize(carousel: unknown, context: z.RefinementCtx): void {
  if (utf8(carousel) > 50 * 1024)
    context.addIssue({ code: 'custom', message: 'size of a carousel must be at most 50 KB' });
}

function toDetails(issue: z.core.$ZodIssue, root: string): Detail[] {
  const inside = issue.path[0] === 'contents' || issue.path[0] === 'template';
  const place = (path: readonly PropertyKey[]): string =>
    inside
      ? `/${path.slice(1).map(String).join('/')}`
      : path.reduce<string>(
          (all, step) => (typeof step === 'number' ? `${all}[${step}]` : `${all}.${String(step)}`),
          root,
        );
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ message: 'invalid property', property: place([...issue.path, key]) }));
  }
  // A field that is not there reads as "must be specified", as LINE says it.
  const missing = issue.code === 'invalid_type' && /received undefined/u.test(issue.message);
  return [{ message: missing ? 'must be specified' : issue.message, property: place(issue.path) }];
}
