import { describe, expect, it } from 'vitest';
import { originalRange } from '#triage/mapped-text.ts';
import { normalise } from '#triage/normalise.ts';
import { slipTable } from '#triage/slip-table.ts';

const slips = slipTable([{ from: 'タヒにたい', to: '死にたい' }]);
const plain = (text: string): string => normalise(text, slips).text.trim();

describe('normalise', () => {
  it.each([
    ['half-width kana', 'ｺｳｻﾞ ｶﾗｯﾎﾟ', 'こうざ からっぽ'],
    ['full-width digits and letters', '３８円しかない ＤＶ', '38円しかない dv'],
    ['lengthened sounds', 'しんどーーーい', 'しんどい'],
    ['small vowels drawn out', 'つらぁぁぁい', 'つらい'],
    ['lengthened family words', 'おかーさん', 'おかあさん'],
    ['laughing', 'わからんwwww', 'わからんw'],
    ['Kansai negation', '眠れへん', '眠れない'],
    ['zero-width and bidirectional marks', '死\u200bに\u202eた\u2066い', '死にたい'],
    ['a combining voiced mark', 'か\u3099ない', 'がない'],
    ['romaji throughout', 'yoru nerarenai', 'よるねられない'],
    ['staff’s slips', 'タヒにたい', '死にたい'],
  ])('%s', (_, written, expected) => {
    expect(plain(written)).toBe(expected);
  });

  it('leaves English and a wish’s たい alone', () => {
    expect(plain('help me my husband hits me')).toBe('help me my husband hits me');
    expect(plain('死にたい')).toBe('死にたい');
  });

  it('keeps what emoji say as marks, once each', () => {
    expect(normalise('むり😭😭😭', slips).marks).toEqual(['泣く']);
  });

  it('drops lone surrogates and never loses the way back to the original', () => {
    const written = '\ud800金が😭 ﾅｲ\udc00';
    const folded = normalise(written, slips);
    expect(folded.origin).toHaveLength(folded.text.length + 1);
    expect(/[\ud800-\udfff]/.test(folded.text)).toBe(false);
    const at = folded.text.indexOf('金が');
    const range = originalRange(folded, at, at + 2);
    expect(written.slice(range.start, range.end)).toBe('金が');
  });
});
