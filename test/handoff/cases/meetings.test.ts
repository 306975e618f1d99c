import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Case, Conference, Urgency } from '#contracts/case.ts';
import type { Meeting, Municipality } from '#contracts/municipality.ts';
import { inviteGuest, isFor, putOnAgenda, suggestAgenda } from '#handoff/cases/agenda.ts';
import { take } from '#handoff/cases/case-steps.ts';
import { hold, minute, newConference, takeOff } from '#handoff/cases/conference.ts';
import { invitationOf } from '#handoff/cases/invitation.ts';
import { comingDays, dueBy, placesOf } from '#handoff/cases/meeting-days.ts';
import { actOnCase, openCase } from '#handoff/cases/open-case.ts';
import { inDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import { createCountingIds } from '#support/ids.ts';
import { japan, MONDAY_10, openMemoryStore } from '../cities.ts';
import { city, membersOf, putTicket } from './kit.ts';

let store: Store;
let ids = createCountingIds();
beforeEach(() => {
  store = openMemoryStore();
  ids = createCountingIds();
});
afterEach(() => store.close());

const meetingOf = (municipality: Municipality, id: string): Meeting =>
  municipality.meetings!.find((one) => one.id === id)!;
const act = (municipality: Municipality) => ({ municipality, ids, by: 'staff-1', now: MONDAY_10 });

async function openOne(
  municipality: Municipality,
  id: string,
  over: { urgency?: Urgency; taken?: boolean; window?: string } = {},
): Promise<Case> {
  const window = over.window === undefined ? {} : { window: over.window };
  await putTicket(store, municipality, { id: `t-${id}`, contact: `con-${id}`, consent: true, ...window });
  await inDraft(store, municipality.id, async (draft) => {
    const opened = await openCase(draft, {
      ...act(municipality),
      id,
      tickets: [`t-${id}`],
      reason: '一緒に考えたい',
      urgency: over.urgency ?? 'regular',
    });
    if (!opened.ok) throw new Error(opened.why);
    if (over.taken !== false)
      await actOnCase(draft, { ...act(municipality), case: id, action: 'take' }, (one) => take(one, act(municipality)));
  });
  return (await store.get(municipality.id, 'case', id))!.body;
}
async function plan(municipality: Municipality, meeting: string, time: { start: number; end: number }): Promise<void> {
  const made = newConference(meetingOf(municipality, meeting), {
    ...act(municipality),
    ...time,
    place: '市役所',
    onCall: false,
    id: ids.id,
  });
  if (!made.ok) throw new Error(made.why);
  await inDraft(store, municipality.id, async (draft) => draft.add('conference', 'm1', made.conference));
}
const conference = async (municipality: Municipality): Promise<Conference> =>
  (await store.get(municipality.id, 'conference', 'm1'))!.body;
const put = (municipality: Municipality, one: string) =>
  inDraft(store, municipality.id, (draft) => putOnAgenda(draft, { ...act(municipality), conference: 'm1', case: one }));

describe('福井: every 4th Tuesday, 9:00–12:00, 90 minutes a case', () => {
  it('knows its days of a year, and those that are closed', async () => {
    const fukui = await city('fukui');
    const days = comingDays(fukui, meetingOf(fukui, 'juso'), { from: japan('2026-12-01T00:00'), limit: 5 });
    expect(days.map(({ day }) => day)).toEqual(['2026-12-22', '2027-01-26', '2027-02-23', '2027-03-23', '2027-04-27']);
    // 天皇誕生日: staff decide whether it moves.
    expect(days.map(({ closed }) => closed)).toEqual([false, false, true, false, false]);
    expect([days[0]!.start, days[0]!.end]).toEqual([japan('2026-12-22T09:00'), japan('2026-12-22T12:00')]);
    expect(placesOf(meetingOf(fukui, 'juso'), days[0]!)).toHaveLength(2);
  });

  it('has room for two cases, one after the other; standing members sit in it, guests hear only their case', async () => {
    const fukui = await city('fukui');
    for (const id of ['a', 'b', 'c']) await openOne(fukui, id);
    await plan(fukui, 'juso', { start: japan('2026-12-22T09:00'), end: japan('2026-12-22T12:00') });
    expect((await put(fukui, 'a')).ok && (await put(fukui, 'b')).ok).toBe(true);
    expect(await put(fukui, 'c')).toEqual({ ok: false, why: 'full' });
    expect(await put(fukui, 'a')).toEqual({ ok: false, why: 'twice' });
    const { agenda, people } = await conference(fukui);
    expect(agenda.map(({ case: one, start }) => [one, start])).toEqual([
      ['a', japan('2026-12-22T09:00')],
      ['b', japan('2026-12-22T10:30')],
    ]);
    expect(people.map(({ name }) => name)).toEqual(membersOf(fukui));
    expect(people).toHaveLength(7);
    const guest = (name: string, cases: string[]) =>
      inDraft(store, 'fukui', (draft) =>
        inviteGuest(draft, { ...act(fukui), conference: 'm1', name, mail: 'a@example.jp', remote: true, cases }),
      );
    expect(await guest('ある病院', ['a'])).toEqual({ ok: false, why: 'body_not_agreed' });
    await inDraft(store, 'fukui', async (draft) => {
      const ticket = (await draft.get('ticket', 't-a'))!;
      const row = {
        recipient: 'ある病院',
        purpose: 'x',
        state: 'given' as const,
        wording: 'x',
        version: '1',
        at: MONDAY_10,
      };
      await draft.put('ticket', 't-a', { ...ticket, consents: [...ticket.consents, row] });
    });
    expect(await guest('ある病院', ['a', 'b'])).toEqual({ ok: false, why: 'body_not_agreed' });
    expect(await guest('ある病院', ['a'])).toMatchObject({ ok: true });
    expect((await conference(fukui)).people.at(-1)).toMatchObject({ as: 'guest', cases: ['a'], remote: true });
  });

  it('does not hear a case whose person did not agree to everybody who sits in it', async () => {
    const fukui = await city('fukui');
    await putTicket(store, fukui, { id: 't-x', consent: true, bodies: ['生活支援課'] });
    await inDraft(store, 'fukui', (draft) =>
      openCase(draft, { ...act(fukui), id: 'x', tickets: ['t-x'], reason: 'x', urgency: 'regular' }),
    );
    await plan(fukui, 'juso', { start: japan('2026-12-22T09:00'), end: japan('2026-12-22T12:00') });
    expect(await put(fukui, 'x')).toEqual({ ok: false, why: 'body_not_agreed' });
  });
});

describe('the other plans', () => {
  it('芦屋: チーム会議 screens first, then B-1, or B-2 by urgency', async () => {
    const ashiya = await city('ashiya');
    const fresh = await openOne(ashiya, 'a', { taken: false });
    const calm = await openOne(ashiya, 'b');
    const urgent = await openOne(ashiya, 'c', { urgency: 'urgent' });
    const where = (one: Case) =>
      ashiya.meetings!.filter((meeting) => isFor(ashiya, meeting, one, MONDAY_10)).map(({ id }) => id);
    expect([where(fresh), where(calm), where(urgent)]).toEqual([['team'], ['b-1'], ['b-2']]);
    expect(suggestAgenda(ashiya, meetingOf(ashiya, 'team'), [fresh, calm, urgent], MONDAY_10)).toMatchObject([
      { case: { id: 'a' }, purpose: 'screening' },
    ]);
  });

  it('小林: the regular one every two months looks at plans, individual ones hear new cases', async () => {
    const kobayashi = await city('kobayashi');
    const fresh = await openOne(kobayashi, 'a', { taken: false, window: 'shakyo' });
    const where = kobayashi
      .meetings!.filter((meeting) => isFor(kobayashi, meeting, fresh, MONDAY_10))
      .map(({ id }) => id);
    expect(where).toEqual(['kobetsu']);
    const teirei = meetingOf(kobayashi, 'teirei');
    expect(dueBy(teirei, japan('2026-10-15T10:00'), MONDAY_10)).toBe('2026-12-31');
    expect(dueBy(meetingOf(kobayashi, 'daihyosha'), japan('2026-08-31T10:00'), MONDAY_10)).toBe('2027-02-28');
    expect(dueBy(meetingOf(kobayashi, 'kobetsu'), null, MONDAY_10)).toBeNull();
  });

  it('生駒: whoever made first contact is there for their case', async () => {
    const ikoma = await city('ikoma');
    await openOne(ikoma, 'a', { window: 'kosodate' });
    await plan(ikoma, 'juso', { start: japan('2026-12-10T10:00'), end: japan('2026-12-10T12:00') });
    await put(ikoma, 'a');
    expect((await conference(ikoma)).people).toMatchObject([
      { as: 'first_contact', name: '子育て支援総合センター', cases: ['a'] },
    ]);
    const off = takeOff(await conference(ikoma), { by: 's', now: MONDAY_10, case: 'a' });
    expect(off).toMatchObject({ ok: true, conference: { agenda: [], people: [] } });
  });

  it('every city has one meeting with and one without consent, and names nothing the plan does not give', async () => {
    for (const id of ['ashiya', 'kobayashi', 'fukui', 'ikoma', 'toyokawa']) {
      const one = await city(id);
      const hears = new Set(one.meetings!.map((meeting) => meeting.hears));
      expect([...hears], id).toEqual(expect.arrayContaining(['consented', 'closed']));
      if (id !== 'fukui')
        expect(
          one.meetings!.every(({ regular, members }) => regular === undefined && members.length === 0),
          id,
        ).toBe(true);
    }
  });
});

describe('what is kept of a meeting', () => {
  it('takes minutes by case, who was there, and nothing before it began', async () => {
    const fukui = await city('fukui');
    await openOne(fukui, 'a');
    await plan(fukui, 'juso', { start: japan('2026-12-22T09:00'), end: japan('2026-12-22T12:00') });
    await put(fukui, 'a');
    const one = await conference(fukui);
    const came = one.people.slice(0, 3).map(({ id }) => id);
    expect(hold(one, { by: 's', now: MONDAY_10, came })).toEqual({ ok: false, why: 'wrong_state' });
    const later = { by: 's', now: japan('2026-12-22T12:00') };
    expect(minute(one, { ...later, id: 'n', case: 'zzz', text: 'x' })).toEqual({ ok: false, why: 'unknown_case' });
    const held = hold(one, { ...later, came });
    expect(held).toMatchObject({ ok: true, conference: { state: 'held' } });
    if (held.ok) expect(held.conference.people.filter((person) => person.came)).toHaveLength(3);
  });

  it('invites by iCalendar without a case in it; a later version replaces the earlier', () => {
    const base = {
      uid: 'm1@tsunagi',
      title: '重層的支援会議',
      start: japan('2026-12-22T09:00'),
      end: japan('2026-12-22T12:00'),
      place: '市役所',
      sequence: 2,
      cancelled: false,
      at: MONDAY_10,
      organiser: { name: '福井市', mail: 'kaigi@example.jp' },
      people: [{ name: 'ある病院', mail: 'a@example.jp' }],
    };
    const text = invitationOf(base).replaceAll('\r\n ', '');
    expect(text).toContain('METHOD:REQUEST');
    expect(text).toContain('SEQUENCE:2');
    expect(text).toContain('DTSTART:20261222T000000Z');
    expect(text).toMatch(/ATTENDEE;.*mailto:a@example\.jp/iu);
    expect(invitationOf({ ...base, cancelled: true })).toMatch(/METHOD:CANCEL[\s\S]*STATUS:CANCELLED/u);
  });
});
