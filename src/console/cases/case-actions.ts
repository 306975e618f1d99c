/** What staff do with a case: each form becomes one step, under the revision it was made from. */
import { Hono } from 'hono';
import type { Case } from '#contracts/case.ts';
import { REVIEW_RESULTS, URGENCIES } from '#contracts/case.ts';
import { offerPlan, tellEnd } from '#conversation/case-messages.ts';
import * as steps from '#handoff/cases/case-steps.ts';
import { actOnCase, declineCase, finishCase, joinTicket, leaveTicket, takePart } from '#handoff/cases/open-case.ts';
import { unfitWords } from '#handoff/cases/plain-words.ts';
import { changePlan, recordAgreement, review } from '#handoff/cases/plan.ts';
import type { Draft } from '#store/draft.ts';
import type { Ctx, Desk, Env } from '../desk.ts';
import { findByReceipt } from '../find-tickets.ts';
import type { Fields } from '../form.ts';
import { allowed } from '../guard.ts';
import { reachOf } from '../reach.ts';
import { seesCase } from './case-list.ts';
import { caseRefusal } from './case-names.ts';
import { casePage, noCase } from './case-page.ts';
import { actOnKept, type Done } from './kept.ts';
import { planFrom, planPage } from './plan-page.ts';

type Work = (desk: Desk, c: Ctx, draft: Draft, id: string, fields: Fields) => Promise<Done>;

const base = (desk: Desk, c: Ctx) => ({
  municipality: c.get('city'),
  ids: desk.ids,
  by: c.get('me').id,
  now: desk.clock.now(),
});

/** A step that looks at nothing but the case. */
const pure =
  (action: string, run: (one: Case, act: ReturnType<typeof base>, fields: Fields) => steps.CaseOutcome): Work =>
  (desk, c, draft, id, fields) =>
    actOnCase(draft, { ...base(desk, c), case: id, action }, (one) => run(one, base(desk, c), fields));

const dayOrNull = (text: string): string | null => (text === '' ? null : text);
const oneOf = <T extends string>(list: readonly T[], text: string): T | undefined => list.find((one) => one === text);
const HOWS = ['phone', 'visit', 'paper'] as const;

const ACTIONS: Readonly<Record<string, Work>> = {
  take: pure('take', (one, act, fields) =>
    steps.take(one, { ...act, urgency: oneOf(URGENCIES, fields.one('urgency')) ?? one.urgency }),
  ),
  decline: (desk, c, draft, id, fields) =>
    declineCase(draft, { ...base(desk, c), case: id, reason: fields.one('reason') }),
  keep: pure('keep', (one, act) => steps.setCoordinator(one, { ...act, to: act.by })),
  lead: pure('lead', (one, act, fields) =>
    steps.setLead(one, { ...act, to: fields.one('to'), windows: act.municipality.windows.map(({ id }) => id) }),
  ),
  urgency: pure('urgency', (one, act, fields) =>
    steps.setUrgency(one, { ...act, urgency: oneOf(URGENCIES, fields.one('urgency')) ?? one.urgency }),
  ),
  part: (desk, c, draft, id, fields) => {
    const window = c.get('city').windows.find((one) => one.id === fields.one('window'));
    const name = window?.name ?? fields.one('name');
    return takePart(draft, { ...base(desk, c), case: id, window: window?.id ?? null, name, does: fields.one('does') });
  },
  'part-end': pure('part_end', (one, act, fields) => steps.endPart(one, { ...act, part: fields.one('part') })),
  decide: pure('decide', (one, act, fields) =>
    steps.decide(one, {
      ...act,
      id: act.ids.id(),
      conference: null,
      what: fields.one('what'),
      who: fields.one('who'),
      due: dayOrNull(fields.one('due')),
    }),
  ),
  settle: pure('settle', (one, act, fields) =>
    steps.settle(one, { ...act, decision: fields.one('decision'), done: fields.one('set') === 'yes' }),
  ),
  plan: pure('plan', (one, act, fields) => changePlan(one, { ...act, plan: planFrom(fields), id: act.ids.id })),
  'ask-plan': (desk, c, draft, id, fields) => askPlan(desk, c, draft, id, fields),
  'plan-answer': pure('plan_answered', (one, act, fields) => {
    const answer = oneOf(['agreed', 'question', 'refused'] as const, fields.one('answer'));
    if (answer === undefined) return steps.refuse('text_missing');
    return recordAgreement(one, {
      ...act,
      version: Number(fields.one('version')),
      answer,
      how: oneOf(HOWS, fields.one('how')) ?? 'phone',
    });
  }),
  review: pure('review', (one, act, fields) => {
    const result = oneOf(REVIEW_RESULTS, fields.one('result'));
    if (result === undefined) return steps.refuse('text_missing');
    return review(one, {
      ...act,
      id: act.ids.id(),
      text: fields.one('text'),
      result,
      next: dayOrNull(fields.one('next')),
    });
  }),
  note: pure('note', (one, act, fields) => steps.noteCase(one, { ...act, id: act.ids.id(), text: fields.one('text') })),
  pause: pure('pause', (one, act) => steps.pause(one, act)),
  resume: pure('resume', (one, act) => steps.resume(one, act)),
  reopen: pure('reopen', (one, act) => steps.reopenCase(one, act)),
  join,
  leave: (desk, c, draft, id, fields) =>
    leaveTicket(draft, { ...base(desk, c), case: id, ticket: fields.one('ticket') }),
  end: async (desk, c, draft, id, fields) => {
    const achieved = oneOf(['yes', 'partly', 'no'] as const, fields.one('achieved')) ?? 'partly';
    const done = await finishCase(draft, {
      ...base(desk, c),
      case: id,
      evaluation: fields.one('evaluation'),
      achieved,
      backTo: fields.one('backTo'),
    });
    // Who cannot be written to is told otherwise: it does not keep the case open.
    if (done.ok && fields.one('tell') === 'yes')
      await tellEnd(draft, desk, { ticket: done.case.tickets[0]!, staff: c.get('me').id, mayWrite: false });
    return done;
  },
};

export function caseActionRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  for (const [name, work] of Object.entries(ACTIONS)) {
    app.post(`/cases/:id/${name}`, allowed(desk, 'case.act'), (c) => {
      const id = c.req.param('id');
      return actOnKept(desk, c, {
        kind: 'case',
        id,
        base: `/cases/${id}`,
        action: name,
        may: (stored) => seesCase(c, stored.body),
        work: (draft, fields) => work(desk, c, draft, id, fields),
        refused: (fault, fields) => again(desk, c, id, name, fault, fields),
        why: caseRefusal,
        gone: () => noCase(desk, c),
        history: (one) => one.history,
      });
    });
  }
  return app;
}

/** What was typed is in the fields again. */
function again(desk: Desk, c: Ctx, id: string, name: string, fault: string, fields: Fields): Promise<Response> {
  if (name === 'plan') return planPage(desk, c, id, { fault, typed: fields });
  const typed = Object.fromEntries(fields.names().map((field) => [field, fields.one(field)]));
  return casePage(desk, c, id, { fault, status: 422, typed, action: name });
}

async function askPlan(desk: Desk, c: Ctx, draft: Draft, id: string, fields: Fields): Promise<Done> {
  const asked = await offerPlan(draft, desk, {
    case: id,
    staff: c.get('me').id,
    municipality: c.get('city'),
    mayWrite: fields.one('mayWrite') === 'yes',
  });
  if (asked.ok || asked.why !== 'not_neutral') return asked;
  const one = await draft.get('case', id);
  return { ...asked, words: unfitWords(one?.plan?.forResident ?? '') };
}

/** By receipt number, and only a ticket that they may see themselves. */
async function join(desk: Desk, c: Ctx, draft: Draft, id: string, fields: Fields): Promise<Done> {
  const ticket = await findByReceipt(desk.store, c.get('city').id, fields.one('receipt'));
  if (ticket === null || (await reachOf(desk, c, ticket)) !== 'full') return { ok: false, why: 'unknown_ticket' };
  return joinTicket(draft, { ...base(desk, c), case: id, ticket: ticket.id });
}
