import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClosedFile, ItemSource } from '#contracts/case.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { recordMeetingConsent } from '#handoff/cases/case-consent.ts';
import { readClosedAudit, verifyClosedAudit } from '#handoff/cases/closed-audit.ts';
import {
  acknowledge,
  addItem,
  addMember,
  keepMinutes,
  lookInto,
  openClosedFile,
  planMeeting,
  removeItem,
  removeMember,
} from '#handoff/cases/closed-file.ts';
import { type Choice, moveFile } from '#handoff/cases/move-file.ts';
import { taxFault } from '#handoff/cases/tax-words.ts';
import { eraseContact } from '#handoff/erase-contact.ts';
import { type Draft, inDraft } from '#store/draft.ts';
import { KINDS, type Kind } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import { createCountingIds } from '#support/ids.ts';
import { MONDAY_10, openMemoryStore } from '../cities.ts';
import { city, putTicket } from './kit.ts';

let store: Store;
let ids = createCountingIds();
let fukui: Municipality;
beforeEach(async () => {
  store = openMemoryStore();
  ids = createCountingIds();
  fukui = await city('fukui');
  await putTicket(store, fukui, { id: 't1', window: 'yorisoi' });
});
afterEach(() => store.close());

const act = (by = 'staff-1') => ({ file: 'f1', by, now: MONDAY_10, ids });
const work = <T>(run: (draft: Draft) => Promise<T>): Promise<T> => inDraft(store, 'fukui', run);
const open = () =>
  work((draft) =>
    openClosedFile(draft, {
      ...act(),
      id: 'f1',
      municipality: 'fukui',
      tickets: ['t1'],
      reason: '本人が会いたがらない',
      without: 'refused',
      urgency: 'regular',
      lead: 'yorisoi',
      name: '主任',
      body: '福祉総合相談室よりそい',
    }),
  );
const acknowledged = async (): Promise<void> => {
  await open();
  await work((draft) => acknowledge(draft, act()));
};
const item = (text: string, source: ItemSource = 'observed', body = '地域包括ケア推進課', confirmed = true) =>
  work((draft) => addItem(draft, { ...act(), text, source, body, confirmed }));
const file = async (): Promise<ClosedFile> => (await store.get('fukui', 'closed_file', 'f1'))!.body;
const look = (by: string) => work((draft) => lookInto(draft, act(by)));

/** Every record outside the compartment, as it stands. */
async function outside(): Promise<string> {
  const all: unknown[] = [];
  for (const [kind, { indexes = {} }] of Object.entries(KINDS)) {
    if (kind.startsWith('closed_')) continue;
    for (const index of Object.keys(indexes)) all.push(await store.list('fukui', kind as Kind, index, { limit: 1000 }));
  }
  return JSON.stringify(all);
}

describe('the compartment (R26)', () => {
  it('is closed to everybody who is not a member, and to a member before the secrecy is acknowledged', async () => {
    await open();
    expect(await look('coordinator')).toBeNull();
    expect(await look('staff-1')).toMatchObject({ standing: 'door' });
    expect(await item('まだ書けない')).toEqual({ ok: false, why: 'not_acknowledged' });
    await work((draft) => acknowledge(draft, act()));
    expect(await look('staff-1')).toMatchObject({ standing: 'inside' });
    expect((await file()).members[0]!.secrecy).toMatchObject({ how: 'console', version: '2026-11-21' });
  });

  it('is found through its own members alone', async () => {
    await acknowledged();
    await work((draft) => addMember(draft, { ...act(), staff: 'staff-2', name: '保健師', body: '保健所地域保健課' }));
    const of = async (staff: string) =>
      (await store.list('fukui', 'closed_member', 'staff', { prefix: `${staff}|`, limit: 9 })).length;
    expect([await of('staff-1'), await of('staff-2'), await of('staff-3')]).toEqual([1, 1, 0]);
    const second = (await file()).members[1]!;
    await work((draft) => acknowledge(draft, act('staff-2')));
    await work((draft) => removeMember(draft, { ...act(), member: second.id }));
    expect(await look('staff-2')).toBeNull();
    expect(await of('staff-2')).toBe(0);
    const own = (await file()).members[0]!.id;
    expect(await work((draft) => removeMember(draft, { ...act(), member: own }))).toEqual({
      ok: false,
      why: 'last_member',
    });
  });

  it('leaves no trace outside: not in the ticket, the contact, the city’s audit log, a timer or a message', async () => {
    const before = await outside();
    await acknowledged();
    await item('ごみがたまっている');
    await work((draft) =>
      planMeeting(draft, { ...act(), start: MONDAY_10, end: MONDAY_10 + 5_400_000, place: '会議室' }),
    );
    const { meetings, members } = await file();
    const came = members.map(({ id }) => id);
    await work((draft) => keepMinutes(draft, { ...act(), meeting: meetings[0]!.id, came, text: '見守る' }));
    await look('staff-1');
    expect(await outside()).toBe(before);
  });

  it('keeps its own log, chained, in which a changed or removed line shows', async () => {
    await acknowledged();
    await item('ごみがたまっている');
    await look('staff-1');
    const lines = await readClosedAudit(store, 'fukui', 'f1');
    expect(lines.map(({ action, by }) => [action, by])).toEqual([
      ['open', 'staff-1'],
      ['acknowledge', 'staff-1'],
      ['item_add', 'staff-1'],
      ['view', 'staff-1'],
    ]);
    expect(JSON.stringify(lines)).not.toContain('ごみ');
    expect(await verifyClosedAudit(store, 'fukui', 'f1')).toEqual({ ok: true, lines: 4 });
    const row = (await store.get('fukui', 'closed_audit', 'f1|2'))!;
    await store.commit('fukui', [
      { type: 'put', kind: 'closed_audit', id: 'f1|2', revision: row.revision, body: { ...row.body, by: 'x' } },
    ]);
    expect(await verifyClosedAudit(store, 'fukui', 'f1')).toEqual({ ok: false, sequence: 2 });
    await store.commit('fukui', [{ type: 'delete', kind: 'closed_audit', id: 'f1|2', revision: 'any' }]);
    expect(await verifyClosedAudit(store, 'fukui', 'f1')).toEqual({ ok: false, sequence: 2 });
  });

  it('stays when the resident erases their data, who is told nothing of it', async () => {
    await acknowledged();
    await work(async (draft) => {
      const ticket = (await draft.get('ticket', 't1'))!;
      await draft.put('ticket', 't1', { ...ticket, state: 'new', assignee: null });
    });
    const erased = await work((draft) =>
      eraseContact(draft, { municipality: fukui, contact: 'con', now: MONDAY_10, ids }),
    );
    expect(JSON.stringify(erased)).not.toContain('closed');
    expect(await store.get('fukui', 'ticket', 't1')).toBeNull();
    expect(await look('staff-1')).toMatchObject({ standing: 'inside' });
  });

  it('lets only those be on the minutes who acknowledged the secrecy', async () => {
    await acknowledged();
    await work((draft) => addMember(draft, { ...act(), staff: null, name: '民生委員の方', body: '民生委員' }));
    await work((draft) => planMeeting(draft, { ...act(), start: MONDAY_10, end: MONDAY_10 + 1, place: '' }));
    const { members, meetings } = await file();
    const minutes = () =>
      work((draft) =>
        keepMinutes(draft, { ...act(), meeting: meetings[0]!.id, came: members.map(({ id }) => id), text: '見守る' }),
      );
    expect(await minutes()).toEqual({ ok: false, why: 'not_acknowledged' });
    await work((draft) => acknowledge(draft, { ...act(), member: members[1]!.id }));
    expect(await minutes()).toMatchObject({ ok: true });
    expect((await file()).members[1]!.secrecy).toMatchObject({ how: 'paper', by: 'staff-1' });
  });
});

describe('tax information stays out', () => {
  it.each([
    ['住民税を滞納している', 'agency', '生活支援課', 'tax_information'],
    ['非課税世帯にあたる', 'judgement', '生活支援課', 'tax_information'],
    ['電気が止まっている', 'agency', '市民税課', 'tax_office'],
    ['水道の使用がない', 'agency', '上下水道部', null],
    ['税金の督促がこわいと本人が話した。住民税のこと。', 'own_words', '福祉総合相談室よりそい', null],
  ] as const)('%s（%s、%s）', (text, source, body, why) => {
    expect(taxFault({ text, source, body })?.why ?? null).toBe(why);
  });

  it('needs the tick of the form as well', async () => {
    await acknowledged();
    expect(await item('電気が止まっている', 'agency', '生活支援課', false)).toEqual({
      ok: false,
      why: 'not_confirmed',
    });
    expect(await item('市民税の滞納', 'agency', '生活支援課')).toEqual({
      ok: false,
      why: 'tax_information',
      words: ['市民税'],
    });
    expect((await file()).items).toEqual([]);
  });
});

describe('when the person agrees', () => {
  const agree = () =>
    work(async (draft) => {
      const ticket = (await draft.get('ticket', 't1'))!;
      const row = {
        bodies: [],
        state: 'given' as const,
        wording: 'よいですか',
        version: '1',
        at: MONDAY_10,
        by: 'resident',
      };
      await draft.put('ticket', 't1', recordMeetingConsent(ticket, row));
    });
  const move = (choices: Choice[]) =>
    work((draft) => moveFile(draft, { ...act(), municipality: fukui, choices, caseId: 'c1' }));

  beforeEach(async () => {
    await acknowledged();
    await item('ひとりでいたいと話した', 'own_words', '福祉総合相談室よりそい');
    await item('配食を断った', 'agency', '地域包括ケア推進課');
    await item('隣の人から、声がすると知らせがあった', 'report', '民生委員');
    await item('まちがって書いた', 'judgement', '会議');
    const wrong = (await file()).items.at(-1)!;
    await work((draft) => removeItem(draft, { ...act(), item: wrong.id }));
  });

  it('brings along only what the law allows, each item looked at and chosen', async () => {
    const [own, agency, report] = (await file()).items as unknown as [{ id: string }, { id: string }, { id: string }];
    const bring = (...chosen: { id: string }[]): Choice[] =>
      [own, agency, report].map((one) => ({
        item: one.id,
        bring: chosen.includes(one),
        released: true,
        why: '要らない',
      }));
    expect(await move(bring(own))).toEqual({ ok: false, why: 'consent_missing' });
    await agree();
    expect(await move([])).toMatchObject({ ok: false, why: 'not_reviewed' });
    expect(await move(bring(own, report))).toMatchObject({ ok: false, why: 'not_movable', item: report.id });
    expect(await move(bring(own, agency).map((one) => ({ ...one, released: false })))).toMatchObject({
      ok: false,
      why: 'not_released',
    });
    expect(await move(bring(own, agency))).toMatchObject({ ok: true });
    const one = (await store.get('fukui', 'case', 'c1'))!.body;
    expect(one.brought.map(({ text }) => text)).toEqual(['ひとりでいたいと話した', '配食を断った']);
    expect(await outside()).not.toMatch(/隣の人|会いたがらない|closed|(?<!重層的)支援会議/u);
    expect(await file()).toMatchObject({ state: 'moved', moved: { case: 'c1', left: [{ item: report.id }] } });
    expect(await item('もう書けない')).toEqual({ ok: false, why: 'not_open' });
  });

  it('takes the words of a removed item away, not that there was one', async () => {
    const removed = (await file()).items.at(-1)!;
    expect(removed).toMatchObject({ text: '', removed: { by: 'staff-1' } });
  });
});
