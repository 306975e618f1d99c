import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copy } from '#support/copy.ts';
import { countGraphemes, firstGraphemes } from '#support/graphemes.ts';

const segmenter = new Intl.Segmenter('ja', { granularity: 'grapheme' });

describe('counting and copying', () => {
  it('counts as the segmenter does, whatever the text', () => {
    const pieces = fc.constantFrom(
      'は',
      'か\u3099',
      '゛',
      'ｶﾞ',
      '々',
      '👨‍👩‍👧',
      '🇯🇵',
      'ー',
      '〜',
      '〰️',
      '㍻',
      'e\u0301',
      '\r\n',
      '：',
      '﨑',
      '葛󠄀',
    );
    const text = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 });
    fc.assert(
      fc.property(text, (parts) => {
        const whole = parts.join('');
        const clusters = [...segmenter.segment(whole)].map(({ segment }) => segment);
        expect(countGraphemes(whole)).toBe(clusters.length);
        for (const n of [0, 1, 3, clusters.length, clusters.length + 1]) {
          expect(firstGraphemes(whole, n)).toBe(clusters.slice(0, n).join(''));
        }
      }),
      { numRuns: 3000 },
    );
    const basic = String.fromCodePoint(...Array.from({ length: 0xd7ff - 0x20 }, (_, i) => 0x20 + i));
    for (const one of basic) expect(countGraphemes(`か${one}`), one).toBe([...segmenter.segment(`か${one}`)].length);
  });

  it('copies plain data whole and apart', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const other = copy(value);
        expect(other).toEqual(value);
        if (typeof value === 'object' && value !== null) expect(other).not.toBe(value);
      }),
    );
  });
});
