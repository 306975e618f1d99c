/**
 * `tsunagi doctor`: reads every record there is and says what does not hold: what cannot be opened, indexes and counts
 * that differ from the records, bookings without places, more bookings than places, a broken audit chain. Changes nothing.
 * May run beside the service: what a turn has just changed between two looks is looked at again.
 */
import type { Municipality } from '#contracts/municipality.ts';
import { verifyAudit } from '#handoff/audit.ts';
import { KINDS, type Kind } from '#store/kinds.ts';
import { StoreError } from '#store/store.ts';
import type { Storage } from '../open-store.ts';
import { createCityCheck, type Fault } from './doctor-checks.ts';
import type { Out } from './out.ts';
import { placesOf } from './storage.ts';

const PAGE = 500;
/** Looks at a city before a fault is believed while the service runs. */
const LOOKS = 6;

export interface Report {
  city: string;
  records: number;
  kinds: Record<string, number>;
  faults: Fault[];
  notes: Record<string, number>;
}

/** @returns 0 when all holds, 1 otherwise. */
export async function doctor(
  options: { json?: boolean; now: number },
  io: Out,
  storage: Storage,
  municipalities: ReadonlyMap<string, Municipality>,
): Promise<number> {
  const reports: Report[] = [];
  for (const city of await placesOf(storage)) {
    reports.push(
      await examineCity(storage, city, { municipality: municipalities.get(city) ?? null, now: options.now }),
    );
  }
  const faults = reports.flatMap((report) => report.faults);
  if (options.json === true) io.stdout.write(`${JSON.stringify(reports)}\n`);
  else print(reports, io);
  return faults.length === 0 ? 0 : 1;
}

/** A fault counts when it shows in each of several looks; in one look where the store can hold its reads at one moment. */
async function examineCity(
  storage: Storage,
  city: string,
  options: { municipality: Municipality | null; now: number },
): Promise<Report> {
  const end = storage.driver.snapshot?.();
  try {
    let report = await look(storage, city, options);
    for (let i = 1; end === undefined && i < LOOKS && report.faults.length > 0; i++) {
      const next = await look(storage, city, options);
      const known = new Set(report.faults.map(nameOf));
      report = { ...next, faults: next.faults.filter((fault) => known.has(nameOf(fault))) };
    }
    return report;
  } finally {
    end?.();
  }
}

const nameOf = ({ rule, place }: Fault): string => `${rule}\n${place}`;

async function look(
  { store }: Storage,
  city: string,
  options: { municipality: Municipality | null; now: number },
): Promise<Report> {
  const check = createCityCheck(options);
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.inspect>> = await store.inspect(city, cursor, PAGE);
    for (const record of page.records) check.take(record);
    cursor = page.cursor;
  } while (cursor !== null);
  const faults = [...check.faults(), ...(await checkCounts(store, city, check.groups))];
  faults.push(...(await checkRows(store, city, check.indexes)));
  faults.push(...(await checkAudit(store, city)));
  return {
    city,
    records: [...check.kinds.values()].reduce((sum, n) => sum + n, 0),
    kinds: Object.fromEntries([...check.kinds].sort()),
    faults,
    notes: Object.fromEntries(check.notes),
  };
}

async function checkAudit(store: Storage['store'], city: string): Promise<Fault[]> {
  try {
    const audit = await verifyAudit(store, city);
    return audit.ok ? [] : [{ rule: `the audit log is ${audit.why}`, place: `line ${audit.sequence}` }];
  } catch (error) {
    // Anything but a store that is away comes of what was read, and must not end the reading of the rest.
    if (error instanceof StoreError && error.code !== 'damaged') throw error;
    return [{ rule: 'the audit log cannot be read', place: 'audit' }];
  }
}

/** The counts that commits keep, held against what was read. */
async function checkCounts(store: Storage['store'], city: string, read: ReadonlyMap<string, number>): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [kind, definition] of Object.entries(KINDS)) {
    for (const index of Object.keys('indexes' in definition ? definition.indexes : {})) {
      const kept = await store.counts(city, kind as Kind, index);
      const prefix = `${kind}/${index}/`;
      const mine = [...read.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
      for (const group of new Set([...Object.keys(kept), ...mine])) {
        // With the difference: while the service writes it wavers, and only one that stays is a fault.
        const more = (kept[group] ?? 0) - (read.get(prefix + group) ?? 0);
        if (more !== 0) faults.push({ rule: 'a count differs from the records', place: `${prefix}${group} (${more})` });
      }
    }
  }
  return faults;
}

/** Every row of every index, held against the record it leads to, as both are at one moment; and whether rows are missing. */
async function checkRows(store: Storage['store'], city: string, read: ReadonlyMap<string, number>): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [kind, definition] of Object.entries(KINDS)) {
    const indexes: Record<string, KeyOf> = 'indexes' in definition ? definition.indexes : {};
    for (const [index, keyOf] of Object.entries(indexes)) {
      const name = `${kind}/${index}`;
      const found = await readRows(store, city, { kind: kind as Kind, index, keyOf });
      if (found === null) continue;
      for (const id of found.strange)
        faults.push({ rule: 'an index leads to a record by a key it has not', place: `${name} ${id}` });
      const missing = (read.get(name) ?? 0) - found.rows;
      if (missing > 0) faults.push({ rule: 'records are missing from an index', place: `${name} (${missing})` });
    }
  }
  return faults;
}

type KeyOf = (body: never, id: string) => { key: string } | null;

/** @returns null when a record cannot be opened: that is told by itself. */
async function readRows(
  store: Storage['store'],
  city: string,
  { kind, index, keyOf }: { kind: Kind; index: string; keyOf: KeyOf },
): Promise<{ rows: number; strange: string[] } | null> {
  const strange: string[] = [];
  let rows = 0;
  let after: string | undefined;
  try {
    for (;;) {
      const page = await store.list(city, kind, index, { limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const { id, key, body } of page) if (keyOf(body as never, id)?.key !== key) strange.push(id);
      rows += page.length;
      after = page.at(-1)?.cursor;
      if (page.length < PAGE) return { rows, strange };
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'damaged') throw error;
    return null;
  }
}

function print(reports: readonly Report[], io: Out): void {
  for (const { city, records, faults, notes } of reports) {
    const name = city === '-' ? '（共通）' : city;
    io.stdout.write(`${name}: ${records}件を調べました。${faults.length === 0 ? '問題はありません。' : ''}\n`);
    for (const { rule, place } of faults.slice(0, 50)) io.stdout.write(`  × ${rule}: ${place}\n`);
    if (faults.length > 50) io.stdout.write(`  × ほかに ${faults.length - 50} 件\n`);
    for (const [what, n] of Object.entries(notes)) io.stdout.write(`  ・ ${what}: ${n}\n`);
  }
}
