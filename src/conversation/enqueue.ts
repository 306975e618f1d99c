/** Puts messages on their way out, as part of a draft: they are saved with what caused them, and sent afterwards. */
import type { Incoming } from '#contracts/event.ts';
import type { Message } from '#contracts/message.ts';
import type { Draft } from '#store/draft.ts';
import type { World } from './talk.ts';

/** LINE: use a reply token within one minute; the rest is for the way. */
const REPLY_LIFE_MS = 50_000;
/** Whether an event's reply token may still be used; after that only a push reaches the resident. */
export const isYoung = (event: Pick<Incoming, 'replyToken' | 'receivedAt'>, now: number): boolean =>
  event.replyToken !== undefined && now < event.receivedAt + REPLY_LIFE_MS;
/** How long it stays visible what became of a message. */
const OUTCOME_KEPT_MS = 30 * 86_400_000;

export interface Envelope {
  contact: string;
  /** An event's type, or `reminder`, `staff` …: for the outcome list, never words. */
  cause: string;
  messages: readonly Message[];
  /** The free way, where an event has just brought a token. */
  reply: { token: string; receivedAt: number } | null;
  /** Message ids whose words may stand in the messages: withdrawn ones are taken out while they wait. */
  quotes: readonly string[];
  /** The caller sends it as soon as the commit holds: its first try is begun with it. */
  begun?: boolean;
  /** An earlier answer that is still on its way: this one waits for its end. */
  after?: string | null;
}

/** @returns the outgoing record's id. */
export function enqueue(draft: Draft, world: Pick<World, 'clock' | 'ids' | 'tries'>, envelope: Envelope): string {
  const now = world.clock.now();
  // Ids that begin with the time lie side by side in the store, which spares it work.
  const id = `${now.toString(36)}-${world.ids.id()}`;
  const { contact, cause, messages, reply, quotes, begun = false, after = null } = envelope;
  draft.add('outgoing', id, {
    contact,
    createdAt: now,
    cause,
    messages: lastChoicesOnly(messages),
    replyToken: reply?.token ?? null,
    replyBefore: reply === null ? 0 : reply.receivedAt + REPLY_LIFE_MS,
    retryKey: world.ids.uuid(),
    via: begun ? (reply === null ? 'push' : 'reply') : null,
    state: begun ? 'sending' : 'waiting',
    attempts: begun ? 1 : 0,
    nextAt: now,
    outcome: null,
    expiresAt: now + OUTCOME_KEPT_MS,
    quotes: [...quotes],
    ...(after === null ? {} : { after }),
    ...(begun && world.tries ? { by: world.tries.generation() } : {}),
  });
  return id;
}

/** Only the last message's choices show on LINE: earlier ones would be dead buttons. */
function lastChoicesOnly(messages: readonly Message[]): Message[] {
  return messages.map((message, i) => (i === messages.length - 1 ? message : { ...message, choices: [] }));
}
