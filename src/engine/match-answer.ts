import type { Asked } from './run.ts';

/** Politeness around a label: 「電話でお願いします」 is 「電話」. */
const FILLER =
  /(お願い(いた)?します|おねがい(いた)?します|たのみます|頼みます|がいい(です)?|でいい(です)?|が良い(です)?|希望(します|です)?|にします|にする|したいです|したい|してください|ください|ほうで|のほう|の方|ほう|かな|かも|だと思います|と思います|です|ます|だよ|だね|でした|にして|えっと|あの|うーん|じゃあ|では|で|に|を|が|の|は|も|と|よ|ね|な)+$/u;

/**
 * Finds the choice a typed text means: its label or one of its other words, give or take politeness, punctuation, kana and one
 * slip of the finger, or its number.
 * @returns null when no choice fits, or when two do: guessing wrong is worse than asking.
 */
export function matchAnswer(text: string, asked: readonly Asked[]): Asked | null {
  const said = normalize(text);
  if (said === '') return null;
  const numbered = /^(\d{1,2})(番目|番|ばん)?$/u.exec(said);
  if (numbered !== null && !asked.some((option) => normalize(option.label).startsWith(numbered[1]!))) {
    return asked[Number(numbered[1]) - 1] ?? null;
  }
  const bare = said.replace(FILLER, '');
  const tests: ((word: string) => boolean)[] = [
    (word) => word === said,
    (word) => word.replace(FILLER, '') === bare && bare !== '',
    (word) => [...word].length >= 5 && Math.abs(word.length - said.length) <= 1 && oneSlip(word, said),
  ];
  for (const test of tests) {
    const found = asked.filter((option) => words(option).some(test));
    if (found.length === 1) return found[0]!;
    // The same button on several cards (電話で相談): the first card is the lead.
    if (found.length > 1) return new Set(found.map((option) => option.label)).size === 1 ? found[0]! : null;
  }
  return null;
}

const words = (option: Asked): string[] => [option.label, ...option.also].map(normalize);

/** Full and half width, case, katakana, spaces and punctuation made alike. */
export function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\u30a1-\u30f6]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replaceAll(/[\s、。，．,.!?！？「」『』・…〜~()（）\p{Extended_Pictographic}]|\u{fe0f}/gu, '');
}

/** One character put in, left out or mistaken. */
function oneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let index = 0;
  while (index < short.length && short[index] === long[index]) index++;
  return short.length === long.length
    ? short.slice(index + 1) === long.slice(index + 1)
    : short.slice(index) === long.slice(index + 1);
}
