/** The committed evaluation messages. A fall below these figures is a fall in what residents get; crisis recall above all. */
import { describe, expect, it } from 'vitest';
import { type Answered, evaluate, type FigureName } from '#triage/evaluate.ts';
import { evaluationMessages, ownTriage } from './triage-fixture.ts';

const triage = await ownTriage();
const answered = evaluationMessages().map((message): Answered => ({ message, answer: triage.assess(message.text) }));
const figures = new Map(evaluate(answered).map((f) => [f.name, f.hit / f.of]));

const AT_LEAST: Partial<Record<FigureName, number>> = {
  crisisRecall: 0.96,
  suicideRecall: 0.95,
  top1: 0.92,
  top3: 0.97,
  confidentRight: 0.7,
  compound: 0.85,
  unclearKept: 0.9,
  otherKept: 0.95,
  about: 0.89,
};
const AT_MOST: Partial<Record<FigureName, number>> = { crisisFalse: 0.04, misrouted: 0.03 };

describe(`${answered.length} evaluation messages`, () => {
  it.each(Object.entries(AT_LEAST))('%s ≥ %d', (name, bound) => {
    expect(figures.get(name as FigureName)).toBeGreaterThanOrEqual(bound);
  });
  it.each(Object.entries(AT_MOST))('%s ≤ %d', (name, bound) => {
    expect(figures.get(name as FigureName)).toBeLessThanOrEqual(bound);
  });
});
