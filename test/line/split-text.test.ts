import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from '#line/split-text.ts';

describe('splitText', () => {
  it('leaves a text that fits as it is', () => {
    expect(splitText('こんにちは。')).toEqual(['こんにちは。']);
    expect(splitText('あ'.repeat(5000))).toHaveLength(1);
    expect(splitText('あ'.repeat(5001))).toHaveLength(2);
  });

  it('cuts at a line end, else a sentence end with its bracket, else a comma, else anywhere', () => {
    expect(splitText('いちにさん\nしごろく', 7)).toEqual(['いちにさん\n', 'しごろく']);
    expect(splitText('「だいじょうぶ。」それから、つづき', 12)).toEqual(['「だいじょうぶ。」', 'それから、つづき']);
    expect(splitText('ひとつ、ふたつみっつ', 6)).toEqual(['ひとつ、', 'ふたつみっつ']);
    expect(splitText('あいうえおかきくけこ', 4)).toEqual(['あいうえ', 'おかきく', 'けこ']);
  });

  it('keeps a family emoji, a flag and a combined letter whole', () => {
    const family = '👨‍👩‍👧';
    expect(splitText(`あいう${family}え`, 8)).toEqual(['あいう', family, 'え']);
    expect(splitText('ああ🇯🇵', 5)).toEqual(['ああ', '🇯🇵']);
    expect(splitText('がか\u3099', 2)).toEqual(['が', 'か\u3099']);
  });

  it('cuts a cluster longer than a message between code points', () => {
    const parts = splitText(`e${'\u0301'.repeat(30)}`, 10);
    expect(parts.join('')).toBe(`e${'\u0301'.repeat(30)}`);
    expect(parts.every((part) => part.length <= 10)).toBe(true);
  });

  it('loses nothing, exceeds nothing, splits no surrogate pair (any text)', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('。', '、', '\n', '😀', '👨‍👩‍👧', 'か\u3099', '！\uFE0F', ' '),
    );
    const texts = fc.array(piece, { minLength: 1, maxLength: 80 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 60 }), (text, limit) => {
        const parts = splitText(text, limit);
        const seen = (s: string): string => s.replace(/\s/gu, '');
        expect(seen(parts.join(''))).toBe(seen(text));
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect(part.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
