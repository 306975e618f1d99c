/** The page as a channel: what is said is put on the visitor's screen, in the city's own store. */
import type { Channel } from '#conversation/channel.ts';
import { StoreError } from '#store/store.ts';
import type { Desk } from './desk.ts';
import { nextOrder, show } from './screen.ts';

export function createPageChannel(desk: Desk): Channel {
  return {
    // Events from the page bring no token: what is said always goes by `push`.
    reply: async () => ({ type: 'token_gone' }),
    async push(municipality, contact, messages, retryKey, quotes = []) {
      const city = desk.municipality(municipality);
      if (city === null) return { type: 'later', unknown: false, code: 'no_city' };
      const at = desk.clock.now();
      const said = { contact, at, order: nextOrder(at), from: 'service' as const };
      try {
        // A second try under the same key finds the first one there.
        await show(desk.store, city, { ...said, name: retryKey, messages: [...messages], quotes: [...quotes] });
        return { type: 'delivered' };
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        return { type: 'later', unknown: true, code: `store_${error.code}` };
      }
    },
  };
}
