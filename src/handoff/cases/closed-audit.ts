/**
 * The log of one 支援会議 file: apart from the city's audit log, so that not even there a trace leads to it (R26). Each line is
 * chained by hash to the one before as it is written; a file is the work of a few people, so its chain is not hot.
 */
import { createHash } from 'node:crypto';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';

export interface ClosedLine {
  file: string;
  /** Shown to the auditor instead of the file's id. */
  number: string;
  at: number;
  by: string;
  action: string;
  detail?: Record<string, string>;
}

const PAGE = 500;

/** Adds a line to the unit of work. Codes and ids only. */
export async function writeClosedAudit(draft: Draft, line: ClosedLine): Promise<void> {
  const { file, number, at, by, action, detail = {} } = line;
  const head = (await draft.get('closed_audit_head', file)) ?? { number, sequence: 0, hash: '' };
  const sequence = head.sequence + 1;
  const body = { file, sequence, at, by, action, detail, previous: head.hash };
  const hash = hashOf(body);
  draft.add('closed_audit', `${file}|${sequence}`, { ...body, hash });
  await draft.put('closed_audit_head', file, { number, sequence, hash });
}

export type ClosedVerdict = { ok: true; lines: number } | { ok: false; sequence: number };

/** @returns `ok: false` with the first line that is missing, changed or not linked. */
export async function verifyClosedAudit(store: Store, municipality: string, file: string): Promise<ClosedVerdict> {
  const head = (await store.get(municipality, 'closed_audit_head', file))?.body ?? { sequence: 0, hash: '' };
  let previous = '';
  let expected = 1;
  for (const line of await readClosedAudit(store, municipality, file)) {
    const { hash, ...rest } = line;
    if (line.sequence > head.sequence) break;
    if (line.sequence !== expected || line.previous !== previous || hashOf(rest) !== hash)
      return { ok: false, sequence: expected };
    previous = hash;
    expected += 1;
  }
  if (expected !== head.sequence + 1 || previous !== head.hash) return { ok: false, sequence: expected };
  return { ok: true, lines: head.sequence };
}

/** All lines of a file, oldest first. */
export async function readClosedAudit(
  store: Store,
  municipality: string,
  file: string,
): Promise<Body<'closed_audit'>[]> {
  const lines: Body<'closed_audit'>[] = [];
  let after: string | undefined;
  for (;;) {
    const page = { prefix: `${file}|`, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const rows = await store.list(municipality, 'closed_audit', 'file', page);
    lines.push(...rows.map((row) => row.body));
    if (rows.length < PAGE) return lines;
    after = rows.at(-1)?.cursor;
  }
}

function hashOf(line: Omit<Body<'closed_audit'>, 'hash'>): string {
  const { file, sequence, at, by, action, detail, previous } = line;
  const pairs = Object.entries(detail).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash('sha256')
    .update(JSON.stringify([file, sequence, at, by, action, pairs, previous]))
    .digest('hex');
}
