/**
 * Keeps nothing longer than the city says (R23): per class of data, from its last event, carried out by the service, with a
 * report in the audit log. Talks, unmatched messages and what was sent carry their end in themselves (`store.sweep`);
 * tickets, past places and the audit log are looked after here.
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { createDraft, type Draft, inDraft } from '#store/draft.ts';
import { type Kind, timeKey } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import type { Ids } from '#support/ids.ts';
import { dropOldAudit, writeAudit } from './audit.ts';
import { retainCases } from './cases/retain-cases.ts';
import { reminderId } from './reminders.ts';

const DAY = 86_400_000;
const PAGE = 200;

export type RetentionClass = keyof Municipality['retentionDays'];

/** @returns when something whose last event was at `lastAt` has to be gone. */
export const expiryOf = (municipality: Municipality, of: RetentionClass, lastAt: number): number =>
  lastAt + municipality.retentionDays[of] * DAY;

/**
 * Deletes what is over, at most about `limit` records a class. Call it daily, and again while it returns counts.
 * @returns how many were deleted, by class.
 */
export async function retain(
  store: Store,
  options: { municipality: Municipality; now: number; limit: number; ids: Ids },
): Promise<Record<string, number>> {
  const { municipality, now, limit, ids } = options;
  const before = (of: RetentionClass): number => now - municipality.retentionDays[of] * DAY;
  const { closedFiles, ...cases } = await retainCases(store, municipality.id, before('ticket'), limit);
  const report = {
    ...cases,
    tickets: await dropTickets(store, municipality, before('ticket'), limit),
    places: await dropPlaces(store, municipality, before('talk'), limit),
    audit: await dropOldAudit(store, municipality.id, before('audit'), limit),
  };
  const done = Object.entries(report).filter(([, count]) => count > 0);
  if (done.length > 0) {
    const draft = createDraft(store, municipality.id);
    const detail = Object.fromEntries(done.map(([name, count]) => [name, String(count)]));
    writeAudit(draft, { at: now, by: 'system', action: 'retention.report', subject: null, detail }, ids);
    await draft.commit();
  }
  // Closed files leave no line in this log (R26); the caller still learns that there was work.
  return Object.fromEntries(closedFiles > 0 ? [...done, ['closedFiles', closedFiles]] : done);
}

const SWEPT = 'retention-swept';
/** Kinds that carry their end in themselves and hold something of a resident's. Marks, throttles and the like are not told. */
const TOLD: readonly Kind[] = ['contact', 'session', 'unmatched', 'outgoing', 'page_message', 'page_session', 'alert'];

/** Adds to the day's tally of what has ended by its own time. */
export async function rememberSwept(
  store: Store,
  municipality: string,
  deleted: Partial<Record<Kind, number>>,
): Promise<void> {
  const told = TOLD.filter((kind) => (deleted[kind] ?? 0) > 0);
  if (told.length === 0) return;
  await inDraft(store, municipality, async (draft) => {
    const known = await draft.get('setting', SWEPT);
    const tally = (known === null ? {} : JSON.parse(known.value)) as Record<string, number>;
    for (const kind of told) tally[kind] = (tally[kind] ?? 0) + deleted[kind]!;
    await draft.put('setting', SWEPT, { value: JSON.stringify(tally) });
  });
}

/** Writes the tally into the audit log, once a day, and begins a new one. */
export async function reportSwept(
  store: Store,
  municipality: string,
  { now, ids }: { now: number; ids: Ids },
): Promise<void> {
  const draft = createDraft(store, municipality);
  const known = await draft.get('setting', SWEPT);
  if (known === null) return;
  const tally = Object.entries(JSON.parse(known.value) as Record<string, number>);
  const detail = Object.fromEntries(tally.map(([kind, n]) => [kind, String(n)]));
  writeAudit(draft, { at: now, by: 'system', action: 'retention.report', subject: null, detail }, ids);
  await draft.delete('setting', SWEPT);
  // Lost to another server's sweep: tomorrow, then.
  await draft.commit();
}

/** Oldest first. One that was touched since then stays, whatever its age. */
async function dropTickets(store: Store, municipality: Municipality, before: number, limit: number): Promise<number> {
  let deleted = 0;
  let after: string | undefined;
  while (deleted < limit) {
    const rows = await store.list(municipality.id, 'ticket', 'created', {
      to: timeKey(before),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { id, revision, body } of rows) {
      if (body.updatedAt >= before || deleted >= limit) continue;
      const draft = createDraft(store, municipality.id);
      draft.know('ticket', { id, revision, body });
      await draft.delete('ticket', id);
      for (const kind of ['alert', 'timer'] as const) await draft.delete(kind, kind === 'timer' ? reminderId(id) : id);
      await partFrom(draft, municipality, body);
      if ((await draft.commit()).ok) deleted += 1;
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.cursor;
  }
  return deleted;
}

/** The contact's own clock starts when its last ticket has gone (R23): nobody will have to answer them any more. */
async function partFrom(draft: Draft, municipality: Municipality, ticket: Ticket): Promise<void> {
  const contact = await draft.get('contact', ticket.contact);
  if (!contact) return;
  const tickets = contact.tickets.filter((one) => one !== ticket.id);
  const crisis = contact.crisis?.ticket === ticket.id ? null : contact.crisis;
  const end = tickets.length === 0 ? expiryOf(municipality, 'talk', contact.lastAt) : null;
  await draft.put('contact', ticket.contact, { ...contact, tickets, crisis, expiresAt: contact.expiresAt ?? end });
}

/** Places long past: nobody can claim them any more, so nobody is writing them. */
async function dropPlaces(store: Store, municipality: Municipality, before: number, limit: number): Promise<number> {
  let deleted = 0;
  for (const window of municipality.windows) {
    const rows = await store.list(municipality.id, 'place', 'window', {
      prefix: `${window.id}|`,
      to: timeKey(before),
      limit: Math.min(limit - deleted, PAGE),
    });
    for (const { id, revision } of rows) {
      const { ok } = await store.commit(municipality.id, [{ type: 'delete', kind: 'place', id, revision }]);
      if (ok) deleted += 1;
    }
    if (deleted >= limit) break;
  }
  return deleted;
}
