/**
 * One way to write what can be written in many: widths, lengthened sounds, emoji, invisible characters, Latin letters,
 * slips and dialect endings. What cannot be read (lone surrogates, control characters) becomes a space or nothing.
 */
import { emojiClass } from './emoji.ts';
import { toHiragana } from './kana.ts';
import { countKanji, countLetters, isAllKatakana } from './letters.ts';
import { type MappedText, replaceMapped } from './mapped-text.ts';
import { isRomaji, romajiToKana } from './romaji.ts';

export interface Normalised extends MappedText {
  /** Classes of the emoji and the laughing marks seen, each once: `泣く`, `笑う`, … */
  readonly marks: readonly string[];
  /** True when hardly a kanji is in it: words are then also sought by their reading. */
  readonly kanaOnly: boolean;
}

/** A replacement of staff's file `dictionaries/slips.txt`, compiled: one alternation, looked up in the table. */
export interface SlipTable {
  readonly pattern: RegExp | undefined;
  readonly replacements: ReadonlyMap<string, string>;
}

/** Longer texts are read up to here: LINE's own limit, and what bounds the time for one text. */
const LONGEST = 5_000;

export function normalise(text: string, slips: SlipTable): Normalised {
  const { mapped: plain, marks } = foldCharacters(text.slice(0, LONGEST));
  let mapped = plain;
  if (isRomaji(mapped.text)) mapped = romajiToKana(mapped);
  const letters = countLetters(mapped.text);
  if (letters > 0 && isAllKatakana(mapped.text)) mapped = replaceMapped(mapped, /[ァ-ヶ]/gu, (m) => toHiragana(m[0]));
  mapped = foldLengthened(mapped);
  if (slips.pattern !== undefined)
    mapped = replaceMapped(mapped, slips.pattern, (m) => slips.replacements.get(m[0]) ?? m[0]);
  mapped = foldDialect(mapped);
  if (mapped.text.includes('  ')) mapped = replaceMapped(mapped, / {2,}/g, () => ' ');
  return { text: mapped.text, origin: mapped.origin, marks, kanaOnly: countKanji(mapped.text) * 12 <= letters };
}

/** The spelling of a dictionary's own word, as it will stand in a normalised text (thousands are folded at a start). */
export function foldSpelling(word: string, slips: SlipTable): string {
  const folded = word.normalize('NFKC').toLowerCase();
  if (slips.pattern === undefined) return folded;
  return folded.replace(slips.pattern, (from) => slips.replacements.get(from) ?? from);
}

function foldCharacters(text: string): { mapped: MappedText; marks: string[] } {
  const marks: string[] = [];
  let out = '';
  let plainFrom = 0;
  const origin: number[] = [];
  for (let i = 0; i < text.length; ) {
    if (isPlain(text.charCodeAt(i)) && !isCombined(text.charCodeAt(i + 1))) {
      origin.push(i++);
      continue;
    }
    const code = text.codePointAt(i)!;
    let width = code > 0xffff ? 2 : 1;
    if (isCombined(text.charCodeAt(i + width))) width++;
    const folded = foldOne(text.slice(i, i + width), code, marks);
    for (let k = 0; k < folded.length; k++) origin.push(i);
    out += text.slice(plainFrom, i) + folded;
    i += width;
    plainFrom = i;
  }
  origin.push(text.length);
  return { mapped: { text: plainFrom === 0 ? text : out + text.slice(plainFrom), origin }, marks };
}

/** Kana, kanji, 、 and 。 stay as they are. */
function isPlain(code: number): boolean {
  return (code >= 0x3041 && code <= 0x30ff) || (code >= 0x4e00 && code <= 0x9fff) || code === 0x3001 || code === 0x3002;
}

/** Marks of voiced sounds that make one character with the one before them. */
function isCombined(code: number): boolean {
  return code === 0xff9e || code === 0xff9f || code === 0x3099 || code === 0x309a;
}

function foldOne(piece: string, code: number, marks: string[]): string {
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) return code === 0x0a ? '。' : ' ';
  if (code < 0x7f) return piece.toLowerCase();
  if (isInvisible(code)) return '';
  const kind = emojiClass(code);
  if (kind !== undefined) {
    if (kind !== '' && !marks.includes(kind)) marks.push(kind);
    return ' ';
  }
  if (code >= 0x4e00 && code <= 0x9fff) return piece;
  return piece.normalize('NFKC').toLowerCase();
}

/** Zero-width and bidirectional marks, soft hyphens, variation selectors, tags. */
function isInvisible(code: number): boolean {
  return (
    code === 0xad ||
    code === 0xfeff ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xe0000 && code <= 0xe01ef)
  );
}

/** しんどーい, つらぁぁい, ねむいいい, 〜〜〜, wwww, 。。。: only what a text can have is looked for, since most have none. */
function foldLengthened(source: MappedText): MappedText {
  const { text } = source;
  let mapped = source;
  const long = /[ー〜~～∼ぁぃぅぇぉ]/u.test(text);
  if (long) {
    mapped = replaceMapped(mapped, /(?<=[か-こがお]|ば|と|じ|に|ね|ち)ー(?=さん|ちゃん|ば|じ|たん)/gu, (m) =>
      vowelBefore(text, m.index ?? 0),
    );
    mapped = replaceMapped(mapped, /[〜~～∼]+/gu, () => 'ー');
  }
  if (long || hasThreeAlike(text))
    mapped = replaceMapped(mapped, /(.)\1{2,}/gsu, (m) => (m[1]!.match(/[\d0]/) ? m[0] : m[1]!));
  if (long) {
    mapped = replaceMapped(mapped, /(?<=[ぁ-ん])[ーぁぃぅぇぉ]+/gu, (m) =>
      /[てふつとで][ぃぅぇぉ]$/u.test(mapped.text.slice(0, (m.index ?? 0) + 1)) ? m[0] : '',
    );
    mapped = replaceMapped(mapped, /ー{2,}/gu, () => 'ー');
  }
  if (/[.…‥・!！?？っ]/u.test(mapped.text)) {
    mapped = replaceMapped(mapped, /[.…‥・]{2,}|…/gu, () => '…');
    mapped = replaceMapped(mapped, /[!！?？]{2,}/gu, (m) => (m[0].includes('?') ? '?' : '!'));
    mapped = replaceMapped(mapped, /っ(?=[。!?… ]|$)/gu, () => '');
  }
  return mapped;
}

/** Also true of some surrogates, which are looked at more closely then. */
function hasThreeAlike(text: string): boolean {
  for (let i = 2; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === text.charCodeAt(i - 2) && (code === text.charCodeAt(i - 1) || code >= 0xd800)) return true;
  }
  return false;
}

const VOWEL_OF: Record<string, string> = { か: 'あ', ば: 'あ', と: 'う', じ: 'い', に: 'い', ち: 'い', ね: 'え' };

function vowelBefore(text: string, at: number): string {
  return VOWEL_OF[text[at - 1] ?? ''] ?? '';
}

/** What all matches hold (quicker to ask for than the pattern), the pattern, what is put. */
type Folding = readonly [string, RegExp, string];

/** Endings of Kansai, Fukui, Mikawa and Miyazaki that hide a verb's form from the analyser. Words stand in slips.txt. */
const DIALECT: readonly Folding[] = [
  [
    'ん',
    /(?<=[えけせてねへめれげべ]|ら|し|い|き|り|ち|み)(?:へん|ひん|やん)(?=[。、!?… わでのかねしよやけなっ]|$)/gu,
    'ない',
  ],
  ['ん', /(?<=[えけせてねめれげべらいきりちみ])(?:へんかった|んかった|んやった)/gu, 'なかった'],
  ['ちょる', /(?<=[っいしきちてん一-龠])ちょる/gu, 'ている'],
  ['ちょっ', /(?<=[っいしきち一-龠])ちょっ(?=た|て)/gu, 'てい'],
  ['んくて', /(?<=[かさたなまらわばが])んくて/gu, 'なくて'],
  ['んくなっ', /(?<=[かさたなまらわばがけれせてめえ])んくなっ/gu, 'なくなっ'],
  [
    '',
    /(?:やざ|やざの|ざあ|がの|のぉ|だに|(?<=[るたいう])だら|やろか|とよ|っちゃが|じゃが|やに|がや|ばい|けんね)(?=[。、!?… ]|$)/gu,
    '',
  ],
  ['だもんで', /だもんで/gu, 'なので'],
  ['', /(?:やさかい|やけん|じゃけん|じゃけえ|やもんで|ほやで)/gu, 'だから'],
  ['ど', /(?:どないせえ|どないした|どないし|どんげ|どげん|どがい)/gu, 'どう'],
];

function foldDialect(source: MappedText): MappedText {
  let mapped = source;
  for (const [held, pattern, put] of DIALECT)
    if (mapped.text.includes(held)) mapped = replaceMapped(mapped, pattern, () => put);
  return mapped;
}
