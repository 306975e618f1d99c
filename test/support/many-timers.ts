/** Much that stands still in a store, for what takes its time over many records. */
import type { Operation, Store } from '#store/store.ts';

const AT_ONCE = 1_000;

/** @param from when the first is due; a service that runs leaves alone what lies ahead. */
export async function addTimers(store: Store, count: number, from = 0): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const length = Math.min(AT_ONCE, count - first);
    const operations = Array.from({ length }, (_, i): Operation => {
      const body = { at: from + first + i, what: 'x', contact: null, ticket: null, data: { text: 'x'.repeat(200) } };
      return { type: 'put', kind: 'timer', id: `t${first + i}`, revision: 'any', body };
    });
    await store.commit('ashiya', operations);
  }
}
