import { fillFacts } from '../fill.ts';
import { choice, facts, type StepHandler, say, wording } from '../run.ts';

/**
 * Asks once more and cancels the booking of this talk.
 *
 *     - step: 取り消す
 *       cancel: true
 */
export const cancel: StepHandler<'cancel'> = {
  enter(step, run) {
    if (facts(run).slot === null && facts(run).booking === null) {
      say(run, wording(run, step, 'cancel.nothing'));
      return { to: 'next' };
    }
    return {
      to: 'wait',
      stage: null,
      choices: [
        choice(wording(run, step, 'cancel.yes'), 'yes', ['はい', '取り消す', 'キャンセル', 'うん', 'お願いします']),
        choice(wording(run, step, 'cancel.no'), 'no', ['いいえ', 'そのまま', 'やめる', 'やっぱりいい']),
      ],
    };
  },

  question(step, run) {
    return { text: fillFacts(run, wording(run, step, 'cancel.ask')) };
  },

  answer(_step, _run, answer) {
    if (answer.type === 'choice' && answer.value === 'yes') {
      return { to: 'request', stage: 'cancelling', request: { type: 'cancel_booking' } };
    }
    return { to: 'next' };
  },

  result(step, run, result) {
    if (result.type !== 'cancel_booking') return null;
    say(run, fillFacts(run, wording(run, step, result.cancelled ? 'cancel.done' : 'cancel.nothing')));
    facts(run).slot = null;
    facts(run).booking = null;
    return { to: 'next' };
  },
};
