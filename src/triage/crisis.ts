/**
 * Whether someone is in danger. A sure rule of dictionaries/crisis.txt decides at once, unless an idiom, a work of fiction or a
 * joke stands beside it; everything else is weighed: the learned scores, suspicions, what speaks against. How much each counts
 * is learned from the examples (settings.crisis). When a careful reader could not rule it out, it is a crisis.
 */
import type { Crisis } from '#contracts/labels.ts';
import { type Analysis, FEATURE_KINDS } from './features.ts';
import type { Settings } from './model.ts';

type Kind = Exclude<Crisis, 'none'>;
const KINDS: readonly Kind[] = ['suicide', 'violence', 'child_abuse', 'medical'];
const MARKS = FEATURE_KINDS.indexOf('印');
const LIGHT = new Set(['印:笑い', '印:絵文字 笑う', '印:落着', '印:昔']);

/** From this probability on it is a crisis; chosen so that few are missed, at the price of some that a person looks at in vain. */
const CRISIS_FROM = 0.35;
/** A sure rule needs only so much beside it. */
const SURE_FROM = 0.1;

export function crisisOf(analysis: Analysis, p: (head: string) => number, settings: Settings): Crisis {
  const rules = rulesOf(analysis);
  const { hits, sure, harmless } = rules;
  const probability = crisisProbability(crisisInputs(analysis, p, rules), settings);
  const first = sure ?? hits[0];
  if (probability < (sure !== undefined && !harmless ? SURE_FROM : CRISIS_FROM)) return 'none';
  return bestKind(p, first);
}

/** What the weighing is made of; begins with 1. */
export function crisisInputs(analysis: Analysis, p: (head: string) => number, rules = rulesOf(analysis)): number[] {
  const { hits, sure, harmless } = rules;
  const { names, kinds } = analysis.features;
  const light = names.some((name, i) => kinds[i] === MARKS && LIGHT.has(name));
  return [
    1,
    logit(p('crisis:any')),
    logit(Math.max(...KINDS.map((kind) => p(`crisis:${kind}`)))),
    logit(p('scope:other')),
    logit(p('scope:unclear')),
    hits.length > 0 ? 1 : 0,
    hits.length > 1 ? 1 : 0,
    sure === undefined ? 0 : 1,
    harmless ? 1 : 0,
    light ? 1 : 0,
  ];
}

export function crisisProbability(inputs: readonly number[], settings: Settings): number {
  let sum = 0;
  for (let i = 0; i < inputs.length; i++) sum += inputs[i]! * settings.crisis[i]!;
  return 1 / (1 + Math.exp(-sum));
}

/** Kinds that rules name, first to last; those that begin inside a harmless phrase are left out. */
function rulesOf(analysis: Analysis): { hits: Kind[]; sure: Kind | undefined; harmless: boolean } {
  const harmless = analysis.patterns.filter((hit) => hit.entry.says.kind === 'harmless');
  const hits: Kind[] = [];
  let sure: Kind | undefined;
  for (const hit of analysis.patterns) {
    const { says } = hit.entry;
    if (says.kind !== 'crisis' || harmless.some((h) => h.start <= hit.start && h.end > hit.start)) continue;
    hits.push(says.crisis);
    if (says.sure) sure ??= says.crisis;
  }
  return { hits, sure, harmless: harmless.length > 0 };
}

/** The learned kinds choose; a rule's kind wins unless another is much likelier. */
function bestKind(p: (head: string) => number, byRule: Kind | undefined): Kind {
  const learned = KINDS.reduce((best, kind) => (p(`crisis:${kind}`) > p(`crisis:${best}`) ? kind : best));
  if (byRule === undefined || p(`crisis:${learned}`) > p(`crisis:${byRule}`) + 0.3) return learned;
  return byRule;
}

function logit(p: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, p));
  return Math.log(bounded / (1 - bounded));
}
