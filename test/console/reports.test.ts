/** アウトリーチ at the desk: staff put reports about one household together; nothing about the person is sent to the one who reported. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ticket } from '#contracts/ticket.ts';
import { MEETING } from '#handoff/cases/case-consent.ts';
import { type Browser, CITY, type Office, openOffice, TUESDAY_TEN } from './harness.ts';

let office: Office;
let sato: Browser & { id: string };
beforeEach(async () => {
  office = await openOffice();
  sato = await office.enter('sato', ['counsellor', 'coordinator'], ['csw']);
});
afterEach(() => office.close());

const report = (more: Partial<Ticket> = {}): Promise<Ticket> =>
  office.ticket({
    window: 'csw',
    state: 'accepted',
    speaker: 'other',
    consent: 'none',
    history: [{ at: TUESDAY_TEN, by: 'resident', what: 'outreach', detail: {} }],
    ...more,
  });
const home = async (id: string): Promise<string[]> => ((await office.read(id)).sameHome ?? []).toSorted();

describe('reports about one household', () => {
  it('are never joined by themselves; staff compare, join three, and take one out again', async () => {
    const [a, b, c] = [await report(), await report(), await report({ district: null })];
    const far = await report({ district: 'shiomi' });
    await sato.get(`/tickets/${a.id}/together`);
    expect(sato.text()).toContain('ほかの知らせとは、まだ結ばれていません');
    expect(sato.text()).toContain(b.receipt);
    expect(sato.text()).toContain(c.receipt);
    expect(sato.text()).not.toContain(far.receipt);
    expect(await sato.go(`/tickets/${a.id}/same-home`, { receipt: b.receipt.toLowerCase() })).toContain(
      '1件と結ばれて',
    );
    await sato.get(`/tickets/${c.id}/together`);
    expect(await sato.go(`/tickets/${c.id}/same-home`, { receipt: b.receipt })).toContain('2件と結ばれて');
    expect(await home(a.id)).toEqual([b.id, c.id].toSorted());
    expect(await home(b.id)).toEqual([a.id, c.id].toSorted());
    expect((await office.read(b.id)).history.at(-1)).toMatchObject({ by: sato.id, what: 'same_home' });
    await sato.get(`/tickets/${c.id}/together`);
    await sato.go(`/tickets/${c.id}/same-home-off`);
    expect([await home(a.id), await home(c.id)]).toEqual([[b.id], []]);
    const actions = (await office.audit()).map(({ action }) => action);
    expect(actions.filter((one) => one.startsWith('ticket.same_home'))).toHaveLength(3);
  });

  it('never take in what a resident brought for themselves (R32), nor a report that is not theirs to see', async () => {
    const [a, own] = [await report(), await office.ticket({ window: 'csw' })];
    const elsewhere = await report({ window: 'kodomo' });
    await sato.get(`/tickets/${a.id}/together`);
    expect(await sato.go(`/tickets/${a.id}/same-home`, { receipt: own.receipt })).toContain('知らせどうしだけ');
    expect(await sato.go(`/tickets/${a.id}/same-home`, { receipt: a.receipt })).toContain('同じ相談です');
    const mori = await office.enter('mori', ['counsellor'], ['csw']);
    await mori.get(`/tickets/${a.id}/together`);
    expect(mori.text()).not.toContain(elsewhere.receipt);
    expect(await mori.go(`/tickets/${a.id}/same-home`, { receipt: elsewhere.receipt })).toContain('見つかりません');
    expect([await home(a.id), await home(own.id), await home(elsewhere.id)]).toEqual([[], [], []]);
  });

  it('go into one 支援会議 file together, and further ones later, without a trace on the tickets', async () => {
    const [a, b, c] = [await report(), await report(), await report()];
    await sato.get(`/tickets/${a.id}/together`);
    await sato.go(`/tickets/${a.id}/same-home`, { receipt: b.receipt });
    const before = [await office.read(a.id), await office.read(b.id), await office.read(c.id)];
    const audit = (await office.audit()).length;
    await sato.go(`/tickets/${a.id}/closed`, {
      without: 'not_known_to_person',
      reason: '会えていない',
      withHome: 'yes',
    });
    const [row] = await office.store.list(CITY, 'closed_member', 'staff', { limit: 1 });
    const file = row!.body.file;
    await sato.get(`/closed/${file}`);
    await sato.go(`/closed/${file}/acknowledge`, { read: 'yes' });
    await sato.go(`/closed/${file}/ticket`, { receipt: c.receipt });
    expect((await office.store.get(CITY, 'closed_file', file))!.body.tickets).toEqual([a.id, b.id, c.id]);
    expect([await office.read(a.id), await office.read(b.id), await office.read(c.id)]).toEqual(before);
    const since = (await office.audit()).slice(audit).map(({ action }) => action);
    expect(since.filter((action) => !action.startsWith('ticket.view'))).toEqual([]);
  });
});

describe('whoever reported', () => {
  it('is sent nothing about the person: no question about meetings, no plan, no 「その後いかがですか」', async () => {
    const one = await report();
    await sato.get(`/tickets/${one.id}/together`);
    expect(sato.text()).toContain('LINEの相手は、知らせてくれた人です');
    expect(await sato.go(`/tickets/${one.id}/ask-meeting`, { body: 'csw' })).toContain('本人ではない');
    const touch = { everyDays: '7', hour: '14' };
    expect(await sato.go(`/tickets/${one.id}/touch-offer`, touch)).toContain('本人ではない');
    expect(await sato.go(`/tickets/${one.id}/touch-begin`, { ...touch, how: 'phone' })).toContain('本人ではない');
    // The person was visited and agreed: a case, but the plan is not shown to the neighbour.
    const consents = [MEETING, 'csw'].map((recipient) => ({
      recipient,
      purpose: 'x',
      state: 'given' as const,
      wording: 'x',
      version: '1',
      at: TUESDAY_TEN,
    }));
    const met = await report({ consents, consent: 'listed' });
    await sato.get(`/tickets/${met.id}/together`);
    await sato.go(`/tickets/${met.id}/case`, { reason: '片づけをいっしょに', urgency: 'regular' });
    const [row] = await office.store.list(CITY, 'case', 'created', { limit: 1 });
    const to = `/cases/${row!.id}`;
    await sato.go(`${to}/take`, { urgency: 'regular' });
    await sato.get(`${to}/plan`);
    await sato.go(`${to}/plan`, { 'goal-0': '片づける', forResident: 'いっしょに片づけます。' });
    expect(sato.text()).toContain('LINEでは送れない');
    // The form is not there; whoever sends one all the same is refused.
    const revision = String((await office.store.get(CITY, 'case', row!.id))!.revision);
    expect(await sato.go(`${to}/ask-plan`, { revision, seen: '0' })).toContain('本人ではない');
    expect(await office.store.list(CITY, 'outgoing', 'contact', { limit: 10 })).toEqual([]);
    await sato.get(to);
    expect(await sato.go(`${to}/plan-answer`, { version: '1', answer: 'agreed', how: 'visit' })).toContain(
      'この案でよい',
    );
  });
});
