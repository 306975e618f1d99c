/**
 * One way to write what can be written in many: widths, lengthened sounds, emoji, invisible characters, Latin letters,
 * slips and dialect endings. What cannot be read (lone surrogates, control characters) becomes a space or nothing.
 */
import { emojiClass } from './emoji.ts';
import { toHiragana } from './kana.ts';
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
  const letters = mapped.text.replace(/[^\p{L}]/gu, '');
  if (letters !== '' && /^[ァ-ヶー]+$/u.test(letters))
    mapped = replaceMapped(mapped, /[ァ-ヶ]/gu, (m) => toHiragana(m[0]));
  mapped = foldLengthened(mapped);
  if (slips.pattern !== undefined)
    mapped = replaceMapped(mapped, slips.pattern, (m) => slips.replacements.get(m[0]) ?? m[0]);
  mapped = foldDialect(mapped);
  mapped = replaceMapped(mapped, / {2,}/g, () => ' ');
  const kanji = mapped.text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return { ...mapped, marks: [...marks], kanaOnly: kanji * 12 <= letters.length };
}

/** The spelling of a dictionary's own word, as it will stand in a normalised text (thousands are folded at a start). */
export function foldSpelling(word: string, slips: SlipTable): string {
  const folded = word.normalize('NFKC').toLowerCase();
  if (slips.pattern === undefined) return folded;
  return folded.replace(slips.pattern, (from) => slips.replacements.get(from) ?? from);
}

function foldCharacters(text: string): { mapped: MappedText; marks: Set<string> } {
  const marks = new Set<string>();
  let out = '';
  const origin: number[] = [];
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i)!;
    let width = code > 0xffff ? 2 : 1;
    const following = text.charCodeAt(i + width);
    if (following === 0xff9e || following === 0xff9f || following === 0x3099 || following === 0x309a) width++;
    const folded = foldOne(text.slice(i, i + width), code, marks);
    for (let k = 0; k < folded.length; k++) origin.push(i);
    out += folded;
    i += width;
  }
  origin.push(text.length);
  return { mapped: { text: out, origin }, marks };
}

function foldOne(piece: string, code: number, marks: Set<string>): string {
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) return code === 0x0a ? '。' : ' ';
  if (code < 0x7f) return piece.toLowerCase();
  if (isInvisible(code)) return '';
  const kind = emojiClass(code);
  if (kind !== undefined) {
    if (kind !== '') marks.add(kind);
    return ' ';
  }
  if (code >= 0x3041 && code <= 0x30ff && piece.length === 1) return piece;
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

/** しんどーい, つらぁぁい, ねむいいい, 〜〜〜, wwww, 。。。 */
function foldLengthened(source: MappedText): MappedText {
  let mapped = replaceMapped(source, /(?<=[か-こがお]|ば|と|じ|に|ね|ち)ー(?=さん|ちゃん|ば|じ|たん)/gu, (m) =>
    vowelBefore(source.text, m.index ?? 0),
  );
  mapped = replaceMapped(mapped, /[〜~～∼]+/gu, () => 'ー');
  mapped = replaceMapped(mapped, /(.)\1{2,}/gsu, (m) => (m[1]!.match(/[\d0]/) ? m[0] : m[1]!));
  mapped = replaceMapped(mapped, /(?<=[ぁ-ん])[ーぁぃぅぇぉ]+/gu, (m) =>
    /[てふつとで][ぃぅぇぉ]$/u.test(mapped.text.slice(0, (m.index ?? 0) + 1)) ? m[0] : '',
  );
  mapped = replaceMapped(mapped, /ー{2,}/gu, () => 'ー');
  mapped = replaceMapped(mapped, /[.…‥・]{2,}|…/gu, () => '…');
  mapped = replaceMapped(mapped, /[!！?？]{2,}/gu, (m) => (m[0].includes('?') ? '?' : '!'));
  return replaceMapped(mapped, /っ(?=[。!?… ]|$)/gu, () => '');
}

const VOWEL_OF: Record<string, string> = { か: 'あ', ば: 'あ', と: 'う', じ: 'い', に: 'い', ち: 'い', ね: 'え' };

function vowelBefore(text: string, at: number): string {
  return VOWEL_OF[text[at - 1] ?? ''] ?? '';
}

/** Endings of Kansai, Fukui, Mikawa and Miyazaki that hide a verb's form from the analyser. Words stand in slips.txt. */
const DIALECT: readonly (readonly [RegExp, string])[] = [
  [
    /(?<=[えけせてねへめれげべ]|ら|し|い|き|り|ち|み)(?:へん|ひん|やん)(?=[。、!?… わでのかねしよやけなっ]|$)/gu,
    'ない',
  ],
  [/(?<=[えけせてねめれげべらいきりちみ])(?:へんかった|んかった|んやった)/gu, 'なかった'],
  [/(?<=[っいしきちてん一-龠])ちょる/gu, 'ている'],
  [/(?<=[っいしきち一-龠])ちょっ(?=た|て)/gu, 'てい'],
  [/(?<=[かさたなまらわばが])んくて/gu, 'なくて'],
  [/(?<=[かさたなまらわばがけれせてめえ])んくなっ/gu, 'なくなっ'],
  [
    /(?:やざ|やざの|ざあ|がの|のぉ|だに|(?<=[るたいう])だら|やろか|とよ|っちゃが|じゃが|やに|がや|ばい|けんね)(?=[。、!?… ]|$)/gu,
    '',
  ],
  [/だもんで/gu, 'なので'],
  [/(?:やさかい|やけん|じゃけん|じゃけえ|やもんで|ほやで)/gu, 'だから'],
  [/(?:どないせえ|どないした|どないし|どんげ|どげん|どがい)/gu, 'どう'],
];

function foldDialect(source: MappedText): MappedText {
  let mapped = source;
  for (const [pattern, put] of DIALECT) mapped = replaceMapped(mapped, pattern, () => put);
  return mapped;
}
