/** Chosen tickets as a file: masked unless asked for in full, and every export is on record (R24). */
import { Hono } from 'hono';
import type { Ticket } from '#contracts/ticket.ts';
import { dayOf } from '#engine/japan-time.ts';
import { type Form, formRows } from '#handoff/form-columns.ts';
import { maskTicket } from '#handoff/mask-ticket.ts';
import { csvOf } from './csv.ts';
import type { Ctx, Desk, Env } from './desk.ts';
import { fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { message } from './layout.ts';
import { reachOf } from './reach.ts';
import { record } from './sign-in.ts';

const MOST = 500;

export function exportRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/export', allowed(desk, 'ticket.export'), (c) => exportTickets(desk, c));
  return app;
}

async function exportTickets(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const city = c.get('city');
  const ids = [...new Set(fields.all('ticket'))].slice(0, MOST);
  const rows = await desk.store.getMany(city.id, 'ticket', ids);
  const own: Ticket[] = [];
  for (const row of rows) if (row && (await reachOf(desk, c, row.body)) === 'full') own.push(row.body);
  if (own.length === 0) return message(desk, c, 422, '書き出せませんでした', '書き出せる相談がありませんでした。');
  const full = fields.one('full') === '1';
  const form: Form = fields.one('form') === 'intake' ? 'intake' : 'tsunagu-sheet';
  const format = fields.one('format');
  const tickets = full ? own : own.map(maskTicket);
  // On record before it leaves, ticket by ticket: a search by ticket finds it.
  for (const { id } of own)
    await record(desk, c, c.get('me').id, 'ticket.export', id, { format, form, full: String(full) });
  const name = `tsunagi-${form}-${dayOf(desk.clock.now())}`;
  const send = (bytes: Uint8Array, type: string, ending: string): Response => {
    c.header('content-disposition', `attachment; filename="${name}.${ending}"`);
    return c.body(new Uint8Array(bytes), 200, { 'content-type': type });
  };
  if (format === 'json')
    return send(Buffer.from(`${JSON.stringify(tickets, null, 2)}\n`), 'application/json; charset=utf-8', 'json');
  const table = formRows(form, tickets, city);
  if (format === 'csv') return send(csvOf(table, 'utf8'), 'text/csv; charset=utf-8', 'csv');
  if (format === 'csv-sjis') return send(csvOf(table, 'sjis'), 'text/csv; charset=Shift_JIS', 'csv');
  return send(await xlsxOf(table), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx');
}

/** Every cell is text: a number that begins with 0 keeps it, nothing runs. */
export async function xlsxOf(table: readonly (readonly string[])[]): Promise<Buffer> {
  const rows = table.map((row, index) =>
    row.map((value) => ({ value, type: String, wrap: true, ...(index === 0 ? { fontWeight: 'bold' as const } : {}) })),
  );
  // Loaded by the first export: a start need not wait for it.
  const { default: writeExcelFile } = await import('write-excel-file/node');
  return writeExcelFile(rows, { sheet: 'つなぐシート', stickyRowsCount: 1 }).toBuffer();
}
