import type { Facts } from '#contracts/session.ts';
import { clip } from './clip.ts';

/**
 * What the resident said, short enough to be said back: the words that spoke for the strongest needs, in the order
 * written, else the beginning of the last message that says something.
 * @returns e.g. 「母の物忘れ」「夜も起きる」; null when nothing is left (all withdrawn).
 */
export function ownWords(facts: Facts): string | null {
  const said = facts.heard.flatMap((heard) => (heard.text === null ? [] : [heard.text]));
  const all = said.join('\n');
  const top = new Set((facts.assessment?.needs ?? []).slice(0, 2).map((entry) => `need:${entry.need}`));
  const words = (facts.assessment?.evidence ?? [])
    .filter((evidence) => evidence.by === 'rule' && evidence.score > 0 && top.has(evidence.label))
    .filter((evidence) => [...evidence.words].length >= 3 && all.includes(evidence.words))
    .toSorted((a, b) => b.score - a.score)
    .map((evidence) => evidence.words.trim())
    .filter((word, index, list) => list.findIndex((other) => other.includes(word)) === index)
    .slice(0, 2);
  if (words.length > 0) {
    return words
      .toSorted((a, b) => all.indexOf(a) - all.indexOf(b))
      .map((word) => `「${clip(word, 20)}」`)
      .join('');
  }
  // 「うん」 after a long message is not what the talk is about.
  const told = said.slice(-3).map((text) => text.replaceAll(/\s+/gu, ' ').trim());
  const last =
    told.toReversed().find((text) => text.length >= 6) ?? told.toSorted((a, b) => b.length - a.length)[0] ?? '';
  return last === '' ? null : `「${clip(last, 40)}」`;
}
