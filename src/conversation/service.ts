/**
 * The conversation as a running part: takes events in, works them off, sends, keeps time, and takes up at start what an
 * earlier process left over. Several of these on one store do not get in each other's way.
 */
import type { Incoming } from '#contracts/event.ts';
import { isSpoilt, type Store, type Stored, StoreError } from '#store/store.ts';
import type { Channel } from './channel.ts';
import { createDispatcher } from './dispatcher.ts';
import { giveUp } from './give-up.ts';
import { handleEvent } from './handle-event.ts';
import { createHousekeeping } from './housekeeping.ts';
import { type InHand, takeInHand } from './in-hand.ts';
import { recordLost } from './lost-answer.ts';
import { createOutbox, type Ready } from './outbox.ts';
import { receiveEvents, unkept } from './receive-events.ts';
import { createStandstill } from './standstill.ts';
import type { OnItsWay, World } from './talk.ts';
import { fireTimers } from './timers.ts';
import { withoutWords } from './without-words.ts';

/** Seen waiting this long, an event is taken up by whoever sees it: its server is dead, cut off or overloaded. */
const ORPHAN_MS = 2_500;
const ATTEMPTS = 3;
const HOLD_MS = 1_000;
const SWEEP_ROWS = 500;
/** With 1,700 cities each server looks at each every 17 seconds: looking must not become the main work. */
const BEAT_MS_PER_CITY = 10;

export interface ConversationOptions {
  world: World;
  store: Store;
  channels: Record<'line' | 'page', Channel>;
  municipalities: readonly string[];
  workers: number;
  /** How often timers, leftovers and expiries are looked at; milliseconds. */
  beatMs?: number;
  /** No other process works on this store: what is left over at start has lost its server for certain. */
  alone?: boolean;
}

export interface Conversation {
  /** Resolves once the events are kept: then the channel may be told 200. @throws StoreError when they are not. */
  receive(events: readonly Incoming[]): Promise<void>;
  /** Takes up what was left over, and begins to keep time. */
  start(): Promise<void>;
  /** Takes nothing new, finishes what is under way. */
  stop(): Promise<void>;
  /** Resolves when everything received so far is worked off and sent or waiting for a later try. */
  idle(): Promise<void>;
  /** One look at timers, leftovers, the outbox and expiries. */
  beat(): Promise<void>;
  waiting(): number;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { world, store, municipalities } = options;
  const outbox = createOutbox({
    store,
    channels: options.channels,
    clock: world.clock,
    log: world.log,
    ...(world.tries ? { tries: world.tries } : {}),
    lost: (municipality, outgoing) => recordLost(world, store, municipality, outgoing),
    count: (name, labels) => world.count(`outgoing_${name}`, labels),
  });
  const dispatcher = createDispatcher({ workers: options.workers, work });
  const housekeeping = createHousekeeping({ world, store });
  const standstill = createStandstill();
  /** Not kept yet and waiting for their turn, by contact. */
  const unbegun = new Map<string, InHand>();
  /** Just received and not looked at yet, by contact. Contacts of which more is waiting are not trusted to it. */
  const fresh = new Map<string, Stored<'inbox'>>();
  /** Contacts of which something was left for later: what is older comes first. */
  const left = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let beating: Promise<void> = Promise.resolve();
  let stopped = false;

  /** All that one contact has waiting, in order; each turn's answer leaves before the next turn begins. */
  async function work(municipality: string, contact: string, free: () => void): Promise<void> {
    const name = `${municipality}/${contact}`;
    const inHand = unbegun.get(name);
    unbegun.delete(name);
    try {
      const [first, second] = await nextOf(municipality, contact, inHand);
      if (!first) return;
      if (!world.script(municipality)) {
        // Its files are broken: what waits comes first once they are mended.
        left.add(name);
        await inHand?.keep();
        return;
      }
      const { done, ready } = await turn(municipality, first, inHand);
      inHand?.done();
      free();
      if (ready !== null) await sendFor(municipality, ready);
      // What came in meanwhile has woken the contact itself.
      if (second || !done) dispatcher.wake(municipality, contact);
    } catch (error) {
      // The store is away, or a fault: the event is still in the inbox, or comes there now, and is found again by the next beat.
      left.add(name);
      inHand?.keep().catch(() => {});
      world.log.error('work left for later', { municipality, error });
      world.count('work_left', { municipality });
    }
  }

  /** Answers leave in order by themselves (`after`): for long no turn, which may be a crisis, waits until LINE has taken one. */
  async function sendFor(municipality: string, ready: Ready): Promise<void> {
    const sending = outbox.send(municipality, ready);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ready.outgoing.body.state === 'waiting' ? 0 : HOLD_MS);
    });
    sending.catch((error) => world.log.warn('left for the beat', { municipality, error }));
    await Promise.race([sending, patience]).finally(() => clearTimeout(timer));
  }

  /** The contact's oldest two that wait: from memory where nobody else could have put any. */
  async function nextOf(municipality: string, contact: string, inHand?: InHand): Promise<Stored<'inbox'>[]> {
    const name = `${municipality}/${contact}`;
    const isLeft = left.delete(name);
    const mine = inHand?.crowded === false ? inHand.row : fresh.get(name);
    fresh.delete(name);
    if (options.alone === true && mine && !isLeft) return [mine];
    // Other servers put events there, too: the turn's own commit finds out.
    if (inHand?.crowded === false && !isLeft) {
      inHand.unseen = true;
      return [inHand.row];
    }
    // None is passed over: what comes after it would be out of order.
    const list = () => store.list(municipality, 'inbox', 'contact', { prefix: `${contact}|`, limit: 2, strict: true });
    const rows = await list();
    if (!inHand) return rows;
    if (rows.length === 0 && !inHand.crowded) return [inHand.row];
    // What else waits may be older.
    await inHand.keep();
    return list();
  }

  async function turn(
    municipality: string,
    first: Stored<'inbox'>,
    inHand?: InHand,
  ): Promise<{ done: boolean; ready: Ready | null }> {
    const onItsWay: OnItsWay = (outgoing) => outbox.onItsWay(municipality, outgoing);
    try {
      const mine = first === inHand?.row ? inHand : undefined;
      const ready = await handleEvent(world, store, municipality, first, onItsWay, mine);
      if (ready === 'later') return { done: false, ready: null };
      // Put there too late for its turn's own commit to take it out again.
      if (mine?.wasPut()) {
        const { id } = first;
        // What this leaves is known as done when its turn comes.
        await store.commit(municipality, [{ type: 'delete', kind: 'inbox', id, revision: 'any' }]).catch(() => {});
      }
      return { done: true, ready };
    } catch (error) {
      if (error instanceof StoreError && !isSpoilt(error)) throw error;
      const { id } = first;
      world.log.error('a turn failed', { municipality, event: id, error });
      world.count('turn_failures', { municipality });
      const row = (await store.get(municipality, 'inbox', id)) ?? (first.revision === 0 ? first : null);
      if (!row) return { done: true, ready: null };
      if (row.body.attempts + 1 >= ATTEMPTS) {
        return { done: true, ready: await giveUp(world, store, municipality, id, onItsWay) };
      }
      const body = { ...row.body, attempts: row.body.attempts + 1 };
      await store.commit(municipality, [{ type: 'put', kind: 'inbox', id, revision: row.revision, body }]);
      return { done: false, ready: null };
    }
  }

  /** At start: everything that waits, if nobody else can be at it. */
  const takeUpAll = async (municipality: string): Promise<void> => {
    let after: string | undefined;
    for (;;) {
      const rows = await store.list(municipality, 'inbox', 'waiting', {
        limit: SWEEP_ROWS,
        ...(after === undefined ? {} : { after }),
      });
      for (const { body } of rows) if (body.event !== null) dispatcher.wake(municipality, body.event.contact);
      after = rows.at(-1)?.cursor;
      if (rows.length < SWEEP_ROWS) return;
    }
  };
  /** What has been waiting for a while without this process having it in hand. */
  const takeUpLeft = async (municipality: string): Promise<void> => {
    const rows = await store.list(municipality, 'inbox', 'waiting', { limit: SWEEP_ROWS });
    const names = new Set<string>();
    // Newest first: should the other server be alive and slow, it works from the other end.
    for (const { id, revision, body } of rows.toReversed()) {
      const contact = body.event?.contact;
      if (contact === undefined) continue;
      const name = `${municipality}/${id}`;
      names.add(name);
      const still = standstill.ms(name, revision);
      if (still >= ORPHAN_MS && !dispatcher.has(municipality, contact)) dispatcher.wake(municipality, contact);
    }
    standstill.forgetOthers(municipality, names);
  };

  const beat = async (always: boolean): Promise<void> => {
    for (const municipality of municipalities) {
      try {
        await takeUpLeft(municipality);
        await fireTimers(world, store, municipality);
        await outbox.sendDue(municipality);
        await housekeeping.keep(municipality, always);
      } catch (error) {
        world.log.error('beat failed', { municipality, error });
        world.count('beat_failures', { municipality });
      }
    }
  };

  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(
      () => {
        beating = beat(false).finally(schedule);
      },
      options.beatMs ?? Math.max(1_000, municipalities.length * BEAT_MS_PER_CITY),
    );
  };

  /** Nothing else of the contact waits, and its turn is near. */
  const mayGoStraight = ({ municipality, contact }: Incoming): boolean =>
    !stopped &&
    !dispatcher.has(municipality, contact) &&
    !left.has(`${municipality}/${contact}`) &&
    dispatcher.waiting() < options.workers;

  const goStraight = (event: Incoming): Promise<void> => {
    const { municipality, contact } = event;
    const row = unkept(event);
    const { id, body } = row;
    const { inHand, kept } = takeInHand(row, () =>
      store.commit(municipality, [{ type: 'put', kind: 'inbox', id, revision: 0, body }]),
    );
    unbegun.set(`${municipality}/${contact}`, inHand);
    dispatcher.wake(municipality, contact);
    return kept;
  };

  return {
    async receive(events) {
      const heard = await withoutWords(world, events);
      const [first, ...others] = heard;
      if (first && others.length === 0 && mayGoStraight(first)) {
        await goStraight(first);
        return world.count('events_accepted', { municipality: first.municipality });
      }
      for (const { municipality, accepted, duplicates } of await receiveEvents(store, heard)) {
        world.count('events_accepted', { municipality }, accepted.length);
        if (duplicates > 0) world.count('events_duplicate', { municipality }, duplicates);
        for (const row of accepted) {
          const { contact } = row.body.event!;
          const name = `${municipality}/${contact}`;
          const before = unbegun.get(name);
          if (before) before.crowded = true;
          if (!dispatcher.has(municipality, contact)) fresh.set(name, row);
          else fresh.delete(name);
          dispatcher.wake(municipality, contact);
        }
      }
    },
    async start() {
      for (const municipality of municipalities) {
        if (options.alone === true) await takeUpAll(municipality);
        else await takeUpLeft(municipality);
        void outbox
          .sendDue(municipality, { alone: options.alone ?? false })
          .catch((error) => world.log.error('outbox', { municipality, error }));
      }
      schedule();
    },
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await beating;
      const ended = dispatcher.stop();
      await Promise.allSettled([...unbegun.values()].map((inHand) => inHand.keep()));
      await ended;
      await outbox.settle(true);
    },
    async idle() {
      await dispatcher.idle();
      await outbox.settle();
    },
    beat: () => beat(true),
    waiting: () => dispatcher.waiting(),
  };
}
