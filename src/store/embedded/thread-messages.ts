/**
 * What goes between the threads. One JSON text for all that is small: cloned, the many little objects cost half as much
 * again, on both sides. Bodies beside it, where nothing is escaped: unsealed ones as strings, sealed ones in one block that
 * changes hands; copied one by one, a small `Buffer` would drag the whole pool along that it is a part of.
 */
import type { RawCommit, RawEntry, RawOperation } from '../driver.ts';
import type { StoreError } from '../store.ts';
import type { CommitRequest } from './commit-writer.ts';

/** What the thread is started with. */
export interface ThreadData {
  path: string;
  busyTimeoutMs: number;
  /** To seal what comes unsealed (`createKeyRing`). */
  secretKeys: string | null;
}

export interface Packed {
  /** JSON of a `Row` a request. */
  requests: string;
  texts: string[];
  /** Null when there is none: handing over even an empty one costs 3 µs. */
  sealed: Uint8Array<ArrayBuffer> | null;
}

type Row = readonly [municipality: string, operations: readonly OperationRow[], durable: boolean];
type Put = Extract<RawOperation, { type: 'put' }>;
type OperationRow = PutRow | Exclude<RawOperation, Put>;
/** Without the body; bodies follow one another in the order of the operations. */
type PutRow = readonly [
  kind: string,
  id: string,
  revision: number | 'any',
  version: number,
  entries: readonly RawEntry[],
  expiresAt: number | null,
  /** In bytes, of a sealed body. */
  size: number | null,
];

export type Answer = RawCommit | { code: StoreError['code']; message: string; cause: string };

export function pack(batch: readonly CommitRequest[]): Packed {
  const texts: string[] = [];
  const sealed: Uint8Array[] = [];
  const rowOf = (operation: RawOperation): OperationRow => {
    if (operation.type !== 'put') return operation;
    const { kind, id, revision, version, entries, expiresAt, body } = operation;
    const text = typeof body === 'string';
    if (text) texts.push(body);
    else sealed.push(body);
    return [kind, id, revision, version, entries, expiresAt, text ? null : body.length];
  };
  const rows = batch.map(({ municipality, operations, durable }): Row => {
    return [municipality, operations.map(rowOf), durable];
  });
  return { requests: JSON.stringify(rows), texts, sealed: sealed.length === 0 ? null : joined(sealed) };
}

export function unpack({ requests, texts, sealed }: Packed): CommitRequest[] {
  let text = 0;
  let at = 0;
  const bodyOf = (size: number | null): string | Uint8Array => {
    if (size === null) return texts[text++]!;
    at += size;
    return sealed!.subarray(at - size, at);
  };
  const operationOf = (row: OperationRow): RawOperation => {
    if (!isPut(row)) return row;
    const [kind, id, revision, version, entries, expiresAt, size] = row;
    return { type: 'put', kind, id, revision, version, entries, expiresAt, body: bodyOf(size) };
  };
  return (JSON.parse(requests) as Row[]).map(([municipality, rows, durable]) => {
    return { municipality, operations: rows.map(operationOf), durable };
  });
}

const isPut = (row: OperationRow): row is PutRow => Array.isArray(row);

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
