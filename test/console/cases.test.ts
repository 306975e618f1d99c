/** Cases, plans, meetings and the closed compartment as staff work with them, over HTTP on the real store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ticket } from '#contracts/ticket.ts';
import { MEETING } from '#handoff/cases/case-consent.ts';
import { type Browser, CITY, type Office, openOffice, TUESDAY_TEN } from './harness.ts';

let office: Office;
let coordinator: Browser & { id: string };
beforeEach(async () => {
  office = await openOffice();
  coordinator = await office.enter('sato', ['counsellor', 'coordinator'], ['sogo'], { name: '佐藤 みどり' });
});
afterEach(() => office.close());

const consent = (recipient: string): Ticket['consents'][number] => ({
  recipient,
  purpose: 'x',
  state: 'given',
  wording: 'x',
  version: '1',
  at: TUESDAY_TEN,
});
const agreed = (more: Partial<Ticket> = {}): Promise<Ticket> =>
  office.ticket({ state: 'accepted', consents: [consent(MEETING), consent('csw')], consent: 'listed', ...more });
const cases = async () => (await office.store.list(CITY, 'case', 'created', { limit: 100 })).map((row) => row.body);

async function openCase(ticket: Ticket): Promise<string> {
  await coordinator.get(`/tickets/${ticket.id}/together`);
  await coordinator.go(`/tickets/${ticket.id}/case`, {
    reason: '住まいと介護をいっしょに考えたい',
    urgency: 'regular',
  });
  return (await cases()).at(-1)!.id;
}
const act = (id: string, action: string, fields: Record<string, string | string[]> = {}) =>
  coordinator.go(`/cases/${id}/${action}`, fields);
async function planned(id: string): Promise<void> {
  await act(id, 'take', { urgency: 'regular' });
  await coordinator.get(`/cases/${id}/plan`);
  await act(id, 'plan', {
    'goal-0': '安心して暮らす',
    'step-0-0': '週に1回たずねる',
    'who-0-0': 'CSW',
    'due-0-0': '2026-12-10',
    reviewOn: '2026-11-27',
    forResident: '週に1回、家にうかがいます。書類もいっしょに見ます。',
  });
}

describe('from the ticket to the end', () => {
  it('opens a case only with consent, plans, asks on LINE, looks again, hands back', async () => {
    const shy = await office.ticket({ state: 'accepted' });
    await coordinator.get(`/tickets/${shy.id}/together`);
    expect(coordinator.text()).toContain('本人の同意がまだありません');
    expect(await coordinator.go(`/tickets/${shy.id}/case`, { reason: 'x', urgency: 'regular' })).toContain(
      '本人の同意がまだありません',
    );
    expect(await cases()).toEqual([]);

    const ticket = await agreed();
    const id = await openCase(ticket);
    expect(coordinator.text()).toContain('ケースをひらきました');
    await planned(id);
    expect(coordinator.text()).toContain('週に1回たずねる');
    expect(await act(id, 'ask-plan')).toContain('本人に送りました');
    const [sent] = await office.store.list(CITY, 'outgoing', 'contact', { prefix: `${ticket.contact}|`, limit: 5 });
    expect(sent?.body.messages[0]).toMatchObject({ text: expect.stringContaining('週に1回、家にうかがいます') });
    await act(id, 'plan-answer', { version: '1', answer: 'agreed', how: 'phone' });
    expect(coordinator.text()).toContain('この案でよいとのこと');

    await coordinator.get('/cases');
    expect(coordinator.text()).toMatch(/2026-11-27.*モニタリング/u);
    await coordinator.get(`/cases/${id}`);
    await act(id, 'review', { text: '落ち着いてきた', result: 'end', next: '' });
    expect(await act(id, 'end', { evaluation: '見守りが続く', achieved: 'yes', backTo: 'csw', tell: 'yes' })).toContain(
      'つなぎ戻しました',
    );
    expect(await office.read(ticket.id)).toMatchObject({ window: 'csw' });
    const told = await office.store.list(CITY, 'outgoing', 'contact', { prefix: `${ticket.contact}|`, limit: 5 });
    const all = told.map((row) => JSON.stringify(row.body.messages));
    const last = all.find((text) => !text.includes('この案で')) ?? '';
    expect(last).toContain('ひと区切りになりました');
    // No window's name: it may tell the trouble (R3).
    expect(last).not.toMatch(/社会福祉協議会|見守り|介護/u);
    const actions = (await office.audit()).filter((line) => line.subject === id).map((line) => line.action);
    expect(actions).toEqual(
      expect.arrayContaining([
        'case.open',
        'case.take',
        'case.plan',
        'case.plan_asked',
        'case.plan_answered',
        'case.review',
        'case.end',
        'case.view',
      ]),
    );
    expect(JSON.stringify(await office.audit())).not.toMatch(/週に1回|落ち着いて|見守りが続く/u);
  });

  it('says which words may not go to the person’s screen, and keeps what was typed', async () => {
    const id = await openCase(await agreed());
    await planned(id);
    await coordinator.get(`/cases/${id}/plan`);
    await act(id, 'plan', { 'goal-0': 'x', forResident: '借金のことを田中さんと話します。' });
    expect(await act(id, 'ask-plan')).toMatch(/画面に出せない言葉があります.*田中さん、借金/u);
    await coordinator.get(`/cases/${id}/plan`);
    expect(await act(id, 'plan', { 'goal-0': '', 'step-0-0': 'まだ目標がない', forResident: '' })).toContain(
      '目標を1つは書いてください',
    );
    expect(coordinator.html()).toContain('まだ目標がない');
  });

  it('shows the second of two people what changed, and loses nothing they wrote', async () => {
    const id = await openCase(await agreed());
    await act(id, 'take', { urgency: 'regular' });
    const other = await office.enter('kato', ['coordinator'], [], { name: '加藤 健' });
    await other.get(`/cases/${id}`);
    await coordinator.get(`/cases/${id}`);
    await other.go(`/cases/${id}/note`, { text: '先に書いたメモ' });
    await coordinator.post(`/cases/${id}/decide`, {
      what: '書類をそろえるのを手伝うことにした、長い文',
      who: '総合相談窓口',
      due: '',
    });
    expect(coordinator.status()).toBe(409);
    expect(coordinator.text()).toMatch(/加藤 健：メモ/u);
    expect(coordinator.html()).toContain('書類をそろえるのを手伝うことにした、長い文');
    await coordinator.go(`/cases/${id}/decide`, {
      what: '書類をそろえるのを手伝うことにした、長い文',
      who: '総合相談窓口',
      due: '',
    });
    expect((await cases())[0]).toMatchObject({
      notes: [{ text: '先に書いたメモ' }],
      decisions: [{ who: '総合相談窓口' }],
    });
  });

  it('is not seen by a counsellor of a window that has no part in it', async () => {
    const id = await openCase(await agreed());
    const kodomo = await office.enter('kodomo', ['counsellor'], ['kodomo']);
    expect((await kodomo.get(`/cases/${id}`)).status).toBe(404);
    await kodomo.get('/cases');
    expect(kodomo.text()).not.toContain((await cases())[0]!.number);
    const csw = await office.enter('csw', ['counsellor'], ['csw']);
    expect((await csw.get(`/cases/${id}`)).status).toBe(404);
    await act(id, 'take', { urgency: 'regular' });
    await act(id, 'part', { window: 'csw', name: '', does: '見守る' });
    expect((await csw.get(`/cases/${id}`)).status).toBe(200);
    expect(await act(id, 'part', { window: 'kodomo', name: '', does: '見守る' })).toContain('本人が同意した相手の中に');
  });
});

describe('meetings', () => {
  it('芦屋: the team screens a new case, then B-1 hears it; agenda, minutes, decisions, invitation, paper', async () => {
    const id = await openCase(await agreed());
    await coordinator.get('/meetings');
    expect(coordinator.text()).toMatch(/重層的支援のチーム会議.*随時/u);
    await coordinator.go('/meetings', {
      meeting: 'team',
      day: '2026-11-24',
      from: '10:00',
      to: '11:00',
      place: '保健福祉センター',
      onCall: 'yes',
    });
    expect(coordinator.text()).toContain('見立て（スクリーニング）');
    const [meeting] = await office.store.list(CITY, 'conference', 'start', { limit: 5 });
    const at = `/meetings/${meeting!.id}`;
    expect(await coordinator.go(`${at}/add`, { case: id })).toMatch(/10:00〜10:30/u);
    await coordinator.go(`${at}/minutes`, { case: id, text: '多機関で見ていく' });
    await coordinator.go(`${at}/decide`, { case: id, what: '本人に説明する', who: '総合相談窓口', due: '2026-12-01' });
    await coordinator.go(`${at}/issue`, { text: '夜に集まれる場がない', need: 'participation', to: 'b-1' });
    await coordinator.go(`${at}/held`, {});
    expect(coordinator.text()).toMatch(/開きました/u);
    expect((await cases())[0]!.decisions).toMatchObject([{ conference: meeting!.id, who: '総合相談窓口' }]);
    await coordinator.get(`${at}/print`);
    expect(coordinator.text()).toMatch(/多機関で見ていく.*本人に説明する/u);
    const ics = await (await coordinator.get(`${at}/invitation.ics`)).text();
    expect(ics).toMatch(/METHOD:REQUEST[\s\S]*SUMMARY:重層的支援のチーム会議/u);
    expect(ics).not.toContain((await cases())[0]!.number);
    await coordinator.get('/community?month=2026-11');
    expect(coordinator.text()).toMatch(/夜に集まれる場がない/u);
  });
});

describe('支援会議', () => {
  async function openFile(): Promise<{ ticket: Ticket; id: string }> {
    const ticket = await office.ticket({ state: 'accepted' });
    await coordinator.get(`/tickets/${ticket.id}/together`);
    await coordinator.go(`/tickets/${ticket.id}/closed`, { without: 'refused', reason: '会えていないが心配な様子' });
    const [member] = await office.store.list(CITY, 'closed_member', 'staff', { limit: 5 });
    return { ticket, id: member!.body.file };
  }

  it('shows nothing before the secrecy is acknowledged, and nothing at all to others', async () => {
    const before = (await office.audit()).length;
    const { ticket, id } = await openFile();
    expect(coordinator.text()).toContain('守秘の確認');
    expect(coordinator.text()).not.toContain('会えていないが心配');
    await coordinator.go(`/closed/${id}/acknowledge`, { read: 'yes' });
    expect(coordinator.text()).toContain('会えていないが心配な様子');
    await coordinator.go(`/closed/${id}/item`, {
      text: '郵便がたまっている',
      source: 'observed',
      body: '総合相談窓口',
      notTax: 'yes',
    });
    const refused = await coordinator.go(`/closed/${id}/item`, {
      text: '住民税の滞納がある',
      source: 'agency',
      body: '生活支援課',
      notTax: 'yes',
    });
    expect(refused).toMatch(/税の仕事で知る情報のようです.*住民税/u);

    await coordinator.go(`/closed/${id}/meeting`, { day: '2026-11-30', from: '10:00', to: '11:00', place: '市役所' });
    const [day] = /\/closed\/[\w-]+\/day\/[\w-]+\.ics/u.exec(coordinator.html())!;
    const calendar = await (await coordinator.get(day)).text();
    expect(calendar).toContain('SUMMARY:打ち合わせ');
    expect(calendar).toContain('DTSTART:20261130T010000Z');
    expect(calendar).not.toMatch(/支援会議|会えていない|郵便|ATTENDEE/u);

    const other = await office.enter('kato', ['counsellor', 'coordinator', 'administrator', 'auditor'], [], {
      name: '加藤 健',
    });
    expect((await other.get(day)).status).toBe(404);
    const [there, absent] = [await other.get(`/closed/${id}`), await other.get('/closed/no-such-file')];
    expect([there.status, absent.status]).toEqual([404, 404]);
    expect(await there.text()).toBe(await absent.text());
    await other.get('/account');
    expect((await other.post(`/closed/${id}/item`, { text: 'x' })).status).toBe(404);
    await other.get('/closed');
    expect(other.text()).toContain('ありません');
    // The ticket and the city's log say nothing of it.
    expect(JSON.stringify(await office.read(ticket.id))).not.toMatch(/closed|支援会議/u);
    const since = (await office.audit()).slice(before).map((line) => line.action);
    expect(since.filter((action) => !/^(sign_in|staff\.add|ticket\.view)/u.test(action))).toEqual([]);
    await other.get('/closed-log');
    const [head] = await office.store.list(CITY, 'closed_audit_head', 'all', { limit: 5 });
    await other.get(`/closed-log?number=${head!.body.number}`);
    expect(other.text()).toMatch(/つながりを確かめました/u);
    expect(other.text()).not.toMatch(/郵便がたまって|会えていない/u);
  });

  it('moves over when the person agrees: each item looked at', async () => {
    const { ticket, id } = await openFile();
    await coordinator.go(`/closed/${id}/acknowledge`, { read: 'yes' });
    await coordinator.go(`/closed/${id}/item`, {
      text: '郵便がたまっている',
      source: 'observed',
      body: '総合相談窓口',
      notTax: 'yes',
    });
    await coordinator.go(`/closed/${id}/item`, {
      text: '隣の人が心配している',
      source: 'report',
      body: '民生委員',
      notTax: 'yes',
    });
    const items = (await office.store.get(CITY, 'closed_file', id))!.body.items;
    await coordinator.get(`/closed/${id}/move`);
    const choices = { [`item-${items[0]!.id}`]: 'bring', [`item-${items[1]!.id}`]: 'leave' };
    expect(await coordinator.go(`/closed/${id}/move`, choices)).toContain('本人の同意がまだありません');
    await coordinator.get(`/tickets/${ticket.id}/together`);
    await coordinator.go(`/tickets/${ticket.id}/record-meeting`, {
      body: ['sogo'],
      others: '',
      state: 'given',
      how: '会って',
    });
    await coordinator.get(`/closed/${id}/move`);
    expect(await coordinator.go(`/closed/${id}/move`, choices)).toContain('ケースへ移しました');
    const [one] = await cases();
    expect(one!.brought.map(({ text }) => text)).toEqual(['郵便がたまっている']);
    await coordinator.get(`/cases/${one!.id}`);
    expect(coordinator.text()).not.toMatch(/隣の人|会えていない/u);
  });
});

describe('地域課題 and the plan’s figures', () => {
  it('hides small cells, counts staff’s entries, and says how each figure is counted', async () => {
    const ticket = await office.ticket({ state: 'accepted' });
    await coordinator.get(`/tickets/${ticket.id}/together`);
    for (let i = 0; i < 3; i++)
      await coordinator.go(`/tickets/${ticket.id}/gap`, { need: 'isolation', what: '夜の居場所' });
    await coordinator.get('/community');
    expect(coordinator.text()).toMatch(/ひきこもり・孤立.*＊/u);
    expect(coordinator.html()).not.toMatch(/<td class="n">3<\/td>/u);
    await coordinator.go('/community/tally', { target: 'partners', day: '2026-11-20', count: '６', note: '' });
    expect(coordinator.text()).toMatch(/協力する会社・団体.*職員が記録した数.*6団体 ○/u);
    const csv = await (await coordinator.get('/community/csv?month=2026-11')).text();
    expect(csv).toMatch(/ひきこもり・孤立.*＊/u);
    expect(csv).toMatch(/協力する会社・団体/u);
    expect((await office.audit()).some((line) => line.action === 'community.export')).toBe(true);
  });
});
