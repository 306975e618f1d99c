/** The table of places (社会資源マップ) as a spreadsheet has it: one row a place, headings and values in Japanese. Pure. */
import iconv from 'iconv-lite';
import { NEED_NAMES, NEEDS, type Need } from '#contracts/labels.ts';
import type { Fact, Municipality, Resource } from '#contracts/municipality.ts';
import { fromShiftJis, toShiftJis } from '#support/shift-jis.ts';

export const ENCODINGS = ['utf8', 'sjis'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const COLUMNS = [
  'id',
  '名前',
  '困りごと',
  '対象',
  '内容',
  'とき',
  'ところ',
  '行き方',
  '地域',
  '入り方',
  '紹介する窓口',
  '見本',
] as const;
type Column = (typeof COLUMNS)[number];
const FACTS = [
  ['とき', 'when'],
  ['ところ', 'place'],
  ['行き方', 'access'],
] as const;
const ENTRY = { open: 'だれでも', introduction: '紹介' } as const;

/** @returns the file's bytes: UTF-8 with BOM (so that Excel reads it), or Shift_JIS, in which unknown signs become 〓. */
export function resourcesToCsv(city: Municipality, encoding: Encoding): Buffer {
  const rows = [
    COLUMNS.map(String),
    ...city.resources.map((one) => COLUMNS.map((column) => cellOf(city, one, column))),
  ];
  const text = `${rows.map((row) => row.map(quoted).join(',')).join('\r\n')}\r\n`;
  if (encoding === 'utf8') return iconv.encode(text, 'utf8', { addBOM: true });
  return toShiftJis(text);
}

function cellOf(city: Municipality, one: Resource, column: Column): string {
  switch (column) {
    case 'id':
      return one.id;
    case '名前':
      return one.name;
    case '困りごと':
      return one.needs.map((need) => NEED_NAMES[need]).join('、');
    case '対象':
      return one.for ?? '';
    case '内容':
      return one.about;
    case '地域':
      return city.districts.find(({ id }) => id === one.district)?.name ?? '';
    case '入り方':
      return ENTRY[one.entry];
    case '紹介する窓口':
      return city.windows.find(({ id }) => id === one.coordinator)?.name ?? '';
    case '見本':
      return FACTS.filter(([, key]) => isDemo(one[key]))
        .map(([name]) => name)
        .join('、');
    default: {
      const fact = one[FACTS.find(([name]) => name === column)![1]];
      return fact === undefined ? '' : typeof fact === 'string' ? fact : fact.value;
    }
  }
}

const isDemo = (fact: Fact | undefined): boolean => typeof fact === 'object' && fact.demo;

/** A cell that a spreadsheet would take for a formula gets an apostrophe, which `unquoted` takes away again. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t]/u.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * @param bytes UTF-8 (with or without BOM) or Shift_JIS: what is no valid UTF-8 is read as Shift_JIS.
 * @returns the places, or sentences that say which row to mend and how; never both.
 */
export function csvToResources(city: Municipality, bytes: Uint8Array): { resources: Resource[]; faults: string[] } {
  const [head, ...rows] = parseCsv(decoded(bytes));
  const faults: string[] = [];
  const missing = ['名前', '困りごと', '内容'].filter((column) => !head?.includes(column));
  if (head === undefined || missing.length > 0) {
    return {
      resources: [],
      faults: [
        `1行目に「${missing.join('」「')}」の列がありません。tsunagi resources export の表に書き足してください。`,
      ],
    };
  }
  const resources = rows.flatMap((cells, index) => {
    const cell = (column: Column): string => (cells[head.indexOf(column)] ?? '').trim().replace(/^'(?=[=+\-@\t])/u, '');
    if (COLUMNS.every((column) => cell(column) === '')) return [];
    return [resourceOf(city, cell, index, (what) => faults.push(`${index + 2}行目: ${what}`))];
  });
  const ids = resources.map(({ id }) => id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`id「${id}」が2つあります。`);
  return faults.length > 0 ? { resources: [], faults } : { resources, faults };
}

function resourceOf(
  city: Municipality,
  cell: (column: Column) => string,
  index: number,
  fault: (what: string) => void,
): Resource {
  for (const column of ['名前', '内容'] as const) if (cell(column) === '') fault(`「${column}」が空です。`);
  const demo = cell('見本').split('、');
  const needs = cell('困りごと')
    .split(/[、,]/u)
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .flatMap((word) => {
      const need = NEEDS.find((one) => one === word || NEED_NAMES[one] === word);
      if (need === undefined)
        fault(`困りごと「${word}」を読めません。使える言葉: ${Object.values(NEED_NAMES).join('、')}`);
      return need ?? [];
    });
  const entry = cell('入り方') === '' || cell('入り方') === ENTRY.open ? 'open' : 'introduction';
  if (entry === 'introduction' && cell('入り方') !== ENTRY.introduction)
    fault(`入り方「${cell('入り方')}」は、「だれでも」か「紹介」にしてください。`);
  const district = named('地域', city.districts, cell, fault);
  const coordinator = named('紹介する窓口', city.windows, cell, fault);
  return {
    id: cell('id') || `place-${index + 1}`,
    name: cell('名前'),
    needs: [...new Set<Need>(needs)],
    ...(cell('対象') === '' ? {} : { for: cell('対象') }),
    about: cell('内容'),
    ...Object.fromEntries(
      FACTS.filter(([name]) => cell(name) !== '').map(([name, key]) => [
        key,
        demo.includes(name) ? { value: cell(name), demo: true } : cell(name),
      ]),
    ),
    ...(district === null ? {} : { district }),
    entry,
    ...(coordinator === null ? {} : { coordinator }),
  };
}

function named(
  column: Column,
  list: readonly { id: string; name: string }[],
  cell: (column: Column) => string,
  fault: (what: string) => void,
): string | null {
  const word = cell(column);
  if (word === '') return null;
  const found = list.find(({ id, name }) => name === word || id === word);
  if (found === undefined)
    fault(`${column}「${word}」がありません。ある名前: ${list.map(({ name }) => name).join('、')}`);
  return found?.id ?? null;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fromShiftJis(bytes);
  }
}

/** RFC 4180: quoted cells may hold commas, line ends and doubled quotes. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|$)/gu)) {
    row.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    if (match[3] === '' && match.index + match[0].length >= text.length) break;
  }
  return rows;
}
