/**
 * What staff do with a ticket. Steps that change what somebody saw carry its revision: when another was quicker, the second
 * sees what has changed, with everything they had written, and decides anew. Steps that only add (answer, note, floor) never
 * stand in each other's way.
 */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { concernSchema, type Need, needSchema } from '#contracts/labels.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { acknowledgeAlert } from '#conversation/alerts.ts';
import { tellBooking } from '#conversation/booking-notice.ts';
import { releaseFloor, sayToResident, takeFloor } from '#conversation/staff-speaks.ts';
import { writeAudit } from '#handoff/audit.ts';
import { mayRequest } from '#handoff/cases/case-consent.ts';
import { overallConsent, recordConsent } from '#handoff/consent.ts';
import { cancelTicketBooking } from '#handoff/ticket-booking.ts';
import * as steps from '#handoff/transitions.ts';
import { createDraft, type Draft, inDraft } from '#store/draft.ts';
import { bookingRoutes } from './booking-page.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { type Fields, fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, page } from './layout.ts';
import { reachOf } from './reach.ts';
import { notThere, ticketPage } from './ticket-page.ts';
import { history } from './ticket-sheet.ts';
import { refusal } from './words.ts';

export type Done = { ok: true } | { ok: false; why: string };
type Step = (desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields) => Promise<Done> | Done;

/** Makes a step of a pure transition: its outcome is put, and told in the log. */
const pure =
  (action: string, run: (ticket: Ticket, act: steps.Act, fields: Fields, c: Ctx, desk: Desk) => steps.Outcome): Step =>
  async (desk, c, draft, ticket, fields) => {
    const act = { by: c.get('me').id, now: desk.clock.now() };
    const outcome = run(ticket, act, fields, c, desk);
    if (!outcome.ok) return outcome;
    await draft.put('ticket', ticket.id, outcome.ticket);
    writeAudit(
      draft,
      { at: act.now, by: act.by, action, subject: ticket.id, detail: detailOf(ticket, outcome.ticket) },
      desk.ids,
    );
    return { ok: true };
  };

/** Under the revision the form was made from. */
const GUARDED: Readonly<Record<string, Step>> = {
  accept: pure('ticket.accept', (ticket, act) => steps.accept(ticket, act)),
  assign: pure('ticket.assign', (ticket, act, fields) =>
    steps.assign(ticket, { ...act, to: fields.one('to') || null }),
  ),
  triage: correctTriage,
  pass: pure('ticket.pass', (ticket, act, fields, c) =>
    steps.passOn(ticket, {
      ...act,
      municipality: c.get('city'),
      to: fields.one('to'),
      reason: fields.one('reason'),
      danger: fields.one('danger') === 'yes',
    }),
  ),
  return: pure('ticket.return', (ticket, act, fields) =>
    steps.returnTicket(ticket, { ...act, reason: fields.one('reason') }),
  ),
  'multi-agency': pure('ticket.multi_agency', (ticket, act, fields, c) =>
    mayRequest(c.get('city'), ticket)
      ? steps.askMultiAgency(ticket, { ...act, reason: fields.one('reason') })
      : { ok: false, why: 'desk_not_agreed' },
  ),
  'wait-resident': pure('ticket.wait_resident', (ticket, act) => steps.waitResident(ticket, act)),
  'wait-body': pure('ticket.wait_body', (ticket, act) => steps.waitBody(ticket, act)),
  result: pure('ticket.result', (ticket, act, fields) => {
    const result = (['met', 'not_reached', 'passed_on'] as const).find((one) => one === fields.one('result'));
    return result === undefined ? { ok: false, why: 'wrong_state' } : steps.recordResult(ticket, { ...act, result });
  }),
  close: pure('ticket.close', (ticket, act) => steps.close(ticket, act)),
  reopen: pure('ticket.reopen', (ticket, act) => steps.reopen(ticket, act)),
  consent: pure('ticket.consent', recordAnswer),
  'cancel-booking': async (desk, c, draft, ticket) => {
    const done = await cancelTicketBooking(draft, {
      ticket: ticket.id,
      by: c.get('me').id,
      now: desk.clock.now(),
      ids: desk.ids,
    });
    if (!done.ok) return done;
    await tellBooking(draft, desk, { ticket: (await draft.get('ticket', ticket.id))!, municipality: c.get('city') });
    return { ok: true };
  },
};

/** Only add something: run again until they fit. */
const ADDING: Readonly<Record<string, Step>> = {
  note: pure('ticket.note', (ticket, act, fields, _c, desk) =>
    steps.note(ticket, { ...act, id: desk.ids.id(), text: fields.one('text') }),
  ),
  answer: (desk, c, draft, ticket, fields) =>
    sayToResident(draft, desk, { ticket: ticket.id, staff: c.get('me').id, text: fields.one('text') }),
  floor: (desk, c, draft, ticket) => takeFloor(draft, desk, { ticket: ticket.id, staff: c.get('me').id }),
  release: (desk, c, draft, ticket, fields) =>
    releaseFloor(draft, desk, { ticket: ticket.id, staff: c.get('me').id, tell: fields.one('tell') === 'yes' }),
};

export function ticketActionRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.route('/', bookingRoutes(desk));
  app.post('/alerts/:id/acknowledge', allowed(desk, 'crisis.acknowledge'), (c) =>
    acknowledge(desk, c, c.req.param('id')),
  );
  for (const name of Object.keys(GUARDED)) {
    app.post(`/tickets/:id/${name}`, allowed(desk, 'ticket.act'), (c) => actGuarded(desk, c, name, GUARDED[name]!));
  }
  for (const [name, step] of Object.entries(ADDING)) {
    app.post(`/tickets/:id/${name}`, allowed(desk, name === 'note' ? 'ticket.act' : 'talk.answer'), (c) =>
      actAdding(desk, c, name, step),
    );
  }
  return app;
}

/** @param step under the form's `revision`; a page with what changed when somebody was quicker. */
export async function actGuarded(desk: Desk, c: Context<Env>, name: string, step: Step): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const fields = await fieldsOf(c);
  const city = c.get('city').id;
  const stored = await desk.store.get(city, 'ticket', id);
  if (!stored || (await reachOf(desk, c, stored.body)) !== 'full') return notThere(desk, c);
  if (String(stored.revision) !== fields.one('revision'))
    return conflict(desk, c, name, stored.body, stored.revision, fields);
  const draft = createDraft(desk.store, city);
  const ticket = await draft.get('ticket', id);
  if (!ticket) return notThere(desk, c);
  const done = await step(desk, c, draft, ticket, fields);
  if (!done.ok) return ticketPage(desk, c, id, { fault: refusal(done.why), status: 422, typed: typedOf(name, fields) });
  // Read again between the two looks: then the form is not what was seen.
  const own = draft.operations().find((operation) => operation.kind === 'ticket' && operation.id === id);
  const same = own === undefined || own.revision === stored.revision;
  if (!same || !(await draft.commit()).ok) {
    const now = await desk.store.get(city, 'ticket', id);
    return now ? conflict(desk, c, name, now.body, now.revision, fields) : notThere(desk, c);
  }
  desk.count('console_actions', { action: name });
  return c.redirect(path(c, `/tickets/${id}?done=${name}`), 303);
}

async function actAdding(desk: Desk, c: Context<Env>, name: string, step: Step): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const fields = await fieldsOf(c);
  const city = c.get('city').id;
  const stored = await desk.store.get(city, 'ticket', id);
  if (!stored || (await reachOf(desk, c, stored.body)) !== 'full') return notThere(desk, c);
  const done = await inDraft(desk.store, city, async (draft): Promise<Done> => {
    const ticket = await draft.get('ticket', id);
    return ticket ? step(desk, c, draft, ticket, fields) : { ok: false, why: 'no_ticket' };
  });
  if (!done.ok) return ticketPage(desk, c, id, { fault: refusal(done.why), status: 422, typed: typedOf(name, fields) });
  desk.count('console_actions', { action: name });
  return c.redirect(path(c, `/tickets/${id}?done=${name}`), 303);
}

/** Two people at once: nothing is overwritten, nothing typed is lost. */
async function conflict(
  desk: Desk,
  c: Ctx,
  name: string,
  ticket: Ticket,
  revision: number,
  fields: Fields,
): Promise<Response> {
  const seen = Number(fields.one('seen'));
  const names = await desk.names(c.get('city').id);
  const typed = typedFields(fields);
  const body = html`
    <h1>先に、ほかの変更がありました</h1>
    <p>相談 <b>${ticket.receipt}</b> は、あなたが開いたあとに変わりました。</p>
    ${history(c, { ticket, names }, Number.isInteger(seen) && seen >= 0 ? seen : 0)}
    <form method="post" action="${path(c, `/tickets/${ticket.id}/${name}`)}" class="stack box">
      ${csrf(c.get('me'))}<input type="hidden" name="revision" value="${revision}"><input type="hidden" name="seen" value="${ticket.history.length}">
      ${typed.map(([field, value]) => (LONG.has(field) ? html`<label>あなたが書いたもの<textarea name="${field}" rows="4">${value}</textarea></label>` : html`<input type="hidden" name="${field}" value="${value}">`))}
      <p>この変更を見たうえで、あなたの操作も行いますか。</p>
      <button class="main">それでも行う</button>
      <a class="button" href="${path(c, `/tickets/${ticket.id}`)}">やめて相談にもどる</a>
    </form>`;
  return page(desk, c, { title: '先に変更がありました', body, status: 409 });
}

const LONG = new Set(['text', 'reason']);
const OURS = new Set(['csrf', 'revision', 'seen']);
const FIELDS = [
  'text',
  'reason',
  'to',
  'danger',
  'recipient',
  'state',
  'how',
  'first',
  'need',
  'concern',
  'most',
  'result',
  'slot',
  'tell',
];
const typedFields = (fields: Fields): [string, string][] =>
  FIELDS.filter((name) => !OURS.has(name)).flatMap((name) =>
    fields.all(name).map((value): [string, string] => [name, value]),
  );
const typedOf = (action: string, fields: Fields) => ({ ...Object.fromEntries(typedFields(fields)), action });

/** The staff's correction also goes to those who keep the dictionaries, beside the message it is about. */
async function correctTriage(desk: Desk, c: Ctx, draft: Draft, ticket: Ticket, fields: Fields): Promise<Done> {
  const valid = fields.all('need').flatMap((need) => (needSchema.safeParse(need).success ? [need as Need] : []));
  const first = needSchema.safeParse(fields.one('first'));
  const needs = [...new Set(first.success ? [first.data, ...valid] : valid)];
  const marked = fields.all('concern').flatMap((one) => {
    const known = concernSchema.safeParse(one);
    return known.success ? [known.data] : [];
  });
  const most = concernSchema.safeParse(fields.one('most'));
  const concerns = [...new Set(most.success ? [most.data, ...marked] : marked)];
  const done = await pure('ticket.triage', (one, act) => {
    const outcome = steps.correctTriage(one, { ...act, needs, concerns });
    if (!outcome.ok) return outcome;
    return {
      ok: true,
      ticket: {
        ...outcome.ticket,
        concerns: concerns.map((concern) => ({ concern, most: most.success && concern === most.data })),
      },
    };
  })(desk, c, draft, ticket, fields);
  if (!done.ok) return done;
  const now = desk.clock.now();
  for (const { messageId, text } of ticket.words.slice(0, 5)) {
    if (text === null) continue;
    const [known] = await draft.list('unmatched', 'message', { prefix: messageId, limit: 1 });
    const assessment = `need:${ticket.needs.map(({ need }) => need).join(',')}`;
    const expiresAt = now + c.get('city').retentionDays.unmatched * 86_400_000;
    if (known) await draft.put('unmatched', known.id, { ...known.body, corrected: needs });
    else draft.add('unmatched', desk.ids.id(), { at: now, messageId, text, assessment, corrected: needs, expiresAt });
  }
  return { ok: true };
}

/** Asked on the telephone, in a talk, on paper: kept with the wording of the city and how it was asked (R21). */
function recordAnswer(ticket: Ticket, act: steps.Act, fields: Fields, c: Ctx): steps.Outcome {
  const city = c.get('city');
  const recipient = city.windows.find((window) => window.id === fields.one('recipient'));
  const state = (['given', 'refused', 'withdrawn'] as const).find((one) => one === fields.one('state'));
  if (recipient === undefined || state === undefined) return { ok: false, why: 'unknown_window' };
  const { purpose, version, wording } = city.consent;
  const how = fields.one('how').slice(0, 40);
  const shown = `${wording.replaceAll('{窓口}', recipient.name).replaceAll('{目的}', purpose).trim()}\n（${how}確認）`;
  const consents = recordConsent(ticket.consents, {
    recipient: recipient.id,
    purpose,
    state,
    wording: shown,
    version,
    at: act.now,
  });
  const history = [
    ...ticket.history,
    { at: act.now, by: act.by, what: 'consent_recorded', detail: { recipient: recipient.id, state } },
  ];
  return {
    ok: true,
    ticket: { ...ticket, consents, consent: overallConsent(consents, ticket.window), updatedAt: act.now, history },
  };
}

async function acknowledge(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const me = c.get('me');
  const done = await inDraft(desk.store, c.get('city').id, (draft) =>
    acknowledgeAlert(draft, { ticket: id, staff: me.id, now: desk.clock.now(), ids: desk.ids }),
  );
  if (done === 'gone') return notThere(desk, c);
  desk.count('console_actions', { action: 'acknowledge' });
  return c.redirect(path(c, `/tickets/${id}${done === 'ok' ? '?done=acknowledge' : ''}`), 303);
}

function detailOf(before: Ticket, after: Ticket): Record<string, string> {
  const detail: Record<string, string> = {};
  if (before.window !== after.window) Object.assign(detail, { from: before.window, to: after.window });
  if (before.state !== after.state) detail.state = after.state;
  if (before.assignee !== after.assignee) detail.assignee = after.assignee ?? '';
  return detail;
}
