/**
 * LINE's webhook body in words no channel owns. LINE may add event types, message types and properties at any time and
 * leave any property out: what is not understood is passed by and counted, never an error.
 */
import { z } from 'zod';
import type { Incoming } from '#contracts/event.ts';

/**
 * - `standby`: another module speaks for the account now; the bot must not send (LINE reference).
 * - `not_one_to_one`: group or room. `no_user`: LINE gives no user id without the user's consent.
 * - `unsupported`: nothing a talk can do with. `menu_switch`: a rich menu turned a page, nothing to answer.
 * - `malformed`: a property that such an event cannot do without is missing.
 */
type IgnoreReason = 'standby' | 'not_one_to_one' | 'no_user' | 'unsupported' | 'menu_switch' | 'malformed';

export interface Ignored {
  reason: IgnoreReason;
  /** One of LINE's documented event types, else `unknown`: safe as a metric's label. */
  type: string;
}

export interface WebhookContext {
  municipality: string;
  contactOf(municipality: string, userId: string): string;
  /** Milliseconds UTC. */
  receivedAt: number;
}

/** @returns null when this is no webhook body at all; events in the order of the body. Never throws. */
export function parseWebhook(
  json: unknown,
  context: WebhookContext,
): { events: Incoming[]; ignored: Ignored[] } | null {
  const body = bodySchema.safeParse(json);
  if (!body.success) return null;
  const events: Incoming[] = [];
  const ignored: Ignored[] = [];
  for (const raw of body.data.events) {
    const parsed = parseEvent(raw, context);
    if (typeof parsed === 'string') ignored.push({ reason: parsed, type: typeOf(raw) });
    else events.push(parsed);
  }
  return { events, ignored };
}

const name = z.string().min(1).max(200);
const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const bodySchema = z.object({ events: z.array(z.unknown()) });

const eventSchema = z.object({
  type: z.string(),
  mode: maybe(z.string()),
  timestamp: maybe(z.int().min(0).max(4_102_444_800_000)),
  webhookEventId: maybe(name),
  replyToken: maybe(name),
  source: maybe(z.object({ type: z.string(), userId: maybe(name) })),
  message: maybe(z.object({ id: name, type: z.string(), text: maybe(z.string()) })),
  postback: maybe(
    z.object({
      data: z.string(),
      params: maybe(z.object({ date: maybe(z.iso.date()), status: maybe(z.string()) })),
    }),
  ),
  follow: maybe(z.object({ isUnblocked: maybe(z.boolean()) })),
  unsend: maybe(z.object({ messageId: name })),
});
type LineEvent = z.infer<typeof eventSchema>;
type Base = Pick<
  Incoming,
  'id' | 'municipality' | 'channel' | 'contact' | 'address' | 'at' | 'receivedAt' | 'replyToken'
>;

type Reader = (event: LineEvent, base: Base) => Incoming | IgnoreReason;

const READERS: Record<string, Reader> = {
  message: ({ message }, base) => {
    if (!message) return 'malformed';
    const messageId = message.id;
    if (message.type !== 'text') return { ...base, type: 'media', messageId, media: mediaOf(message.type) };
    return message.text === undefined ? 'malformed' : { ...base, type: 'text', messageId, text: message.text };
  },
  postback: ({ postback }, base) => {
    if (!postback) return 'malformed';
    if (postback.params?.status !== undefined) return 'menu_switch';
    const date = postback.params?.date;
    return { ...base, type: 'postback', data: postback.data, ...(date === undefined ? {} : { date }) };
  },
  // `isUnblocked` is a hint only, and comes repeatedly.
  follow: ({ follow }, base) => ({ ...base, type: 'follow', back: follow?.isUnblocked ?? false }),
  unfollow: (_, base) => ({ ...base, type: 'unfollow' }),
  unsend: ({ unsend }, base) => (unsend ? { ...base, type: 'unsend', messageId: unsend.messageId } : 'malformed'),
};

function parseEvent(raw: unknown, context: WebhookContext): Incoming | IgnoreReason {
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) return 'malformed';
  const event = parsed.data;
  if (event.mode === 'standby') return 'standby';
  if (!Object.hasOwn(READERS, event.type)) return 'unsupported';
  const { source } = event;
  if (source && source.type !== 'user') return 'not_one_to_one';
  if (source?.userId === undefined) return 'no_user';
  // Every event has an id of its own; should one lack it, a message still is known by its own.
  const id = event.webhookEventId ?? (event.message ? `message-${event.message.id}` : undefined);
  if (id === undefined) return 'malformed';
  return READERS[event.type]!(event, {
    id,
    municipality: context.municipality,
    channel: 'line',
    contact: context.contactOf(context.municipality, source.userId),
    address: source.userId,
    at: event.timestamp ?? context.receivedAt,
    receivedAt: context.receivedAt,
    ...(event.replyToken === undefined ? {} : { replyToken: event.replyToken }),
  });
}

type Media = Extract<Incoming, { type: 'media' }>['media'];
const MEDIA = new Set<string>(['sticker', 'image', 'video', 'audio', 'file', 'location'] satisfies Media[]);

/** A kind of message that LINE adds later is answered kindly (`other`), not with silence. */
const mediaOf = (type: string): Media => (MEDIA.has(type) ? (type as Media) : 'other');

const DOCUMENTED = new Set(
  (
    'message messageEdited unsend follow unfollow join leave memberJoined memberLeft postback videoPlayComplete beacon ' +
    'accountLink membership module activated deactivated botSuspended botResumed delivery'
  ).split(' '),
);

function typeOf(raw: unknown): string {
  const type = typeof raw === 'object' && raw !== null ? (raw as { type?: unknown }).type : undefined;
  return typeof type === 'string' && DOCUMENTED.has(type) ? type : 'unknown';
}
