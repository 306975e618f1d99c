/** CSV as Excel in Japan opens it: CRLF, UTF-8 with BOM or Shift_JIS; a cell never begins a formula. */
import iconv from 'iconv-lite';

export type CsvEncoding = 'utf8' | 'sjis';

/** @returns the file's bytes. A character that Shift_JIS has no place for becomes 〓 (geta), the sign typesetters use. */
export function csvOf(rows: readonly (readonly string[])[], encoding: CsvEncoding): Buffer {
  const text = `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
  if (encoding === 'utf8') return iconv.encode(text, 'utf8', { addBOM: true });
  const known = [...text]
    .map((sign) => (iconv.decode(iconv.encode(sign, 'cp932'), 'cp932') === sign ? sign : '〓'))
    .join('');
  return iconv.encode(known, 'cp932');
}

function cell(value: string): string {
  // A resident's words could begin with =, +, -, @: a spreadsheet would run them.
  const safe = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
