/**
 * Whether someone is in danger. A sure rule of dictionaries/crisis.txt decides at once, unless an idiom, a work of fiction or a
 * joke stands beside it; everything else is weighed: the learned scores, suspicions, what speaks against. How much each counts
 * is learned from the examples (settings.crisis). When a careful reader could not rule it out, it is a crisis.
 */
import type { Crisis } from '#contracts/label-lists.ts';
import type { Analysis } from './features.ts';
import { headPlace, type Settings } from './model.ts';

type Kind = Exclude<Crisis, 'none'>;
const KINDS: readonly Kind[] = ['suicide', 'violence', 'child_abuse', 'medical'];
const KIND_COLUMNS = KINDS.map((kind) => headPlace('crisis', kind));
const ANY = headPlace('crisis', 'any');
const OTHER = headPlace('scope', 'other');
const UNCLEAR = headPlace('scope', 'unclear');
const NEED = headPlace('scope', 'need');
/** Marks of what is said lightly or long past. */
const LIGHT = new Set(['笑い', '絵文字 笑う', '落着', '昔']);

/** A missed wish to die is dearest: there so much of the probability is enough. */
const SUICIDE_SHARE = 0.65;
/** Where every such word stands in an idiom, and it is said with a laugh or of long ago, only from here on. */
const JEST_FROM = 0.7;
/** A sure rule needs only so much beside it. */
const SURE_FROM = 0.1;

export function crisisOf(analysis: Analysis, p: Float64Array, settings: Settings): Crisis {
  const rules = rulesOf(analysis);
  const { hits, sure } = rules;
  const probability = crisisProbability(crisisInputs(analysis, p, rules), settings.crisis);
  const first = sure ?? hits[0];
  const kind = bestKind(p, first);
  return probability < threshold(analysis, rules, isWishToDie(kind, p), settings) ? 'none' : kind;
}

function threshold(
  analysis: Analysis,
  { hits, sure, harmless }: Rules,
  wishToDie: boolean,
  { crisisFrom }: Settings,
): number {
  if (harmless) return hits.length === 0 && isLight(analysis) ? JEST_FROM : crisisFrom;
  if (sure !== undefined) return SURE_FROM;
  return wishToDie ? SUICIDE_SHARE * crisisFrom : crisisFrom;
}

/** Not a cry without a topic (「もう無理」): there the bot asks on. */
function isWishToDie(kind: Kind, p: Float64Array): boolean {
  return kind === 'suicide' && p[NEED]! > p[UNCLEAR]!;
}

function isLight(analysis: Analysis): boolean {
  return analysis.marks.some((mark) => LIGHT.has(mark));
}

/** What the weighing is made of; begins with 1. */
export function crisisInputs(analysis: Analysis, p: Float64Array, rules = rulesOf(analysis)): number[] {
  const { hits, sure, harmless } = rules;
  return [
    1,
    logit(p[ANY]!),
    logit(p[likeliestKind(p)]!),
    logit(p[OTHER]!),
    logit(p[UNCLEAR]!),
    hits.length > 0 ? 1 : 0,
    hits.length > 1 ? 1 : 0,
    sure === undefined ? 0 : 1,
    harmless ? 1 : 0,
    isLight(analysis) ? 1 : 0,
  ];
}

export function crisisProbability(inputs: readonly number[], weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < inputs.length; i++) sum += inputs[i]! * weights[i]!;
  return 1 / (1 + Math.exp(-sum));
}

interface Rules {
  readonly hits: readonly Kind[];
  readonly sure: Kind | undefined;
  readonly harmless: boolean;
}

/** Kinds that rules name, first to last; those that begin inside a harmless phrase are left out. */
function rulesOf(analysis: Analysis): Rules {
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
function bestKind(p: Float64Array, byRule: Kind | undefined): Kind {
  const learned = likeliestKind(p);
  if (byRule === undefined) return KINDS[KIND_COLUMNS.indexOf(learned)]!;
  const ruled = KIND_COLUMNS[KINDS.indexOf(byRule)]!;
  return p[learned]! > p[ruled]! + 0.3 ? KINDS[KIND_COLUMNS.indexOf(learned)]! : byRule;
}

/** Its column; the first of equals. */
function likeliestKind(p: Float64Array): number {
  let best = KIND_COLUMNS[0]!;
  for (const column of KIND_COLUMNS) if (p[column]! > p[best]!) best = column;
  return best;
}

function logit(p: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, p));
  return Math.log(bounded / (1 - bounded));
}
