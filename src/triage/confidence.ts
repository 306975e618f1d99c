/** Whether the first need is sure enough to act on, from how far it stands out. */
import type { Settings } from './model.ts';

/** What the confidence is made of; `needs` are the probabilities of all needs. */
export function confidenceInputs(needs: readonly number[], need: number, unclear: number, other: number): number[] {
  let [first, second] = [0, 0];
  for (const p of needs) {
    if (p > first) [first, second] = [p, first];
    else if (p > second) second = p;
  }
  return [1, logit(first), first - second, logit(need), unclear, other];
}

/** Probability that the first need is right. */
export function confidence(inputs: readonly number[], settings: Settings): number {
  let sum = 0;
  for (let i = 0; i < inputs.length; i++) sum += inputs[i]! * settings.confidence[i]!;
  return 1 / (1 + Math.exp(-sum));
}

function logit(p: number): number {
  const bounded = Math.min(0.999, Math.max(0.001, p));
  return Math.log(bounded / (1 - bounded));
}
