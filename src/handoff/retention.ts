/**
 * Keeps nothing longer than the city says (R23): per class of data, from its last event, carried out by the service, with a
 * report in the audit log. Talks, unmatched messages and what was sent carry their end in themselves (`store.sweep`);
 * tickets, past places and the audit log are looked after here.
 */
import type { Municipality } from '#contracts/municipality.ts';
import { createDraft } from '#store/draft.ts';
import { timeKey } from '#store/kinds.ts';
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
      const { ok } = await store.commit(municipality.id, [
        { type: 'delete', kind: 'ticket', id, revision },
        { type: 'delete', kind: 'timer', id: reminderId(id), revision: 'any' },
      ]);
      if (ok) deleted += 1;
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.cursor;
  }
  return deleted;
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
