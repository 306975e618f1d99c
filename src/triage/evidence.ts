/** The words that made an answer: for each label given, the rules that spoke and the weightiest features. */
import type { Evidence } from '#contracts/assessment.ts';
import type { PatternEntry } from '#contracts/dictionary.ts';
import type { About, Crisis, Need, Scope } from '#contracts/label-lists.ts';
import type { Analysis } from './features.ts';
import type { KnownFeatures } from './known-features.ts';
import { originalRange } from './mapped-text.ts';
import { HEADS, headPlace, type Model, ROW, UNIT } from './model.ts';
import type { Normalised } from './normalise.ts';

interface Labels {
  readonly needs: readonly Need[];
  readonly scope: Scope;
  readonly about: About;
  readonly crisis: Crisis;
}

/** So many weights are named for each label, from this part in the score on. */
const NAMED = 3;
const NAMED_FROM = 0.05;

/** `words` come out empty; `withWords` of create-triage.ts cuts them from the resident's own text. */
export function evidenceFor(analysis: Analysis, model: Model, features: KnownFeatures, labels: Labels): Evidence[] {
  const evidence: Evidence[] = [];
  for (const { entry, start, end } of analysis.patterns) {
    const label = labelOf(entry);
    if (label === undefined) continue;
    const score = 'strength' in entry.says ? entry.says.strength : 1;
    const range = originalRange(analysis.normalised, start, end);
    evidence.push({
      words: '',
      start: range.start,
      end: range.end,
      by: 'rule',
      source: `${entry.file}:${entry.line}`,
      label,
      score,
    });
  }
  const naming: Naming = { evidence, normalised: analysis.normalised, model, features };
  for (let i = 0; i < labels.needs.length && i < 3; i++) nameTelling(headPlace('need', labels.needs[i]!), naming);
  if (labels.scope !== 'need') nameTelling(headPlace('scope', labels.scope), naming);
  nameTelling(headPlace('about', labels.about), naming);
  if (labels.crisis !== 'none') nameTelling(headPlace('crisis', labels.crisis), naming);
  return evidence;
}

interface Naming {
  readonly evidence: Evidence[];
  readonly normalised: Normalised;
  readonly model: Model;
  readonly features: KnownFeatures;
}

/** What speaks for a head enough to be named: indices into the features, and the scores; used again for the next head. */
const telling: number[] = [];
const scores: number[] = [];
/** The score of what was named already. */
const TAKEN = -1;

/** Names the strongest parts of a head's score that do not overlap. */
function nameTelling(head: number, { evidence, normalised, model, features }: Naming): void {
  const count = gatherTelling(head, model, features);
  const { at, starts, ends } = features;
  const taken: number[] = [];
  const label = HEADS[head]!;
  for (let named = 0; named < NAMED; ) {
    const best = strongest(count);
    if (best < 0) return;
    const k = telling[best]!;
    const start = starts[k]!;
    const end = ends[k]!;
    const score = Math.round(scores[best]! * 1000) / 1000;
    scores[best] = TAKEN;
    if (start >= 0 && taken.some((t) => start < ends[t]! && end > starts[t]!)) continue;
    const source = model.vocabulary.name(at[k]!);
    named++;
    if (start < 0) evidence.push({ words: '', by: 'weight', source, label, score });
    else {
      taken.push(k);
      const range = originalRange(normalised, start, end);
      evidence.push({ words: '', start: range.start, end: range.end, by: 'weight', source, label, score });
    }
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

function labelOf(entry: PatternEntry): string | undefined {
  const { says } = entry;
  if (says.kind === 'need') return `need:${says.need}`;
  if (says.kind === 'about') return `about:${says.about}`;
  if (says.kind === 'scope') return `scope:${says.scope}`;
  if (says.kind === 'crisis') return `crisis:${says.crisis}`;
  return says.kind === 'harmless' ? 'crisis:none' : undefined;
}
