import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { communityReport, unanswered } from '#handoff/cases/community.ts';
import { SMALL, suppress } from '#handoff/cases/suppress.ts';
import { fiscalYear, reachedText, targetsReached } from '#handoff/cases/targets.ts';
import { inDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import { MONDAY_10, openMemoryStore } from '../cities.ts';
import { city, putTicket } from './kit.ts';

let store: Store;
beforeEach(() => {
  store = openMemoryStore();
});
afterEach(() => store.close());

describe('small cells', () => {
  it('hides 1 to 4, tells 0 and 5, and hides a second where the total would give the first away', () => {
    const { cells, rowTotals, total } = suppress([
      [3, 7, 9],
      [0, 8, 6],
    ]);
    expect(cells).toEqual([
      [null, null, 9],
      [null, null, 6],
    ]);
    expect([rowTotals, total]).toEqual([[19, 14], 33]);
  });

  it('lets nobody work out a hidden cell from its row or its column', () => {
    const table = fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 3, maxLength: 3 }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(table, (counts) => {
        const { cells } = suppress(counts);
        for (const [i, row] of counts.entries())
          for (const [j, n] of row.entries()) if (n > 0 && n < SMALL) expect(cells[i]![j]).toBeNull();
        for (const row of cells) expect(row.filter((cell) => cell === null).length).not.toBe(1);
        for (let j = 0; j < 3; j++) expect(cells.filter((row) => row[j] === null).length).not.toBe(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what found no answer', () => {
  it('is a need without a window, without a place, or with everything offered refused; never a crisis', async () => {
    const ashiya = await city('ashiya');
    const ticket = await putTicket(store, ashiya, { id: 't', needs: ['participation'] });
    expect(unanswered(ashiya, ticket)).toEqual([]);
    expect(unanswered({ ...ashiya, resources: [] }, ticket)).toEqual([{ need: 'participation', reason: 'no_place' }]);
    const told = (...answers: ('good' | 'unfit' | 'words')[]) => ({
      ...ticket,
      introduction: {
        resource: 'koeruba',
        name: 'こえる場！',
        at: MONDAY_10,
        mayAsk: 'yes' as const,
        asked: 1,
        nextAt: null,
        answers: answers.map((answer) => ({ at: MONDAY_10, answer })),
        unseen: false,
      },
    });
    expect(unanswered(ashiya, told('unfit', 'words'))).toEqual([{ need: 'participation', reason: 'place_unfit' }]);
    expect(unanswered(ashiya, told('unfit', 'good'))).toEqual([]);
    const bare = { ...ashiya, windows: ashiya.windows.map((window) => ({ ...window, needs: [] })) };
    expect(unanswered(bare, ticket)).toEqual([{ need: 'participation', reason: 'no_window' }]);
    const declined = { ...ticket, offered: ['csw'], refused: ['csw'] };
    expect(unanswered(ashiya, declined)).toEqual([{ need: 'participation', reason: 'declined_all' }]);
    expect(unanswered(bare, { ...ticket, crisis: 'suicide' })).toEqual([]);
    expect(unanswered(await city('toyokawa'), ticket)).toMatchObject([{ reason: 'no_place' }]);
  });

  it('is reported by need and area for one month, with staff’s notes beside', async () => {
    const ashiya = await city('ashiya');
    await inDraft(store, 'ashiya', async (draft) => {
      for (let i = 0; i < 6; i++)
        draft.add('gap', `g${i}`, {
          at: MONDAY_10,
          by: 's',
          need: 'isolation',
          district: 'seido',
          what: '夜の居場所',
          ticket: null,
        });
      draft.add('gap', 'later', {
        at: MONDAY_10 + 40 * 86_400_000,
        by: 's',
        need: 'isolation',
        district: 'seido',
        what: '別の月',
        ticket: null,
      });
    });
    const report = await communityReport(store, ashiya, '2026-11');
    const row = report.needs.indexOf('isolation');
    expect(report.table.cells[row]![report.districts.indexOf('seido')]).toBe(6);
    expect(report.table.total).toBe(6);
    expect(report.notes).toHaveLength(6);
    expect(report.reasons.find(({ reason }) => reason === 'noted')?.count).toBe(6);
  });
});

describe('figures of the plans', () => {
  it('counts a fiscal year from what happened and from staff’s entries, each with its definition', async () => {
    const fukui = await city('fukui');
    const named = fukui.resources.find(({ id }) => id === 'shuro')!.name;
    const ticket = await putTicket(store, fukui, { id: 't1', needs: ['participation'] });
    await inDraft(store, 'fukui', async (draft) => {
      const wish = { 紹介してほしい場所: { messageId: '', text: named, at: MONDAY_10 } };
      await draft.put('ticket', 't1', {
        ...ticket,
        answers: wish,
        result: { result: 'met', to: null, at: MONDAY_10, by: 's' },
      });
      for (const [id, day, count] of [
        ['a', '2026-04-01', 5],
        ['b', '2027-03-31', 2],
        ['c', '2027-04-01', 90],
        ['d', '2026-03-31', 90],
      ] as const)
        draft.add('tally', id, { target: 'work', day, count, note: '', at: MONDAY_10, by: 's' });
    });
    const reached = await targetsReached(store, fukui, 2026);
    const of = (id: string) => reached.find(({ target }) => target.id === id)!;
    expect(reachedText(of('work'))).toBe('5未満と、記録 7人');
    expect(of('work')).toMatchObject({ count: 8, tallied: 7, small: true, target: { printed: { 計画の値: 24 } } });
    expect(of('volunteer')).toMatchObject({ count: 0 });
    expect([fiscalYear('2026-03-31'), fiscalYear('2026-04-01')]).toEqual([2025, 2026]);
    for (const id of ['ashiya', 'kobayashi', 'fukui', 'ikoma', 'toyokawa']) {
      for (const target of (await city(id)).targets ?? []) expect(target.definition, target.id).toMatch(/数/u);
    }
  });

  it('holds the yearly targets that 芦屋 printed', async () => {
    const targets = (await city('ashiya')).targets!;
    expect(Object.fromEntries(targets.map(({ id, goal }) => [id, goal]))).toEqual({
      activity: 5,
      partners: 5,
      places: 1,
      isolated: 5,
      guardian: 10,
      reviews: 6,
      joint: 6,
      livelihood: 10,
      'first-contact': 10,
    });
  });
});
