import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Session, type Slot, sessionSchema } from '#contracts/session.ts';
import { CHAIN_SETTING, chainAudit, verifyAudit, writeAudit } from '#handoff/audit.ts';
import { holdSlot } from '#handoff/claims.ts';
import { eraseContact } from '#handoff/erase-contact.ts';
import { placeId } from '#handoff/free-slots.ts';
import { handOff } from '#handoff/hand-off.ts';
import { expiryOf, retain } from '#handoff/retention.ts';
import { cancelTicketBooking, moveTicketBooking } from '#handoff/ticket-booking.ts';
import { urgentTicket } from '#handoff/urgent-ticket.ts';
import { createDraft, inDraft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import { createCountingIds } from '#support/ids.ts';
import { ashiya, assessment, facts, japan, MONDAY_10, openMemoryStore } from './cities.ts';

const DAY = 86_400_000;
const now = MONDAY_10;
let store: Store;
let ids = createCountingIds();
beforeEach(() => {
  store = openMemoryStore();
  ids = createCountingIds();
});
afterEach(() => store.close());

const slotAt = (text: string): Slot => ({
  window: 'kikan',
  start: japan(text),
  end: japan(text) + 3_600_000,
  way: 'visit',
});
const thursday = slotAt('2026-12-03T09:00');

async function booked(contact = 'con', slot = thursday): Promise<string> {
  const result = await inDraft(store, 'ashiya', async (draft) => {
    const held = await holdSlot(draft, { municipality: ashiya, slot, contact, id: ids.id(), now });
    if (held.taken) throw new Error('the place was free');
    const known = facts(
      {
        window: 'kikan',
        slot,
        hold: held.hold,
        assessment: assessment([['disability', 0.9]]),
        nickname: { messageId: 'm5', text: 'はなこ', at: now },
        phone: { messageId: 'm6', text: '090-1111-2222', at: now },
      },
      '車いすのこと',
    );
    const wanted = { municipality: ashiya, facts: known, contact, channel: 'line' as const, urgent: false, now, ids };
    return handOff(draft, wanted);
  });
  if (result.type !== 'handoff') throw new Error('the place was free');
  return result.ticket;
}
const ticketOf = async (id: string) => (await store.get('ashiya', 'ticket', id))?.body ?? null;

describe('the audit log', () => {
  const write = (count: number, at = now) =>
    inDraft(store, 'ashiya', async (draft) => {
      for (let i = 0; i < count; i++) {
        writeAudit(
          draft,
          { at: at + i, by: 'sato', action: 'ticket.view', subject: `t${i}`, detail: { n: String(i) } },
          ids,
        );
      }
    });
  const lines = async () => store.list('ashiya', 'audit', 'chain', { prefix: 'done|', limit: 9999 });
  const change = (id: string, body: Partial<Body<'audit'>>) =>
    inDraft(store, 'ashiya', async (draft) => draft.put('audit', id, { ...(await draft.get('audit', id))!, ...body }));

  it('is sound when nothing was touched, also when a line arrives late or while it is chained', async () => {
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: true, lines: 0, open: 0 });
    await write(1100);
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: true, lines: 0, open: 1100 });
    expect(await chainAudit(store, 'ashiya')).toBe(1100);
    await write(3, now - DAY);
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: true, lines: 1100, open: 3 });
    expect(await chainAudit(store, 'ashiya', { limit: 2 })).toBe(2);
    expect(await chainAudit(store, 'ashiya')).toBe(1);
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: true, lines: 1103, open: 0 });
  });

  it('makes one chain however many servers chain at once', async () => {
    await write(40);
    const done = await Promise.all(Array.from({ length: 8 }, () => chainAudit(store, 'ashiya')));
    expect(done.reduce((a, b) => a + b)).toBe(40);
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: true, lines: 40, open: 0 });
  });

  it('does not slow writers down: a hundred at once never meet', async () => {
    const draws = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const draft = createDraft(store, 'ashiya');
        writeAudit(draft, { at: now, by: 'x', action: 'a', subject: String(i) }, ids);
        return draft.commit();
      }),
    );
    expect(draws.every((result) => result.ok)).toBe(true);
  });

  it('shows a line that was changed, and which', async () => {
    await write(10);
    await chainAudit(store, 'ashiya');
    const third = (await lines())[2]!;
    await change(third.id, { by: 'nobody' });
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: false, sequence: 3, id: third.id, why: 'changed' });
    await change(third.id, { by: 'sato', detail: { n: '7' } });
    expect(await verifyAudit(store, 'ashiya')).toMatchObject({ ok: false, why: 'changed' });
    await change(third.id, { detail: third.body.detail });
    expect(await verifyAudit(store, 'ashiya')).toMatchObject({ ok: true, lines: 10 });
  });

  it.each([
    ['first', 0, 1],
    ['middle', 4, 5],
    ['last', 9, 10],
  ])('shows that the %s line was removed', async (_, index, sequence) => {
    await write(10);
    await chainAudit(store, 'ashiya');
    const { id } = (await lines())[index]!;
    await inDraft(store, 'ashiya', (draft) => draft.delete('audit', id));
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: false, sequence, id: null, why: 'missing' });
  });

  it('shows that the end of the chain was cut off together with its mark', async () => {
    await write(10);
    await chainAudit(store, 'ashiya');
    const ninth = (await lines())[8]!;
    const value = JSON.stringify({ last: { sequence: 9, hash: 'x' }, first: { sequence: 1, previous: '' } });
    await inDraft(store, 'ashiya', (draft) => draft.put('setting', CHAIN_SETTING, { value }));
    expect(await verifyAudit(store, 'ashiya')).toMatchObject({ ok: false, sequence: 9, why: 'changed' });
    expect(ninth.body.sequence).toBe(9);
  });
});

describe('keeping no longer than said', () => {
  it('deletes old tickets, places and audit lines, keeps the young, and reports it', async () => {
    const old = await booked('old');
    const young = await booked('young', slotAt('2026-12-04T09:00'));
    await chainAudit(store, 'ashiya');
    const end = expiryOf(ashiya, 'ticket', now);
    await inDraft(store, 'ashiya', async (draft) => {
      await draft.put('ticket', young, { ...(await draft.get('ticket', young))!, updatedAt: end });
      writeAudit(draft, { at: end, by: 'sato', action: 'ticket.view', subject: young }, ids);
    });
    await chainAudit(store, 'ashiya');
    expect(await retain(store, { municipality: ashiya, now: end, limit: 100, ids })).toEqual({ places: 2 });
    const report = await retain(store, { municipality: ashiya, now: end + 1, limit: 100, ids });
    expect(report).toEqual({ tickets: 1, audit: 2 });
    expect(await ticketOf(old)).toBeNull();
    expect(await ticketOf(young)).not.toBeNull();
    expect(await store.get('ashiya', 'timer', `reminder|${old}`)).toBeNull();
    await chainAudit(store, 'ashiya');
    expect(await verifyAudit(store, 'ashiya')).toEqual({ ok: true, lines: 3, open: 0 });
    const reports = (await store.list('ashiya', 'audit', 'at', { limit: 99 })).filter(
      (row) => row.body.action === 'retention.report',
    );
    expect(reports.map((row) => row.body.detail)).toEqual([{ places: '2' }, { tickets: '1', audit: '2' }]);
    expect(await retain(store, { municipality: ashiya, now: end + 1, limit: 100, ids })).toEqual({});
  });

  it('does no more at once than allowed', async () => {
    await booked('a');
    await booked('b', slotAt('2026-12-04T09:00'));
    const end = expiryOf(ashiya, 'ticket', now) + 1;
    expect(await retain(store, { municipality: ashiya, now: end, limit: 1, ids })).toEqual({ tickets: 1, places: 1 });
    expect(await retain(store, { municipality: ashiya, now: end, limit: 1, ids })).toEqual({ tickets: 1, places: 1 });
  });
});

describe('「データを消す」', () => {
  const session = (): Session =>
    sessionSchema.parse({
      talk: 'x',
      flow: 'first-contact',
      revision: 'r',
      step: null,
      status: 'waiting',
      facts: facts({}, '車いすのこと'),
    });
  const contact = (tickets: string[]): Body<'contact'> => ({
    firstAt: now - DAY,
    lastAt: now,
    channel: 'line',
    address: 'U123',
    blocked: false,
    floor: null,
    greeted: true,
    crisis: null,
    tickets,
    expiresAt: null,
  });
  const erase = () =>
    inDraft(store, 'ashiya', (draft) => eraseContact(draft, { municipality: ashiya, contact: 'con', now, ids }));
  const prepare = async (tickets: string[]) =>
    inDraft(store, 'ashiya', async (draft) => {
      const talk = { session: session(), at: now, expiresAt: now + DAY };
      await draft.put('contact', 'con', { ...contact(tickets), talk });
      const unmatched = { at: now, text: '車いすのこと', assessment: '{}', corrected: null, expiresAt: now + DAY };
      await draft.put('unmatched', 'u1', { ...unmatched, messageId: 'm1' });
      await draft.put('unmatched', 'u2', { ...unmatched, messageId: 'm10' });
    });

  it('deletes talk, booking, reminder and ticket while nobody has taken it up', async () => {
    const ticket = await booked();
    await prepare([ticket]);
    const { deleted, kept } = await erase();
    expect(kept).toEqual([]);
    expect(deleted.toSorted()).toEqual(['session/con', `ticket/${ticket}`, `timer/reminder|${ticket}`, 'unmatched/u1']);
    expect(await ticketOf(ticket)).toBeNull();
    expect((await store.get('ashiya', 'place', placeId(thursday)))!.body.claims).toEqual([]);
    expect((await store.get('ashiya', 'contact', 'con'))!.body).toMatchObject({
      tickets: [],
      talk: null,
      greeted: false,
      expiresAt: now + DAY,
    });
    // Somebody else's message whose id begins alike.
    expect(await store.get('ashiya', 'unmatched', 'u2')).not.toBeNull();
  });

  it('keeps a ticket that staff took up, without name, telephone and nickname, and says so', async () => {
    const ticket = await booked();
    await inDraft(store, 'ashiya', async (draft) => {
      await draft.put('ticket', ticket, {
        ...(await draft.get('ticket', ticket))!,
        state: 'accepted',
        assignee: 'sato',
      });
    });
    await prepare([ticket]);
    const { kept } = await erase();
    const after = (await ticketOf(ticket))!;
    expect(kept).toEqual([{ ticket, receipt: after.receipt, why: 'taken_up' }]);
    expect(after).toMatchObject({ nickname: null, phone: null, name: null, booking: { state: 'booked' } });
    expect((await store.get('ashiya', 'contact', 'con'))!.body.tickets).toEqual([ticket]);
  });

  it('keeps a notice of danger, and nobody else’s data is touched', async () => {
    const raised = await inDraft(store, 'ashiya', (draft) =>
      urgentTicket(draft, {
        municipality: ashiya,
        crisis: 'child_abuse',
        assessment: assessment([['abuse', 0.9]], { crisis: 'child_abuse' }),
        heard: { messageId: 'm1', text: '隣の子が', at: now },
        facts: null,
        contact: 'con',
        channel: 'line',
        ticket: null,
        now,
        ids,
      }),
    );
    const other = await booked('other');
    await prepare([raised.ticket]);
    expect((await erase()).kept).toMatchObject([{ ticket: raised.ticket, why: 'crisis' }]);
    expect((await ticketOf(raised.ticket))!.crisis).toBe('child_abuse');
    expect((await ticketOf(other))!.nickname?.text).toBe('はなこ');
    expect((await erase()).deleted).toEqual([]);
  });
});

describe('a booking in staff’s hands', () => {
  const request = (ticket: string) => ({ ticket, by: 'sato', now, ids });

  it('moves with place and reminder, or not at all', async () => {
    const ticket = await booked();
    await booked('other', slotAt('2026-12-04T09:00'));
    const move = (slot: Slot) =>
      inDraft(store, 'ashiya', (draft) => moveTicketBooking(draft, { ...request(ticket), municipality: ashiya, slot }));
    expect(await move(slotAt('2026-12-04T09:00'))).toEqual({ ok: false, why: 'slot_taken' });
    expect(await move(slotAt('2026-12-04T10:00'))).toMatchObject({ ok: true });
    expect((await ticketOf(ticket))!.booking).toMatchObject({ state: 'moved', slot: slotAt('2026-12-04T10:00') });
    expect((await ticketOf(ticket))!.history.at(-1)).toMatchObject({ by: 'sato', what: 'booking_moved' });
    expect((await store.get('ashiya', 'timer', `reminder|${ticket}`))!.body.at).toBe(japan('2026-12-03T17:00'));
    expect((await store.get('ashiya', 'place', placeId(thursday)))!.body.claims).toEqual([]);
  });

  it('is cancelled once, and not on a closed ticket', async () => {
    const ticket = await booked();
    const cancel = () => inDraft(store, 'ashiya', (draft) => cancelTicketBooking(draft, request(ticket)));
    expect(await cancel()).toMatchObject({ ok: true, ticket: { booking: { state: 'cancelled' } } });
    expect(await cancel()).toEqual({ ok: false, why: 'no_booking' });
    await inDraft(store, 'ashiya', async (draft) => {
      await draft.put('ticket', ticket, { ...(await draft.get('ticket', ticket))!, state: 'closed' });
    });
    expect(await cancel()).toEqual({ ok: false, why: 'wrong_state' });
  });

  it('of two counsellors at once, the second sees what changed', async () => {
    const ticket = await booked();
    const [a, b] = [createDraft(store, 'ashiya'), createDraft(store, 'ashiya')];
    for (const [draft, by] of [
      [a, 'sato'],
      [b, 'tanaka'],
    ] as const) {
      await draft.put('ticket', ticket, { ...(await draft.get('ticket', ticket))!, assignee: by });
    }
    expect(await a.commit()).toEqual({ ok: true });
    expect(await b.commit()).toMatchObject({ ok: false, kind: 'ticket', id: ticket });
    expect((await ticketOf(ticket))!.assignee).toBe('sato');
  });
});
