/**
 * How sure a score is, read off sentences that the scores were not learned from: a sigmoid for each head, and one for
 * "the first need is right". Fitted by Newton steps from a fixed start, so the same scores give the same numbers.
 */
import { confidenceInputs } from './confidence.ts';
import { crisisInputs, crisisProbability } from './crisis.ts';
import type { Analysis } from './features.ts';
import { type Calibration, HEADS, headPlace, NEED_COLUMNS, probability, type Settings } from './model.ts';

const SCOPE_NEED = headPlace('scope', 'need');
const SCOPE_UNCLEAR = headPlace('scope', 'unclear');
const SCOPE_OTHER = headPlace('scope', 'other');

/**
 * A first need is acted on from this probability on. Not read off the examples, which are harder than what residents write (hardly
 * a topic word in them): with it none of test/triage/eval/tuning.jsonl and 3 of 58 in fresh.jsonl are sent the wrong way.
 */
const CONFIDENT_FROM = 0.67;
/**
 * So many of the examples without danger may be taken for a crisis when they are cross-checked by file. Many of them were
 * written to look like one, so that of what residents write fewer are (tuning.jsonl: half as many).
 */
const FALSE_ALARMS = 0.035;

/** `yes[i][h]`: whether label h is true of sentence i. */
export function calibrate(
  scores: readonly Float64Array[],
  yes: readonly (readonly boolean[])[],
  analyses: readonly Analysis[],
): Omit<Settings, 'madeFrom'> {
  const calibration = HEADS.map((_, h): Calibration => {
    const [shift, slope] = fitLogistic(
      scores.map((s) => [1, s[h]!]),
      yes.map((y) => y[h]!),
    );
    return { slope: round(slope!), shift: round(shift!) };
  });
  const inputs: number[][] = [];
  const crisisSeen: number[][] = [];
  const right: boolean[] = [];
  scores.forEach((s, i) => {
    const p = s.map((score, h) => probability(score, calibration[h]!));
    const needs = NEED_COLUMNS.map((h) => p[h]!);
    const first = needs.indexOf(Math.max(...needs));
    inputs.push(confidenceInputs(needs, p[SCOPE_NEED]!, p[SCOPE_UNCLEAR]!, p[SCOPE_OTHER]!));
    crisisSeen.push(crisisInputs(analyses[i]!, p));
    right.push(yes[i]![first]!);
  });
  const isCrisis = yes.map((y) => y[headPlace('crisis', 'any')]!);
  const confidence = fitLogistic(inputs, right).map(round);
  const crisis = fitLogistic(crisisSeen, isCrisis).map(round);
  const crisisFrom = round(
    falseAlarmThreshold(
      crisisSeen.map((x) => crisisProbability(x, crisis)),
      isCrisis,
    ),
  );
  return { calibration, confidence, crisis, crisisFrom, confidentFrom: CONFIDENT_FROM };
}

/** The lowest probability that at most FALSE_ALARMS of those without a crisis reach. */
function falseAlarmThreshold(probabilities: readonly number[], isCrisis: readonly boolean[]): number {
  const others = probabilities.filter((_, i) => !isCrisis[i]).sort((a, b) => b - a);
  return others[Math.floor(others.length * FALSE_ALARMS)] ?? 1;
}

/** Logistic regression with a slight pull to zero; `inputs[i]` begins with 1. */
function fitLogistic(inputs: readonly number[][], yes: readonly boolean[]): number[] {
  const n = inputs[0]?.length ?? 0;
  let beta = new Array<number>(n).fill(0);
  for (let step = 0; step < 25; step++) {
    const gradient = beta.map((b) => -0.01 * b);
    const hessian = beta.map((_, i) => beta.map((__, j) => (i === j ? 0.01 : 0)));
    inputs.forEach((x, k) => {
      const p = sigmoid(dot(x, beta));
      const w = Math.max(p * (1 - p), 1e-6);
      for (let i = 0; i < n; i++) {
        gradient[i]! += x[i]! * ((yes[k]! ? 1 : 0) - p);
        for (let j = 0; j < n; j++) hessian[i]![j]! += w * x[i]! * x[j]!;
      }
    });
    const move = solve(hessian, gradient);
    beta = beta.map((b, i) => b + Math.max(-4, Math.min(4, move[i]!)));
    if (Math.max(...move.map(Math.abs)) < 1e-9) break;
  }
  return beta;
}

/** Gaussian elimination with pivoting. */
function solve(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  const n = right.length;
  for (let c = 0; c < n; c++) {
    const pivot = a.findIndex(
      (row, r) => r >= c && Math.abs(row[c]!) === Math.max(...a.slice(c).map((x) => Math.abs(x[c]!))),
    );
    [a[c], a[pivot]] = [a[pivot]!, a[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = a[r]![c]! / a[c]![c]!;
      for (let k = c; k <= n; k++) a[r]![k]! -= factor * a[c]![k]!;
    }
  }
  return a.map((row, i) => row[n]! / row[i]!);
}

function dot(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function round(x: number): number {
  return Math.round(x * 10_000) / 10_000;
}
