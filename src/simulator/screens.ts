/** What every resident's phone shows: own words, the account's messages, what was withdrawn, who blocked whom. */
import type { Clock } from '#support/clock.ts';
import type { LineIds } from './line-ids.ts';
import type { Bubble, Change, Delivery, LineEvent, LineMessage, Resident } from './wire.ts';

export interface Screens {
  add(municipality: string, name?: string): Resident;
  get(userId: string): Resident | undefined;
  list(): Resident[];
  /** Puts on the screen what a resident's own event looks like there. */
  own(resident: Resident, event: LineEvent, displayText?: string): void;
  notice(resident: Resident, text: string): void;
  changed(resident: Resident): void;
  /** @returns false when nobody sees it: unknown, blocked, or of another city. */
  show(municipality: string, userId: string, messages: readonly LineMessage[], via: 'reply' | 'push'): boolean;
  withdraw(resident: Resident, messageId: string): void;
  /** The webhook was answered: what was said counts as read (LINE's default without "Chat: on"). */
  answered(delivery: Delivery): void;
  contentOf(messageId: string): 'here' | 'gone' | 'unknown';
}

export interface ScreensOptions {
  ids: LineIds;
  clock: Clock;
  tell(change: Change): void;
  knows(municipality: string): boolean;
}

export function createScreens({ ids, clock, tell, knows }: ScreensOptions): Screens {
  const residents = new Map<string, Resident>();
  const ownBubbles = new Map<string, { resident: Resident; bubble: Bubble }>();

  return {
    add,
    get: (userId) => residents.get(userId),
    list: () => [...residents.values()],
    own,
    notice,
    changed,
    show,
    withdraw,
    answered,
    contentOf,
  };

  function add(municipality: string, name = `住民${residents.size + 1}`): Resident {
    if (!knows(municipality)) throw new Error(`the stand-in for LINE has no account of "${municipality}"`);
    const resident: Resident = {
      userId: ids.userId(),
      municipality,
      name,
      friend: false,
      blocked: false,
      bubbles: [],
      received: [],
    };
    residents.set(resident.userId, resident);
    changed(resident);
    return resident;
  }

  function changed(resident: Resident): void {
    tell({ type: 'resident', resident });
  }

  function put(resident: Resident, bubble: Bubble): void {
    resident.bubbles.push(bubble);
    tell({ type: 'bubble', resident, bubble });
  }

  function notice(resident: Resident, text: string): void {
    put(resident, { id: ids.messageId(), at: clock.now(), from: 'notice', text });
  }

  function own(resident: Resident, event: LineEvent, displayText?: string): void {
    const at = event.timestamp;
    if (event.type === 'message') {
      const message = event.message as Record<string, unknown> & { id: string; type: string };
      const bubble: Bubble = { id: message.id, at, from: 'resident', message, unsent: false, read: false };
      ownBubbles.set(message.id, { resident, bubble });
      ownBubbles.set(event.webhookEventId, { resident, bubble });
      put(resident, bubble);
    } else if (displayText !== undefined) {
      const bubble: Bubble = { id: ids.messageId(), at, from: 'resident-button', text: displayText, read: false };
      ownBubbles.set(event.webhookEventId, { resident, bubble });
      put(resident, bubble);
    }
  }

  function show(
    municipality: string,
    userId: string,
    messages: readonly LineMessage[],
    via: 'reply' | 'push',
  ): boolean {
    const resident = residents.get(userId);
    if (resident === undefined || resident.blocked || resident.municipality !== municipality) return false;
    for (const message of messages) {
      resident.received.push(message);
      put(resident, { id: message.id, at: clock.now(), from: 'account', message, via });
    }
    return true;
  }

  function withdraw(resident: Resident, messageId: string): void {
    const entry = ownBubbles.get(messageId);
    if (entry?.resident !== resident || entry.bubble.from !== 'resident' || entry.bubble.unsent) {
      throw new Error('only an own message that is still there can be withdrawn');
    }
    entry.bubble.unsent = true;
    entry.bubble.message = { type: entry.bubble.message.type };
    tell({ type: 'bubble-changed', resident, bubble: entry.bubble });
  }

  function answered(delivery: Delivery): void {
    if (delivery.status !== 200) return;
    for (const event of delivery.events) {
      const entry = ownBubbles.get(event.webhookEventId);
      if (entry === undefined || entry.bubble.from === 'account' || entry.bubble.from === 'notice') continue;
      entry.bubble.read = true;
      ownBubbles.delete(event.webhookEventId);
      tell({ type: 'bubble-changed', resident: entry.resident, bubble: entry.bubble });
    }
  }

  function contentOf(messageId: string): 'here' | 'gone' | 'unknown' {
    const bubble = ownBubbles.get(messageId)?.bubble;
    if (bubble?.from !== 'resident') return 'unknown';
    return bubble.unsent ? 'gone' : 'here';
  }
}
