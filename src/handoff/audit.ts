/**
 * The audit log (R24): who saw, exported, changed what, when. Ids and codes only, never a resident's words. A line is
 * written with the change it tells of, in the same commit, under an id of its own: no record is hot. `chainAudit` numbers
 * the lines afterwards and chains each by hash to the one before, so that a removed or changed one shows.
 */
import { createHash } from 'node:crypto';
import type { Draft } from '#store/draft.ts';
import { type Body, timeKey } from '#store/kinds.ts';
import type { Listed, Operation, Store } from '#store/store.ts';
import type { Ids } from '#support/ids.ts';

export interface AuditEntry {
  at: number;
  /** `resident`, `system`, or a staff id. */
  by: string;
  action: string;
  /** Id of what it was done to. */
  subject: string | null;
  detail?: Record<string, string>;
}

/** Where the chain ends, and where it begins after the oldest lines were deleted at the end of their time. */
interface Chain {
  last: { sequence: number; hash: string };
  first: { sequence: number; previous: string };
}

export const CHAIN_SETTING = 'audit-chain';
const START: Chain = { last: { sequence: 0, hash: '' }, first: { sequence: 1, previous: '' } };
const BATCH = 500;

/** Adds a line to the unit of work. */
export function writeAudit(draft: Draft, entry: AuditEntry, ids: Pick<Ids, 'id'>): void {
  const { at, by, action, subject, detail = {} } = entry;
  draft.add('audit', `${timeKey(at)}|${ids.id()}`, { at, by, action, subject, detail, previous: '', hash: '' });
}

/**
 * Chains what is not chained yet, in batches; each batch is one commit that depends on the chain's end, so two servers
 * never make two chains. @returns how many lines were chained.
 */
export async function chainAudit(
  store: Store,
  municipality: string,
  options: { limit?: number } = {},
): Promise<number> {
  let chained = 0;
  while (chained < (options.limit ?? Number.POSITIVE_INFINITY)) {
    const stored = await store.get(municipality, 'setting', CHAIN_SETTING);
    const chain = readChain(stored?.body);
    const limit = Math.min(BATCH, (options.limit ?? Number.POSITIVE_INFINITY) - chained);
    const rows = await store.list(municipality, 'audit', 'chain', { prefix: 'open|', limit });
    if (rows.length === 0) return chained;
    let { sequence, hash } = chain.last;
    const operations = rows.map((row): Operation => {
      sequence += 1;
      const body = { ...row.body, sequence, previous: hash };
      hash = hashOf(row.id, body);
      return { type: 'put', kind: 'audit', id: row.id, revision: row.revision, body: { ...body, hash } };
    });
    operations.push(putChain({ ...chain, last: { sequence, hash } }, stored?.revision ?? 0));
    // Another server was quicker: its lines are chained, the rest is looked at anew.
    if ((await store.commit(municipality, operations)).ok) chained += rows.length;
  }
  return chained;
}

export type AuditVerdict =
  | { ok: true; lines: number; open: number }
  | { ok: false; sequence: number; id: string | null; why: 'missing' | 'changed' | 'unlinked' | 'twice' };

/** Reads the whole chain, in pages. `open`: lines that are not chained yet and therefore not proven. */
export async function verifyAudit(store: Store, municipality: string): Promise<AuditVerdict> {
  const chain = readChain((await store.get(municipality, 'setting', CHAIN_SETTING))?.body);
  let { sequence: expected, previous } = chain.first;
  const first = expected;
  let after: string | undefined;
  for (;;) {
    const rows: Listed<'audit'>[] = await store.list(municipality, 'audit', 'chain', {
      prefix: 'done|',
      limit: BATCH,
      ...(after === undefined ? {} : { after }),
    });
    for (const { id, body } of rows) {
      const sequence = body.sequence ?? 0;
      // Chained while this was being read: beyond the end that was known at the beginning.
      if (sequence > chain.last.sequence) break;
      if (sequence > expected) return { ok: false, sequence: expected, id: null, why: 'missing' };
      if (sequence < expected) return { ok: false, sequence, id, why: 'twice' };
      if (body.previous !== previous) return { ok: false, sequence, id, why: 'unlinked' };
      if (body.hash !== hashOf(id, body)) return { ok: false, sequence, id, why: 'changed' };
      previous = body.hash;
      expected += 1;
    }
    after = rows.at(-1)?.cursor;
    if (rows.length < BATCH) break;
  }
  if (expected !== chain.last.sequence + 1) return { ok: false, sequence: expected, id: null, why: 'missing' };
  if (chain.last.sequence >= first && previous !== chain.last.hash) {
    return { ok: false, sequence: chain.last.sequence, id: null, why: 'changed' };
  }
  const open = (await store.counts(municipality, 'audit', 'chain')).open ?? 0;
  return { ok: true, lines: expected - first, open };
}

/**
 * Deletes the oldest chained lines whose time is over; the chain's beginning moves along.
 * @returns how many were deleted.
 */
export async function dropOldAudit(store: Store, municipality: string, before: number, limit: number): Promise<number> {
  const stored = await store.get(municipality, 'setting', CHAIN_SETTING);
  const chain = readChain(stored?.body);
  const rows = await store.list(municipality, 'audit', 'chain', { prefix: 'done|', limit: Math.min(limit, BATCH) });
  const young = rows.findIndex((row) => row.body.at >= before);
  const old = young < 0 ? rows : rows.slice(0, young);
  const last = old.at(-1);
  if (!stored || last === undefined) return 0;
  const operations = old.map(({ id, revision }): Operation => ({ type: 'delete', kind: 'audit', id, revision }));
  const first = { sequence: last.body.sequence! + 1, previous: last.body.hash };
  operations.push(putChain({ ...chain, first }, stored.revision));
  return (await store.commit(municipality, operations)).ok ? old.length : 0;
}

function hashOf(id: string, body: Body<'audit'>): string {
  const detail = Object.entries(body.detail).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const { sequence, at, by, action, subject, previous } = body;
  return createHash('sha256')
    .update(JSON.stringify([sequence, id, at, by, action, subject, detail, previous]))
    .digest('hex');
}

const readChain = (body: Body<'setting'> | undefined): Chain =>
  body === undefined ? START : (JSON.parse(body.value) as Chain);

const putChain = (chain: Chain, revision: number): Operation => ({
  type: 'put',
  kind: 'setting',
  id: CHAIN_SETTING,
  revision,
  body: { value: JSON.stringify(chain) },
});
