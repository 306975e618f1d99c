import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Case } from '#contracts/case.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { MEETING, recordMeetingConsent } from '#handoff/cases/case-consent.ts';
import { CASE_STEPS, type CaseOutcome, decide, pause, resume, settle, take } from '#handoff/cases/case-steps.ts';
import { actOnCase, declineCase, finishCase, joinTicket, openCase, takePart } from '#handoff/cases/open-case.ts';
import { unfitWords } from '#handoff/cases/plain-words.ts';
import { askAgreement, changePlan, isAgreed, recordAgreement, review } from '#handoff/cases/plan.ts';
import { createDraft, inDraft } from '#store/draft.ts';
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
});
afterEach(() => store.close());

const act = (over: Record<string, unknown> = {}) => ({
  municipality: fukui,
  ids,
  by: 'staff-1',
  now: MONDAY_10,
  ...over,
});
const open = (tickets: string[], over: Record<string, unknown> = {}): Promise<CaseOutcome> =>
  inDraft(store, 'fukui', (draft) =>
    openCase(draft, { ...act(), tickets, reason: '役割を決めたい', urgency: 'regular', id: 'case-1', ...over }),
  );
const got = async (): Promise<Case> => (await store.get('fukui', 'case', 'case-1'))!.body;
const ticketOf = async (id: string) => (await store.get('fukui', 'ticket', id))!.body;
const run = (action: string, step: (one: Case) => CaseOutcome): Promise<CaseOutcome> =>
  inDraft(store, 'fukui', (draft) => actOnCase(draft, { ...act(), case: 'case-1', action }, step));
const planned = (forResident = 'まず、役所の人といっしょに、書類をかたづけます。'): Promise<CaseOutcome> =>
  run('plan', (one) =>
    changePlan(one, {
      ...act(),
      id: ids.id,
      plan: {
        goals: [
          {
            text: '家の中を安全に',
            steps: [
              { text: '訪問する', who: 'よりそい', due: '2026-12-10' },
              { text: ' ', who: '', due: null },
            ],
          },
        ],
        reviewOn: '2027-01-15',
        forResident,
      },
    }),
  );

describe('a ticket becomes a case only with the person’s agreement', () => {
  it('is refused while nobody asked, and opened once they agreed; the ticket knows its case', async () => {
    await putTicket(store, fukui, { id: 't1', window: 'hokatsu-kita' });
    expect(await open(['t1'])).toEqual({ ok: false, why: 'consent_missing' });
    await putTicket(store, fukui, { id: 't2', contact: 'two', window: 'hokatsu-kita', consent: true });
    expect(await open(['t2'])).toMatchObject({
      ok: true,
      case: { state: 'asked', lead: 'hokatsu-kita', needs: ['elderly', 'isolation'] },
    });
    expect(await ticketOf('t2')).toMatchObject({ case: 'case-1' });
    expect((await ticketOf('t2')).history.at(-1)).toMatchObject({ what: 'case_joined', by: 'staff-1' });
  });

  it('may come to the multi-agency desk itself without a further question', async () => {
    await putTicket(store, fukui, { id: 't1', window: 'yorisoi' });
    expect((await open(['t1'])).ok).toBe(true);
  });

  it('is not taken for agreement that a neighbour’s report lies at that desk', async () => {
    const ticket = await putTicket(store, fukui, { id: 't1', window: 'yorisoi' });
    const reported = [{ at: ticket.createdAt, by: 'resident', what: 'outreach', detail: {} }];
    await inDraft(store, 'fukui', (draft) =>
      draft.put('ticket', 't1', { ...ticket, consent: 'none', history: reported }),
    );
    expect(await open(['t1'])).toEqual({ ok: false, why: 'consent_missing' });
  });

  it('lies in one case only, and never joins across violence (R32)', async () => {
    await putTicket(store, fukui, { id: 't1', consent: true });
    await putTicket(store, fukui, { id: 't2', contact: 'two', consent: true, needs: ['abuse'] });
    await open(['t1']);
    expect(await open(['t1'], { id: 'case-2' })).toEqual({ ok: false, why: 'in_another_case' });
    const join = (ticket: string) =>
      inDraft(store, 'fukui', (draft) => joinTicket(draft, { ...act(), case: 'case-1', ticket }));
    expect(await join('t2')).toEqual({ ok: false, why: 'violence_apart' });
    await putTicket(store, fukui, { id: 't3', contact: 'three', consent: true, needs: ['disability'] });
    expect(await join('t3')).toMatchObject({
      ok: true,
      case: { tickets: ['t1', 't3'], needs: ['elderly', 'isolation', 'disability'] },
    });
  });

  it('gives the tickets back when the screening declines', async () => {
    await putTicket(store, fukui, { id: 't1', consent: true });
    await open(['t1']);
    const decline = (reason: string) =>
      inDraft(store, 'fukui', (draft) => declineCase(draft, { ...act(), case: 'case-1', reason }));
    expect(await decline(' ')).toEqual({ ok: false, why: 'reason_missing' });
    expect(await decline('1つの窓口で足りる')).toMatchObject({ ok: true, case: { state: 'declined' } });
    expect(await ticketOf('t1')).toMatchObject({ case: null, state: 'accepted' });
  });
});

describe('who does what', () => {
  it('takes in only bodies the person agreed to', async () => {
    await putTicket(store, fukui, { id: 't1', window: 'yorisoi', consent: true, bodies: ['生活支援課', 'kodomo'] });
    await open(['t1']);
    await run('take', (one) => take(one, act()));
    const part = (window: string | null, name: string) =>
      inDraft(store, 'fukui', (draft) => takePart(draft, { ...act(), case: 'case-1', window, name, does: '見守る' }));
    expect(await part(null, 'ある病院')).toEqual({ ok: false, why: 'body_not_agreed' });
    expect((await part(null, '生活支援課')).ok).toBe(true);
    expect((await part('kodomo', 'こども家庭センター')).ok).toBe(true);
    expect((await got()).parts.map(({ name }) => name)).toEqual(['生活支援課', 'こども家庭センター']);
  });

  it('keeps decisions with who and by when, and writes nobody’s words into history or audit', async () => {
    await putTicket(store, fukui, { id: 't1', consent: true });
    await open(['t1']);
    await run('take', (one) => take(one, act()));
    await run('decide', (one) =>
      decide(one, { ...act(), id: 'd1', conference: null, what: '秘密のことば', who: 'よりそい', due: '2026-12-01' }),
    );
    await run('settle', (one) => settle(one, { ...act(), decision: 'd1', done: true }));
    const one = await got();
    expect(one.decisions[0]).toMatchObject({ who: 'よりそい', due: '2026-12-01', done: { by: 'staff-1' } });
    const audit = await store.list('fukui', 'audit', 'at', { limit: 100 });
    expect(audit.map((row) => row.body.action)).toEqual(['case.open', 'case.take', 'case.decide', 'case.settle']);
    expect(JSON.stringify([one.history, audit])).not.toMatch(/秘密|母と弟|役割を決めたい/u);
  });
});

describe('the plan', () => {
  beforeEach(async () => {
    await putTicket(store, fukui, { id: 't1', window: 'yorisoi', consent: true });
    await open(['t1']);
    await run('take', (one) => take(one, act()));
  });

  it('runs once the person said yes to this version, and asks again after a change', async () => {
    expect(await run('ask', (one) => askAgreement(one, act()))).toEqual({ ok: false, why: 'no_plan' });
    await planned();
    expect((await got()).plan?.goals[0]?.steps).toHaveLength(1);
    expect((await run('ask', (one) => askAgreement(one, act()))).ok).toBe(true);
    const answer = { by: 'resident', now: MONDAY_10, answer: 'agreed' as const, how: 'line' as const };
    expect(await run('answer', (one) => recordAgreement(one, { ...answer, version: 9 }))).toEqual({
      ok: false,
      why: 'old_version',
    });
    await run('answer', (one) => recordAgreement(one, { ...answer, version: 1 }));
    expect(await got()).toMatchObject({
      state: 'running',
      plan: { agreement: { state: 'agreed', wording: expect.stringContaining('書類') } },
    });
    expect(isAgreed(await got())).toBe(true);
    await planned('やり方を少し変えます。');
    expect(isAgreed(await got())).toBe(false);
    expect(await got()).toMatchObject({ state: 'running', plan: { version: 2, agreement: { state: 'not_asked' } } });
  });

  it('does not go out with words that must not stand on a screen (R3)', async () => {
    await planned('借金のことと、うつ病の受診について、田中さんが話します。');
    expect(await run('ask', (one) => askAgreement(one, act()))).toEqual({ ok: false, why: 'not_neutral' });
    expect(unfitWords((await got()).plan!.forResident)).toEqual(expect.arrayContaining(['田中さん', '借金']));
    expect(unfitWords('職員さんと、書類をいっしょに見ます。保健師さんがうかがいます。')).toEqual([]);
    expect(unfitWords('090-1234-5678 へ')).toHaveLength(1);
  });

  it('is looked at again on its day, and found by that day', async () => {
    await planned();
    await run('answer', (one) =>
      recordAgreement(one, { by: 'resident', now: MONDAY_10, version: 1, answer: 'agreed', how: 'phone' }),
    );
    const due = async (to: string) =>
      (await store.list('fukui', 'case', 'review', { to, limit: 10 })).map((row) => row.id);
    expect(await due('2027-01-15')).toEqual([]);
    expect(await due('2027-01-16')).toEqual(['case-1']);
    await run('review', (one) =>
      review(one, { ...act(), id: 'r1', text: '落ち着いてきた', result: 'as_planned', next: '2027-04-15' }),
    );
    expect(await due('2027-01-16')).toEqual([]);
  });
});

describe('the end', () => {
  it('hands back to a window the person agreed to, with an evaluation', async () => {
    await putTicket(store, fukui, { id: 't1', window: 'yorisoi', consent: true, bodies: ['hokatsu-kita'] });
    await open(['t1']);
    const finish = (backTo: string, evaluation = '役割が決まった') =>
      inDraft(store, 'fukui', (draft) =>
        finishCase(draft, { ...act(), case: 'case-1', evaluation, achieved: 'yes', backTo }),
      );
    expect(await finish('hokatsu-kita')).toEqual({ ok: false, why: 'wrong_state' });
    await run('take', (one) => take(one, act()));
    expect(await finish('kodomo')).toEqual({ ok: false, why: 'back_not_agreed' });
    expect(await finish('hokatsu-kita', '')).toEqual({ ok: false, why: 'text_missing' });
    expect(await finish('hokatsu-kita')).toMatchObject({
      ok: true,
      case: { state: 'ended', end: { backTo: 'hokatsu-kita' } },
    });
    const ticket = await ticketOf('t1');
    expect(ticket).toMatchObject({
      window: 'hokatsu-kita',
      passes: [{ from: 'yorisoi', to: 'hokatsu-kita', basis: 'consent' }],
    });
  });

  it('pauses when the consent is gone, and shares nothing until it is back', async () => {
    await putTicket(store, fukui, { id: 't1', consent: true });
    await open(['t1']);
    await run('take', (one) => take(one, act()));
    await run('pause', (one) => pause(one, act()));
    expect(await planned()).toEqual({ ok: false, why: 'wrong_state' });
    expect(await run('resume', (one) => resume(one, act()))).toMatchObject({ ok: true, case: { state: 'open' } });
  });
});

it('refuses every step from a state the table does not name', async () => {
  await putTicket(store, fukui, { id: 't1', consent: true });
  const opened = await open(['t1']);
  if (!opened.ok) throw new Error(opened.why);
  const a = act();
  const steps: Partial<Record<keyof typeof CASE_STEPS, (one: Case) => CaseOutcome>> = {
    take: (one) => take(one, a),
    decide: (one) => decide(one, { ...a, id: 'd', conference: null, what: 'x', who: 'y', due: null }),
    pause: (one) => pause(one, a),
    resume: (one) => resume(one, a),
    changePlan: (one) =>
      changePlan(one, {
        ...a,
        id: ids.id,
        plan: { goals: [{ text: 'g', steps: [] }], reviewOn: null, forResident: '' },
      }),
  };
  for (const state of ['asked', 'open', 'running', 'paused', 'ended', 'declined'] as const) {
    for (const [name, step] of Object.entries(steps)) {
      const legal = (CASE_STEPS[name as keyof typeof CASE_STEPS].from as readonly string[]).includes(state);
      const outcome = step({ ...opened.case, state });
      expect([state, name, outcome.ok], `${name} from ${state}`).toEqual([state, name, legal]);
    }
  }
});

it('lets the second of two people at once see that another was quicker', async () => {
  await putTicket(store, fukui, { id: 't1', consent: true });
  await open(['t1']);
  const [a, b] = [createDraft(store, 'fukui'), createDraft(store, 'fukui')];
  for (const [draft, by] of [
    [a, 'one'],
    [b, 'two'],
  ] as const) {
    await actOnCase(draft, { ...act({ by }), case: 'case-1', action: 'take' }, (one) => take(one, act({ by })));
  }
  expect((await a.commit()).ok).toBe(true);
  expect(await b.commit()).toMatchObject({ ok: false, kind: 'case' });
  expect((await got()).coordinator).toBe('one');
});

it('decides on the consent as it is at the commit, not as it was read', async () => {
  await putTicket(store, fukui, { id: 't1', consent: true });
  const draft = createDraft(store, 'fukui');
  expect((await openCase(draft, { ...act(), tickets: ['t1'], reason: 'x', urgency: 'regular' })).ok).toBe(true);
  await inDraft(store, 'fukui', async (other) => {
    const ticket = (await other.get('ticket', 't1'))!;
    const withdrawn = {
      bodies: [],
      state: 'withdrawn' as const,
      wording: '',
      version: '1',
      at: MONDAY_10,
      by: 'staff-2',
    };
    await other.put('ticket', 't1', recordMeetingConsent(ticket, withdrawn));
  });
  expect((await draft.commit()).ok).toBe(false);
  expect((await ticketOf('t1')).consents.at(-1)).toMatchObject({ recipient: MEETING, state: 'withdrawn' });
});
