/**
 * Learns the weights from the example sentences: first on parts of them, to see how sure the scores are on sentences not
 * learned from (calibration), then on all. Same files in, same bytes out, on any machine.
 */
import type { ExampleEntry } from '#contracts/dictionary.ts';
import type { About, Crisis, Need } from '#contracts/label-lists.ts';
import { calibrate } from './calibrate.ts';
import type { Analysis, Features } from './features.ts';
import { HEADS, type Model, type Settings, scoreHeads, UNIT } from './model.ts';
import { tellingFactors } from './telling-factors.ts';
import { type Row, trainHead } from './train-head.ts';
import { buildVocabulary, placesOf, vectorise } from './vectorise.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface LearnOptions {
  readonly examples: readonly ExampleEntry[];
  /** Fingerprint of the files, kept in the weights (fingerprint.ts). */
  readonly madeFrom: string;
  /** What is seen in each example, in the same order. */
  readonly analyses: readonly Analysis[];
  /** Told what is being done, for a person who waits. */
  readonly progress?: (what: string) => void;
}

/** A name must occur in so many examples to be kept, by kind of feature (語 群 組 続 字 音 印). */
const LEAST = [2, 2, 3, 2, 3, 4, 1];
/** What a wrong answer costs beside a large weight, by what the head tells (chosen by cross-checking). */
const COST: Record<string, number> = { need: 0.1, scope: 0.8, about: 0.25, crisis: 0.3 };
const ROUNDS = 10;
const FOLDS = 3;
/** A need that is not the first still counts, but less. */
const SECOND_NEED = 0.8;
/** In hundredths: a name none of whose weights reaches this is dropped, … */
const TELLING = 13;
/** … and a smaller weight than this becomes 0. */
const NEXT_TO_NOTHING = 3;
const NO_SETTINGS: Settings = { madeFrom: '', calibration: [], confidence: [], crisis: [], confidentFrom: 1 };

export function learn(options: LearnOptions): Model {
  const { examples, analyses, progress = () => undefined } = options;
  const features = analyses.map((analysis) => analysis.features);
  const scores = new Array<Float64Array>(examples.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    progress(`較正のための学習 ${fold + 1}/${FOLDS}`);
    const inside = [...examples.keys()].filter((i) => foldOf(i) !== fold);
    const part = train(examples, features, inside);
    const places = placesOf(part.vocabulary);
    for (let i = 0; i < examples.length; i++) {
      if (foldOf(i) === fold) scores[i] = scoreHeads(part, features[i]!, places).scores;
    }
  }
  progress('全部の例文での学習');
  const model = train(examples, features, [...examples.keys()]);
  const yes = examples.map((example) => HEADS.map((head) => labelOf(example, head) > 0));
  return { ...model, settings: { madeFrom: options.madeFrom, ...calibrate(scores, yes, analyses) } };
}

/** Neighbouring lines are often written alike, so they go to the same part. */
function foldOf(i: number): number {
  return Math.floor(i / 7) % FOLDS;
}

function train(examples: readonly ExampleEntry[], features: readonly Features[], chosen: readonly number[]): Model {
  const vocabulary = buildVocabulary(
    chosen.map((i) => features[i]!),
    LEAST,
  );
  const places = placesOf(vocabulary);
  const rows = chosen.map((i): Row => {
    const vector = vectorise(features[i]!, vocabulary, places);
    return { at: Int32Array.from(vector.at), value: Float64Array.from(vector.value) };
  });
  const { size } = vocabulary;
  const weights = new Int16Array((size + 1) * HEADS.length);
  HEADS.forEach((head, h) => {
    const labels = Float64Array.from(chosen, (i) => labelOf(examples[i]!, head));
    const factors = tellingFactors(rows, labels, size);
    const scaled = rows.map(({ at, value }): Row => ({ at, value: value.map((v, k) => v * factors[at[k]!]!) }));
    const column = trainHead(scaled, labels, size, { cost: COST[head.split(':')[0]!]!, rounds: ROUNDS });
    for (let f = 0; f < size; f++) weights[f * HEADS.length + h] = Math.round(column[f]! * factors[f]! * UNIT);
    weights[size * HEADS.length + h] = Math.round(column[size]! * UNIT);
  });
  return prune({ vocabulary, weights, settings: NO_SETTINGS });
}

/** Leaves out what says next to nothing: small weights, and names that have only such. */
function prune(model: Model): Model {
  const { vocabulary, weights } = model;
  const heads = HEADS.length;
  const names = vocabulary.allNames();
  const row = (f: number): Int16Array => weights.subarray(f * heads, (f + 1) * heads);
  const kept = [...names.keys()].filter((f) => row(f).some((weight) => Math.abs(weight) >= TELLING));
  const left = new Int16Array((kept.length + 1) * heads);
  kept.forEach((f, place) => {
    left.set(
      row(f).map((weight) => (Math.abs(weight) < NEXT_TO_NOTHING ? 0 : weight)),
      place * heads,
    );
  });
  left.set(row(names.length), kept.length * heads);
  const rarity = Float64Array.from(kept, (f) => vocabulary.rarity[f]!);
  const keptNames = kept.map((f) => names[f]!);
  return { ...model, vocabulary: vocabularyOf(keptNames, rarity), weights: left };
}

/** City business and small talk are nobody's trouble, whoever writes. */
function aboutOf(example: ExampleEntry): About {
  return example.scope === 'other' ? 'unknown' : example.about;
}

/** Above 0 for yes; the size is the weight of the example for this head. */
function labelOf(example: ExampleEntry, head: string): number {
  const [kind, name] = head.split(':');
  if (kind === 'need') {
    const place = example.needs.indexOf(name as Need);
    return place < 0 ? -1 : place === 0 ? 1 : SECOND_NEED;
  }
  if (kind === 'scope') return example.scope === name ? 1 : -1;
  if (kind === 'about') return aboutOf(example) === name ? 1 : -1;
  if (name === 'any') return example.crisis === 'none' ? -1 : 1;
  return example.crisis === (name as Crisis) ? 1 : -1;
}
