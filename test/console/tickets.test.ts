import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Office, openOffice } from './harness.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(() => office.close());

const WORDS = '父の物忘れがひどくて';
const receiptsOn = (browser: { html(): string }): string[] =>
  [...browser.html().matchAll(/<b class="receipt">([^<]+)</gu)].map((match) => match[1]!);

describe('the inbox', () => {
  it('shows a crisis first, then urgent ones, then who waits longest, without a resident’s words', async () => {
    const first = await office.ticket();
    office.clock.advance(60_000);
    const second = await office.ticket();
    office.clock.advance(60_000);
    const urgent = await office.ticket({ urgent: true });
    office.clock.advance(60_000);
    const crisis = await office.ticket({
      urgent: true,
      crisis: 'suicide',
      crisisAt: office.clock.now(),
      needs: [{ need: 'mental', score: 0.9, confirmed: false }],
    });
    const counsellor = await office.enter('sato', ['counsellor'], ['sogo']);
    const coordinator = await office.enter('boss', ['coordinator'], []);
    for (const browser of [counsellor, coordinator]) {
      await browser.get('/tickets');
      expect(receiptsOn(browser)).toEqual([crisis, urgent, first, second].map(({ receipt }) => receipt));
      expect(browser.text()).not.toContain(WORDS);
      expect(browser.text()).not.toContain('こころ');
      expect(browser.text()).toContain('伏せた分野あり');
      expect(browser.text()).toContain('高齢・介護');
      await browser.get('/tickets?urgent=1');
      expect(receiptsOn(browser)).toEqual([crisis.receipt, urgent.receipt]);
    }
  });

  it('keeps a crisis first among one’s own, and closed ones by time', async () => {
    const sato = await office.enter('sato', ['counsellor'], ['sogo']);
    const own = { state: 'accepted', assignee: sato.id } as const;
    const crisis = await office.ticket({ ...own, urgent: true, crisis: 'violence', crisisAt: office.clock.now() });
    office.clock.advance(60_000);
    const urgent = await office.ticket({ ...own, urgent: true });
    office.clock.advance(60_000);
    const calm = await office.ticket(own);
    await sato.get('/tickets?state=mine');
    expect(receiptsOn(sato)).toEqual([crisis, urgent, calm].map(({ receipt }) => receipt));
    for (const { id } of [crisis, urgent, calm]) {
      await sato.get(`/tickets/${id}`);
      await sato.go(`/tickets/${id}/close`);
    }
    await sato.get('/tickets?state=closed');
    expect(receiptsOn(sato)).toEqual([calm, urgent, crisis].map(({ receipt }) => receipt));
    await sato.get('/tickets?state=closed&urgent=1');
    expect(receiptsOn(sato)).toEqual([urgent, crisis].map(({ receipt }) => receipt));
  });

  it('shows a counsellor the tickets of their windows only', async () => {
    const mine = await office.ticket();
    const other = await office.ticket({ window: 'kodomo' });
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    await browser.get('/tickets');
    expect(browser.text()).toContain(mine.receipt);
    expect(browser.text()).not.toContain(other.receipt);
    expect((await browser.get(`/tickets/${other.id}`)).status).toBe(404);
    expect((await browser.get(`/find?receipt=${other.receipt}`)).status).toBe(200);
    expect(browser.text()).toContain('見つかりません');
  });

  it('pages through every ticket once, whatever the windows', async () => {
    const ids = new Set<string>();
    const urgent = new Set<string>();
    for (let i = 0; i < 75; i++) {
      if (i % 7 !== 0) office.clock.advance(1000);
      const window = i % 3 === 0 ? 'kodomo' : 'sogo';
      const crisis = i % 5 === 0 ? ({ crisis: 'medical', crisisAt: office.clock.now() } as const) : {};
      const ticket = await office.ticket({ window, urgent: i % 2 === 0 || i % 5 === 0, ...crisis });
      ids.add(ticket.receipt);
      if (ticket.urgent) urgent.add(ticket.receipt);
    }
    for (const [login, roles, windows] of [
      ['all', ['coordinator'], []],
      ['two', ['counsellor'], ['sogo', 'kodomo']],
    ] as const) {
      const browser = await office.enter(login, roles, windows);
      for (const [wanted, filter] of [
        [ids, ''],
        [urgent, '?urgent=1'],
      ] as const) {
        const seen: string[] = [];
        let next: string | undefined = `/tickets${filter}`;
        while (next !== undefined) {
          await browser.get(next);
          seen.push(...receiptsOn(browser));
          const more: string | undefined = /href="\?([^"]+)">続きを見る/u.exec(browser.html())?.[1];
          next = more === undefined ? undefined : `/tickets?${more.replaceAll('&amp;', '&')}`;
        }
        expect(seen.length).toBe(wanted.size);
        expect(new Set(seen)).toEqual(wanted);
      }
    }
  });

  it('finds a receipt number as people write it', async () => {
    const ticket = await office.ticket({ receipt: 'A3K-7QF4' });
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    for (const typed of ['A3K-7QF4', 'a3k7qf4', 'Ａ３Ｋ－７ＱＦ４', ' a3k 7qf4 ']) {
      const response = await browser.get(`/find?receipt=${encodeURIComponent(typed)}`);
      expect(response.headers.get('location')).toBe(`/console/ashiya/tickets/${ticket.id}`);
    }
  });

  it('shows what is late by the window’s open hours', async () => {
    const ticket = await office.ticket();
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    await browser.get('/tickets?late=1');
    expect(browser.text()).toContain('期限を過ぎた相談はありません');
    // 240 open minutes from 10:00 with a lunch break are over at 15:00.
    office.clock.set(Date.parse('2026-11-24T15:01:00+09:00'));
    const later = await office.enter('suzuki', ['counsellor'], ['sogo']);
    await later.get('/tickets?late=1');
    expect(later.text()).toContain(ticket.receipt);
    expect(later.text()).toContain('過ぎています');
  });
});

describe('a ticket', () => {
  it('is masked until it is opened, and both looks are on record', async () => {
    const ticket = await office.ticket();
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    await browser.get(`/tickets/${ticket.id}`);
    expect(browser.text()).not.toContain(WORDS);
    expect((await browser.get(`/live/tickets/${ticket.id}/talk`)).status).toBe(403);
    await browser.get(`/tickets/${ticket.id}`);
    await browser.go(`/tickets/${ticket.id}/open`);
    expect(browser.text()).toContain(WORDS);
    expect((await browser.get(`/live/tickets/${ticket.id}/talk`)).status).toBe(200);
    const lines = (await office.audit())
      .filter(({ subject }) => subject === ticket.id)
      .map(({ by, action }) => `${by === browser.id} ${action}`);
    expect(lines).toContain('true ticket.view');
    expect(lines).toContain('true ticket.open_words');
    office.clock.advance(29 * 60_000);
    await browser.get('/tickets');
    office.clock.advance(2 * 60_000);
    await browser.get(`/tickets/${ticket.id}`);
    expect(browser.text()).not.toContain(WORDS);
  });

  it('goes from arrival to close', async () => {
    const ticket = await office.ticket();
    const browser = await office.enter('sato', ['counsellor'], ['sogo'], { name: '佐藤' });
    const at = `/tickets/${ticket.id}`;
    await browser.get(at);
    await browser.go(`${at}/open`);
    expect(await browser.go(`${at}/accept`)).toContain('担当 佐藤');
    expect(await browser.go(`${at}/note`, { text: '電話で状況を確認。' })).toContain('電話で状況を確認。');
    expect(
      await browser.go(`${at}/triage`, {
        first: 'elderly',
        need: ['mental'],
        concern: ['care', 'health'],
        most: 'care',
      }),
    ).toContain('分類を訂正しました');
    expect(await browser.go(`${at}/wait-resident`)).toContain('本人の返事待ち');
    expect(await browser.go(`${at}/result`, { result: 'met' })).toContain('結果を記録しました');
    expect(await browser.go(`${at}/close`)).toContain('終結しました');
    const closed = await office.read(ticket.id);
    expect(closed.state).toBe('closed');
    expect(closed.needs.map(({ need }) => need)).toEqual(['elderly', 'mental']);
    expect(closed.concerns).toContainEqual({ concern: 'care', most: true });
    expect(closed.history.map(({ what }) => what)).toEqual([
      'opened',
      'accepted',
      'noted',
      'triage_corrected',
      'waiting_resident',
      'result',
      'closed',
    ]);
    expect(await browser.go(`${at}/reopen`)).toContain('再開しました');
    expect((await office.audit()).filter(({ subject }) => subject === ticket.id).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['ticket.accept', 'ticket.note', 'ticket.triage', 'ticket.close', 'ticket.reopen']),
    );
    // The staff's correction stands on the editors' list with the message it is about.
    const editor = await office.enter('henshu', ['editor']);
    await editor.get('/work-list');
    expect(editor.text()).toContain('訂正：高齢・介護、こころ・依存');
  });

  it('is not passed to another body without consent, and keeps the reason that was written', async () => {
    const ticket = await office.ticket();
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    const at = `/tickets/${ticket.id}`;
    await browser.get(at);
    const refused = await browser.post(`${at}/pass`, { to: 'kodomo', reason: 'お孫さんのことで、こちらが詳しいため' });
    expect(refused.status).toBe(422);
    expect(browser.text()).toContain('同意をまだ確かめていない');
    expect(browser.html()).toContain('お孫さんのことで、こちらが詳しいため');
    expect((await office.read(ticket.id)).window).toBe('sogo');
    await browser.go(`${at}/consent`, { recipient: 'kodomo', state: 'given', how: '電話で' });
    expect((await office.read(ticket.id)).consents.at(-1)).toMatchObject({ recipient: 'kodomo', state: 'given' });
    expect(await browser.go(`${at}/pass`, { to: 'kodomo', reason: 'お孫さんのことで' })).toContain('へつなぎました');
    const passed = await office.read(ticket.id);
    expect(passed).toMatchObject({ window: 'kodomo', state: 'new', assignee: null });
    // The one who passed it on sees where it is, not what is said there.
    expect(browser.text()).not.toContain(WORDS);
    expect((await browser.post(`${at}/note`, { text: 'x' })).status).toBe(404);
    const next = await office.enter('kato', ['counsellor'], ['kodomo']);
    await next.get(at);
    expect(await next.go(`${at}/return`, { reason: 'まず総合で' })).toContain('へつなぎました');
    expect((await office.read(ticket.id)).window).toBe('sogo');
  });

  it('shows the second of two people what changed, and loses nothing they wrote', async () => {
    const ticket = await office.ticket();
    const sato = await office.enter('sato', ['counsellor'], ['sogo'], { name: '佐藤' });
    const kato = await office.enter('kato', ['counsellor'], ['sogo'], { name: '加藤' });
    const at = `/tickets/${ticket.id}`;
    await sato.get(at);
    await kato.get(at);
    await sato.go(`${at}/accept`);
    const second = await kato.post(`${at}/multi-agency`, { reason: '家族全体の支援が必要です' });
    expect(second.status).toBe(409);
    expect(kato.text()).toContain('先に、ほかの変更がありました');
    expect(kato.text()).toMatch(/受け付けた 佐藤/u);
    expect(kato.html()).toContain('家族全体の支援が必要です');
    expect((await office.read(ticket.id)).multiAgency ?? null).toBeNull();
    // Having seen it, they go on with what they had written.
    const fields = Object.fromEntries(
      [...kato.html().matchAll(/name="(revision|seen)" value="(\d+)"/gu)].map((match) => [match[1]!, match[2]!]),
    );
    const done = await kato.post(`${at}/multi-agency`, { ...fields, reason: '家族全体の支援が必要です' });
    expect(done.status).toBe(303);
    expect(await office.read(ticket.id)).toMatchObject({
      state: 'waiting_body',
      multiAgency: { reason: '家族全体の支援が必要です' },
    });
  });

  it('lets exactly one of ten people accept at the same moment', async () => {
    const ticket = await office.ticket();
    const browsers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => office.enter(`p${i}x`, ['counsellor'], ['sogo'])),
    );
    for (const browser of browsers) await browser.get(`/tickets/${ticket.id}`);
    const answers = await Promise.all(browsers.map((browser) => browser.post(`/tickets/${ticket.id}/accept`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(9).fill(409)]);
    expect((await office.read(ticket.id)).history.filter(({ what }) => what === 'accepted')).toHaveLength(1);
  });

  it('takes a note of everybody, even at the same moment', async () => {
    const ticket = await office.ticket();
    const browsers = await Promise.all(
      Array.from({ length: 5 }, (_, i) => office.enter(`n${i}x`, ['counsellor'], ['sogo'])),
    );
    for (const browser of browsers) await browser.get(`/tickets/${ticket.id}`);
    await Promise.all(browsers.map((browser, i) => browser.post(`/tickets/${ticket.id}/note`, { text: `メモ${i}` })));
    expect((await office.read(ticket.id)).notes?.map(({ text }) => text).toSorted()).toEqual([
      'メモ0',
      'メモ1',
      'メモ2',
      'メモ3',
      'メモ4',
    ]);
  });

  it('books, moves and cancels a time', async () => {
    const ticket = await office.ticket();
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    const at = `/tickets/${ticket.id}`;
    const choose = async (n: number): Promise<string> => {
      await browser.get(`${at}/booking`);
      return [...browser.html().matchAll(/name="slot" value="([^"]+)"/gu)][n]![1]!;
    };
    const first = await choose(0);
    expect(await browser.go(`${at}/move-booking`, { slot: first })).toContain('予約しました');
    expect((await office.read(ticket.id)).booking).toMatchObject({
      state: 'booked',
      slot: { start: Number(first.split('|')[0]) },
    });
    const second = await choose(2);
    await browser.go(`${at}/move-booking`, { slot: second });
    expect((await office.read(ticket.id)).booking).toMatchObject({
      state: 'moved',
      slot: { start: Number(second.split('|')[0]) },
    });
    expect((await browser.post(`${at}/close`)).status).toBe(422);
    expect(browser.text()).toContain('これからの予約が残っています');
    await browser.get(at);
    await browser.go(`${at}/cancel-booking`);
    expect((await office.read(ticket.id)).booking?.state).toBe('cancelled');
  });

  it('shows the earlier talks of the same anonymous person', async () => {
    const old = await office.ticket({ contact: 'same', createdAt: office.clock.now() - 9 * 86_400_000 });
    const now = await office.ticket({ contact: 'same' });
    const browser = await office.enter('sato', ['counsellor'], ['sogo']);
    await browser.get(`/tickets/${now.id}`);
    await browser.go(`/tickets/${now.id}/open`);
    expect(browser.text()).toContain('同じ人の、ほかの相談');
    expect(browser.text()).toContain(old.receipt);
  });
});
