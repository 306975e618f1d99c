/**
 * Words that must not stand in what goes out over LINE (R3, R31): names, illnesses, debts, violence, numbers by which somebody
 * is found. Somebody else may be looking at the screen. A list, not a judge: staff see which words, and write them otherwise.
 */
const UNFIT: readonly RegExp[] = [
  /[\p{Script=Han}\p{Script=Katakana}]{1,6}(?:様|さん|さま|氏|くん|ちゃん)/gu,
  /(?:うつ|鬱|統合失調|発達障|自閉|認知症|依存症|精神(?:科|疾患|障)|てんかん|がん(?=[のはが、。]|$)|癌|病名|診断|手帳|薬|服薬|受診|通院|入院|障害者|障がい者)[\p{Script=Han}\p{Script=Hiragana}]{0,2}/gu,
  /(?:借金|債務|滞納|自己破産|破産|ローン|生活保護|差し?押さえ|取り立て)/gu,
  /(?:虐待|暴力|DV|ＤＶ|殴|なぐ|性被害|加害|被害|ネグレクト|ひきこもり|引きこもり|自殺|自傷|死にたい|犯罪|逮捕|前科|離婚)/gu,
  /0\d{1,4}[-‐ー－]?\d{1,4}[-‐ー－]?\d{3,4}/gu,
];
/** Those who are always there, and say nothing about anybody. */
const FINE = /^(?:職員|担当|相談員|保健師|皆|みな|お子|お客|お母|お父|ご家族|家族|本人)(?:様|さん|さま)$/u;

/** @returns each unfit word once, as written; empty when the text may go out. */
export function unfitWords(text: string): string[] {
  const found = UNFIT.flatMap((pattern) => [...text.matchAll(pattern)].map(([word]) => word));
  return [...new Set(found.filter((word) => !FINE.test(word)))];
}
