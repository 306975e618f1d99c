/** Ages, sums, spans and hours in a normalised text as classes: 52歳 → `年齢 50代`, 43円 → `金額 千円未満`. */

import type { GroupHit } from './dictionary.ts';

const NUMBER = '(?:[0-9][0-9,.]*|[〇一二三四五六七八九十百千]+|数|何)';
const PATTERN = new RegExp(
  `(${NUMBER})(万|千|百)?\\s*(歳|才|さい|代|円|えん|万|年生|年|ヶ月|か月|カ月|ヵ月|ケ月|箇月|かげつ|月|週間|週|日間|日|にち|時間|時|分|回|度|人|匹|本|缶|個|枚|通|件|社|キロ|kg|級|割|%|倍)`,
  'gu',
);
const DIGITS: Record<string, number> = { 〇: 0, 一: 1, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };

export function findQuantities(text: string): GroupHit[] {
  const found: GroupHit[] = [];
  PATTERN.lastIndex = 0;
  for (let match = PATTERN.exec(text); match !== null; match = PATTERN.exec(text)) {
    const value = numberOf(match[1]!) * ({ 万: 10_000, 千: 1_000, 百: 100 }[match[2] ?? ''] ?? 1);
    const range = { start: match.index, end: match.index + match[0].length };
    for (const group of kindsOf(value, match[3]!))
      found.push({ group, number: -1, start: range.start, end: range.end });
  }
  return found;
}

/** 数 and 何 count as 3. */
function numberOf(text: string): number {
  if (/^[0-9]/.test(text)) return Number(text.replace(/[,.]+$/, '').replaceAll(',', '')) || 0;
  if (text === '数' || text === '何') return 3;
  if (!/[十百千]/u.test(text)) return Number([...text].map((c) => DIGITS[c] ?? 0).join(''));
  let sum = 0;
  let digit = 0;
  for (const c of text) {
    const unit = { 十: 10, 百: 100, 千: 1000 }[c];
    if (unit === undefined) digit = DIGITS[c] ?? 0;
    else {
      sum += (digit || 1) * unit;
      digit = 0;
    }
  }
  return sum + digit;
}

function kindsOf(value: number, unit: string): string[] {
  if (/^(歳|才|さい|代)$/u.test(unit))
    return [`年齢 ${ageBand(value)}`, ...(value < 18 ? ['年齢 未成年'] : value >= 65 ? ['年齢 高齢'] : ['年齢 大人'])];
  if (/^(円|えん)$/u.test(unit)) return [`金額 ${band(value, [1_000, 10_000, 100_000, 1_000_000])}`, '金額'];
  if (unit === '万') return [`金額 ${band(value * 10_000, [1_000, 10_000, 100_000, 1_000_000])}`, '金額'];
  if (unit === '年生') return ['学年'];
  if (unit === '年') return value > 100 ? [] : [`期間 ${band(value, [2, 5, 10, 20])}年`, '期間 年'];
  if (/月|かげつ/u.test(unit)) return unit === '月' ? ['月'] : ['期間 月'];
  if (unit.startsWith('週')) return ['期間 週'];
  if (/^(日間|日|にち)$/u.test(unit))
    return value <= 31 ? [`期間 ${band(value, [2, 5, 15])}日`, '期間 日'] : ['期間 日'];
  if (unit === '時') return [value <= 5 ? '時刻 深夜' : value >= 21 ? '時刻 夜' : '時刻 昼'];
  if (/^(時間|分)$/u.test(unit)) return [`時間 ${unit}`];
  return [`数 ${unit}`, ...(value >= 5 ? [`数 多い${unit}`] : [])];
}

function ageBand(age: number): string {
  const bands: readonly (readonly [number, string])[] = [
    [6, '乳幼児'],
    [13, '小学生'],
    [19, '10代'],
    [30, '20代'],
    [40, '30代'],
    [50, '40代'],
    [60, '50代'],
    [65, '60代前半'],
    [75, '65以上'],
  ];
  return bands.find(([limit]) => age < limit)?.[1] ?? '75以上';
}

function band(value: number, limits: readonly number[]): string {
  const limit = limits.find((l) => value < l);
  return limit === undefined ? `${limits.at(-1)}以上` : `${limit}未満`;
}
