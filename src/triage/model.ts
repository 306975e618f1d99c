/** The learned part: one linear head for each label, and the file `dictionaries/weights.tsv` it is kept in. */
import { ABOUTS, CRISES, NEEDS } from '#contracts/label-lists.ts';
import type { KnownFeatures } from './known-features.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** Heads in the order of the columns of weights.tsv. `crisis:any` is crisis of whichever kind. */
export const HEADS: readonly string[] = [
  ...NEEDS.map((need) => `need:${need}`),
  'scope:need',
  'scope:unclear',
  'scope:other',
  ...ABOUTS.map((about) => `about:${about}`),
  'crisis:any',
  ...CRISES.filter((crisis) => crisis !== 'none').map((crisis) => `crisis:${crisis}`),
];

/** Sigmoid that turns a head's score into a probability: 1 / (1 + e^-(slope·score + shift)). */
export interface Calibration {
  readonly slope: number;
  readonly shift: number;
}

export interface Settings {
  /** Fingerprint of the dictionary files that were learned from. */
  readonly madeFrom: string;
  /** For each head. */
  readonly calibration: readonly Calibration[];
  /** Weights of [1, p1, p1 − p2, p(scope need), …] in the logit that the first need is right; see confidence.ts. */
  readonly confidence: readonly number[];
  /** Weights in the logit that there is a crisis; what they weigh stands in crisis.ts. */
  readonly crisis: readonly number[];
  /** From this probability on there is a crisis, where no rule decides. */
  readonly crisisFrom: number;
  /** The first need is acted on from this probability on. */
  readonly confidentFrom: number;
}

export interface Model {
  readonly vocabulary: Vocabulary;
  /**
   * A row of ROW numbers for each name: the weight for each head and, last, how rare the name is (the log of examples / examples
   * with it), all in hundredths. The row after the last name is the bias.
   */
  readonly weights: Int16Array;
  readonly settings: Settings;
}

/** A weight of 1 is kept as this number. */
export const UNIT = 100;
export const ROW = HEADS.length + 1;

const HEAD_PLACES: ReadonlyMap<string, number> = new Map(HEADS.map((head, h) => [head, h]));

/** Columns of the heads of each kind, in the order of their labels. */
const columnsOf = (kind: string): readonly number[] =>
  HEADS.flatMap((head, h) => (head.startsWith(`${kind}:`) ? [h] : []));
export const NEED_COLUMNS = columnsOf('need');
export const ABOUT_COLUMNS = columnsOf('about');

/** The column of a head of HEADS. */
export function headPlace(head: string): number {
  return HEAD_PLACES.get(head) ?? -1;
}

/** Scores of all heads; the features get the values they counted with (for the evidence). */
export function scoreHeads({ weights, vocabulary }: Model, features: KnownFeatures): Float64Array {
  features.weigh(weights, ROW);
  const { count, at, values } = features;
  const heads = HEADS.length;
  const scores = new Float64Array(heads);
  const bias = vocabulary.size * ROW;
  for (let h = 0; h < heads; h++) scores[h] = weights[bias + h]!;
  for (let i = 0; i < count; i++) {
    const row = at[i]! * ROW;
    const value = values[i]!;
    for (let h = 0; h < heads; h++) scores[h]! += weights[row + h]! * value;
  }
  for (let h = 0; h < heads; h++) scores[h]! /= UNIT;
  return scores;
}

export function probability(score: number, calibration: Calibration): number {
  return 1 / (1 + Math.exp(-(calibration.slope * score + calibration.shift)));
}

const TITLE = '# 例文から学んだ重み（tsunagi triage learn が作ります。手で直さず、例文や語群を直してください）';
const BIAS = '(かたより)';

export function writeModel(model: Model): string {
  const heads = HEADS.length;
  const lines = [TITLE, `#設定\t${JSON.stringify(model.settings)}`, ['#名前', 'まれさ', ...HEADS].join('\t')];
  const names = model.vocabulary.allNames();
  for (let f = 0; f <= names.length; f++) {
    const row: string[] = [];
    for (let h = 0; h < heads; h++) {
      const weight = model.weights[f * ROW + h]!;
      row.push(weight === 0 ? '' : String(weight));
    }
    if (f === names.length) lines.push([BIAS, '', ...row].join('\t'));
    else lines.push([names[f], model.weights[f * ROW + heads]! / UNIT, ...row].join('\t'));
  }
  return `${lines.join('\n')}\n`;
}

/** Throws when the file is not one of this version's. */
export function readModel(text: string): Model {
  const lines = text.split('\n');
  const settings = JSON.parse(lines[1]!.slice('#設定\t'.length)) as Settings;
  const columns = lines[2]!.split('\t').slice(2);
  if (columns.join() !== HEADS.join()) throw new Error('weights.tsv has other columns; run `tsunagi triage learn`');
  const rows = lines.slice(3).filter((line) => line !== '');
  const names: string[] = [];
  const weights = new Int16Array(rows.length * ROW);
  rows.forEach((line, f) => {
    const nameEnd = line.indexOf('\t');
    const rarityEnd = line.indexOf('\t', nameEnd + 1);
    if (f < rows.length - 1) {
      names.push(line.slice(0, nameEnd));
      weights[f * ROW + HEADS.length] = Math.round(Number(line.slice(nameEnd + 1, rarityEnd)) * UNIT);
    }
    readRow(line, rarityEnd + 1, weights, f * ROW);
  });
  return { vocabulary: vocabularyOf(names), weights, settings };
}

/** Integers parted by tabs, empty for 0; read by hand because it is most of the time of a start. */
function readRow(line: string, from: number, weights: Int16Array, to: number): void {
  let at = to;
  let value = 0;
  let sign = 1;
  for (let i = from; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 9) {
      weights[at++] = sign * value;
      value = 0;
      sign = 1;
    } else if (code === 45) sign = -1;
    else value = value * 10 + code - 48;
  }
  weights[at] = sign * value;
}
