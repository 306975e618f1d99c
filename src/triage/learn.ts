/**
 * Learns the weights from the example sentences: first on parts of them, to see how sure the scores are on sentences not
 * learned from (calibration), then on all. Same files in, same bytes out, on any machine.
 */
import type { ExampleEntry } from '#contracts/dictionary.ts';
import type { About, Crisis, Need } from '#contracts/label-lists.ts';
import { calibrate } from './calibrate.ts';
import type { Learnable } from './create-triage.ts';
import { HEADS, type Model, RARITY, ROW, UNIT } from './model.ts';
import { tellingFactors } from './telling-factors.ts';
import { trainHead } from './train-head.ts';
import { type Known, knownNames, type Numbered, numberNames, rowsOf } from './train-rows.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface LearnOptions {
  readonly examples: readonly ExampleEntry[];
  /** Fingerprint of the files, kept in the weights (fingerprint.ts). */
  readonly madeFrom: string;
  /** What is seen in each example, in the same order. */
  readonly analyses: readonly Learnable[];
  /** Told what is being done, for a person who waits. */
  readonly progress?: (what: string) => void;
}

/** A name must occur in so many examples to be kept, by kind of feature (語 群 組 続 字 音 印 漢). */
const LEAST = [2, 2, 3, 2, 3, 4, 1, 2];
/** What a wrong answer costs beside a large weight, by what the head tells (chosen by cross-checking). */
const COST: Record<string, number> = { need: 0.1, scope: 0.3, about: 0.2, crisis: 0.2 };
const ROUNDS = 10;
const FOLDS = 4;
/** A need that is not the first still counts, but less. */
const SECOND_NEED = 0.8;
/** In hundredths: a name none of whose weights reaches this is dropped, … */
const TELLING = 13;
/** … and a smaller weight than this becomes 0. */
const NEXT_TO_NOTHING = 3;

export function learn(options: LearnOptions): Model {
  const { examples, analyses, progress = () => undefined } = options;
  const numbered = numberNames(analyses);
  const folds = foldsOf(examples);
  const scores = new Array<Float64Array>(examples.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    progress(`較正のための学習 ${fold + 1}/${FOLDS}`);
    const outside = [...examples.keys()].filter((i) => folds[i] === fold);
    const inside = [...examples.keys()].filter((i) => folds[i] !== fold);
    scoreAll(train(examples, numbered, inside), numbered, outside).forEach((score, k) => {
      scores[outside[k]!] = score;
    });
  }
  progress('全部の例文での学習');
  const trained = train(examples, numbered, [...examples.keys()]);
  const yes = examples.map((example) => HEADS.map((head) => labelOf(example, head) > 0));
  return {
    ...inOrderOfNames(trained, numbered),
    settings: { madeFrom: options.madeFrom, ...calibrate(scores, yes, analyses) },
  };
}

/** A whole file goes to one part: what one writer wrote alike must not be on both sides. */
function foldsOf(examples: readonly ExampleEntry[]): number[] {
  const files = [...new Set(examples.map((example) => example.file))];
  const fold = new Map(files.map((file, i) => [file, i % FOLDS]));
  return examples.map((example) => fold.get(example.file)!);
}

interface Trained {
  readonly known: Known;
  /** weights[place · HEADS.length + head] in hundredths; the last row is the bias. */
  readonly weights: Int16Array;
}

function train(examples: readonly ExampleEntry[], numbered: Numbered, chosen: readonly number[]): Trained {
  const known = knownNames(numbered, chosen, LEAST);
  const rows = rowsOf(numbered, chosen, known);
  const weights = new Int16Array((known.size + 1) * HEADS.length);
  HEADS.forEach((head, h) => {
    const labels = Float64Array.from(chosen, (i) => labelOf(examples[i]!, head));
    const factors = tellingFactors(rows, labels, known.size);
    const column = trainHead(rows, labels, factors, { cost: COST[head.split(':')[0]!]!, rounds: ROUNDS });
    column.forEach((weight, name) => {
      weights[name * HEADS.length + h] = Math.round(weight * UNIT);
    });
  });
  return prune({ known, weights });
}

/** Leaves out what says next to nothing: small weights, and names that have only such. */
function prune({ known, weights }: Trained): Trained {
  const heads = HEADS.length;
  const row = (f: number): Int16Array => weights.subarray(f * heads, (f + 1) * heads);
  const kept = [...known.rarity.keys()].filter((f) => row(f).some((weight) => Math.abs(weight) >= TELLING));
  const left = new Int16Array((kept.length + 1) * heads);
  const moved = new Int32Array(known.size).fill(-1);
  kept.forEach((f, place) => {
    moved[f] = place;
    left.set(
      row(f).map((weight) => (Math.abs(weight) < NEXT_TO_NOTHING ? 0 : weight)),
      place * heads,
    );
  });
  left.set(row(known.size), kept.length * heads);
  const place = known.place.map((at) => (at < 0 ? -1 : moved[at]!));
  return {
    known: { size: kept.length, place, rarity: Float64Array.from(kept, (f) => known.rarity[f]!) },
    weights: left,
  };
}

function scoreAll({ known, weights }: Trained, numbered: Numbered, chosen: readonly number[]): Float64Array[] {
  const heads = HEADS.length;
  const rows = rowsOf(numbered, chosen, known);
  return chosen.map((_, i) => {
    const scores = Float64Array.from(weights.subarray(known.size * heads));
    for (let k = rows.start[i]!; k < rows.start[i + 1]!; k++) {
      const from = rows.at[k]! * heads;
      for (let h = 0; h < heads; h++) scores[h]! += weights[from + h]! * rows.value[k]!;
    }
    return scores.map((score) => score / UNIT);
  });
}

/** The names sorted, so that a change in the examples shows as a small change in the file. */
function inOrderOfNames({ known, weights }: Trained, numbered: Numbered): Omit<Model, 'settings'> {
  const heads = HEADS.length;
  const places = numbered.names
    .map((name, number) => ({ name, place: known.place[number]! }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const sorted = new Int16Array((places.length + 1) * ROW);
  places.forEach(({ place }, i) => {
    sorted.set(weights.subarray(place * heads, (place + 1) * heads), i * ROW);
    sorted[i * ROW + RARITY] = Math.round(known.rarity[place]! * UNIT);
  });
  sorted.set(weights.subarray(known.size * heads), places.length * ROW);
  return { vocabulary: vocabularyOf(places.map(({ name }) => name)), weights: sorted };
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
