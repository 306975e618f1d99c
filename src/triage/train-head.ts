/**
 * One yes/no head of the model: L2-regularised squared-hinge loss by dual coordinate descent (Hsieh et al. 2008). Deterministic:
 * the order of visits comes from a fixed linear congruential sequence, arithmetic is Float64 throughout.
 */
import type { Rows } from './train-rows.ts';

export interface HeadOptions {
  /** How much a wrong answer costs beside a large weight. */
  readonly cost: number;
  readonly rounds: number;
}

/**
 * `labels[i]` > 0 is yes, its size the weight of example i; `factors` scale the values of each name. Returns a weight for each
 * name (for values that are not scaled), the bias as the last.
 */
export function trainHead(rows: Rows, labels: Float64Array, factors: Float64Array, options: HeadOptions): Float64Array {
  const { start, at } = rows;
  const { cost, rounds } = options;
  const bias = factors.length;
  const value = rows.value.map((v, k) => v * factors[at[k]!]!);
  const weights = new Float64Array(bias + 1);
  const alpha = new Float64Array(rows.count);
  /** 1 / (2 · cost · weight of the example). */
  const slack = labels.map((label) => 0.5 / (cost * Math.abs(label)));
  const diagonal = slack.map((s, i) => squareSum(value, start[i]!, start[i + 1]!) + 1 + s);
  const order = Int32Array.from(labels.keys());
  let state = 12345;
  for (let round = 0; round < rounds; round++) {
    state = shuffle(order, state);
    let moved = 0;
    for (const i of order) {
      const y = labels[i]! > 0 ? 1 : -1;
      const [from, to] = [start[i]!, start[i + 1]!];
      let margin = weights[bias]!;
      for (let k = from; k < to; k++) margin += weights[at[k]!]! * value[k]!;
      const old = alpha[i]!;
      const gradient = y * margin - 1 + old * slack[i]!;
      if (old === 0 && gradient >= 0) continue;
      const next = Math.max(0, old - gradient / diagonal[i]!);
      const change = (next - old) * y;
      if (change === 0) continue;
      alpha[i] = next;
      for (let k = from; k < to; k++) weights[at[k]!]! += change * value[k]!;
      weights[bias]! += change;
      moved = Math.max(moved, Math.abs(gradient));
    }
    if (moved < 0.005) break;
  }
  for (let name = 0; name < bias; name++) weights[name]! *= factors[name]!;
  return weights;
}

/** Returns the state to go on from. */
function shuffle(order: Int32Array, from: number): number {
  let state = from;
  for (let i = order.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return state;
}

function squareSum(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += values[k]! * values[k]!;
  return sum;
}
