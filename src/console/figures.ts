/** A month in numbers (R27), from the tickets themselves. Cells under five are not told (R24). */
import { NEED_NAMES, NEEDS } from '#contracts/labels.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { RESULTS, type Ticket } from '#contracts/ticket.ts';
import { momentOf } from '#handoff/opening-hours.ts';
import { timeKey } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import { AGE_NAMES, RESULT_NAMES, windowName } from './words.ts';

const PAGE = 500;
/** 秘匿: a count below this could point to a person. */
export const SMALL = 5;

export interface Table {
  id: string;
  title: string;
  rows: { name: string; count: number; unit?: '件' | '分' }[];
}
export interface Figures {
  month: string;
  tables: Table[];
}

/** @returns `5未満` for 1 to 4. Zero is nobody and may be told. */
export const shown = (row: Table['rows'][number]): string =>
  row.unit !== '分' && row.count > 0 && row.count < SMALL ? `${SMALL}未満` : `${row.count}${row.unit ?? '件'}`;

/** @param month `YYYY-MM`, Japan time. */
export async function figuresOf(store: Store, city: Municipality, month: string): Promise<Figures> {
  const from = momentOf(`${month}-01`, '00:00');
  const to = momentOf(`${nextMonth(month)}-01`, '00:00');
  const tally = new Map<string, number>();
  const add = (name: string, by = 1): void => void tally.set(name, (tally.get(name) ?? 0) + by);
  const waits: number[] = [];
  for await (const ticket of ticketsBetween(store, city.id, from, to)) count(ticket, add, waits);
  let unmatched = 0;
  let after: string | undefined;
  for (;;) {
    const rows = await store.list(city.id, 'unmatched', 'at', {
      from: timeKey(from),
      to: timeKey(to),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    unmatched += rows.length;
    after = rows.at(-1)?.cursor;
    if (rows.length < PAGE) break;
  }
  const row = (name: string, key: string) => ({ name, count: tally.get(key) ?? 0 });
  const median = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)];
  return {
    month,
    tables: [
      {
        id: 'arrivals',
        title: '受け付け',
        rows: [
          row('相談', 'all'),
          row('受付時間の外', 'out'),
          row('職員が返事・対応', 'answered'),
          { name: '自動で分けきれなかった言葉', count: unmatched },
        ],
      },
      {
        id: 'needs',
        title: '分野（1つの相談にいくつも）',
        rows: [...NEEDS.map((need) => row(NEED_NAMES[need], `need:${need}`)), row('はっきりしない', 'need:none')],
      },
      {
        id: 'ages',
        title: '年代',
        rows: [...Object.entries(AGE_NAMES).map(([age, name]) => row(name, `age:${age}`)), row('不明', 'age:none')],
      },
      {
        id: 'windows',
        title: '窓口',
        rows: city.windows
          .map((window) => row(windowName(city, window.id), `window:${window.id}`))
          .filter(({ count: n }) => n > 0),
      },
      {
        id: 'bookings',
        title: '面談',
        rows: [
          row('予約', 'booked'),
          row('会えた', 'met'),
          row('会えなかった', 'missed'),
          row('取り消し', 'cancelled'),
        ],
      },
      {
        id: 'ways',
        title: 'つなぎ',
        rows: [row('つなぎ', 'pass'), row('つなぎ戻し', 'back'), row('支援依頼', 'multi')],
      },
      {
        id: 'crisis',
        title: '急ぎ',
        rows: [
          row('急ぎの相談', 'crisis'),
          row('引き受けた', 'acknowledged'),
          ...(waits.length >= SMALL && median !== undefined
            ? [{ name: '引き受けまで（中央値）', count: Math.round(median / 60_000), unit: '分' as const }]
            : []),
        ],
      },
      { id: 'results', title: '結果', rows: RESULTS.map((result) => row(RESULT_NAMES[result], `result:${result}`)) },
    ],
  };
}

function count(ticket: Ticket, add: (name: string, by?: number) => void, waits: number[]): void {
  add('all');
  if (ticket.outOfHours) add('out');
  if (ticket.history.some(({ what }) => what === 'answered' || what === 'accepted')) add('answered');
  for (const { need } of ticket.needs) add(`need:${need}`);
  if (ticket.needs.length === 0) add('need:none');
  add(`age:${ticket.ageBand ?? 'none'}`);
  add(`window:${ticket.window}`);
  if (ticket.booking !== null) {
    add('booked');
    if (ticket.booking.state === 'met' || ticket.booking.state === 'missed' || ticket.booking.state === 'cancelled')
      add(ticket.booking.state);
  }
  for (const { basis } of ticket.passes ?? []) add(basis === 'back' ? 'back' : 'pass');
  if (ticket.multiAgency) add('multi');
  if (ticket.crisis !== 'none') {
    add('crisis');
    const acknowledged = ticket.history.find(({ what }) => what === 'crisis_acknowledged');
    if (acknowledged) {
      add('acknowledged');
      waits.push(Math.max(0, acknowledged.at - (ticket.crisisAt ?? acknowledged.at)));
    }
  }
  if (ticket.result !== null) add(`result:${ticket.result.result}`);
}

export async function* ticketsBetween(store: Store, city: string, from: number, to: number): AsyncGenerator<Ticket> {
  let after: string | undefined;
  for (;;) {
    const rows = await store.list(city, 'ticket', 'created', {
      from: timeKey(from),
      to: timeKey(to),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of rows) yield row.body;
    after = rows.at(-1)?.cursor;
    if (rows.length < PAGE) return;
    // A month of a large city is long: others have their turn between two pages.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function nextMonth(month: string, by = 1): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const index = year * 12 + number - 1 + by;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}
