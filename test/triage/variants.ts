/** The same message written another way, as phones, keyboards and people do. */
import type { Assessment } from '#contracts/assessment.ts';
import type { Tokenizer } from '#triage/tokenizer.ts';

export interface Variant {
  readonly change: (text: string) => string;
  /** The answer stays for at least this share of the evaluation messages. */
  readonly stays: number;
}

/** Columns of the flick keyboard: a slip of the thumb gives another kana of the same key. */
const KEYS = [
  'あいうえお',
  'かきくけこ',
  'さしすせそ',
  'たちつてと',
  'なにぬねの',
  'はひふへほ',
  'まみむめも',
  'らりるれろ',
];
export function variants(tokenizer: Tokenizer): Record<string, Variant> {
  const kana = (text: string): string =>
    tokenizer
      .tokenize(text)
      .map((t) => t.reading)
      .join('');
  return {
    'spaces for commas': { change: (t) => t.replace(/[、。]/g, ' '), stays: 0.9 },
    'no marks at all': { change: (t) => t.replace(/[、。…！？!?]/g, ''), stays: 0.85 },
    'full width': {
      change: (t) => t.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
      stays: 0.97,
    },
    'half-width katakana': {
      change: (t) => t.normalize('NFKC').replace(/[ァ-ヶー]/g, (c) => HALF[c] ?? c),
      stays: 0.97,
    },
    'lengthened end': { change: (t) => `${t}ーーー`, stays: 0.85 },
    'emoji at the end': { change: (t) => `${t}😭😭`, stays: 0.85 },
    'zero-width marks inside': { change: (t) => [...t].join('\u200b'), stays: 0.99 },
    'all in hiragana': { change: kana, stays: 0.55 },
    'one flick slip': { change: flickSlip, stays: 0.8 },
  };
}

const HALF: Record<string, string> = Object.fromEntries(
  [...'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンー'].map((c, i) => [
    c,
    [...'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｰ'][i]!,
  ]),
);

/** The middle kana that stands on a key becomes its neighbour. */
function flickSlip(text: string): string {
  const places = [...text].flatMap((c, i) => (KEYS.some((key) => key.includes(c)) ? [i] : []));
  const at = places[Math.floor(places.length / 2)];
  if (at === undefined) return text;
  const units = [...text];
  const key = KEYS.find((k) => k.includes(units[at]!))!;
  units[at] = key[(key.indexOf(units[at]!) + 1) % key.length]!;
  return units.join('');
}

/** Whether two answers would be treated alike: crisis or not, scope, first need. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  return (
    (a.crisis === 'none') === (b.crisis === 'none') && a.scope === b.scope && a.needs[0]?.need === b.needs[0]?.need
  );
}

type Answer = Pick<Assessment, 'crisis' | 'scope' | 'needs'>;
