import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Facts, Slot } from '#contracts/session.ts';
import { type Ticket, ticketSchema } from '#contracts/ticket.ts';
import { cancelHandOff } from '#handoff/cancel-hand-off.ts';
import { holdSlot } from '#handoff/claims.ts';
import { placeId } from '#handoff/free-slots.ts';
import { handOff } from '#handoff/hand-off.ts';
import { stillDue } from '#handoff/reminders.ts';
import { urgentTicket } from '#handoff/urgent-ticket.ts';
import { withdrawFromTickets } from '#handoff/withdraw-words.ts';
import { inDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import { createCountingIds } from '#support/ids.ts';
import { ashiya, assessment, facts, japan, MONDAY_10, openMemoryStore } from './cities.ts';

let store: Store;
let ids = createCountingIds();
beforeEach(() => {
  store = openMemoryStore();
  ids = createCountingIds();
});
afterEach(() => store.close());

const now = MONDAY_10;
const thursday9: Slot = {
  window: 'kikan',
  start: japan('2026-12-03T09:00'),
  end: japan('2026-12-03T10:00'),
  way: 'visit',
};
const given = {
  recipient: 'kikan',
  purpose: '相談のため',
  state: 'given' as const,
  wording: '伝えてよいですか',
  version: '1',
  at: now,
};

const send = (known: Facts, time = now, urgent = false) =>
  inDraft(store, 'ashiya', (draft) =>
    handOff(draft, { municipality: ashiya, facts: known, contact: 'con', channel: 'line', urgent, now: time, ids }),
  );
const hold = async (slot: Slot, contact = 'con', time = now) => {
  const held = await inDraft(store, 'ashiya', (draft) =>
    holdSlot(draft, { municipality: ashiya, slot, contact, id: ids.id(), now: time }),
  );
  if (held.taken) throw new Error('the place was free');
  return held.hold;
};
const ticketOf = async (id: string): Promise<Ticket> => (await store.get('ashiya', 'ticket', id))!.body;
const reminderOf = (id: string) => store.get('ashiya', 'timer', `reminder|${id}`);
const heldFacts = async (...texts: string[]): Promise<Facts> => ({
  ...facts(
    {
      assessment: assessment([['disability', 0.9]], {
        about: 'family',
        concerns: [{ concern: 'health', most: true }],
        evidence: [{ words: '息子', by: 'rule', source: 'a:1', label: 'need:disability', score: 2 }],
      }),
      window: 'kikan',
      way: 'visit',
      consents: [given],
    },
    ...texts,
  ),
  slot: thursday9,
  hold: await hold(thursday9),
});

async function opened(...texts: string[]): Promise<{ ticket: Ticket; known: Facts }> {
  const known = await heldFacts(...(texts.length > 0 ? texts : ['息子のことで']));
  const result = await send(known);
  if (result.type !== 'handoff') throw new Error('the place was free');
  const { ticket, receipt, booking, callBackCode } = result;
  return { ticket: await ticketOf(ticket), known: { ...known, ticket, receipt, booking, callBackCode, hold: null } };
}

describe('a hand-off', () => {
  it('makes a complete ticket with its booking, reminder and audit line', async () => {
    const { ticket } = await opened('息子が部屋から出てきません。電気が止められそうで、米もない。');
    expect(ticketSchema.parse(ticket)).toEqual(ticket);
    expect(ticket).toMatchObject({
      state: 'new',
      window: 'kikan',
      speaker: 'family',
      outOfHours: false,
      urgent: true,
      consent: 'in_chat',
      concerns: [{ concern: 'health', most: true }],
      booking: { slot: thursday9, state: 'booked' },
      evidence: [{ words: '息子', label: 'need:disability', messageId: 'm1' }],
      members: [{ relation: '息子', roles: ['child'], messageId: 'm1' }],
    });
    expect(ticket.deadlines).toEqual([
      { what: 'cut_off', words: '電気が止められそうで、米もない。', messageId: 'm1' },
      { what: 'no_food', words: '電気が止められそうで、米もない。', messageId: 'm1' },
    ]);
    expect((await reminderOf(ticket.id))!.body).toEqual({
      at: japan('2026-12-02T17:00'),
      what: 'reminder',
      contact: 'con',
      ticket: ticket.id,
      data: { window: 'kikan', start: String(thursday9.start), place: '' },
    });
    const [audit] = await store.list('ashiya', 'audit', 'subject', { prefix: `${ticket.id}|`, limit: 9 });
    expect(audit!.body).toMatchObject({ by: 'resident', action: 'ticket.open', detail: { window: 'kikan' } });
    expect(JSON.stringify(audit!.body)).not.toContain('息子');
    expect(JSON.stringify(ticket.history)).not.toContain('息子');
  });

  it('is out of hours by the window’s own hours', async () => {
    const result = await send(facts({ window: 'sogo' }, '夜中にごめんなさい'), japan('2026-11-30T23:00'));
    expect(result).toMatchObject({ type: 'handoff', booking: null });
    expect((await ticketOf((result as { ticket: string }).ticket)).outOfHours).toBe(true);
  });

  it('changes nothing when the place is gone', async () => {
    const known = await heldFacts('息子のことで');
    const late = now + 16 * 60_000;
    await hold(thursday9, 'other', late);
    expect(await send(known, late)).toEqual({ type: 'slot_taken' });
    expect(await store.list('ashiya', 'ticket', 'created', { limit: 9 })).toEqual([]);
    expect(await store.list('ashiya', 'timer', 'at', { limit: 9 })).toEqual([]);
  });

  it('brings the same ticket up to date with later words, keeping what staff did', async () => {
    const { ticket, known } = await opened('息子のことで');
    const taken = { ...ticket, state: 'accepted' as const, assignee: 'sato' };
    await inDraft(store, 'ashiya', (draft) => draft.put('ticket', ticket.id, taken));
    const more = {
      ...known,
      heard: [...known.heard, { messageId: 'm9', text: 'お金もない', at: now + 9 }],
      window: 'sogo',
    };
    const result = await send(more, now + 60_000);
    expect(result).toMatchObject({ ticket: ticket.id, receipt: ticket.receipt, callBackCode: ticket.callBackCode });
    const after = await ticketOf(ticket.id);
    expect(after.words.map((heard) => heard.text)).toEqual(['息子のことで', 'お金もない']);
    expect(after).toMatchObject({ state: 'accepted', assignee: 'sato', window: 'kikan', booking: ticket.booking });
  });

  it('moves the booking when another time was chosen, and the reminder with it', async () => {
    const { ticket, known } = await opened();
    const friday: Slot = { ...thursday9, start: japan('2026-12-04T09:00'), end: japan('2026-12-04T10:00') };
    const old = (await reminderOf(ticket.id))!.body;
    await send({ ...known, slot: friday, hold: await hold(friday) });
    const after = await ticketOf(ticket.id);
    expect(after.booking).toMatchObject({ state: 'moved', slot: friday });
    expect((await store.get('ashiya', 'place', placeId(thursday9)))!.body.claims).toEqual([]);
    expect((await reminderOf(ticket.id))!.body.at).toBe(japan('2026-12-03T17:00'));
    expect(stillDue(after, old)).toBe(false);
    expect(stillDue(after, (await reminderOf(ticket.id))!.body)).toBe(true);
  });

  it('opens a new ticket when the old one is closed, or belongs to somebody else', async () => {
    const { ticket, known } = await opened();
    await inDraft(store, 'ashiya', (draft) => draft.put('ticket', ticket.id, { ...ticket, state: 'closed' }));
    const again = await send({ ...known, slot: null });
    expect(again).not.toMatchObject({ ticket: ticket.id });
    const stranger = { ...ticket, id: 'x', contact: 'else' };
    await inDraft(store, 'ashiya', (draft) => draft.put('ticket', 'x', stranger));
    expect(await send({ ...known, slot: null, ticket: 'x' })).not.toMatchObject({ ticket: 'x' });
    expect(await ticketOf('x')).toEqual(stranger);
  });

  it('cancels once: place free, reminder gone, ticket still there', async () => {
    const { ticket } = await opened();
    const cancel = () =>
      inDraft(store, 'ashiya', (draft) => cancelHandOff(draft, { ticket: ticket.id, by: 'resident', now, ids }));
    expect(await cancel()).toBe(true);
    expect(await cancel()).toBe(false);
    expect((await ticketOf(ticket.id)).booking?.state).toBe('cancelled');
    expect(await reminderOf(ticket.id)).toBeNull();
    expect((await store.get('ashiya', 'place', placeId(thursday9)))!.body.claims).toEqual([]);
  });

  it('sends no reminder to whoever is in danger at home, unless they asked for it', async () => {
    const known = await heldFacts('こわい');
    const afraid = { ...known, assessment: assessment([['abuse', 0.9]]) };
    const result = await send(afraid);
    if (result.type !== 'handoff') throw new Error('the place was free');
    expect(await reminderOf(result.ticket)).toBeNull();
    const asked = { messageId: '', text: 'はい', at: now };
    await send({ ...afraid, ticket: result.ticket, hold: null, answers: { reminder: asked } });
    expect(await reminderOf(result.ticket)).not.toBeNull();
  });
});

describe('a crisis', () => {
  const alarm = (crisis: 'suicide' | 'child_abuse', ticket: string | null, text: string, known: Facts | null = null) =>
    inDraft(store, 'ashiya', (draft) =>
      urgentTicket(draft, {
        municipality: ashiya,
        crisis,
        assessment: assessment([['mental', 0.8]], { crisis }),
        heard: { messageId: 'mx', text, at: now },
        facts: known,
        contact: 'con',
        channel: 'line',
        ticket,
        now,
        ids,
      }),
    );

  it('makes a flagged ticket at the window in charge, without any booking', async () => {
    const raised = await alarm('child_abuse', null, '隣の子がずっと泣いている');
    expect(raised).toMatchObject({ isNew: true, window: 'kodomo', open: true });
    const ticket = await ticketOf(raised.ticket);
    expect(ticketSchema.parse(ticket)).toEqual(ticket);
    expect(ticket).toMatchObject({
      urgent: true,
      crisis: 'child_abuse',
      crisisAt: now,
      window: 'kodomo',
      booking: null,
    });
    expect(ticket.words.map((heard) => heard.text)).toEqual(['隣の子がずっと泣いている']);
  });

  it('flags the open ticket when its window is in charge, and adds to what is known', async () => {
    const first = await alarm('suicide', null, '消えたい');
    const second = await alarm('suicide', first.ticket, 'もう終わりにしたい', facts({}, 'しんどい'));
    expect(second).toMatchObject({ isNew: false, ticket: first.ticket });
    const ticket = await ticketOf(first.ticket);
    expect(ticket.history.filter((entry) => entry.what === 'crisis')).toHaveLength(2);
    expect(ticket.words.map((heard) => heard.messageId)).toContain('m1');
  });

  it('does not lie in another window’s pile', async () => {
    const { ticket } = await opened();
    const raised = await alarm('child_abuse', ticket.id, '子どもを叩いてしまう');
    expect(raised).toMatchObject({ isNew: true, window: 'kodomo' });
    expect((await ticketOf(ticket.id)).urgent).toBe(false);
  });

  it('stays flagged when the resident talks on, and when the words are withdrawn', async () => {
    const raised = await alarm('suicide', null, '消えてしまいたい');
    await send({
      ...facts({}, 'やっぱり大丈夫'),
      ticket: raised.ticket,
      assessment: assessment([['livelihood', 0.9]]),
    });
    expect(await ticketOf(raised.ticket)).toMatchObject({ urgent: true, crisis: 'suicide', crisisAt: now });
    const changed = await inDraft(store, 'ashiya', (draft) =>
      withdrawFromTickets(draft, { contact: 'con', messageId: 'mx', now: now + 1 }),
    );
    expect(changed).toEqual([raised.ticket]);
    const ticket = await ticketOf(raised.ticket);
    expect(ticket).toMatchObject({ urgent: true, crisis: 'suicide', crisisAt: now });
    expect(JSON.stringify(ticket)).not.toContain('消えてしまいたい');
    expect(ticketSchema.parse(ticket)).toEqual(ticket);
  });
});
