/** What arrives from a resident, in words no channel owns. `line/parse-webhook.ts` and `talk/` make these. */
import { z } from 'zod';
import { crisisSchema } from './labels.ts';

const base = {
  /** LINE's webhookEventId, or an id of the channel's own: one effect per id. */
  id: z.string().min(1),
  municipality: z.string().min(1),
  channel: z.enum(['line', 'page']),
  /** HMAC pseudonym of channel and user id (design.md, decision 7). */
  contact: z.string().min(1),
  /** LINE user id (or page session), needed only to send; kept sealed. */
  address: z.string().min(1),
  /** When it happened, by the channel's clock: milliseconds since the epoch, UTC. */
  at: z.int(),
  /** When it was received here. A reply token is young relative to this. */
  receivedAt: z.int(),
  replyToken: z.string().optional(),
};

export const incomingSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...base, type: z.literal('text'), messageId: z.string(), text: z.string() }),
  /** Anything the service cannot read: answered kindly, never fetched. */
  z.strictObject({
    ...base,
    type: z.literal('media'),
    messageId: z.string(),
    media: z.enum(['sticker', 'image', 'video', 'audio', 'file', 'location', 'other']),
  }),
  /** Words on LINE in a city of mode `page` (R2): they go nowhere; what they mean for danger was found in memory (R14). */
  z.strictObject({
    ...base,
    type: z.literal('unread'),
    messageId: z.string(),
    crisis: crisisSchema,
    /** Who writes, for the crisis screen (R30). */
    speaker: z.enum(['adult', 'child', 'parent', 'neighbour']).nullable(),
    /** 「データを消す」 is heard in any mode (R12). */
    erase: z.boolean(),
  }),
  z.strictObject({
    ...base,
    type: z.literal('postback'),
    data: z.string(),
    /** `YYYY-MM-DD` of a date picker. */
    date: z.string().optional(),
  }),
  z.strictObject({ ...base, type: z.literal('follow'), back: z.boolean() }),
  z.strictObject({ ...base, type: z.literal('unfollow') }),
  z.strictObject({ ...base, type: z.literal('unsend'), messageId: z.string() }),
]);
export type Incoming = z.infer<typeof incomingSchema>;
