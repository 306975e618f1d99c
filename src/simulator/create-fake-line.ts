/**
 * A stand-in for the LINE platform, without pages: residents on one side, the Messaging API and signed webhooks on the
 * other. Tests, benchmarks and the simulator use it. This room knows nothing behind the webhook.
 */
import type { Hono } from 'hono';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';
import { createFaults, type FaultOptions } from './faults.ts';
import { createLineIds } from './line-ids.ts';
import { createMessagingApi } from './messaging-api.ts';
import { createReplyTokens } from './reply-tokens.ts';
import { createResidentActs, type ResidentActs } from './resident-acts.ts';
import { screenText } from './screen-text.ts';
import { createScreens } from './screens.ts';
import { createWaiting } from './waiting.ts';
import { createEvents, createWebhooks, type Deliver, type Events } from './webhooks.ts';
import type { Call, Change, Delivery, Fault, LineEvent, LineMessage, Resident } from './wire.ts';

export interface FakeLineOptions {
  /** `quota`: messages pushed per month, null or absent = no limit. */
  municipalities: readonly { id: string; secret: string; token: string; quota?: number | null }[];
  deliver: Deliver;
  clock: Clock;
  ids: Ids;
  /** Waits before each further attempt of a webhook without 2xx, milliseconds; default none: `redeliver()` does it. */
  redeliverAfterMs?: readonly number[];
  /** Newest calls kept; the counts go on. Default 10,000. */
  keepCalls?: number;
}

interface Counts {
  calls: number;
  replies: number;
  pushes: number;
  /** Calls whose messages reached a screen. */
  delivered: number;
  /** Answered with 400. */
  invalid: number;
  /** Answered with 409. */
  duplicates: number;
  webhooks: number;
  undeliveredWebhooks: number;
}

export interface FakeLine extends ResidentActs {
  /** `/v2/bot/…`, to be mounted at the root. */
  api: Hono;
  /** A resident with an empty screen; nothing is sent. */
  addResident(municipality: string, name?: string): Resident;
  resident(userId: string): Resident | undefined;
  residents(municipality?: string): Resident[];
  /** Builds events without sending them. */
  events: Events;
  /** Several events, also of several residents, in one body. */
  deliver(municipality: string, events: readonly LineEvent[]): Promise<Delivery>;
  /** All webhooks that got no 2xx, once more. */
  redeliver(): Promise<Delivery[]>;
  /** The console's Verify button: no events. */
  verify(municipality: string): Promise<Delivery>;
  received(userId: string): LineMessage[];
  whenReceived(userId: string, count: number): Promise<LineMessage[]>;
  readonly calls: readonly Call[];
  whenCalled(test: (call: Call) => boolean): Promise<Call>;
  counts(): Counts;
  screenText(userId: string): string[];
  /** @returns a function that ends the fault. */
  fault(options: FaultOptions): () => void;
  clearFaults(): void;
  faults(): readonly Fault[];
  setQuota(municipality: string, value: number | null): void;
  /** @returns a function that ends the watch. */
  watch(listener: (change: Change) => void): () => void;
  close(): void;
}

export function createFakeLine(options: FakeLineOptions): FakeLine {
  const { clock, municipalities, keepCalls = 10_000 } = options;
  const secrets = new Map(municipalities.map((one) => [one.id, one.secret]));
  const byToken = new Map(municipalities.map((one) => [one.token, one.id]));
  const quotas = new Map(municipalities.map((one) => [one.id, one.quota ?? null]));
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };

  const ids = createLineIds(options.ids);
  const tokens = createReplyTokens(clock);
  const faults = createFaults(() => tell({ type: 'faults' }));
  const events = createEvents(clock, ids);
  const waiting = createWaiting();
  const screens = createScreens({ ids, clock, tell, knows: (municipality) => secrets.has(municipality) });
  const webhooks = createWebhooks({
    secretOf: (municipality) => known(secrets.get(municipality), municipality),
    deliver: options.deliver,
    clock,
    tokens,
    redeliverAfterMs: options.redeliverAfterMs ?? [],
    answered(delivery) {
      screens.answered(delivery);
      tell({ type: 'delivery', delivery });
    },
  });

  const calls: Call[] = [];
  const counts = { calls: 0, replies: 0, pushes: 0, delivered: 0, invalid: 0, duplicates: 0 };
  const api = createMessagingApi({
    municipalityOf: (token) => byToken.get(token) ?? null,
    quotaOf: (municipality) => quotas.get(municipality) ?? null,
    tokens,
    faults,
    ids,
    clock,
    show(municipality, userId, messages, via) {
      const shown = screens.show(municipality, userId, messages, via);
      if (shown) waiting.received(userId, screens.get(userId)!.received);
      return shown;
    },
    contentOf: screens.contentOf,
    called: record,
  });

  return {
    api,
    events,
    ...createResidentActs({ screens, events, send: webhooks.send }),
    addResident: screens.add,
    resident: (userId) => screens.get(userId),
    residents: (municipality) =>
      screens.list().filter((one) => municipality === undefined || one.municipality === municipality),
    deliver: webhooks.send,
    redeliver: webhooks.redeliver,
    verify: (municipality) => webhooks.send(municipality, []),
    received: (userId) => screens.get(userId)?.received ?? [],
    whenReceived: (userId, count) => waiting.forMessages(userId, count, screens.get(userId)?.received ?? []),
    calls,
    whenCalled: (test) => waiting.forCall(test, calls),
    counts: () => ({ ...counts, webhooks: webhooks.sent(), undeliveredWebhooks: webhooks.unanswered() }),
    screenText: (userId) => screenText(screens.get(userId)?.received ?? []),
    fault: faults.add,
    clearFaults: faults.clear,
    faults: faults.list,
    setQuota: (municipality, value) => {
      quotas.set(municipality, value);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: webhooks.close,
  };

  function record(seen: Omit<Call, 'n'>): void {
    const call: Call = { n: ++counts.calls, ...seen };
    if (call.endpoint === 'reply') counts.replies += 1;
    if (call.endpoint === 'push') counts.pushes += 1;
    if (call.delivered) counts.delivered += 1;
    if (call.status === 400) counts.invalid += 1;
    if (call.status === 409) counts.duplicates += 1;
    calls.push(call);
    // In steps, so that a long run does not shift the array at every call.
    if (calls.length > keepCalls * 1.25) calls.splice(0, calls.length - keepCalls);
    waiting.called(call);
    tell({ type: 'call', call });
  }
}

function known<T>(value: T | undefined, municipality: string): T {
  if (value === undefined) throw new Error(`the stand-in for LINE has no account of "${municipality}"`);
  return value;
}
