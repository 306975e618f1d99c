/** The words that made an answer: for each label given, the rules that spoke and the weightiest features. */
import type { Evidence } from '#contracts/assessment.ts';
import type { PatternEntry } from '#contracts/dictionary.ts';
import type { About, Crisis, Need, Scope } from '#contracts/label-lists.ts';
import type { Analysis } from './features.ts';
import type { KnownFeatures } from './known-features.ts';
import { originalRange } from './mapped-text.ts';
import { headPlace, type Model, ROW, UNIT } from './model.ts';

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
  for (const hit of analysis.patterns) {
    const label = labelOf(hit.entry);
    if (label === undefined) continue;
    const score = 'strength' in hit.entry.says ? hit.entry.says.strength : 1;
    evidence.push({
      words: '',
      ...originalRange(analysis.normalised, hit.start, hit.end),
      by: 'rule',
      source: `${hit.entry.file}:${hit.entry.line}`,
      label,
      score,
    });
  }
  const heads = [
    ...labels.needs.slice(0, 3).map((need) => `need:${need}`),
    ...(labels.scope === 'need' ? [] : [`scope:${labels.scope}`]),
    `about:${labels.about}`,
    ...(labels.crisis === 'none' ? [] : [`crisis:${labels.crisis}`]),
  ];
  telling(heads, model, features).forEach((parts, i) => {
    evidence.push(...named(heads[i]!, parts, analysis, model, features));
  });
  return evidence;
}

interface Part {
  /** Index into the features. */
  readonly k: number;
  readonly score: number;
}

/** For each head what speaks for it enough to be named, in one walk over the weights. */
function telling(heads: readonly string[], model: Model, features: KnownFeatures): Part[][] {
  const columns = heads.map(headPlace);
  const parts = heads.map((): Part[] => []);
  const { weights } = model;
  const { count, at, values } = features;
  for (let k = 0; k < count; k++) {
    const row = at[k]! * ROW;
    const least = (NAMED_FROM * UNIT) / values[k]!;
    for (let i = 0; i < columns.length; i++) {
      const weight = weights[row + columns[i]!]!;
      if (weight >= least) parts[i]!.push({ k, score: (weight * values[k]!) / UNIT });
    }
  }
  return parts;
}

/** The strongest parts that do not overlap. */
function named(head: string, parts: Part[], analysis: Analysis, model: Model, features: KnownFeatures): Evidence[] {
  const taken: { start: number; end: number }[] = [];
  const evidence: Evidence[] = [];
  const { at, starts, ends } = features;
  for (let next = takeBest(parts); next !== undefined && evidence.length < NAMED; next = takeBest(parts)) {
    const { k, score } = next;
    const [start, end] = [starts[k]!, ends[k]!];
    if (start >= 0 && taken.some((t) => start < t.end && end > t.start)) continue;
    if (start >= 0) taken.push({ start, end });
    const range = start < 0 ? {} : originalRange(analysis.normalised, start, end);
    evidence.push({
      words: '',
      ...range,
      by: 'weight',
      source: model.vocabulary.name(at[k]!),
      label: head,
      score: Math.round(score * 1000) / 1000,
    });
  }
  return evidence;
}

/** Takes the strongest part out, the first of equals; quicker than sorting, since few are named. */
function takeBest(parts: Part[]): Part | undefined {
  let best = 0;
  for (let i = 1; i < parts.length; i++) {
    const [a, b] = [parts[i]!, parts[best]!];
    if (a.score > b.score || (a.score === b.score && a.k < b.k)) best = i;
  }
  const taken = parts[best];
  const last = parts.pop();
  if (last !== undefined && taken !== last) parts[best] = last;
  return taken;
}

function labelOf(entry: PatternEntry): string | undefined {
  const { says } = entry;
  if (says.kind === 'need') return `need:${says.need}`;
  if (says.kind === 'about') return `about:${says.about}`;
  if (says.kind === 'scope') return `scope:${says.scope}`;
  if (says.kind === 'crisis') return `crisis:${says.crisis}`;
  return says.kind === 'harmless' ? 'crisis:none' : undefined;
}
