import { fillFacts } from '../fill.ts';
import { type StepHandler, say } from '../run.ts';

/**
 * Ends the flow; a called flow returns to the caller unless `whole: true`.
 *
 *     - step: おわり
 *       end: いつでも、また声をかけてください。
 */
export const end: StepHandler<'end'> = {
  enter(step, run) {
    const text = typeof step.end === 'string' ? step.end : step.end === true ? undefined : step.end.say;
    if (text !== undefined) say(run, fillFacts(run, text.trim()));
    return { to: 'end', whole: typeof step.end === 'object' && step.end.whole };
  },
};
