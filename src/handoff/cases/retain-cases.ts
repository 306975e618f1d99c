/** Cases, meetings, closed files and touches at the end of their time (R23): as long as a ticket, from the last thing that happened. */
import type { Kind } from '#store/kinds.ts';
import { timeKey } from '#store/kinds.ts';
import type { Operation, Store } from '#store/store.ts';
import { touchTimer } from './touch.ts';

const PAGE = 200;

/** @param before moment before which the last event lies. @returns how many were deleted, by class. */
export async function retainCases(
  store: Store,
  municipality: string,
  before: number,
  limit: number,
): Promise<{ cases: number; conferences: number; closedFiles: number; touches: number }> {
  return {
    cases: await drop(
      store,
      municipality,
      'case',
      'created',
      before,
      limit,
      (one) => one.updatedAt < before && (one.state === 'ended' || one.state === 'declined'),
    ),
    conferences: await drop(store, municipality, 'conference', 'start', before, limit, (one) => one.updatedAt < before),
    closedFiles: await drop(
      store,
      municipality,
      'closed_file',
      'updated',
      before,
      limit,
      (one) => one.state !== 'open',
    ),
    touches: await drop(store, municipality, 'touch', 'updated', before, limit, () => true),
  };
}

type Dropped = 'case' | 'conference' | 'closed_file' | 'touch';

async function drop<K extends Dropped>(
  store: Store,
  municipality: string,
  kind: K,
  index: string,
  before: number,
  limit: number,
  over: (body: Awaited<ReturnType<typeof store.list<K>>>[number]['body']) => boolean,
): Promise<number> {
  let deleted = 0;
  let after: string | undefined;
  while (deleted < limit) {
    const rows = await store.list(municipality, kind, index, {
      to: timeKey(before),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { id, revision, body } of rows) {
      if (deleted >= limit || !over(body)) continue;
      const more = await belonging(store, municipality, kind, id);
      if ((await store.commit(municipality, [{ type: 'delete', kind, id, revision }, ...more])).ok) deleted += 1;
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.cursor;
  }
  return deleted;
}

/** What goes with a record: a file's list of members and its log, a touch's timer. */
async function belonging(store: Store, municipality: string, kind: Dropped, id: string): Promise<Operation[]> {
  const gone = (of: Kind, which: string): Operation => ({ type: 'delete', kind: of, id: which, revision: 'any' });
  if (kind === 'touch') return [gone('timer', touchTimer(id))];
  if (kind !== 'closed_file') return [];
  const members = await store.list(municipality, 'closed_member', 'file', { prefix: `${id}|`, limit: 1000 });
  const lines = await store.list(municipality, 'closed_audit', 'file', { prefix: `${id}|`, limit: 10_000 });
  return [
    ...members.map((row) => gone('closed_member', row.id)),
    ...lines.map((row) => gone('closed_audit', row.id)),
    gone('closed_audit_head', id),
  ];
}
