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
   * A row of ROW numbers for each name: the weight for each head and, at RARITY, how rare the name is (the log of examples /
   * examples with it), all in hundredths. The row after the last name is the bias.
   */
  readonly weights: Int16Array;
  readonly settings: Settings;
}

/** A weight of 1 is kept as this number. */
export const UNIT = 100;
/** Four heads are scored at a time. */
const TOGETHER = 4;
export const ROW = TOGETHER * Math.ceil((HEADS.length + 1) / TOGETHER);
export const RARITY = ROW - 1;

type HeadKind = 'need' | 'scope' | 'about' | 'crisis';
const placesOf = (kind: HeadKind): ReadonlyMap<string, number> =>
  new Map(HEADS.flatMap((head, h) => (head.startsWith(`${kind}:`) ? [[head.slice(kind.length + 1), h]] : [])));
const PLACES: Record<HeadKind, ReadonlyMap<string, number>> = {
  need: placesOf('need'),
  scope: placesOf('scope'),
  about: placesOf('about'),
  crisis: placesOf('crisis'),
};

/** Columns of the heads of a kind, in the order of their labels. */
export const NEED_COLUMNS: readonly number[] = [...PLACES.need.values()];
export const ABOUT_COLUMNS: readonly number[] = [...PLACES.about.values()];

/** The column of a head of HEADS. */
export function headPlace(kind: HeadKind, label: string): number {
  return PLACES[kind].get(label) ?? -1;
}

/** The scores of all heads, used again for the next text. */
const SCORES = new Float64Array(ROW);

/**
 * Scores of all heads, until the next call; the features get the values they counted with (for the evidence). Four sums at a time
 * stay in the processor's registers.
 */
export function scoreHeads({ weights, vocabulary }: Model, features: KnownFeatures): Float64Array {
  features.weigh(weights, ROW);
  const { count, at, values } = features;
  const bias = vocabulary.size * ROW;
  for (let h = 0; h < HEADS.length; h += TOGETHER) {
    let a = weights[bias + h]!;
    let b = weights[bias + h + 1]!;
    let c = weights[bias + h + 2]!;
    let d = weights[bias + h + 3]!;
    for (let i = 0; i < count; i++) {
      const from = at[i]! * ROW + h;
      const value = values[i]!;
      a += weights[from]! * value;
      b += weights[from + 1]! * value;
      c += weights[from + 2]! * value;
      d += weights[from + 3]! * value;
    }
    SCORES[h] = a / UNIT;
    SCORES[h + 1] = b / UNIT;
    SCORES[h + 2] = c / UNIT;
    SCORES[h + 3] = d / UNIT;
  }
  return SCORES;
}

export function probability(score: number, calibration: Calibration): number {
  return 1 / (1 + Math.exp(-(calibration.slope * score + calibration.shift)));
}

const TITLE = '# 例文から学んだ重み（tsunagi triage learn が作ります。手で直さず、例文や語群を直してください）';
const BIAS = '(かたより)';

export function writeModel(model: Model): string {
  const heads = HEADS.length;
  const lines = [TITLE, `#設定\t${JSON.stringify(model.settings)}`, ['#名前', 'まれさ', ...HEADS].join('\t')];
  const rowOf = (f: number): string[] =>
    Array.from(model.weights.subarray(f * ROW, f * ROW + heads), (weight) => (weight === 0 ? '' : String(weight)));
  const names = model.vocabulary.allNames();
  const places = Array.from(names.keys()).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  for (const f of places) lines.push([names[f], model.weights[f * ROW + RARITY]! / UNIT, ...rowOf(f)].join('\t'));
  lines.push([BIAS, '', ...rowOf(names.length)].join('\t'));
  return `${lines.join('\n')}\n`;
}

/** Throws when the file is not one of this version's. */
export function readModel(text: string): Model {
  const lines = text.split('\n');
  const settings = JSON.parse(lines[1]!.slice('#設定\t'.length)) as Settings;
  const columns = lines[2]!.split('\t').slice(2);
  if (columns.join() !== HEADS.join()) throw new Error('weights.tsv has other columns; run `tsunagi triage learn`');
  const rows = lines.slice(3).filter((line) => line !== '');
  const bias = rows.pop()!;
  const heads = rows.map(headOf);
  const names: string[] = [];
  const weights = new Int16Array((rows.length + 1) * ROW);
  for (const row of commonFirst(heads)) {
    const { name, rarity, end } = heads[row]!;
    const to = names.push(name) * ROW;
    readRow(rows[row]!, end, weights, to - ROW);
    weights[to - ROW + RARITY] = Math.round(rarity * UNIT);
  }
  readRow(bias, BIAS.length + 2, weights, names.length * ROW);
  return { vocabulary: vocabularyOf(names), weights, settings };
}

interface Head {
  readonly name: string;
  readonly rarity: number;
  /** Where the weights begin. */
  readonly end: number;
}

function headOf(row: string): Head {
  const nameEnd = row.indexOf('\t');
  const rarityEnd = row.indexOf('\t', nameEnd + 1);
  return { name: row.slice(0, nameEnd), rarity: Number(row.slice(nameEnd + 1, rarityEnd)), end: rarityEnd + 1 };
}

/**
 * Most of what a text has is common: such names become neighbours, so that few pages of the large tables are read. Numbers are
 * sorted, rarity above row, because that takes a tenth of the time.
 */
function commonFirst(heads: readonly Head[]): number[] {
  const ranks = Float64Array.from(heads, ({ rarity }, row) => Math.round(rarity * UNIT) * heads.length + row).sort();
  return Array.from(ranks, (rank) => rank % heads.length);
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
