import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CITY, type Office, openOffice } from './harness.ts';

let office: Office;
let left: { limit: number | null; used: number } | null = { limit: 200, used: 0 };
beforeEach(async () => {
  office = await openOffice({ quota: async () => left });
});
afterEach(() => office.close());

const outgoing = async () => (await office.store.list(CITY, 'outgoing', 'due', { limit: 10 })).map((row) => row.body);

describe('talking to the resident', () => {
  it('sends an answer without a name, keeps it with the ticket, and takes the floor', async () => {
    const ticket = await office.ticket();
    const browser = await office.enter('sato', ['counsellor'], ['sogo'], { name: '佐藤' });
    await browser.get(`/tickets/${ticket.id}`);
    await browser.go(`/tickets/${ticket.id}/open`);
    await browser.go(`/tickets/${ticket.id}/answer`, { text: '書いてくださってありがとうございます。' });
    const [sent] = await outgoing();
    expect(JSON.stringify(sent?.messages)).toContain('書いてくださってありがとうございます。');
    expect(JSON.stringify(sent?.messages)).not.toContain('佐藤');
    expect(browser.text()).toContain('佐藤 が話し手です');
    expect(browser.text()).toContain('送っています');
    const contact = await office.store.get(CITY, 'contact', ticket.contact);
    expect(contact?.body.floor).toMatchObject({
      staff: browser.id,
      ticket: ticket.id,
      until: office.clock.now() + 30 * 60_000,
    });
  });

  it('says that an automatic answer may not have arrived', async () => {
    const ticket = await office.ticket();
    const stored = (await office.store.get(CITY, 'contact', ticket.contact))!;
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    await browser.get(`/tickets/${ticket.id}`);
    await browser.go(`/tickets/${ticket.id}/open`);
    expect(browser.text()).not.toContain('届いていないかもしれません');
    const body = { ...stored.body, lostAnswer: 'some' };
    const { revision } = stored;
    await office.store.commit(CITY, [{ type: 'put', kind: 'contact', id: ticket.contact, revision, body }]);
    await browser.get(`/tickets/${ticket.id}`);
    expect(browser.text()).toContain('自動のお返事が、届いていないかもしれません');
  });

  it('uses the free way first, once', async () => {
    const ticket = await office.ticket();
    const stored = (await office.store.get(CITY, 'contact', ticket.contact))!;
    await office.store.commit(CITY, [
      {
        type: 'put',
        kind: 'contact',
        id: ticket.contact,
        revision: stored.revision,
        body: { ...stored.body, freeReply: { token: 'tok', receivedAt: office.clock.now() } },
      },
    ]);
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    await browser.get(`/tickets/${ticket.id}`);
    await browser.post(`/tickets/${ticket.id}/answer`, { text: '1' });
    await browser.post(`/tickets/${ticket.id}/answer`, { text: '2' });
    expect((await outgoing()).map(({ replyToken }) => replyToken).toSorted()).toEqual(['tok', null].toSorted());
  });

  it('does not let two people speak at once, and gives the floor back', async () => {
    const ticket = await office.ticket();
    const sato = await office.enter('sato', ['counsellor'], ['sogo']);
    const kato = await office.enter('kato', ['counsellor'], ['sogo']);
    await sato.get(`/tickets/${ticket.id}`);
    await kato.get(`/tickets/${ticket.id}`);
    await sato.go(`/tickets/${ticket.id}/floor`);
    expect((await kato.post(`/tickets/${ticket.id}/answer`, { text: '私からも' })).status).toBe(422);
    expect(kato.text()).toContain('ほかの職員がこの人とやりとりしています');
    expect(kato.html()).toContain('私からも');
    await sato.go(`/tickets/${ticket.id}/release`, { tell: 'yes' });
    expect((await office.store.get(CITY, 'contact', ticket.contact))?.body.floor).toBeNull();
    expect(JSON.stringify((await outgoing())[0]?.messages)).toContain('自動の案内');
    expect((await kato.post(`/tickets/${ticket.id}/answer`, { text: '私からも' })).status).toBe(303);
  });

  it('goes back to the bot by time', async () => {
    const ticket = await office.ticket();
    const sato = await office.enter('sato', ['counsellor'], ['sogo']);
    await sato.get(`/tickets/${ticket.id}`);
    await sato.go(`/tickets/${ticket.id}/floor`);
    office.clock.advance(29 * 60_000);
    await sato.get('/tickets');
    office.clock.advance(2 * 60_000);
    await sato.get(`/tickets/${ticket.id}`);
    await sato.go(`/tickets/${ticket.id}/open`);
    expect(sato.text()).toContain('自動応答 がお返事しています');
  });

  it('warns before the month’s messages are used up', async () => {
    const ticket = await office.ticket();
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    for (const [used, words] of [
      [10, 'あと 190 通。'],
      [185, 'あと 15 通です。'],
      [200, '使い切りました'],
    ] as const) {
      left = { limit: 200, used };
      office.clock.advance(61_000);
      await browser.get(`/tickets/${ticket.id}`);
      expect(browser.text()).toContain(words);
    }
    left = null;
    office.clock.advance(61_000);
    await browser.get(`/tickets/${ticket.id}`);
    expect(browser.text()).not.toContain('今月LINEで');
  });

  it('says so when nothing reaches the person', async () => {
    const ticket = await office.ticket();
    const stored = (await office.store.get(CITY, 'contact', ticket.contact))!;
    await office.store.commit(CITY, [
      {
        type: 'put',
        kind: 'contact',
        id: ticket.contact,
        revision: stored.revision,
        body: { ...stored.body, blocked: true, address: null },
      },
    ]);
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    await browser.get(`/tickets/${ticket.id}`);
    expect((await browser.post(`/tickets/${ticket.id}/answer`, { text: 'x' })).status).toBe(422);
    expect(browser.text()).toContain('届きません');
    expect(await outgoing()).toEqual([]);
  });
});
