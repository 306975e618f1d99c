/** The committed evaluation messages. A fall below these figures is a fall in what residents get; crisis recall above all. */
import { describe, expect, it } from 'vitest';
import { evaluate, type FigureName } from '#triage/evaluate.ts';
import { evaluationMessages, ownTriage } from './triage-fixture.ts';

type Bounds = Partial<Record<FigureName, number>>;
const triage = await ownTriage();

/** What it reaches on the messages it may be tuned on. */
const REACHED = {
  atLeast: {
    crisisRecall: 0.96,
    suicideRecall: 0.95,
    top1: 0.92,
    top3: 0.97,
    confidentRight: 0.7,
    compound: 0.85,
    unclearKept: 0.9,
    otherKept: 0.95,
    about: 0.89,
  },
  atMost: { crisisFalse: 0.04, misrouted: 0.03 },
} satisfies { atLeast: Bounds; atMost: Bounds };

/** What it must reach on messages that nothing was made from. */
const MUST = {
  atLeast: {
    crisisRecall: 0.9,
    suicideRecall: 0.95,
    top1: 0.75,
    top3: 0.9,
    confidentRight: 0.55,
    compound: 0.55,
    unclearKept: 0.85,
    otherKept: 0.9,
    about: 0.85,
  },
  atMost: { crisisFalse: 0.05, misrouted: 0.08 },
} satisfies { atLeast: Bounds; atMost: Bounds };

describe.each([
  ['tuning', REACHED],
  ['fresh', MUST],
  ['blind-1', MUST],
  ['blind-2', MUST],
  ['blind-3', MUST],
])('evaluation messages: %s', (set, { atLeast, atMost }) => {
  const answered = evaluationMessages(set).map((message) => ({ message, answer: triage.assess(message.text) }));
  const figures = new Map(evaluate(answered).map((figure) => [figure.name, figure.hit / figure.of]));

  it.each(Object.entries(atLeast))('%s ≥ %d', (name, bound) => {
    expect(figures.get(name as FigureName)).toBeGreaterThanOrEqual(bound);
  });
  it.each(Object.entries(atMost))('%s ≤ %d', (name, bound) => {
    expect(figures.get(name as FigureName)).toBeLessThanOrEqual(bound);
  });
});
