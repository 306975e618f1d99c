/** Reads every record as it is kept, sealed, and writes it into an empty store. */
import { type Copied, type Driver, type RawEntry, type RawOperation, UNFINISHED } from '#store/driver.ts';
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
 * Every record, city by city, each city at one moment: all cities at the same one where the store can hold its reads. A
 * record may come again with what it is by then, or with an empty body when it is gone: the last one counts.
 */
export async function* readAll(driver: Driver): AsyncGenerator<Kept[]> {
  const end = driver.snapshot?.();
  try {
    for (const city of await placesOf({ driver })) {
      for await (const page of driver.copy?.(city) ?? pagesOf(driver, city)) {
        const records = page.filter((record) => record.kind !== 'ping' && record.kind !== UNFINISHED);
        if (records.length > 0)
          yield records.map(
            (record): Kept => ('gone' in record ? { city, ...NOTHING, ...record } : { city, ...record }),
          );
      }
    }
  } finally {
    end?.();
  }
}

const NOTHING = { version: 0, expiresAt: null, entries: [], body: new Uint8Array() };

async function* pagesOf(driver: Driver, city: string): AsyncGenerator<Copied[]> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Driver['scan']>> = await driver.scan(city, cursor, PAGE);
    yield page.records;
    cursor = page.cursor;
  } while (cursor !== null);
}

/** @throws WrongUse when there is something in it, or half of something: two installations' records must not be mixed. */
export async function expectEmpty(driver: Driver): Promise<void> {
  for (const city of await placesOf({ driver })) {
    const { records } = await driver.scan(city, null, 2);
    if (records.some((record) => record.kind === UNFINISHED))
      throw new WrongUse(
        '書きこむ先で、前の restore か move が途中で終わっています。空にしてから、やり直してください。',
      );
    if (records.some((record) => record.kind !== 'ping'))
      throw new WrongUse('書きこむ先に、すでに記録があります。空の場所を選んでください。');
  }
}

/**
 * The later of two records of the same name counts. While it goes on, and when it was broken off, a mark says so: nobody
 * serves from half a store. @returns how many were written.
 */
export async function writeAll(driver: Driver, pages: AsyncIterable<Kept[]>): Promise<number> {
  let written = 0;
  const mark = { kind: UNFINISHED, id: UNFINISHED, revision: 'any' } as const;
  const put = { ...mark, type: 'put', version: 1, body: new Uint8Array([1]), entries: [], expiresAt: null } as const;
  await driver.commit('-', [put], true);
  for await (const page of pages) {
    // A commit names a record once.
    const last = new Map(page.map((record) => [`${record.city}/${record.kind}/${record.id}`, record]));
    for (const [city, records] of Map.groupBy(last.values(), (record) => record.city)) {
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
  await driver.commit('-', [{ ...mark, type: 'delete' }], true);
  return written;
}
