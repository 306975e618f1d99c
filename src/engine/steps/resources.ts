import type { FlowStepOf } from '#contracts/flow.ts';
import { clip } from '../clip.ts';
import { fillFacts, withRole } from '../fill.ts';
import { choice, facts, humanChoice, type Run, type StepHandler, wording } from '../run.ts';

/**
 * Names places and activities that fit (社会資源), then goes on. With `introduce` the resident can ask to be brought together
 * with one of them: the coordinator's window becomes the one the talk goes to, and the wish stands on the ticket (参加支援).
 *
 *     - step: 居場所
 *       when: { need: participation }
 *       resources: { limit: 3, introduce: 紹介, alone: おわり }
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
    if (step.resources.introduce === undefined) return { to: 'next' };
    const named = result.resources.flatMap(({ id, name }) =>
      id === undefined ? [] : [choice(clip(name, 20), `r:${id}`, [name])],
    );
    const alone = step.resources.alone === undefined ? [] : [choice(wording(run, step, 'resources.alone'), 'alone')];
    const other = choice(wording(run, step, 'resources.other'), 'other', ['ほかのこと', 'どれでもない', 'ちがう']);
    return { to: 'wait', stage: null, choices: [...named, ...alone, other, humanChoice(run)] };
  },

  question(step, run) {
    return { text: fillFacts(run, wording(run, step, 'resources.introduce')) };
  },

  answer(step, run, answer) {
    const value = answer.type === 'choice' ? answer.value : '';
    if (value === 'alone') return { to: 'next', step: step.resources.alone };
    return value.startsWith('r:') ? introduce(step, run, value.slice(2), answer.at) : { to: 'next' };
  },
};

/** What the wish is called on the ticket. */
const INTRODUCTION = '紹介してほしい場所';

function introduce(step: FlowStepOf<'resources'>, run: Run, id: string, at: number): { to: 'next'; step?: string } {
  const { municipality } = run.script;
  const resource = municipality.resources.find((one) => one.id === id);
  if (resource === undefined || step.resources.introduce === undefined) return { to: 'next' };
  const general = municipality.windows.find((window) => window.default)?.id;
  const known = facts(run);
  known.answers[INTRODUCTION] = { messageId: '', text: resource.name, at };
  known.window = resource.coordinator ?? withRole(run, 'participation') ?? general ?? municipality.windows[0]!.id;
  return { to: 'next', step: step.resources.introduce };
}
