import { expect, it } from 'vitest';
import { parsePattern } from '#triage/parse-pattern.ts';

it('multiplies neighbouring literals out and keeps gaps apart', () => {
  expect(parsePattern('(通帳|口座)から…おろせ(ない|ん)')).toEqual([
    { literals: ['通帳から', '口座から'], groups: [], gap: 0 },
    { literals: ['おろせない', 'おろせん'], groups: [], gap: 16 },
  ]);
});

it('takes groups, nested choices and "or nothing"', () => {
  expect(parsePattern('〈親〉(が|は)?(死|い(ない|ん))')).toEqual([
    { literals: [], groups: ['親'], gap: 0 },
    {
      literals: ['が死', 'がいない', 'がいん', 'は死', 'はいない', 'はいん', '死', 'いない', 'いん'],
      groups: [],
      gap: 0,
    },
  ]);
});

it.each(['(開いたまま', '〈閉じない', '…', '財布…'])('%s cannot be read', (pattern) => {
  expect(parsePattern(pattern)).toBeUndefined();
});
