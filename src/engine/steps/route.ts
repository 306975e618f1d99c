import { holds } from '../conditions.ts';
import type { StepHandler } from '../run.ts';

/**
 * Goes where the first fitting line says; when none fits, to the step below.
 *
 *     - step: 分かれ道
 *       route:
 *         - when: { scope: other }
 *           go: 福祉以外
 *         - go: 確かめる
 */
export const route: StepHandler<'route'> = {
  enter(step, run) {
    return { to: 'next', step: step.route.find((line) => holds(line.when, run))?.go };
  },
};
