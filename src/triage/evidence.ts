/**
 * The words that made an answer: for each label given, the rules that spoke and the weightiest features. A talk keeps them
 * briefly, where they speak for a need or a crisis; staff who ask why are told everything, and where it comes from.
 */
import type { Evidence, Explanation } from '#contracts/assessment.ts';
import type { PatternEntry } from '#contracts/dictionary.ts';
import type { About, Crisis, Need, Scope } from '#contracts/label-lists.ts';
import type { Analysis } from './features.ts';
import type { KnownFeatures } from './known-features.ts';
import { originalRange } from './mapped-text.ts';
import { HEADS, headPlace, type Model, ROW, UNIT } from './model.ts';

export interface Labels {
  readonly needs: readonly Need[];
  readonly scope: Scope;
  readonly about: About;
  readonly crisis: Crisis;
}

/** What was looked at. */
export interface Seen {
  readonly analysis: Analysis;
  readonly features: KnownFeatures;
  readonly model: Model;
  /** All that was said, as written; the message itself begins at `offset`. */
  readonly said: string;
  readonly offset: number;
}

/** So many weights are named for each label, from this part in the score on; of the needs only the first three are. */
const NAMED = 3;
const NAMED_FROM = 0.05;
const NAMED_NEEDS = 3;

/** What speaks for the needs and the crisis; a weight only where it has words. */
export function briefly(seen: Seen, labels: Labels): Evidence[] {
  const evidence: Evidence[] = [];
  for (const { entry, start, end } of seen.analysis.patterns) {
    const label = labelOf(entry);
    if (label === undefined || !isKept(entry)) continue;
    evidence.push({ words: wordsAt(seen, start, end), by: 'rule', label, score: strengthOf(entry) });
  }
  const { starts, ends } = seen.features;
  for (const head of keptHeads(labels)) {
    const label = HEADS[head]!;
    nameTelling(head, seen, (k, score) => {
      if (starts[k]! < 0) return;
      evidence.push({ words: wordsAt(seen, starts[k]!, ends[k]!), by: 'weight', label, score });
    });
  }
  return evidence;
}

/** Places refer to the message itself; what was said before has none. */
export function explained(seen: Seen, labels: Labels): Explanation['evidence'] {
  const evidence: Explanation['evidence'] = [];
  const placeOf = (start: number, end: number): Pick<Evidence, 'words' | 'start' | 'end'> => {
    const range = originalRange(seen.analysis.normalised, start, end);
    const words = seen.said.slice(range.start, range.end);
    const { offset } = seen;
    return range.start < offset ? { words } : { words, start: range.start - offset, end: range.end - offset };
  };
  for (const { entry, start, end } of seen.analysis.patterns) {
    const label = labelOf(entry);
    if (label === undefined) continue;
    const source = `${entry.file}:${entry.line}`;
    evidence.push({ ...placeOf(start, end), by: 'rule', source, label, score: strengthOf(entry) });
  }
  const { at, starts, ends } = seen.features;
  const [about, scope] = [headPlace('about', labels.about), headPlace('scope', labels.scope)];
  for (const head of [...keptHeads(labels), about, ...(labels.scope === 'need' ? [] : [scope])]) {
    const label = HEADS[head]!;
    nameTelling(head, seen, (k, score) => {
      const place = starts[k]! < 0 ? { words: '' } : placeOf(starts[k]!, ends[k]!);
      evidence.push({ ...place, by: 'weight', source: seen.model.vocabulary.name(at[k]!), label, score });
    });
  }
  return evidence;
}

function wordsAt({ analysis, said }: Seen, from: number, to: number): string {
  const { start, end } = originalRange(analysis.normalised, from, to);
  return said.slice(start, end);
}

function keptHeads({ needs, crisis }: Labels): number[] {
  const heads = needs.slice(0, NAMED_NEEDS).map((need) => headPlace('need', need));
  if (crisis !== 'none') heads.push(headPlace('crisis', crisis));
  return heads;
}

/** What speaks for a head enough to be named: indices into the features, and the scores; used again for the next head. */
const telling: number[] = [];
const scores: number[] = [];
/** The score of what was named already. */
const TAKEN = -1;

/** Names the strongest parts of a head's score that do not overlap, by their place in the features. */
function nameTelling(head: number, { model, features }: Seen, name: (feature: number, score: number) => void): void {
  const count = gatherTelling(head, model, features);
  const { starts, ends } = features;
  const taken: number[] = [];
  for (let named = 0; named < NAMED; ) {
    const best = strongest(count);
    if (best < 0) return;
    const k = telling[best]!;
    const start = starts[k]!;
    const end = ends[k]!;
    const score = Math.round(scores[best]! * 1000) / 1000;
    scores[best] = TAKEN;
    if (start >= 0 && taken.some((t) => start < ends[t]! && end > starts[t]!)) continue;
    named++;
    if (start >= 0) taken.push(k);
    name(k, score);
  }
}

function gatherTelling(head: number, { weights }: Model, { count, at, values }: KnownFeatures): number {
  let found = 0;
  for (let k = 0; k < count; k++) {
    const weight = weights[at[k]! * ROW + head]!;
    if (weight < (NAMED_FROM * UNIT) / values[k]!) continue;
    telling[found] = k;
    scores[found++] = (weight * values[k]!) / UNIT;
  }
  return found;
}

/** The place of the strongest that is left, the first of equals; -1 for none. Quicker than sorting, since few are named. */
function strongest(count: number): number {
  let best = -1;
  let most = TAKEN;
  for (let i = 0; i < count; i++) {
    if (scores[i]! <= most) continue;
    best = i;
    most = scores[i]!;
  }
  return best;
}

const strengthOf = ({ says }: PatternEntry): number => ('strength' in says ? says.strength : 1);
const isKept = ({ says }: PatternEntry): boolean => says.kind !== 'about' && says.kind !== 'scope';

function labelOf(entry: PatternEntry): string | undefined {
  const { says } = entry;
  if (says.kind === 'need') return `need:${says.need}`;
  if (says.kind === 'about') return `about:${says.about}`;
  if (says.kind === 'scope') return `scope:${says.scope}`;
  if (says.kind === 'crisis') return `crisis:${says.crisis}`;
  return says.kind === 'harmless' ? 'crisis:none' : undefined;
}
