/** 社会資源マップ kept in a spreadsheet: out, changed as Excel in Japan saves it, shown, taken in; the resident hears of the new place at once. */
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findResources } from '#handoff/find-resources.ts';
import { parseCsv } from '#handoff/resources-csv.ts';
import { facts } from '../handoff/cities.ts';
import { type Browser, CITY, type Office, openOffice } from './harness.ts';

let office: Office;
let sato: Browser & { id: string };
beforeEach(async () => {
  office = await openOffice();
  sato = await office.enter('sato', ['counsellor', 'coordinator'], ['sogo']);
});
afterEach(() => office.close());

const csrf = (): string => /name="csrf" value="([^"]+)"/u.exec(sato.html())![1]!;
/** Sends the file as the browser's form does. */
async function upload(bytes: Uint8Array): Promise<string> {
  await sato.get('/resources');
  const body = new FormData();
  body.append('csrf', csrf());
  body.append('file', new File([new Uint8Array(bytes)], 'places.csv', { type: 'text/csv' }));
  const cookie = [...sato.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, origin: 'http://office.test' };
  const answer = await office.app.request(`http://office.test/console/${CITY}/resources/preview`, {
    method: 'POST',
    body,
    headers,
  });
  return answer.text();
}
async function confirm(shown: string): Promise<void> {
  const table = /name="table" value="([^"]+)"/u.exec(shown)![1]!;
  expect((await sato.post('/resources/import', { table })).status).toBe(303);
  await office.overlay.refresh(CITY);
}
const exported = async (encoding: string): Promise<Buffer> =>
  Buffer.from(await (await sato.get(`/resources/csv?encoding=${encoding}`)).arrayBuffer());

/** As Excel writes a table: every line ends in CRLF, cells quoted only where they must be. */
const saved = (rows: string[][]): string =>
  rows
    .map((row) => row.map((cell) => (/[",\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','))
    .join('\r\n');

it.each([
  ['utf8', (text: string) => iconv.encode(text, 'utf8', { addBOM: true })],
  ['utf8', (text: string) => iconv.encode(text, 'utf8')],
  ['sjis', (text: string) => iconv.encode(text, 'cp932')],
] as const)('comes back from a spreadsheet as it went out (%s)', async (encoding, encode) => {
  const bytes = await exported(encoding);
  if (encoding === 'utf8') expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  const text = encoding === 'utf8' ? bytes.toString('utf8').replace(/^\uFEFF/u, '') : iconv.decode(bytes, 'cp932');
  const shown = await upload(encode(saved(parseCsv(text))));
  expect(shown).toMatch(/増える　0件/u);
  expect(shown).toMatch(/変わる　0件/u);
  expect(shown).toMatch(/なくなる　0件/u);
  expect(await office.store.get(CITY, 'places', 'all')).toBeNull();
});

it('shows what would change, takes it in, and residents are told of it at once; the file’s list can come back', async () => {
  const rows = parseCsv((await exported('sjis')).length > 0 ? iconv.decode(await exported('sjis'), 'cp932') : '');
  const head = rows[0]!;
  const row = (cells: Record<string, string>): string[] => head.map((column) => cells[column] ?? '');
  const kept = rows.slice(1).filter((cells) => cells[1] !== 'すももクラブ');
  const fresh = row({
    名前: 'ひだまり広場, 二階',
    困りごと: '居場所・参加',
    内容: '昼間に、だれでも立ち寄って過ごせる場所です。',
    // As Windows types it.
    とき: '月・水 10:00～15:00',
    行き方: '車いすで入れます',
    入り方: 'だれでも',
  });
  const shown = await upload(iconv.encode(saved([head, ...kept, fresh]), 'cp932'));
  expect(shown).toMatch(/増える　1件[\s\S]*ひだまり広場, 二階[\s\S]*なくなる　1件[\s\S]*すももクラブ/u);
  await confirm(shown);
  await sato.get('/resources');
  expect(sato.text()).toContain('市のファイルより優先します');
  const [first] = findResources({
    municipality: office.city(),
    facts: facts({ confirmedNeeds: ['participation'] }, '昼間行けるところがほしい'),
    limit: 3,
  });
  expect(first).toMatchObject({ name: 'ひだまり広場, 二階' });
  expect(first!.text).toContain('とき：月・水 10:00～15:00');
  expect(first!.text).toContain('行き方：車いすで入れます');
  expect((await office.audit()).map(({ action }) => action)).toContain('resource.import');
  await sato.go('/resources/reset');
  await office.overlay.refresh(CITY);
  await sato.get('/resources');
  expect(sato.text()).toContain('すももクラブ');
});

it('names the row and the remedy, and changes nothing, when something cannot be read', async () => {
  const shown = await upload(iconv.encode('名前,困りごと,内容\r\nひだまり,なにか,場所です\r\n', 'cp932'));
  expect(shown).toContain('2行目');
  expect(shown).toContain('使える言葉');
  expect(shown).toContain('何も変えていません');
  expect(await office.store.get(CITY, 'places', 'all')).toBeNull();
  expect(await upload(new Uint8Array())).toContain('CSVのファイルを選んでください');
});

it('is read by counsellors, changed by coordinators and editors', async () => {
  const mori = await office.enter('mori', ['counsellor'], ['sogo']);
  await mori.get('/resources');
  expect(mori.status()).toBe(200);
  expect(mori.text()).not.toContain('表を取り込む');
  expect((await mori.post('/resources/import', { table: '' })).status).toBe(403);
});
