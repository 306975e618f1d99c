/**
 * What goes between the threads. Sealed bodies travel in one block that changes hands: copied one by one, a small
 * `Buffer` would drag the whole pool along that it is a part of. Unsealed ones are strings.
 */
import type { RawCommit, RawOperation } from '../driver.ts';
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
  batch: readonly CommitRequest[];
  bodies: Uint8Array<ArrayBuffer>;
}

export type Answer = RawCommit | { code: StoreError['code']; message: string; cause: string };

const NOTHING = new Uint8Array(0);

export function pack(batch: readonly CommitRequest[]): Packed {
  let size = 0;
  for (const { operations } of batch) for (const one of operations) size += lengthOf(one);
  const bodies = new Uint8Array(size);
  let at = 0;
  const light = (operation: RawOperation): RawOperation => {
    if (operation.type !== 'put' || !(operation.body instanceof Uint8Array)) return operation;
    bodies.set(operation.body, at);
    at += operation.body.length;
    // Its length stands in for it: bodies follow one another in the order of the operations.
    return { ...operation, body: NOTHING, length: operation.body.length } as RawOperation;
  };
  return { batch: batch.map((request) => ({ ...request, operations: request.operations.map(light) })), bodies };
}

export function unpack({ batch, bodies }: Packed): CommitRequest[] {
  let at = 0;
  const heavy = (operation: RawOperation): RawOperation => {
    if (operation.type !== 'put' || !(operation.body instanceof Uint8Array)) return operation;
    const { length } = operation as RawOperation & { length: number };
    at += length;
    return { ...operation, body: bodies.subarray(at - length, at) };
  };
  return batch.map((request) => ({ ...request, operations: request.operations.map(heavy) }));
}

function lengthOf(operation: RawOperation): number {
  return operation.type === 'put' && operation.body instanceof Uint8Array ? operation.body.length : 0;
}
