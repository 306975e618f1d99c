import type { StepHandler } from '../run.ts';

/**
 * Goes through another flow and comes back to the step below.
 *
 *     - step: 予約を見る
 *       call: my-booking
 */
export const call: StepHandler<'call'> = {
  enter(step) {
    return { to: 'call', flow: step.call };
  },
};
