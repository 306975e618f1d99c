/** Staff's slips as one alternation, longest first, so that one pass over the text replaces them all. */
import type { SlipEntry } from '#contracts/dictionary.ts';
import type { SlipTable } from './normalise.ts';

export function slipTable(slips: readonly Pick<SlipEntry, 'from' | 'to'>[]): SlipTable {
  const replacements = new Map(slips.map((slip) => [slip.from, slip.to]));
  if (replacements.size === 0) return { pattern: undefined, replacements };
  const longestFirst = [...replacements.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const escaped = longestFirst.map((from) => from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { pattern: new RegExp(escaped.join('|'), 'gu'), replacements };
}
