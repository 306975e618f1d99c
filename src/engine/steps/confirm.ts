import { currentNeeds, shownNeeds } from '../conditions.ts';
import { fillFacts } from '../fill.ts';
import { ownWords } from '../own-words.ts';
import { choice, facts, humanChoice, MISUNDERSTOOD, NONE, type StepHandler, say, wording } from '../run.ts';

const YES = [
  'はい',
  'うん',
  'そう',
  'そうです',
  'ええ',
  'あってる',
  '合ってる',
  '合っています',
  'ok',
  'おっけー',
  'せや',
  'そうそう',
  'yes',
];
const MORE = ['ちょっとちがう', '少し違う', 'ちがう', '違う', 'いいえ', 'いや', 'ちゃう', 'もう少し', 'no'];

/**
 * Says back, in the resident's own words, what was understood, and asks whether it is right. Passed over when the
 * resident has confirmed these needs before.
 *
 *     - step: 確かめる
 *       confirm: { none: もう少し聞く }
 */
export const confirm: StepHandler<'confirm'> = {
  enter(step, run) {
    const known = facts(run);
    const needs = currentNeeds(known);
    if (needs.length === 0) return { to: 'next', step: step.confirm.none };
    if (needs.slice(0, 1).every((need) => known.confirmedNeeds?.includes(need))) return { to: 'next' };
    return {
      to: 'wait',
      stage: null,
      choices: [
        choice(wording(run, step, 'confirm.yes'), 'yes', YES),
        choice(wording(run, step, 'confirm.more'), 'more', MORE),
        choice(run.script.texts['common.none'], NONE, ['ぜんぜんちがう', '全然違う']),
        humanChoice(run),
      ],
    };
  },

  question(step, run) {
    if (run.session.stage === 'more') return { text: wording(run, step, 'confirm.more_ask') };
    const plain = ownWords(facts(run)) === null;
    return { text: fillFacts(run, wording(run, step, plain ? 'confirm.ask_plain' : 'confirm.ask')) };
  },

  answer(step, run, answer) {
    const known = facts(run);
    const value = answer.type === 'choice' ? answer.value : '';
    if (value === 'yes') {
      known.confirmedNeeds = [...new Set([...(known.confirmedNeeds ?? []), ...shownNeeds(known)])];
      delete run.session.tries[MISUNDERSTOOD];
      return { to: 'next' };
    }
    run.session.tries[MISUNDERSTOOD] = (run.session.tries[MISUNDERSTOOD] ?? 0) + 1;
    if (value === NONE) {
      known.rejectedNeeds = [...new Set([...known.rejectedNeeds, ...currentNeeds(known)])];
      known.confirmedNeeds = null;
      return { to: 'next', step: step.confirm.none };
    }
    if (step.confirm.more !== undefined) return { to: 'next', step: step.confirm.more };
    return { to: 'wait', stage: 'more', choices: [humanChoice(run)] };
  },

  hear(_step, run, heard) {
    if (run.session.stage !== 'more') return null;
    facts(run).heard.push(heard);
    say(run, run.script.texts['hear.thanks']);
    return { to: 'hears' };
  },
};
