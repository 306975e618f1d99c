/** What falls due and who is invited reaches people by mail: a real SMTP server; numbers, days and places, never a case's words. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReminder, type Reminder } from '#console/reminder.ts';
import { createSendMail } from '#console/send-mail.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { MEETING } from '#handoff/cases/case-consent.ts';
import { silentLogger } from '#support/logger.ts';
import { type Browser, CITY, createBrowser, type Office, openOffice, TUESDAY_TEN } from './harness.ts';
import { type MailServer, openMailServer } from './mail-server.ts';

const REASON = '住まいと介護をいっしょに考えたい';
let office: Office;
let mail: MailServer;
let reminder: Reminder;
let sato: Browser & { id: string };

beforeEach(async () => {
  mail = await openMailServer();
  const send = createSendMail({ smtpUrl: mail.url, from: 'tsunagi@city.test' });
  office = await openOffice({ mail: send });
  reminder = createReminder({
    store: office.store,
    municipalities: [CITY],
    municipality: () => office.city(),
    clock: office.clock,
    log: silentLogger,
    count: () => {},
    publicUrl: () => 'https://office.test',
    mail: send,
  });
  sato = await office.enter('sato', ['counsellor', 'coordinator'], ['sogo'], { mail: 'sato@city.test' });
  await office.person('ito', ['counsellor', 'coordinator'], [], { mail: 'ito@city.test' });
  await office.person('csw', ['counsellor'], ['csw'], { mail: 'csw@city.test' });
  await office.person('gone', ['coordinator'], [], { mail: 'gone@city.test', disabled: true });
});
afterEach(async () => {
  await reminder.stop();
  await office.close();
  await mail.close();
});

const at = (time: string): void => office.clock.set(Date.parse(`${time}+09:00`));
const told = (): string[] => mail.letters.flatMap(({ to }) => to).toSorted();
const consent = (recipient: string): Ticket['consents'][number] => ({
  recipient,
  purpose: 'x',
  state: 'given',
  wording: 'x',
  version: '1',
  at: TUESDAY_TEN,
});

async function runningCase(reviewOn: string): Promise<string> {
  const consents = [MEETING, 'csw'].map(consent);
  const ticket = await office.ticket({ state: 'accepted', consents, consent: 'listed' });
  await sato.get(`/tickets/${ticket.id}/together`);
  await sato.go(`/tickets/${ticket.id}/case`, { reason: REASON, urgency: 'urgent' });
  const [row] = await office.store.list(CITY, 'case', 'created', { limit: 1, reverse: true });
  const to = `/cases/${row!.id}`;
  await sato.go(`${to}/take`, { urgency: 'urgent' });
  await sato.go(`${to}/part`, { window: 'csw', does: '家をたずねる' });
  await sato.get(`${to}/plan`);
  await sato.go(`${to}/plan`, { 'goal-0': '安心して暮らす', reviewOn, forResident: '家にうかがいます。' });
  await sato.go(`${to}/plan-answer`, { version: '1', answer: 'agreed', how: 'phone' });
  return row!.id;
}

describe('the daily mail of what falls due', () => {
  it('goes to who keeps the case, a week before, the day before, on the day, and weekly when late; once a day', async () => {
    const id = await runningCase('2026-12-08');
    const number = (await office.store.get(CITY, 'case', id))!.body.number;
    const days: Record<string, boolean> = {
      '2026-11-30': false,
      '2026-12-01': true,
      '2026-12-02': false,
      '2026-12-07': true,
      '2026-12-08': true,
      '2026-12-09': false,
      '2026-12-15': true,
    };
    for (const [day, wanted] of Object.entries(days)) {
      mail.letters.length = 0;
      at(`${day}T07:30:00`);
      await reminder.beat();
      expect(mail.letters, `${day}, too early`).toEqual([]);
      at(`${day}T08:30:00`);
      await reminder.beat();
      await reminder.beat();
      expect([day, told()]).toEqual([day, wanted ? ['sato@city.test'] : []]);
      if (!wanted) continue;
      const [letter] = mail.letters;
      expect(letter!.text).toContain(`モニタリング　ケース ${number}`);
      expect(letter!.text).toContain(`https://office.test/console/${CITY}/cases/${id}`);
      expect(letter!.text).not.toMatch(/住まい|介護|安心|家に|物忘れ/u);
    }
  });

  it('tells on the next working day what fell on days off, and writes to all coordinators where nobody keeps the case', async () => {
    const id = await runningCase('2026-12-12');
    const stored = (await office.store.get(CITY, 'case', id))!;
    const body = { ...stored.body, coordinator: null };
    await office.store.commit(CITY, [{ type: 'put', kind: 'case', id, revision: stored.revision, body }]);
    at('2026-12-10T09:00:00');
    await reminder.beat();
    mail.letters.length = 0;
    at('2026-12-12T09:00:00');
    await reminder.beat();
    expect(mail.letters).toEqual([]);
    at('2026-12-14T09:00:00');
    await reminder.beat();
    expect(told()).toEqual(['ito@city.test', 'sato@city.test']);
    expect(mail.letters[0]!.text).toContain('過ぎています');
  });

  it('says nothing of a 支援会議 file, and counts answers nobody has read', async () => {
    const ticket = await office.ticket({ state: 'accepted' });
    await sato.get(`/tickets/${ticket.id}/together`);
    await sato.go(`/tickets/${ticket.id}/closed`, { without: 'refused', reason: '会えていない' });
    const [member] = await office.store.list(CITY, 'closed_member', 'staff', { limit: 1 });
    const file = `/closed/${member!.body.file}`;
    await sato.get(file);
    await sato.go(`${file}/acknowledge`, { read: 'yes' });
    await sato.go(`${file}/decide`, { what: '見守る', who: '総合相談窓口', due: '2026-12-07' });
    at('2026-12-07T08:30:00');
    await reminder.beat();
    expect(mail.letters).toEqual([]);
    const introduction = {
      resource: null,
      name: 'はまゆう',
      at: TUESDAY_TEN,
      mayAsk: 'yes' as const,
      asked: 1,
      nextAt: null,
      answers: [{ at: TUESDAY_TEN, answer: 'unfit' as const }],
      unseen: true,
    };
    await office.ticket({ window: 'csw', introduction });
    at('2026-12-14T08:30:00');
    await reminder.beat();
    expect(told()).toEqual(['csw@city.test', 'ito@city.test', 'sato@city.test']);
    expect(mail.letters[0]!.text).toContain('まだ見ていないもの: 1件');
    expect(mail.letters.map(({ text }) => text).join('')).not.toMatch(/はまゆう|支援会議|見守る/u);
  });
});

describe('invitations by mail', () => {
  async function meeting(): Promise<{ id: string; at: string }> {
    const id = await runningCase('2026-12-08');
    await sato.get(`/cases/${id}`);
    await sato.go(`/cases/${id}/review`, { text: '変わった', result: 'to_meeting', next: '' });
    await sato.get('/meetings');
    await sato.go('/meetings', {
      meeting: 'b-2',
      day: '2026-11-26',
      from: '10:00',
      to: '11:30',
      place: '保健福祉センター',
      onCall: 'yes',
    });
    const [row] = await office.store.list(CITY, 'conference', 'start', { limit: 1 });
    await sato.go(`/meetings/${row!.id}/add`, { case: id });
    return { id: row!.id, at: `/meetings/${row!.id}` };
  }
  const people = async (id: string) => (await office.store.get(CITY, 'conference', id))!.body.people;

  it('invites to an on-call meeting with a calendar file; then tells those who were invited that it moved, and that it is off', async () => {
    const { id, at: to } = await meeting();
    await sato.get(to);
    expect(sato.text()).toContain('随時の会議です。まだ招待していない人');
    expect(await sato.go(`${to}/invite`)).toContain('全員に知らせました');
    expect(told()).toEqual(['csw@city.test', 'sato@city.test']);
    const [letter] = mail.letters;
    expect(letter!.text).toMatch(/随時の会議のお知らせ】多機関協働支援会議/u);
    expect(letter!.text).toContain('method=REQUEST');
    expect(letter!.text).toContain('DTSTART:20261126T010000Z');
    expect(letter!.text).toContain('保健福祉センター');
    expect(mail.letters.map(({ text }) => text).join('')).not.toMatch(/住まい|介護|ケース [A-Z0-9]/u);
    // Each person's own file: nobody learns who else was invited.
    expect(letter!.text.match(/ATTENDEE/gu)?.length).toBe(letter!.text.match(/BEGIN:VEVENT/gu)?.length);

    mail.letters.length = 0;
    await sato.go(`${to}/move`, { day: '2026-11-27', from: '10:00', to: '11:30', place: '市役所' });
    expect(sato.text()).toContain('変わったことを、まだ知らせていない人');
    await sato.go(`${to}/invite`);
    expect(told()).toEqual(['csw@city.test', 'sato@city.test']);
    expect(mail.letters[0]!.text).toContain('DTSTART:20261127T010000Z');
    expect(Number(/SEQUENCE:(\d+)/u.exec(mail.letters[0]!.text)![1])).toBeGreaterThan(0);

    mail.letters.length = 0;
    await sato.go(`${to}/cancel`);
    await sato.go(`${to}/invite`);
    expect(mail.letters.every(({ text }) => text.includes('method=CANCEL') && text.includes('取りやめ'))).toBe(true);
    expect(mail.letters).toHaveLength(2);
    expect((await people(id)).every(({ invited }) => invited?.cancelled === true)).toBe(true);
  });

  it('says to whom it did not get, and tries them alone again', async () => {
    const { at: to } = await meeting();
    mail.refuse.add('csw@city.test');
    await sato.get(to);
    expect(await sato.go(`${to}/invite`)).toContain('1人に届きませんでした');
    expect(sato.text()).toContain('メールは届きませんでした');
    mail.letters.length = 0;
    mail.refuse.clear();
    await sato.go(`${to}/invite`);
    expect(told()).toEqual(['csw@city.test']);
  });

  it('remembers where the members are written to, and says so where no mail server is set', async () => {
    const { id, at: to } = await meeting();
    const [person] = await people(id);
    await sato.get(to);
    await sato.go(`${to}/people`, { [`mail-${person!.id}`]: 'office@hospital.test' });
    await sato.go(`${to}/invite`);
    expect(told()).toContain('office@hospital.test');
    const bare = await openOffice();
    const other = await bare.enter('sato', ['counsellor', 'coordinator'], ['sogo']);
    await other.get('/meetings');
    await other.go('/meetings', { meeting: 'team', day: '2026-12-01', from: '10:00', to: '11:00', onCall: 'yes' });
    expect(other.text()).not.toContain('メールで送る');
    await bare.close();
  });

  it('is refused to a counsellor who does not run the meetings', async () => {
    const { at: to } = await meeting();
    const csw = await office.enter('mori', ['counsellor'], ['csw']);
    await csw.get(to);
    expect((await csw.post(`${to}/invite`)).status).toBe(404);
    expect(mail.letters).toEqual([]);
  });
});

it('stands in the coordinator’s own calendar too: days of monitoring, meetings, no case’s words', async () => {
  const id = await runningCase('2026-12-08');
  const number = (await office.store.get(CITY, 'case', id))!.body.number;
  await sato.get('/meetings');
  await sato.go('/meetings', { meeting: 'b-2', day: '2026-11-26', from: '10:00', to: '11:30', onCall: 'yes' });
  await sato.get('/account');
  await sato.post('/account/feeds', { window: '' });
  const address = /http:\/\/office\.test(\/console[^<]+\.ics)/u.exec(sato.html())![1]!;
  const before = process.env.TZ;
  for (const zone of ['Asia/Tokyo', 'UTC', 'America/New_York']) {
    process.env.TZ = zone;
    const text = await (await createBrowser(office.app).get(address)).text();
    expect(text).toContain(`SUMMARY:モニタリング ${number}`);
    expect([zone, /DTSTART;VALUE=DATE:(\d+)/u.exec(text)?.[1]]).toEqual([zone, '20261208']);
    expect(text).toContain('DTSTART:20261126T010000Z');
    expect(text).not.toMatch(/住まい|介護|安心/u);
  }
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});
