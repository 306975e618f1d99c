import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ticket } from '#contracts/ticket.ts';
import { type Browser, CITY, type Office, openOffice } from './harness.ts';

const LINE_ID = 'U00000000000000000000000000demo01';
const ASKED = { danger: 'yes', requester: '（見本）警察署', reason: '家を出たまま戻らず、さがしているため' };

let office: Office;
let ticket: Ticket;
let at: string;
let chief: Browser & { id: string };
beforeEach(async () => {
  office = await openOffice();
  ticket = await office.ticket();
  at = `/tickets/${ticket.id}/break-glass`;
  await changeContact({ address: LINE_ID });
  chief = await office.enter('chief', ['administrator', 'counsellor'], ['sogo'], { name: '課長' });
});
afterEach(() => office.close());

async function changeContact(change: { address: string | null; channel?: 'line' | 'page' }): Promise<void> {
  const stored = (await office.store.get(CITY, 'contact', ticket.contact))!;
  const body = { ...stored.body, ...change };
  await office.store.commit(CITY, [
    { type: 'put', kind: 'contact', id: ticket.contact, revision: stored.revision, body },
  ]);
}
const lines = async () =>
  (await office.audit()).filter(({ subject, action }) => subject === ticket.id && action.startsWith('contact.'));

it('shows the LINE user id for 15 minutes as a record, with the reason in the log and in the history', async () => {
  await chief.get(`/tickets/${ticket.id}`);
  await chief.go(`/tickets/${ticket.id}/open`);
  expect(chief.html()).not.toContain(LINE_ID);
  await chief.get(at);
  expect(chief.html()).not.toContain(LINE_ID);
  const shown = await chief.go(at, ASKED);
  for (const words of ['緊急時の情報提供の記録', LINE_ID, ticket.receipt, ASKED.requester, ASKED.reason, '課長'])
    expect(shown).toContain(words);
  expect((await lines()).find(({ action }) => action === 'contact.reveal')).toMatchObject({
    by: chief.id,
    detail: { requester: ASKED.requester, reason: ASKED.reason },
  });
  expect((await lines()).map(({ action }) => action)).toContain('contact.reveal_view');
  expect(JSON.stringify(await office.audit())).not.toContain(LINE_ID);
  expect((await office.read(ticket.id)).history.at(-1)).toMatchObject({ by: chief.id, what: 'contact_revealed' });

  // Theirs alone; and a page left open asks again when the time is over.
  const other = await office.enter('other', ['administrator', 'counsellor'], ['sogo']);
  await other.get(at);
  expect(other.html()).not.toContain(LINE_ID);
  office.clock.advance(14 * 60_000);
  expect(Number((await chief.get(at)).headers.get('refresh'))).toBeLessThanOrEqual(61);
  expect(chief.html()).toContain(LINE_ID);
  office.clock.advance(60_000);
  await chief.get(at);
  expect(chief.html()).not.toContain(LINE_ID);
  expect(chief.text()).toContain('いのちの危険があるとき');
});

it('opens nothing without danger, a name and a reason, and keeps what was written', async () => {
  await chief.get(at);
  for (const missing of [{ danger: '' }, { requester: ' ' }, { reason: '急ぎ' }]) {
    expect((await chief.post(at, { ...ASKED, ...missing })).status).toBe(422);
    expect(chief.html()).not.toContain(LINE_ID);
  }
  expect(chief.html()).toContain(ASKED.requester);
  expect(await lines()).toEqual([]);
  expect((await office.read(ticket.id)).history.map(({ what }) => what)).not.toContain('contact_revealed');
});

it('is refused when the address is gone, also while it is open, and to who talks on the page', async () => {
  await chief.get(at);
  await chief.go(at, ASKED);
  for (const gone of [{ address: null }, { address: 'page-visitor', channel: 'page' }] as const) {
    await changeContact(gone);
    expect((await chief.get(at)).status).toBe(422);
    expect((await chief.post(at, ASKED)).status).toBe(422);
    expect(chief.text()).toContain('もう残っていません');
    expect(chief.html()).not.toContain('page-visitor');
  }
  expect((await lines()).filter(({ action }) => action === 'contact.reveal')).toHaveLength(1);
  expect((await lines()).filter(({ action }) => action === 'contact.reveal_refused')).toHaveLength(4);
});

it('is for administrators who may see that ticket', async () => {
  const refused = [
    ['plain', ['counsellor'], ['sogo'], 403],
    ['boss', ['coordinator'], [], 403],
    ['only', ['administrator'], [], 404],
    ['away', ['administrator', 'counsellor'], ['kodomo'], 404],
  ] as const;
  for (const [login, roles, windows, status] of refused) {
    const browser = await office.enter(login, roles, windows);
    expect([login, (await browser.get(at)).status]).toEqual([login, status]);
    // A page of their own: it gives the form's token.
    await browser.get('/account');
    expect([login, (await browser.post(at, ASKED)).status]).toEqual([login, status]);
    await browser.get(`/tickets/${ticket.id}`);
    expect(browser.html()).not.toContain('break-glass');
  }
  expect(await lines()).toEqual([]);
});
