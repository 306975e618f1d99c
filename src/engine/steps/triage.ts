import type { FlowStepOf } from '#contracts/flow.ts';
import type { Result } from '#contracts/session.ts';
import { clip } from '../clip.ts';
import {
  type Asked,
  choice,
  facts,
  humanChoice,
  MISUNDERSTOOD,
  type Move,
  NONE,
  type Run,
  type StepHandler,
  wording,
} from '../run.ts';

/**
 * Has everything said so far assessed. With `ask_back`, an unsure assessment is followed once by the question that
 * splits the likely needs.
 *
 *     - step: 読み取る
 *       triage: { ask_back: true }
 */
export const triage: StepHandler<'triage'> = {
  enter() {
    return { to: 'request', stage: null, request: { type: 'triage' } };
  },

  result(step, run, result) {
    if (result.type !== 'triage') return null;
    const { assessment, question } = result;
    const known = facts(run);
    known.assessment = assessment;
    if (assessment.about !== 'unknown') known.about = assessment.about;
    if (assessment.scope === 'need') {
      if (asksBack(step) && !assessment.confident && question !== null && mayAsk(run)) {
        return askBack(run, question);
      }
    } else {
      run.session.tries[MISUNDERSTOOD] = (run.session.tries[MISUNDERSTOOD] ?? 0) + 1;
    }
    return { to: 'next' };
  },

  question(step, run) {
    return { text: run.session.askedText ?? wording(run, step, 'triage.ask') };
  },

  hear(_step, run, heard) {
    if (!/^(両方|りょうほう|どっちも|どちらも|ぜんぶ|全部)/u.test(heard.text ?? '')) return null;
    facts(run).confirmedNeeds = run.session.asked.flatMap((option) => needOf(option.value) ?? []);
    return { to: 'next' };
  },

  answer(_step, run, answer) {
    if (answer.type !== 'choice') return { to: 'next' };
    const known = facts(run);
    if (answer.value === NONE) {
      const offered = run.session.asked.flatMap((option) => needOf(option.value) ?? []);
      known.rejectedNeeds = [...new Set([...known.rejectedNeeds, ...offered])];
    } else {
      const need = needOf(answer.value);
      if (need !== null) known.confirmedNeeds = [need];
    }
    return { to: 'next' };
  },
};

/** The splitting question is put once in a talk: asked again and again it would feel like an examination. */
const SPLIT = '!split';
const mayAsk = (run: Run): boolean => facts(run).confirmedNeeds === null && run.session.tries[SPLIT] === undefined;

const asksBack = (step: FlowStepOf<'triage'>): boolean => step.triage !== true && step.triage.ask_back;

function needOf(value: string) {
  return value.startsWith('n:')
    ? (value.slice(2) as NonNullable<Run['session']['facts']['confirmedNeeds']>[number])
    : null;
}

type Question = NonNullable<Extract<Result, { type: 'triage' }>['question']>;

function askBack(run: Run, question: Question): Move {
  const choices: Asked[] = question.choices
    .slice(0, 2)
    .map((option) => choice(clip(option.label, 20), `n:${option.need}`));
  run.session.askedText = question.question;
  run.session.tries[SPLIT] = 1;
  choices.push(choice(run.script.texts['common.none'], NONE, ['ちがう', '違う', 'どちらでもない']), humanChoice(run));
  return { to: 'wait', stage: 'split', choices };
}
