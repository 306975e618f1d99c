import { describe, expect, it } from 'vitest';
import type { Assessment } from '#contracts/assessment.ts';
import { NEEDS } from '#contracts/labels.ts';
import { readQuestions, splittingQuestion } from '#triage/splitting-question.ts';
import { DICTIONARIES } from './triage-fixture.ts';

const unsure = (needs: Assessment['needs']): Assessment => ({
  needs,
  scope: 'need',
  about: 'self',
  crisis: 'none',
  confident: false,
  evidence: [],
  concerns: [],
});

describe('splittingQuestion', () => {
  it('asks between the two needs on top, in words made for the two', () => {
    const question = splittingQuestion(
      unsure([
        { need: 'housing', score: 0.6 },
        { need: 'livelihood', score: 0.5 },
      ]),
    );
    expect(question?.choices.map((c) => c.need)).toEqual(['housing', 'livelihood']);
    expect(question?.question).toContain('住むところ');
  });

  it('offers two or three choices that fit a button, for any needs', () => {
    for (const a of NEEDS) {
      for (const b of NEEDS.filter((n) => n !== a)) {
        const third = NEEDS.find((n) => n !== a && n !== b)!;
        const question = splittingQuestion(unsure([a, b, third].map((need, i) => ({ need, score: 0.5 - i / 100 }))));
        expect(question?.choices).toHaveLength(3);
        for (const { label } of question?.choices ?? []) expect([...label].length).toBeLessThanOrEqual(20);
      }
    }
  });

  it('is silent when there is nothing to split', () => {
    const sure = { ...unsure([{ need: 'child', score: 0.9 }]), confident: true };
    expect(splittingQuestion(sure)).toBeNull();
    expect(splittingQuestion(unsure([{ need: 'child', score: 0.9 }]))).toBeNull();
    expect(splittingQuestion({ ...unsure([]), scope: 'unclear' })).toBeNull();
    expect(
      splittingQuestion({
        ...unsure([
          { need: 'mental', score: 0.5 },
          { need: 'child', score: 0.5 },
        ]),
        crisis: 'suicide',
      }),
    ).toBeNull();
  });

  it('reads the project’s own questions', () => {
    expect(Object.keys(readQuestions(DICTIONARIES).names).sort()).toEqual([...NEEDS].sort());
  });
});
