/**
 * Events whose turn begins at once: they are kept by the turn's own commit, which writes to the disk once instead of twice.
 * The channel hears its 200 after that commit, so nothing it was told of can be lost. A turn that takes longer does not
 * keep the channel waiting: then the event is put into the inbox, as all others are, and its turn goes on from there.
 */
import type { Commit, Stored } from '#store/store.ts';

/** LINE wants its 200 within a second or two; this leaves room for a slow disk. */
const KEEP_MS = 150;

export interface InHand {
  /** At revision 0: nobody has kept it yet. */
  readonly row: Stored<'inbox'>;
  /** More of the same contact has come in meanwhile: their order is the inbox's. */
  crowded: boolean;
  /** Nobody has looked whether more of the contact waits: its commit holds only if nothing does. */
  unseen: boolean;
  /** Puts it into the inbox. @throws StoreError when that failed: the channel is told so, too, and delivers it again. */
  keep(): Promise<void>;
  /** Its revision in the inbox, once what is under way there has ended: the turn's commit depends on it. */
  revision(): Promise<number>;
  /** It is in the inbox, or on its way there. */
  wasPut(): boolean;
  /** It is kept: by its turn, or by another delivery of it. */
  done(): void;
}

/**
 * @param put writes the row to the inbox unless it is there. It may lose against the turn's own commit, and is kept all the same.
 * @returns it, and what resolves once it is kept. @throws (the promise) StoreError when it was not.
 */
export function takeInHand(row: Stored<'inbox'>, put: () => Promise<Commit>): { inHand: InHand; kept: Promise<void> } {
  const { promise: kept, resolve, reject } = Promise.withResolvers<void>();
  let putting: Promise<number> | null = null;
  const inHand: InHand = {
    row,
    crowded: false,
    unseen: false,
    async keep() {
      clearTimeout(timer);
      putting ??= put().then(({ ok }) => (ok ? 1 : 0));
      try {
        await putting;
        resolve();
      } catch (error) {
        reject(error);
        putting = null;
        throw error;
      }
    },
    wasPut: () => putting !== null,
    revision: () => putting?.catch(() => 0) ?? Promise.resolve(0),
    done() {
      clearTimeout(timer);
      resolve();
    },
  };
  const timer = setTimeout(() => inHand.keep().catch(() => {}), KEEP_MS);
  return { inHand, kept };
}
