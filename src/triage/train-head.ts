/**
 * One yes/no head of the model: L2-regularised squared-hinge loss by dual coordinate descent (Hsieh et al. 2008). Deterministic:
 * the order of visits comes from a fixed linear congruential sequence, arithmetic is Float64 throughout.
 */
export interface Row {
  readonly at: Int32Array;
  readonly value: Float64Array;
}

export interface HeadOptions {
  /** How much a wrong answer costs beside a large weight. */
  readonly cost: number;
  readonly rounds: number;
}

/** `labels[i]` > 0 is yes, its size the weight of example i. Returns weights for each feature, the bias as the last. */
export function trainHead(
  rows: readonly Row[],
  labels: Float64Array,
  features: number,
  options: HeadOptions,
): Float64Array {
  const weights = new Float64Array(features + 1);
  const alpha = new Float64Array(rows.length);
  const diagonal = rows.map((row, i) => norm(row) + 1 + 0.5 / (options.cost * Math.abs(labels[i]!)));
  const order = Int32Array.from(rows.keys());
  let state = 12345;
  for (let round = 0; round < options.rounds; round++) {
    for (let i = order.length - 1; i > 0; i--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const j = state % (i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    let moved = 0;
    for (const i of order)
      moved = Math.max(moved, visit(rows[i]!, i, labels, alpha, weights, diagonal[i]!, options.cost));
    if (moved < 0.005) break;
  }
  return weights;
}

function visit(
  row: Row,
  i: number,
  labels: Float64Array,
  alpha: Float64Array,
  weights: Float64Array,
  diagonal: number,
  cost: number,
): number {
  const y = labels[i]! > 0 ? 1 : -1;
  const bias = weights.length - 1;
  let margin = weights[bias]!;
  for (let k = 0; k < row.at.length; k++) margin += weights[row.at[k]!]! * row.value[k]!;
  const old = alpha[i]!;
  const gradient = y * margin - 1 + old / (2 * cost * Math.abs(labels[i]!));
  if (old === 0 && gradient >= 0) return 0;
  const next = Math.max(0, old - gradient / diagonal);
  const change = (next - old) * y;
  if (change === 0) return 0;
  alpha[i] = next;
  for (let k = 0; k < row.at.length; k++) weights[row.at[k]!]! += change * row.value[k]!;
  weights[bias]! += change;
  return Math.abs(gradient);
}

function norm(row: Row): number {
  let sum = 0;
  for (const v of row.value) sum += v * v;
  return sum;
}
