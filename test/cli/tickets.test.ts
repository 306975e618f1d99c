import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TicketsWorld, ticketsList, ticketsShow } from '#cli/tickets.ts';
import { factsSchema } from '#contracts/session.ts';
import { type Ticket, ticketSchema } from '#contracts/ticket.ts';
import { openTicket } from '#handoff/open-ticket.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Store } from '#store/store.ts';
import { createManualClock } from '#support/clock.ts';
import { createCountingIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { ashiya, fukui, MONDAY_10 } from '../handoff/cities.ts';

let store: Store;
let world: TicketsWorld;
let printed = '';
let complained = '';
const io = {
  stdout: { write: (text: string) => (printed += text) },
  stderr: { write: (text: string) => (complained += text) },
};

async function put(
  id: string,
  receipt: string,
  at: number,
  change: Partial<Ticket> = {},
  city = ashiya,
): Promise<void> {
  const facts = { ...factsSchema.parse({}), heard: [{ messageId: 'm1', text: '母が夜に出ていく', at }] };
  const meta = { id, receipt, callBackCode: '1234', contact: 'con', channel: 'line' as const, now: at };
  const body = { ...openTicket(city, facts, meta), ...change };
  await store.commit(city.id, [{ type: 'put', kind: 'ticket', id, revision: 0, body }]);
}
const auditLines = async (city = 'ashiya') =>
  (await store.list(city, 'audit', 'at', { limit: 99 })).map((row) => row.body);

beforeEach(async () => {
  [printed, complained] = ['', ''];
  store = createSealedStore({
    driver: createEmbeddedDriver({ path: ':memory:' }),
    keyRing: createKeyRing(generateKey('k')),
  });
  world = {
    store,
    municipalities: ['ashiya', 'fukui'],
    clock: createManualClock(MONDAY_10),
    ids: createCountingIds(),
    by: 'cli:tester',
  };
  await put('t1', 'AAA-1111', MONDAY_10);
  await put('t2', 'AAA-2222', MONDAY_10 + 1, { state: 'closed' });
  await put('t3', 'FFF-3333', MONDAY_10 + 2, {}, fukui);
});
afterEach(() => store.close());

describe('tsunagi tickets list', () => {
  it('prints an array of tickets, newest first and masked, and says in the log that they were listed', async () => {
    expect(await ticketsList({ json: true }, io, world)).toBe(0);
    const tickets = z.array(ticketSchema).parse(JSON.parse(printed));
    expect(tickets.map((ticket) => ticket.id)).toEqual(['t3', 't2', 't1']);
    expect(tickets.every((ticket) => ticket.masked === true)).toBe(true);
    expect(printed).not.toContain('母が夜に');
    expect(await auditLines()).toMatchObject([{ by: 'cli:tester', action: 'tickets.list', detail: { count: '2' } }]);
    expect(await auditLines('fukui')).toMatchObject([{ detail: { count: '1' } }]);
  });

  it('narrows by city, window, state and number', async () => {
    const idsOf = async (options: Parameters<typeof ticketsList>[0]) => {
      printed = '';
      await ticketsList({ ...options, json: true }, io, world);
      return (JSON.parse(printed) as Ticket[]).map((ticket) => ticket.id);
    };
    expect(await idsOf({ municipality: 'ashiya' })).toEqual(['t2', 't1']);
    expect(await idsOf({ municipality: 'ashiya', state: 'closed' })).toEqual(['t2']);
    expect(await idsOf({ window: 'yorisoi' })).toEqual(['t3']);
    expect(await idsOf({ window: 'nowhere' })).toEqual([]);
    expect(await idsOf({ limit: 1 })).toEqual(['t3']);
  });

  it('reveals only with a reason, which stands in the log', async () => {
    expect(await ticketsList({ json: true, reveal: true }, io, world)).toBe(2);
    expect([printed, complained]).toEqual(['', expect.stringContaining('--reason')]);
    expect(await ticketsList({ json: true, reveal: true, reason: ' ' }, io, world)).toBe(2);
    expect(await auditLines()).toEqual([]);
    expect(await ticketsList({ json: true, reveal: true, reason: '引き継ぎの確認' }, io, world)).toBe(0);
    expect(printed).toContain('母が夜に出ていく');
    expect((await auditLines())[0]!.detail).toEqual({ count: '2', revealed: 'true', reason: '引き継ぎの確認' });
  });

  it('reads well on a terminal, also when there is nothing', async () => {
    await ticketsList({}, io, world);
    expect(printed.split('\n')[1]).toMatch(/^FFF-3333\t2026-11-30 10:00\tyorisoi\t新規/u);
    printed = '';
    await ticketsList({ window: 'nowhere' }, io, world);
    expect(printed).toBe('チケットはありません。\n');
  });

  it('says what is wrong with wrong use', async () => {
    expect(await ticketsList({ municipality: 'tokyo' }, io, world)).toBe(2);
    expect(complained).toContain('ashiya、fukui');
    expect(await ticketsList({ limit: 0 }, io, world)).toBe(2);
  });
});

describe('tsunagi tickets show', () => {
  it('finds a ticket by receipt number, however it is typed, or by id', async () => {
    for (const ticket of ['AAA-1111', 'aaa-1111', 'ＡＡＡ-１１１１', 't1']) {
      printed = '';
      expect(await ticketsShow({ ticket, json: true }, io, world)).toBe(0);
      const shown = z.array(ticketSchema).parse(JSON.parse(printed));
      expect(shown.map((one) => one.id)).toEqual(['t1']);
      expect(printed).not.toContain('母が夜に');
    }
    expect(await auditLines()).toHaveLength(4);
    expect((await auditLines())[0]).toMatchObject({ action: 'ticket.show', subject: 't1' });
  });

  it('shows the words to whoever gives a reason', async () => {
    expect(await ticketsShow({ ticket: 't1', reveal: true }, io, world)).toBe(2);
    expect(await ticketsShow({ ticket: 't1', reveal: true, reason: '訪問の前に' }, io, world)).toBe(0);
    expect(printed).toContain('母が夜に出ていく');
    expect((await auditLines())[0]!.detail).toEqual({ revealed: 'true', reason: '訪問の前に' });
  });

  it('exits 1 when there is no such ticket, or it is another city’s', async () => {
    expect(await ticketsShow({ ticket: 'AAA-111' }, io, world)).toBe(1);
    expect(await ticketsShow({ ticket: 'FFF-3333', municipality: 'ashiya' }, io, world)).toBe(1);
    expect(complained).toContain('見つかりませんでした');
  });
});
