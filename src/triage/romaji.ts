/** Japanese written in Latin letters throughout, as residents from abroad and broken keyboards do. */
import { type MappedText, replaceMapped } from './mapped-text.ts';

const ROWS: Record<string, string> = {
  '': 'あいうえお',
  k: 'かきくけこ',
  s: 'さしすせそ',
  t: 'たちつてと',
  n: 'なにぬねの',
  h: 'はひふへほ',
  m: 'まみむめも',
  y: 'や ゆ よ',
  r: 'らりるれろ',
  w: 'わ   を',
  g: 'がぎぐげご',
  z: 'ざじずぜぞ',
  d: 'だぢづでど',
  b: 'ばびぶべぼ',
  p: 'ぱぴぷぺぽ',
  j: '  じ  ',
};
const VOWELS = 'aiueo';

function buildTable(): Map<string, string> {
  const table = new Map<string, string>([
    ['shi', 'し'],
    ['chi', 'ち'],
    ['tsu', 'つ'],
    ['fu', 'ふ'],
    ['ji', 'じ'],
    ['ja', 'じゃ'],
    ['ju', 'じゅ'],
    ['jo', 'じょ'],
    ['n', 'ん'],
  ]);
  for (const [consonant, row] of Object.entries(ROWS)) {
    [...row].forEach((kana, i) => {
      if (kana !== ' ') table.set(consonant + VOWELS[i]!, kana);
    });
  }
  const small: readonly (readonly [string, string])[] = [
    ['ky', 'き'],
    ['gy', 'ぎ'],
    ['sh', 'し'],
    ['ch', 'ち'],
    ['ny', 'に'],
    ['hy', 'ひ'],
    ['by', 'び'],
    ['py', 'ぴ'],
    ['my', 'み'],
    ['ry', 'り'],
    ['sy', 'し'],
    ['ty', 'ち'],
    ['zy', 'じ'],
  ];
  for (const [letters, kana] of small) {
    table.set(`${letters}a`, `${kana}ゃ`);
    table.set(`${letters}u`, `${kana}ゅ`);
    table.set(`${letters}o`, `${kana}ょ`);
  }
  return table;
}

const TABLE = buildTable();
const SYLLABLE = /(?:[kgsztdnhbpmr]?y?|sh|ch|ts|j|w|f)?[aiueo]|n(?![aiueoy])/y;

/** True when nearly every letter is Latin and nearly every word falls into Japanese syllables (English does not). */
export function isRomaji(text: string): boolean {
  let latin = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x61 && text.charCodeAt(i) <= 0x7a) latin++;
  if (latin < 6) return false;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (latin < letters * 0.8) return false;
  const words = text.match(/[a-z]+/g) ?? [];
  const japanese = words.filter((word) => kanaOf(word) !== undefined).length;
  return japanese >= words.length * 0.8;
}

export function romajiToKana(source: MappedText): MappedText {
  const kana = replaceMapped(source, /[a-z]+/g, (m) => kanaOf(m[0]) ?? m[0]);
  return replaceMapped(kana, /(?<=[ぁ-ん]) (?=[ぁ-ん])/gu, () => '');
}

function kanaOf(word: string): string | undefined {
  let kana = '';
  for (let at = 0; at < word.length; ) {
    if (at + 1 < word.length && word[at] === word[at + 1] && /[kstpcgdb]/.test(word[at]!)) {
      kana += 'っ';
      at++;
      continue;
    }
    SYLLABLE.lastIndex = at;
    const syllable = SYLLABLE.exec(word)?.[0];
    const put = syllable === undefined ? undefined : TABLE.get(syllable);
    if (syllable === undefined || put === undefined) return undefined;
    kana += put;
    at += syllable.length;
  }
  return kana;
}
