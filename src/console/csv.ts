/** CSV as Excel in Japan opens it: CRLF, UTF-8 with BOM or Shift_JIS; a cell never begins a formula. */
import iconv from 'iconv-lite';
import { toShiftJis } from '#support/shift-jis.ts';

export type CsvEncoding = 'utf8' | 'sjis';

/** @returns the file's bytes. */
export function csvOf(rows: readonly (readonly string[])[], encoding: CsvEncoding): Buffer {
  const text = `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
  if (encoding === 'utf8') return iconv.encode(text, 'utf8', { addBOM: true });
  return toShiftJis(text);
}

function cell(value: string): string {
  // A resident's words could begin with =, +, -, @: a spreadsheet would run them.
  const safe = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
