import { fillFacts } from '../fill.ts';
import { type StepHandler, wording } from '../run.ts';

/**
 * Names places and activities that fit (社会資源), then goes on.
 *
 *     - step: 居場所
 *       when: { need: participation }
 *       resources: { limit: 3 }
 */
export const resources: StepHandler<'resources'> = {
  enter(step) {
    return { to: 'request', stage: null, request: { type: 'resources', limit: step.resources.limit } };
  },

  result(step, run, result) {
    if (result.type !== 'resources') return null;
    if (result.resources.length === 0) return { to: 'next', step: step.resources.none };
    const list = result.resources.map((resource) => `■ ${resource.name}\n${resource.text}`).join('\n\n');
    run.messages.push({
      type: 'text',
      text: `${fillFacts(run, wording(run, step, 'resources.lead'))}\n\n${list}`,
      choices: [],
    });
    return { to: 'next' };
  },
};
