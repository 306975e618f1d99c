/** What a resident can do in the LINE app; each act is one event, signed and delivered. */
import { actionsOf } from './screen-text.ts';
import type { Screens } from './screens.ts';
import type { Events } from './webhooks.ts';
import type { Delivery, LineAction, LineEvent, MediaKind, Resident } from './wire.ts';

export interface ResidentActs {
  /** Adds the account as a friend; after a block, takes the block back. */
  follow(userId: string): Promise<Delivery>;
  /** Blocks the account. */
  unfollow(userId: string): Promise<Delivery>;
  say(userId: string, text: string): Promise<Delivery>;
  sendSticker(userId: string, sticker?: { packageId: string; stickerId: string }): Promise<Delivery>;
  sendMedia(userId: string, kind: MediaKind): Promise<Delivery>;
  /** @throws when it is no own message on the screen. */
  unsend(userId: string, messageId: string): Promise<Delivery>;
  /** @param picked for a date picker: `YYYY-MM-DD` (or time, datetime). @returns null for actions that send nothing. */
  press(userId: string, action: LineAction, picked?: string): Promise<Delivery | null>;
  /** The newest button or quick reply with that label. @throws when the screen has none. */
  tap(userId: string, label: string, picked?: string): Promise<Delivery | null>;
}

export interface ResidentActsOptions {
  screens: Screens;
  events: Events;
  send(municipality: string, events: readonly LineEvent[]): Promise<Delivery>;
}

export function createResidentActs({ screens, events, send }: ResidentActsOptions): ResidentActs {
  const find = (userId: string): Resident => {
    const resident = screens.get(userId);
    if (resident === undefined) throw new Error(`no resident ${userId}`);
    return resident;
  };
  const act = (resident: Resident, event: LineEvent, displayText?: string): Promise<Delivery> => {
    // The app does not let anyone write to an account they have blocked.
    if (resident.blocked) throw new Error(`${resident.name} has blocked the account`);
    screens.own(resident, event, displayText);
    return send(resident.municipality, [event]);
  };

  return {
    async follow(userId) {
      const resident = find(userId);
      const back = resident.friend && resident.blocked;
      resident.friend = true;
      resident.blocked = false;
      screens.notice(resident, back ? 'ブロックを解除しました' : '友だちに追加しました');
      screens.changed(resident);
      return send(resident.municipality, [events.follow(userId, back)]);
    },
    async unfollow(userId) {
      const resident = find(userId);
      resident.blocked = true;
      screens.notice(resident, 'ブロックしました');
      screens.changed(resident);
      return send(resident.municipality, [events.unfollow(userId)]);
    },
    say: async (userId, text) => act(find(userId), events.text(userId, text)),
    sendSticker: async (userId, sticker) => act(find(userId), events.sticker(userId, sticker)),
    sendMedia: async (userId, kind) => act(find(userId), events.media(userId, kind)),
    async unsend(userId, messageId) {
      const resident = find(userId);
      screens.withdraw(resident, messageId);
      return send(resident.municipality, [events.unsend(userId, messageId)]);
    },
    press,
    async tap(userId, label, picked) {
      const resident = find(userId);
      const action = resident.received
        .toReversed()
        .flatMap(actionsOf)
        .find((one) => one.label === label);
      if (action === undefined) throw new Error(`no button 「${label}」 on the screen of ${resident.name}`);
      return press(userId, action, picked);
    },
  };

  async function press(userId: string, action: LineAction, picked?: string): Promise<Delivery | null> {
    const resident = find(userId);
    if (action.type === 'message') return act(resident, events.text(userId, action.text));
    if (action.type === 'postback')
      return act(resident, events.postback(userId, action.data), action.displayText ?? action.text);
    if (action.type === 'datetimepicker') {
      const value = picked ?? action.initial ?? action.min;
      if (value === undefined) throw new Error('the picker needs a value');
      return act(resident, events.postback(userId, action.data, { [action.mode]: value }));
    }
    return action.type === 'location' ? act(resident, events.media(userId, 'location')) : null;
  }
}
