/**
 * Sends what turns have saved. Reply first: it is free, but its token lives a minute and cannot be asked about. Push when
 * there is no token left: it costs quota, but its retry key makes repeating safe for 24 hours.
 *
 * | known before the call | the call says | then |
 * | --- | --- | --- |
 * | never tried | token gone | nothing was sent: push |
 * | tried, fate unknown | token gone, token still young | it was sent |
 * | tried, fate unknown | token gone, token old | `unknown`: never pushed blindly |
 * | reply, not taken | later | the same reply again while the token is young, then push |
 * | push | later | the same push again under the same key, up to 24 hours |
 *
 * A turn's own commit says that its first try is begun (`sending`), so nothing is read or written between it and the call.
 * What became of a try is written a moment later, many at a time, and may be lost with the process: then the entry is
 * still `sending`, and the table above tells what to do. An entry that another server is sending is left alone until it
 * has stood still for a while by this process's own watch: servers' clocks are not compared.
 *
 * Answers to one contact leave in the order of their turns, whichever servers made them: an entry that names an earlier one
 * (`after`) waits until that one has ended, and so does whoever takes it over.
 */
import type { Body } from '#store/kinds.ts';
import { isSpoilt, type Operation, type Store, type Stored } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Logger } from '#support/logger.ts';
import type { Tries } from '#support/tries.ts';
import type { Channel } from './channel.ts';
import { BACKOFF_MS, judgePush, judgeReply, type Verdict } from './judge-outcome.ts';
import { createLedger, isOpen } from './ledger.ts';
import { mayBeLost } from './lost-answer.ts';
import { createStandstill } from './standstill.ts';

/** LINE: a retry key is known for 24 hours; an hour is left as margin. */
const PUSH_LIFE_MS = 23 * 3600_000;
/**
 * What stands still longer has mostly lost its server. Should it be LINE that takes its time, two servers send the same: the
 * reply token, or the push's retry key, lets one through.
 */
const TAKE_OVER_MS = 5_000;
/** So long an answer waits here for the one before it; then the beat sees to it. */
const BEHIND_MS = 10_000;
/** Ends remembered, so that whether an answer is still on its way is mostly known without asking. */
const ENDS = 10_000;

type Outgoing = Body<'outgoing'>;

/** What a turn has just saved, at revision 1, with its first try begun. */
export interface Ready {
  outgoing: Stored<'outgoing'>;
  contact: Body<'contact'>;
}

export interface Outbox {
  /**
   * Sends one entry now; resolves when its fate is known, or it waits for another try. Never rejects for the channel's sake.
   * @param entry what a turn has just saved, or the id of what may have been saved long ago.
   */
  send(municipality: string, entry: Ready | string): Promise<void>;
  /** Sends all that is due, e.g. what a dead server left over. @returns how many were tried. */
  sendDue(municipality: string, options?: { limit?: number; alone?: boolean }): Promise<number>;
  /** Whether an earlier answer may yet arrive: nothing to the same contact should overtake it. */
  onItsWay(municipality: string, id: string): Promise<boolean>;
  /** Resolves when what is under way has ended and is written. @param closing what waits behind another is left. */
  settle(closing?: boolean): Promise<void>;
}

export function createOutbox(options: {
  store: Store;
  channels: Record<'line' | 'page', Channel>;
  clock: Clock;
  log: Logger;
  /** What was begun before this process began can be told apart from what was not. */
  tries?: Tries;
  /** Writes the end of what may never have arrived. */
  lost(municipality: string, end: Stored<'outgoing'>): Promise<void>;
  count(
    name: 'sent' | 'refused' | 'unknown' | 'retried',
    labels: { municipality: string; via: string; code: string },
  ): void;
}): Outbox {
  const { store, clock } = options;
  const busy = new Set<string>();
  const ended = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  const standstill = createStandstill();
  const ledger = createLedger(store, options.log);

  /** @returns whether it still waits behind another, which only the impatient do. */
  const send = async (municipality: string, entry: Ready | string, patient = true): Promise<boolean> => {
    const ready = typeof entry === 'string' ? null : entry;
    const id = typeof entry === 'string' ? entry : entry.outgoing.id;
    const name = `${municipality}/${id}`;
    if (busy.has(name)) return false;
    busy.add(name);
    try {
      if (ready === null || ready.outgoing.body.state === 'waiting') {
        if (!(await turnOf(municipality, id, patient))) return true;
      }
      const begun = ready?.outgoing.body.state === 'sending';
      let wait = begun ? await attempt(municipality, ready!.outgoing, ready!.contact) : 0;
      // A short wait between two tries is spent here, so that one contact's messages stay in order.
      while (wait !== null && wait <= 1_000) {
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait!));
        wait = await again(municipality, id);
      }
      return false;
    } finally {
      busy.delete(name);
    }
  };

  const onItsWay: Outbox['onItsWay'] = async (municipality, id) => {
    const name = `${municipality}/${id}`;
    if (ended.has(name)) return false;
    if (busy.has(name)) return true;
    const entry = await readable(municipality, id);
    if (!entry || !isOpen(entry)) return false;
    // A push that is tried again for up to a day holds nobody up.
    return entry.via !== 'push' || entry.outcome === null;
  };

  /** What nobody can read any more is not on its way. */
  const readable = async (municipality: string, id: string): Promise<Outgoing | null> => {
    try {
      return (await store.get(municipality, 'outgoing', id))?.body ?? null;
    } catch (error) {
      if (isSpoilt(error)) return null;
      throw error;
    }
  };

  /** Waits until no earlier answer to the contact is on its way. @returns false when that takes too long. */
  const turnOf = async (municipality: string, id: string, patient: boolean): Promise<boolean> => {
    const after = (await store.get(municipality, 'outgoing', id))?.body.after ?? null;
    if (after === null) return true;
    const until = performance.now() + (patient ? BEHIND_MS : 0);
    for (let pause = 20; await onItsWay(municipality, after); pause = Math.min(2 * pause, 500)) {
      if (closed || performance.now() >= until) return false;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return true;
  };

  /** Its server died between its commit and its call, and left word of every call it began. */
  const neverTried = ({ id, body }: Stored<'outgoing'>): boolean =>
    body.attempts === 1 && body.outcome === null && body.by != null && options.tries?.untried(body.by, id) === true;

  /** Reads the entry as it is now, marks it as being sent, and tries. */
  const again = async (municipality: string, id: string): Promise<number | null> => {
    const stored = await store.get(municipality, 'outgoing', id);
    if (!stored || !isOpen(stored.body)) return null;
    const contact = await store.get(municipality, 'contact', stored.body.contact);
    const tried = stored.body.state === 'sending' && !neverTried(stored);
    const { via } = wayOf(stored.body, tried, clock.now());
    const begun = { ...stored.body, state: 'sending' as const, via, attempts: stored.body.attempts + 1 };
    const by = options.tries?.generation() ?? null;
    // Only of a first try it can be told later that it was not begun.
    const body = { ...begun, outcome: null, nextAt: clock.now(), by: tried ? null : by };
    const mark: Operation = { type: 'put', kind: 'outgoing', id, revision: stored.revision, body };
    // Another server has it when this fails.
    if (!(await store.commit(municipality, [mark], { durable: false })).ok) return null;
    return attempt(municipality, { id, revision: stored.revision + 1, body }, contact?.body ?? null, {
      tried,
      unknownBefore: tried && stored.body.outcome !== 'not_taken',
    });
  };

  /**
   * One call for an entry that is marked as being sent.
   * @returns milliseconds until the next try, or null at the end.
   */
  const attempt = async (
    municipality: string,
    stored: Stored<'outgoing'>,
    contact: Body<'contact'> | null,
    before: { tried: boolean; unknownBefore: boolean } = { tried: false, unknownBefore: false },
  ): Promise<number | null> => {
    const entry = stored.body;
    if (!contact || contact.blocked || contact.address === null) {
      return finish(municipality, stored, { state: 'refused', outcome: 'blocked', via: null });
    }
    const now = clock.now();
    const { young } = wayOf(entry, true, now);
    if (entry.via === 'push' && now > entry.createdAt + PUSH_LIFE_MS && before.tried) {
      return finish(municipality, stored, { state: 'unknown', outcome: 'too_old', via: 'push' });
    }
    const channel = options.channels[contact.channel];
    await options.tries?.begin(stored.id);
    const outcome =
      entry.via === 'reply'
        ? await channel.reply(municipality, entry.replyToken!, entry.messages)
        : await channel.push(municipality, contact.address, entry.messages, entry.retryKey, entry.quotes);
    const verdict =
      entry.via === 'reply'
        ? judgeReply(outcome, { young, unknownBefore: before.unknownBefore, attempts: entry.attempts })
        : judgePush(outcome, entry.attempts);
    return finish(municipality, stored, verdict);
  };

  const finish = async (municipality: string, stored: Stored<'outgoing'>, verdict: Verdict): Promise<number | null> => {
    const { state, outcome, via, waitMs } = verdict;
    const open = state === 'waiting' || state === 'sending';
    const labels = { municipality, via: via ?? 'none', code: outcome ?? 'ok' };
    options.count(open ? 'retried' : (state as 'sent' | 'refused' | 'unknown'), labels);
    const body: Outgoing = {
      ...stored.body,
      state,
      outcome,
      via: via ?? stored.body.via,
      nextAt: clock.now() + (waitMs ?? 0),
      // What was said need not be kept here once it has left (R1): the talk keeps it.
      ...(open ? {} : { messages: [], replyToken: null, quotes: [] }),
    };
    if (!open) {
      if (ended.size >= ENDS) for (const oldest of [...ended].slice(0, ENDS >> 1)) ended.delete(oldest);
      ended.add(`${municipality}/${stored.id}`);
      if (mayBeLost(body)) await options.lost(municipality, { ...stored, body });
      else ledger.write(municipality, { ...stored, body });
      return null;
    }
    const operation = { type: 'put', kind: 'outgoing', id: stored.id, revision: stored.revision, body } as const;
    await store.commit(municipality, [operation]);
    return waitMs ?? 0;
  };

  /** Left over: due by its time, and nobody has moved it for a while. */
  const isLeft = (municipality: string, row: Stored<'outgoing'>, alone: boolean): boolean => {
    const name = `${municipality}/${row.id}`;
    if (busy.has(name) || ledger.has(name)) return false;
    const { state, nextAt, attempts } = row.body;
    const still = standstill.ms(name, row.revision);
    // The time was written by some server's clock; past the longest wait of this try it no longer counts.
    const due = nextAt <= clock.now() || still > BACKOFF_MS[Math.min(attempts, BACKOFF_MS.length - 1)]!;
    return due && (state === 'waiting' || alone || still >= TAKE_OVER_MS);
  };

  return {
    async send(municipality, entry) {
      const sending = send(municipality, entry);
      underWay.add(sending);
      try {
        await sending;
      } finally {
        underWay.delete(sending);
      }
    },
    onItsWay,
    async sendDue(municipality, { limit = 200, alone = false } = {}) {
      const rows = await store.list(municipality, 'outgoing', 'due', { limit });
      let left = rows.filter((row) => isLeft(municipality, row, alone));
      standstill.forgetOthers(municipality, new Set(rows.map((row) => `${municipality}/${row.id}`)));
      const tried = left.length;
      // Those that wait behind one of these follow at once; those that wait behind others come with a later beat.
      for (let before = left.length + 1; left.length > 0 && left.length < before; ) {
        before = left.length;
        const behind = await Promise.all(left.map((row) => send(municipality, row.id, false)));
        left = left.filter((_, i) => behind[i]);
      }
      return tried;
    },
    async settle(closing = false) {
      closed = closing;
      await Promise.allSettled(underWay);
      await ledger.settle();
    },
  };
}

/** By which way the next try goes, and whether the free way is still open. */
function wayOf(entry: Outgoing, tried: boolean, now: number): { via: 'reply' | 'push'; young: boolean } {
  const young = entry.replyToken !== null && now < entry.replyBefore;
  const push = entry.via === 'push' || (!young && !tried) || entry.replyToken === null;
  return { via: push ? 'push' : 'reply', young };
}
