/** The whole way of a case in each of the five cities, as its plan has it: asked, heard, planned, agreed, looked at again, handed back. */
import { expect, it } from 'vitest';
import type { Case } from '#contracts/case.ts';
import { isFor, putOnAgenda } from '#handoff/cases/agenda.ts';
import { take } from '#handoff/cases/case-steps.ts';
import { newConference } from '#handoff/cases/conference.ts';
import { actOnCase, finishCase, openCase } from '#handoff/cases/open-case.ts';
import { changePlan, recordAgreement, review } from '#handoff/cases/plan.ts';
import { type Draft, inDraft } from '#store/draft.ts';
import { createCountingIds } from '#support/ids.ts';
import { MONDAY_10, openMemoryStore } from '../cities.ts';
import { city, putTicket } from './kit.ts';

const HOUR = 3_600_000;

it.each([
  ['ashiya', 'team', 'b-1', 'b-1'],
  ['kobayashi', 'kobetsu', 'kobetsu teirei', 'kobetsu teirei'],
  ['fukui', 'juso', 'juso', 'juso'],
  ['ikoma', 'juso', 'juso', 'juso'],
  ['toyokawa', 'juso', 'juso', 'juso'],
])('%s: new → %s, taken up → %s, at the end → %s', async (id, fresh, taken, ending) => {
  const store = openMemoryStore();
  const ids = createCountingIds();
  const municipality = await city(id);
  const act = { municipality, ids, by: 's', now: MONDAY_10 };
  const work = <T>(run: (draft: Draft) => Promise<T>): Promise<T> => inDraft(store, id, run);
  const step = (action: string, run: (one: Case) => ReturnType<typeof take>) =>
    work((draft) => actOnCase(draft, { ...act, case: 'c1', action }, run));
  const now = async (): Promise<Case> => (await store.get(id, 'case', 'c1'))!.body;
  const where = async (): Promise<string> => {
    const one = await now();
    return municipality
      .meetings!.filter((meeting) => isFor(municipality, meeting, one, MONDAY_10))
      .map((meeting) => meeting.id)
      .join(' ');
  };
  const ticket = await putTicket(store, municipality, { id: 't1', consent: true });
  await work((draft) =>
    openCase(draft, { ...act, id: 'c1', tickets: ['t1'], reason: 'いくつもの困りごと', urgency: 'regular' }),
  );
  expect(await where()).toBe(fresh);
  const meeting = municipality.meetings!.find((one) => one.id === fresh.split(' ')[0])!;
  const made = newConference(meeting, {
    ...act,
    start: MONDAY_10 + HOUR,
    end: MONDAY_10 + 4 * HOUR,
    place: '',
    onCall: true,
    id: ids.id,
  });
  if (!made.ok) throw new Error(made.why);
  await work(async (draft) => draft.add('conference', 'm1', made.conference));
  expect(await work((draft) => putOnAgenda(draft, { ...act, conference: 'm1', case: 'c1' }))).toMatchObject({
    ok: true,
  });
  await step('take', (one) => take(one, act));
  expect(await where()).toBe(taken);
  const plan = { goals: [{ text: '安心', steps: [] }], reviewOn: '2027-01-15', forResident: '週に1回うかがいます。' };
  await step('plan', (one) => changePlan(one, { ...act, plan, id: ids.id }));
  await step('answer', (one) =>
    recordAgreement(one, { by: 'resident', now: MONDAY_10, version: 1, answer: 'agreed', how: 'line' }),
  );
  await step('review', (one) => review(one, { ...act, id: 'r1', text: '落ち着いた', result: 'end', next: null }));
  expect(await where()).toBe(ending);
  const ended = await work((draft) =>
    finishCase(draft, { ...act, case: 'c1', evaluation: '役割が決まった', achieved: 'yes', backTo: ticket.window }),
  );
  expect(ended).toMatchObject({ ok: true, case: { state: 'ended' } });
  expect((await store.get(id, 'ticket', 't1'))!.body.history.at(-1)).toMatchObject({ what: 'handed_back' });
  await store.close();
});
