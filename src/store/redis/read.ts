/** Reads records by their keys, and rows of indexes with their records. */
import type { RawListOptions } from '../driver.ts';
import type { Calls } from './calls.ts';
import { createGather } from './gather.ts';
import { keysOf } from './keys.ts';
import { LIST } from './scripts.ts';

interface Row {
  key: string;
  id: string;
  value: Buffer;
}

export interface Reads {
  /** By whole keys of one city. */
  fetch(city: string, names: readonly string[]): Promise<readonly (Buffer | null)[]>;
  list(city: string, kind: string, index: string, options: RawListOptions): Promise<Row[]>;
}

interface ListQuestion {
  index: string;
  args: [before: string, low: string, high: string, limit: string, reverse: string];
}

export function createReads(calls: Calls): Reads {
  const fetchSome = createGather<readonly string[], readonly (Buffer | null)[]>({
    async send(_, questions) {
      const names = questions.flat();
      const values = (await calls.call(names[0]!, ['MGET', ...names], true)) as (Buffer | null)[];
      let from = 0;
      return questions.map(({ length }) => {
        from += length;
        return values.slice(from - length, from);
      });
    },
    sizeOf: (names) => names.length,
    most: 200,
  });
  const listSome = createGather<ListQuestion, readonly (Buffer | null)[]>({
    send: (_, questions) =>
      calls.run(
        LIST,
        questions.map(({ index }) => index),
        questions.flatMap(({ args }) => args),
        true,
      ) as Promise<(Buffer | null)[][]>,
    sizeOf: ({ args }) => Number(args[3]),
    most: 200,
  });
  const fetch: Reads['fetch'] = (city, names) => (names.length === 0 ? Promise.resolve([]) : fetchSome(city, names));

  return {
    fetch,
    async list(city, kind, index, { from, to, after, limit, reverse }) {
      const keys = keysOf(city);
      const cursor = after === null ? null : `(${after.key}\0${after.id}`;
      const low = cursor !== null && !reverse ? cursor : `[${from}`;
      const high = cursor !== null && reverse ? cursor : to === null ? '+' : `(${to}`;
      const reply = await listSome(city, {
        index: keys.index(`${kind}/${index}`),
        args: [
          keys.record(kind, ''),
          ...(reverse ? ([high, low] as const) : ([low, high] as const)),
          String(limit),
          reverse ? 'REV' : '',
        ],
      });
      const rows = Array.from({ length: reply.length / 2 }, (_, i) => {
        const row = reply[2 * i]!;
        const at = row.indexOf(0);
        return { key: row.toString('utf8', 0, at), id: row.toString('utf8', at + 1), value: reply[2 * i + 1] ?? null };
      });
      // While a slot moves the script may not find a record; asked for by its own key, Redis says where it is.
      const missing = rows.filter((row) => row.value === null);
      const found = await fetch(
        city,
        missing.map((row) => keys.record(kind, row.id)),
      );
      for (const [i, row] of missing.entries()) row.value = found[i] ?? null;
      return rows.filter((row): row is Row => row.value !== null);
    },
  };
}
