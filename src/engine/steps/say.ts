import { fillFacts } from '../fill.ts';
import { say as put, type StepHandler } from '../run.ts';

/**
 * Says one or several bubbles and goes on.
 *
 *     - step: はじめに
 *       say: こんにちは。{市}の福祉の窓口です。
 */
export const say: StepHandler<'say'> = {
  enter(step, run) {
    for (const text of [step.say].flat()) put(run, fillFacts(run, text.trim()));
    return { to: 'next' };
  },
};
