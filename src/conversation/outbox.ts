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
 */

import type { Body } from '#store/kinds.ts';
import type { Store, Stored } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Channel, Outcome } from './channel.ts';

/** LINE: a retry key is known for 24 hours; an hour is left as margin. */
const PUSH_LIFE_MS = 23 * 3600_000;
const BACKOFF_MS = [500, 2_000, 10_000, 60_000, 300_000, 1_800_000];

type Outgoing = Body<'outgoing'>;
type Verdict = { state: Outgoing['state']; outcome: string | null; via: Outgoing['via']; waitMs?: number };

export interface Outbox {
  /** Sends one entry now; resolves when its outcome is recorded or it waits for another try. Never rejects for the channel's sake. */
  send(municipality: string, id: string): Promise<void>;
  /** Sends all that is due, e.g. what a crash left over. @returns how many were tried. */
  sendDue(municipality: string, limit?: number): Promise<number>;
}

export function createOutbox(options: {
  store: Store;
  channels: Record<'line' | 'page', Channel>;
  clock: Clock;
  count(
    name: 'sent' | 'refused' | 'unknown' | 'retried',
    labels: { municipality: string; via: string; code: string },
  ): void;
}): Outbox {
  const { store, clock } = options;
  const busy = new Set<string>();

  const send = async (municipality: string, id: string): Promise<void> => {
    const name = `${municipality}/${id}`;
    if (busy.has(name)) return;
    busy.add(name);
    try {
      let current = await store.get(municipality, 'outgoing', id);
      // A short wait between two tries is spent here, so that one contact's messages stay in order.
      while (current && isOpen(current.body)) {
        const wait = await attempt(municipality, current);
        if (wait === null || wait > 1_000) return;
        await new Promise((resolve) => setTimeout(resolve, wait));
        current = await store.get(municipality, 'outgoing', id);
      }
    } finally {
      busy.delete(name);
    }
  };

  /** @returns milliseconds until the next try, or null at the end. */
  const attempt = async (municipality: string, stored: Stored<'outgoing'>): Promise<number | null> => {
    const entry = stored.body;
    const contact = await store.get(municipality, 'contact', entry.contact);
    if (!contact || contact.body.blocked || contact.body.address === null) {
      return finish(municipality, stored, { state: 'refused', outcome: 'blocked', via: null });
    }
    const now = clock.now();
    const young = entry.replyToken !== null && now < entry.replyBefore;
    const tried = entry.state === 'sending';
    const via = entry.via === 'push' || (!young && !tried) || entry.replyToken === null ? 'push' : 'reply';
    if (via === 'push' && now > entry.createdAt + PUSH_LIFE_MS && entry.attempts > 0) {
      return finish(municipality, stored, { state: 'unknown', outcome: 'too_old', via });
    }
    const marked: Outgoing = {
      ...entry,
      state: 'sending',
      via,
      attempts: entry.attempts + 1,
      outcome: null,
      // Should this process die now, another takes it up after a while.
      nextAt: now + 15_000,
    };
    const operation = {
      type: 'put',
      kind: 'outgoing',
      id: stored.id,
      revision: stored.revision,
      body: marked,
    } as const;
    // Another server has it when this fails.
    if (!(await store.commit(municipality, [operation], { durable: false })).ok) return null;
    const channel = options.channels[contact.body.channel];
    const outcome =
      via === 'reply'
        ? await channel.reply(municipality, entry.replyToken!, entry.messages)
        : await channel.push(municipality, contact.body.address, entry.messages, entry.retryKey);
    const unknownBefore = tried && entry.outcome !== 'not_taken';
    const verdict =
      via === 'reply'
        ? judgeReply(outcome, { young, unknownBefore, attempts: marked.attempts })
        : judgePush(outcome, marked.attempts);
    return finish(municipality, { ...stored, revision: stored.revision + 1, body: marked }, verdict);
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
    const operation = { type: 'put', kind: 'outgoing', id: stored.id, revision: stored.revision, body } as const;
    await store.commit(municipality, [operation], { durable: open });
    return open ? (waitMs ?? 0) : null;
  };

  return {
    send,
    async sendDue(municipality, limit = 200) {
      const due = (await store.list(municipality, 'outgoing', 'due', { limit })).filter(
        (row) => row.body.nextAt <= clock.now(),
      );
      await Promise.all(due.map((row) => send(municipality, row.id)));
      return due.length;
    },
  };
}

const isOpen = (entry: Outgoing): boolean => entry.state === 'waiting' || entry.state === 'sending';

function judgeReply(outcome: Outcome, known: { young: boolean; unknownBefore: boolean; attempts: number }): Verdict {
  switch (outcome.type) {
    case 'delivered':
      return { state: 'sent', outcome: null, via: 'reply' };
    case 'token_gone':
      if (!known.unknownBefore) return { state: 'waiting', outcome: 'token_gone', via: 'push', waitMs: 0 };
      return known.young
        ? { state: 'sent', outcome: 'presumed', via: 'reply' }
        : { state: 'unknown', outcome: 'token_gone', via: 'reply' };
    case 'later': {
      const unknown = outcome.unknown || known.unknownBefore;
      if (known.young) {
        const waitMs = outcome.afterMs ?? BACKOFF_MS[Math.min(known.attempts - 1, 2)]!;
        return { state: 'sending', outcome: unknown ? outcome.code : 'not_taken', via: 'reply', waitMs };
      }
      return unknown
        ? { state: 'unknown', outcome: outcome.code, via: 'reply' }
        : { state: 'waiting', outcome: outcome.code, via: 'push', waitMs: 0 };
    }
    case 'quota':
      return { state: 'refused', outcome: 'quota', via: 'reply' };
    case 'refused':
      return { state: 'refused', outcome: outcome.code, via: 'reply' };
  }
}

function judgePush(outcome: Outcome, attempts: number): Verdict {
  switch (outcome.type) {
    case 'delivered':
      return { state: 'sent', outcome: null, via: 'push' };
    case 'later':
      return {
        state: 'sending',
        outcome: outcome.code,
        via: 'push',
        waitMs: outcome.afterMs ?? BACKOFF_MS[Math.min(attempts - 1, BACKOFF_MS.length - 1)]!,
      };
    case 'quota':
      return { state: 'refused', outcome: 'quota', via: 'push' };
    case 'token_gone':
      return { state: 'refused', outcome: 'token_gone', via: 'push' };
    case 'refused':
      return { state: 'refused', outcome: outcome.code, via: 'push' };
  }
}
