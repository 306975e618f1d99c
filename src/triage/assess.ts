/** From an analysed text to an assessment. Crisis is settled first and by itself; then scope, needs, whose trouble. */
import type { Assessment, Evidence } from '#contracts/assessment.ts';
import { ABOUTS, type About, type Crisis, NEEDS, type Need, type Scope } from '#contracts/label-lists.ts';
import { concernsOf } from './concerns.ts';
import { confidence, confidenceInputs } from './confidence.ts';
import { crisisOf } from './crisis.ts';
import type { Labels } from './evidence.ts';
import type { Analysis } from './features.ts';
import type { KnownFeatures } from './known-features.ts';
import { ABOUT_COLUMNS, HEADS, headPlace, type Model, NEED_COLUMNS, probability, scoreHeads } from './model.ts';

const SCOPE_NEED = headPlace('scope', 'need');
const SCOPE_UNCLEAR = headPlace('scope', 'unclear');
const SCOPE_OTHER = headPlace('scope', 'other');

/** A need is listed from this probability on, the first one always; at most LISTED of them. */
const LIST_FROM = 0.05;
const LISTED = 4;
/** What a crisis is about when the words tell no need. */
const NEED_OF_CRISIS: Record<Exclude<Crisis, 'none'>, Need> = {
  suicide: 'mental',
  violence: 'abuse',
  child_abuse: 'abuse',
  medical: 'mental',
};

/** `features`: those gathered with the analysis. The evidence is gathered by `evidenceOf`. */
export function assess<E extends Evidence>(
  analysis: Analysis,
  features: KnownFeatures,
  model: Model,
  evidenceOf: (labels: Labels) => E[],
): Omit<Assessment, 'evidence'> & { evidence: E[] } {
  const p = scoreHeads(model, features);
  addRules(analysis, p);
  for (let h = 0; h < HEADS.length; h++) p[h] = probability(p[h]!, model.settings.calibration[h]!);
  const crisis = crisisOf(analysis, p, model.settings);
  const probabilities = NEED_COLUMNS.map((h) => p[h]!);
  const scope = crisis === 'none' ? scopeOf(p, largest(probabilities)) : 'need';
  const needs = scope === 'need' ? rankNeeds(probabilities, crisis) : [];
  const about = scope === 'other' ? 'unknown' : aboutOf(p);
  const sure = confidence(
    confidenceInputs(probabilities, p[SCOPE_NEED]!, p[SCOPE_UNCLEAR]!, p[SCOPE_OTHER]!),
    model.settings,
  );
  return {
    needs,
    scope,
    about,
    crisis,
    confident: scope === 'need' && sure >= model.settings.confidentFrom,
    evidence: evidenceOf({ needs: needs.map((n) => n.need), scope, about, crisis }),
    concerns: scope === 'need' ? concernsOf(analysis, needs, crisis) : [],
  };
}

/** Staff's situations speak in the same unit as the learned scores. */
function addRules(analysis: Analysis, scores: Float64Array): void {
  for (const { entry } of analysis.patterns) {
    const { says } = entry;
    if (says.kind === 'need') scores[headPlace('need', says.need)]! += says.strength;
    if (says.kind === 'about') scores[headPlace('about', says.about)]! += says.strength;
    if (says.kind === 'scope') scores[headPlace('scope', says.scope)]! += says.strength;
  }
}

/** A likely need is rather asked about than passed over: then only a little has to speak for `need`. */
function scopeOf(p: Float64Array, likeliest: number): Scope {
  const need = p[SCOPE_NEED]!;
  const unclear = p[SCOPE_UNCLEAR]!;
  const other = p[SCOPE_OTHER]!;
  if ((need >= unclear && need >= other) || (likeliest >= 0.5 && need >= 0.2)) return 'need';
  return unclear >= other ? 'unclear' : 'other';
}

function aboutOf(p: Float64Array): About {
  let best = 0;
  for (let i = 1; i < ABOUTS.length; i++) if (p[ABOUT_COLUMNS[i]!]! > p[ABOUT_COLUMNS[best]!]!) best = i;
  return ABOUTS[best]!;
}

function rankNeeds(probabilities: readonly number[], crisis: Crisis): { need: Need; score: number }[] {
  const scores = probabilities.map((p) => Math.round(p * 1000) / 1000);
  const listed: { need: Need; score: number }[] = [];
  while (listed.length < LISTED) {
    let best = 0;
    for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
    const score = scores[best]!;
    if (listed.length > 0 && score < LIST_FROM) break;
    listed.push({ need: NEEDS[best]!, score });
    scores[best] = TAKEN;
  }
  if (crisis !== 'none' && listed[0]!.score < LIST_FROM) listed[0] = { need: NEED_OF_CRISIS[crisis], score: LIST_FROM };
  return listed;
}

/** Below every score. */
const TAKEN = -1;

function largest(numbers: readonly number[]): number {
  let most = numbers[0]!;
  for (const one of numbers) if (one > most) most = one;
  return most;
}
