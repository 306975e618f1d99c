/** Turns what happens at the stand-in into pieces of the page: kept for the next page, and sent to the pages that are open. */
import type { Explanation } from '#contracts/assessment.ts';
import type { FakeLine } from './create-fake-line.ts';
import { bubbleHtml, quickHtml } from './page/bubble.ts';
import { type Html, timeOf } from './page/html.ts';
import { callHtml, deliveryHtml, type Explained, faultsHtml } from './page/inside.ts';
import type { City } from './page/page.ts';
import { phoneHtml } from './page/phone.ts';
import type { Change, Delivery } from './wire.ts';

const LOG_KEPT = 300;

/** Pieces are HTML; `id` is that of the element they are or replace. */
export type Patch = { seq: number; city: string | null } & (
  | { type: 'phone'; user: string; html: string; friend: boolean; blocked: boolean }
  | { type: 'bubble'; user: string; id: string; html: string; quick: string; time: string }
  | { type: 'log'; id: string; html: string }
  | { type: 'faults'; html: string }
);

export interface FeedOptions {
  line: FakeLine;
  cities: readonly City[];
  action: string;
  now(): number;
  explain: ((text: string, municipality: string) => Explanation | Promise<Explanation>) | undefined;
}

export interface Feed {
  readonly seq: number;
  log(city: string): Html[];
  listen(listener: (patch: Patch) => void): () => void;
  close(): void;
}

type Piece = Patch extends infer P ? (P extends Patch ? Omit<P, 'seq'> : never) : never;

export function createFeed(options: FeedOptions): Feed {
  const { line, cities, action, now } = options;
  const listeners = new Set<(patch: Patch) => void>();
  /** Newest last. */
  let entries: { id: string; city: string | null; html: Html }[] = [];
  let seq = 0;
  // One after the other, so that pieces arrive in the order in which things happened.
  let last: Promise<void> = Promise.resolve();
  const stop = line.watch((change) => {
    last = last.then(() => take(change));
  });
  const accountOf = (city: string): string => cities.find((one) => one.id === city)?.account ?? city;
  const nameOf = (userId: unknown): string => (typeof userId === 'string' ? (line.resident(userId)?.name ?? '') : '');

  return {
    get seq() {
      return seq;
    },
    log: (city) =>
      entries
        .filter((one) => one.city === null || one.city === city)
        .map((one) => one.html)
        .reverse(),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: stop,
  };

  function tell(piece: Piece): void {
    const patch = { ...piece, seq: ++seq } as Patch;
    for (const listener of listeners) listener(patch);
  }

  async function take(change: Change): Promise<void> {
    switch (change.type) {
      case 'resident': {
        const { resident } = change;
        const { municipality: city, userId: user, friend, blocked } = resident;
        const html = String(await phoneHtml({ resident, account: accountOf(city), action, now: now() }));
        return tell({ type: 'phone', city, user, html, friend, blocked });
      }
      case 'bubble':
      case 'bubble-changed': {
        const { resident, bubble } = change;
        const html = String(await bubbleHtml(bubble, accountOf(resident.municipality)));
        const quick = String(await quickHtml(resident));
        const time = timeOf(now());
        return tell({
          type: 'bubble',
          city: resident.municipality,
          user: resident.userId,
          id: `b-${bubble.id}`,
          html,
          quick,
          time,
        });
      }
      case 'delivery':
        return keep(`log-d${change.delivery.n}`, change.delivery.municipality, await explained(change.delivery));
      case 'call':
        return keep(
          `log-c${change.call.n}`,
          change.call.municipality,
          callHtml(change.call, nameOf(change.call.userId)),
        );
      case 'faults':
        return tell({ type: 'faults', city: null, html: String(await faultsHtml(line.faults())) });
    }
  }

  async function keep(id: string, city: string | null, html: Html): Promise<void> {
    const known = entries.find((one) => one.id === id);
    if (known) known.html = html;
    else entries.push({ id, city, html });
    if (entries.length > LOG_KEPT * 1.25) entries = entries.slice(-LOG_KEPT);
    tell({ type: 'log', id, city, html: String(await html) });
  }

  async function explained(delivery: Delivery): Promise<Html> {
    const names = [...new Set(delivery.events.map((event) => nameOf(event.source.userId)))];
    const found: Explained[] = [];
    for (const event of delivery.events) {
      const text = event.type === 'message' ? (event.message as { text?: string }).text : undefined;
      if (text === undefined) continue;
      const assessment = await explain(text, delivery.municipality);
      if (assessment !== null) found.push({ text, assessment });
    }
    return deliveryHtml(delivery, names, found);
  }

  /** @returns null when there is nothing to say: a talk goes on when the explanation fails. */
  async function explain(text: string, municipality: string): Promise<Explanation | null> {
    try {
      return (await options.explain?.(text, municipality)) ?? null;
    } catch {
      return null;
    }
  }
}
