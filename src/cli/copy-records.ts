/** Reads every record as it is kept, sealed, and writes it into an empty store. */
import type { Driver, RawEntry, RawOperation } from '#store/driver.ts';
import { placesOf } from './storage.ts';
import { WrongUse } from './wrong-use.ts';

const PAGE = 500;

export interface Kept {
  city: string;
  kind: string;
  id: string;
  version: number;
  expiresAt: number | null;
  entries: readonly RawEntry[];
  body: Uint8Array;
}

/**
 * Every record once, city by city. Where the store cannot hold its reads at one moment, what was written meanwhile is
 * read again afterwards until nothing more was written, or `tries` are over.
 * @param options.onChanged told how many records of a city were read again.
 */
export async function* readAll(driver: Driver, options: { tries?: number } = {}): AsyncGenerator<Kept[]> {
  const end = driver.snapshot?.();
  const changed = new Map<string, Map<string, { kind: string; id: string }>>();
  const unwatch = driver.watch(({ municipality, kind, id }) => {
    const ofCity = changed.get(municipality) ?? new Map();
    changed.set(municipality, ofCity.set(`${kind}/${id}`, { kind, id }));
  });
  try {
    for (const city of await placesOf({ driver })) {
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Driver['scan']>> = await driver.scan(city, cursor, PAGE);
        const records = page.records.filter((record) => record.kind !== 'ping');
        yield records.map((record): Kept => ({ city, ...record }));
        cursor = page.cursor;
      } while (cursor !== null);
    }
    if (end === undefined) yield* again(driver, changed, options.tries ?? 5);
  } finally {
    unwatch();
    end?.();
  }
}

/** A record comes again with what it is now; one that was deleted comes with an empty body. */
async function* again(
  driver: Driver,
  changed: Map<string, Map<string, { kind: string; id: string }>>,
  tries: number,
): AsyncGenerator<Kept[]> {
  for (let i = 0; i < tries && changed.size > 0; i++) {
    const batch = [...changed];
    changed.clear();
    for (const [city, names] of batch) {
      const wanted = new Map(names);
      const gone = new Map(names);
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Driver['scan']>> = await driver.scan(city, cursor, PAGE);
        const records = page.records.filter((record) => wanted.has(`${record.kind}/${record.id}`));
        for (const record of records) gone.delete(`${record.kind}/${record.id}`);
        if (records.length > 0) yield records.map((record): Kept => ({ city, ...record }));
        cursor = page.cursor;
      } while (cursor !== null);
      const nothing = { version: 0, expiresAt: null, entries: [], body: new Uint8Array() };
      if (gone.size > 0) yield [...gone.values()].map(({ kind, id }): Kept => ({ city, kind, id, ...nothing }));
    }
  }
}

/** @throws WrongUse when there is something in it: two installations' records must not be mixed. */
export async function expectEmpty(driver: Driver): Promise<void> {
  for (const city of await placesOf({ driver })) {
    const { records } = await driver.scan(city, null, 2);
    if (records.some((record) => record.kind !== 'ping'))
      throw new WrongUse('書きこむ先に、すでに記録があります。空の場所を選んでください。');
  }
}

/** The later of two records of the same name counts. @returns how many were written. */
export async function writeAll(driver: Driver, pages: AsyncIterable<Kept[]>): Promise<number> {
  let written = 0;
  for await (const page of pages) {
    for (const [city, records] of Map.groupBy(page, (record) => record.city)) {
      const operations = records.map(
        ({ kind, id, version, expiresAt, entries, body }): RawOperation =>
          body.length === 0
            ? { type: 'delete', kind, id, revision: 'any' }
            : { type: 'put', kind, id, revision: 'any', version, expiresAt, entries, body },
      );
      await driver.commit(city, operations, true);
      written += operations.length;
    }
  }
  return written;
}
