/** Letters counted by their code units: a table of expressions for what is no everyday character. */

/** UTF-16 units of the letters in a text. */
export function countLetters(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isKana(code) || isCommonKanji(code) || isLatin(code)) count++;
    else if (code > 0x7f && !isCommonMark(code)) {
      const one = String.fromCodePoint(text.codePointAt(i)!);
      if (LETTER.test(one)) count += one.length;
      i += one.length - 1;
    }
  }
  return count;
}

export function countKanji(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isCommonKanji(code)) count++;
    else if (code > 0x7f && !isKana(code) && !isCommonMark(code)) {
      const one = String.fromCodePoint(text.codePointAt(i)!);
      if (KANJI.test(one)) count++;
      i += one.length - 1;
    }
  }
  return count;
}

/** Whether all letters, if there are any, are katakana. */
export function isAllKatakana(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 0x30a1 && code <= 0x30f6) || code === 0x30fc) continue;
    if (isKana(code) || isCommonKanji(code) || isLatin(code)) return false;
    if (code > 0x7f && !isCommonMark(code) && LETTER.test(String.fromCodePoint(text.codePointAt(i)!))) return false;
  }
  return true;
}

const LETTER = /\p{L}/u;
const KANJI = /\p{Script=Han}/u;

function isKana(code: number): boolean {
  return (code >= 0x3041 && code <= 0x3096) || (code >= 0x30a1 && code <= 0x30fa) || code === 0x30fc;
}

function isCommonKanji(code: number): boolean {
  return code >= 0x4e00 && code <= 0x9fff;
}

function isLatin(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** 、 and 。 */
function isCommonMark(code: number): boolean {
  return code === 0x3001 || code === 0x3002;
}
