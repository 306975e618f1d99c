/**
 * What became of introductions to places (参加支援), by place, in a fiscal year: one row a place, one column an outcome, by the last
 * thing the person told. Small cells are hidden (R24): a place of three guests points to them, so places of fewer than five
 * stand together without their names.
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Store } from '#store/store.ts';
import { lastTold } from '../introduction.ts';
import { momentOf } from '../opening-hours.ts';
import { pages } from './community.ts';
import { type Cell, SMALL, suppress } from './suppress.ts';

const PLACE_OUTCOMES = ['good', 'unfit', 'not_yet', 'unknown'] as const;

export interface PlaceRow {
  /** As the place is called now; null: all places of fewer than five wishes together. */
  place: string | null;
  /** One an outcome, in the order of `PLACE_OUTCOMES`. */
  cells: Cell[];
  total: Cell;
}

/** @param year fiscal year: 2026 = April 2026 to March 2027, Japan time; counted by the day of the wish. */
export async function placesReport(store: Store, municipality: Municipality, year: number): Promise<PlaceRow[]> {
  const [from, to] = [momentOf(`${year}-04-01`, '00:00'), momentOf(`${year + 1}-04-01`, '00:00')];
  const counts = new Map<string, number[]>();
  for await (const ticket of pages(store, municipality.id, 'ticket', 'created', from, to)) {
    const { introduction } = ticket;
    if (introduction == null) continue;
    const name = municipality.resources.find(({ id }) => id === introduction.resource)?.name ?? introduction.name;
    const row = counts.get(name) ?? PLACE_OUTCOMES.map(() => 0);
    row[PLACE_OUTCOMES.indexOf(lastTold(ticket) ?? 'unknown')]! += 1;
    counts.set(name, row);
  }
  const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
  const all = [...counts].toSorted(([a], [b]) => a.localeCompare(b, 'ja'));
  const few = all.filter(([, row]) => sum(row) < SMALL).map(([, row]) => row);
  const rest = PLACE_OUTCOMES.map((_, at) => sum(few.map((row) => row[at]!)));
  return [
    ...all.filter(([, row]) => sum(row) >= SMALL).map(([name, row]) => rowOf(name, row)),
    ...(few.length === 0 ? [] : [rowOf(null, rest)]),
  ];
}

/** Each place is a table of its own: there is no total over places from which a cell could be worked out. */
function rowOf(place: string | null, counts: readonly number[]): PlaceRow {
  const { cells, rowTotals } = suppress([counts]);
  return { place, cells: cells[0]!, total: rowTotals[0]! };
}
