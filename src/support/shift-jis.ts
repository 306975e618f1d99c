/** Shift_JIS as Excel in Japan reads and writes it (CP932). Signs that CP932 has under another code are changed into those. */
import iconv from 'iconv-lite';

/** Unicode has two of each; CP932 knows the second only: wave dash, minus, dash, parallel, cent, pound, not. */
const TWINS: Readonly<Record<string, string>> = {
  '\u301C': '\uFF5E',
  '\u2212': '\uFF0D',
  '\u2014': '\u2015',
  '\u2016': '\u2225',
  '\u00A2': '\uFFE0',
  '\u00A3': '\uFFE1',
  '\u00AC': '\uFFE2',
};

/** The text with the twins that CP932 has. */
export const withTwins = (text: string): string =>
  text.replaceAll(/[\u301C\u2212\u2014\u2016\u00A2\u00A3\u00AC]/gu, (sign) => TWINS[sign]!);

/** @returns the bytes. A sign that Shift_JIS has no place for becomes 〓 (geta), the sign typesetters use. */
export function toShiftJis(text: string): Buffer {
  const known = [...withTwins(text)].map((sign) => (fromShiftJis(iconv.encode(sign, 'cp932')) === sign ? sign : '〓'));
  return iconv.encode(known.join(''), 'cp932');
}

export const fromShiftJis = (bytes: Uint8Array): string => iconv.decode(Buffer.from(bytes), 'cp932');
