import type { FlowStepOf } from '#contracts/flow.ts';
import type { Heard } from '#contracts/session.ts';
import { clip } from '../clip.ts';
import { fillFacts } from '../fill.ts';
import { type Asked, choice, facts, type Move, type Run, type StepHandler } from '../run.ts';

/**
 * Asks a question. Buttons are help: free text goes where `save` says, or is taken as new words about the trouble.
 *
 *     - step: 家族
 *       ask: ほかにも、ご家族で困っている方はいますか。
 *       save: household
 *       choices:
 *         - label: いない
 *           nothing: true
 *         - label: いる
 *           go: 家族のこと
 */
export const ask: StepHandler<'ask'> = {
  enter(step, run) {
    if (step.save === 'heard' && run.pending !== null) {
      facts(run).heard.push(run.pending);
      run.pending = null;
      return { to: 'next' };
    }
    if (isKnown(step, run)) return { to: 'next' };
    return { to: 'wait', stage: null, choices: choicesOf(step, run, 0) };
  },

  question(step, run) {
    const examples = step.examples.map((example) => `「${example}」`).join('\n');
    const lead = run.script.texts['hear.example'];
    return { text: fillFacts(run, examples === '' ? step.ask.trim() : `${step.ask.trim()}\n\n${lead}\n${examples}`) };
  },

  answer(step, run, answer) {
    if (answer.type === 'date') return { to: 'wait', stage: null, choices: run.session.asked };
    if (answer.value.startsWith('page:')) {
      return { to: 'wait', stage: null, choices: choicesOf(step, run, Number(answer.value.slice(5))) };
    }
    if (answer.value.startsWith('d:')) return saveDistrict(run, answer.value.slice(2));
    if (answer.value === 'd?') return saveDistrict(run, null);
    return take(step, run, Number(answer.value.slice(1)), answer.at);
  },

  hear(step, run, heard) {
    if (step.save === undefined && step.answer !== undefined && step.choices.length === 0) {
      facts(run).answers[step.answer] = heard;
      return { to: 'next' };
    }
    return step.save === undefined ? null : save(step.save, run, heard);
  },
};

function isKnown(step: FlowStepOf<'ask'>, run: Run): boolean {
  const known = facts(run);
  if (step.save === 'district') return known.district !== null || known.districtAsked;
  return step.save === 'household' && known.householdAsked;
}

/** Two of LINE's thirteen quick replies are for 「ほかの地域」 and 「わからない」. */
const MOST_ON_A_PAGE = 11;
function choicesOf(step: FlowStepOf<'ask'>, run: Run, page: number): Asked[] {
  const own = step.choices.map((option, index) => choice(option.label, `c${index}`, option.also));
  if (step.list !== 'districts') return own;
  const all = run.script.municipality.districts;
  const unknown = choice(run.script.texts['ask.district_unknown'], 'd?', [
    '知らない',
    'わかりません',
    'どれでもない',
    '答えない',
    '言いたくない',
    '分からない',
    'わからん',
    '分からん',
    'わからへん',
    'しらん',
    'どこでもない',
    'さあ',
  ]);
  // Pages of one length: 13 districts are 7 and 6, not 11 and 2.
  const pages = all.length <= MOST_ON_A_PAGE + 1 ? 1 : Math.ceil(all.length / MOST_ON_A_PAGE);
  const length = Math.ceil(all.length / pages);
  const shown = all.slice(page * length, (page + 1) * length);
  const more = shown.length < all.length ? [choice(run.script.texts['ask.more'], `page:${(page + 1) % pages}`)] : [];
  return [
    ...shown.map((district) => choice(clip(district.name, 20), `d:${district.id}`, districtWords(district))),
    ...more,
    unknown,
    ...own,
  ];
}

const districtWords = (district: { id: string; hint?: string | undefined }): string[] => [
  district.id,
  ...(district.hint ?? '').split(/[、,\s・]+/u).filter((word) => word !== ''),
];

function take(step: FlowStepOf<'ask'>, run: Run, index: number, at: number): Move {
  const option = step.choices[index];
  if (option === undefined) return { to: 'wait', stage: null, choices: run.session.asked };
  const known = facts(run);
  if (step.save === 'household' && option.nothing) known.householdAsked = true;
  if (option.about !== undefined) known.about = option.about;
  if (option.age_band !== undefined) known.ageBand = option.age_band;
  if (option.need !== undefined) known.confirmedNeeds = [...new Set([...(known.confirmedNeeds ?? []), option.need])];
  if (step.answer !== undefined && !option.nothing) {
    known.answers[step.answer] = { messageId: '', text: option.label, at };
  }
  return { to: 'next', step: option.go };
}

function saveDistrict(run: Run, id: string | null): Move {
  facts(run).district = id;
  facts(run).districtAsked = true;
  return { to: 'next' };
}

function save(where: NonNullable<FlowStepOf<'ask'>['save']>, run: Run, heard: Heard): Move | null {
  const known = facts(run);
  switch (where) {
    case 'heard':
      known.heard.push(heard);
      break;
    case 'household':
      known.household.push(heard);
      known.householdAsked = true;
      break;
    case 'consideration':
      known.consideration.push(heard);
      break;
    case 'district': {
      const named = districtNamed(run, heard.text ?? '');
      return named === null ? null : saveDistrict(run, named);
    }
    case 'safe_hours':
      known.safeHours = heard;
      break;
    default:
      known[where] = heard;
  }
  return { to: 'next' };
}

/**
 * The one district that the words name, also one on a page not shown. The longest name wins (「中央北」 is not 「北」), and a
 * name of one character must stand by itself: 「会社の近く」 is not 「社」.
 */
function districtNamed(run: Run, text: string): string | null {
  const found = run.script.municipality.districts.flatMap((district) =>
    [district.name, ...districtWords(district)]
      .filter((word) => ([...word].length > 1 ? text.includes(word) : standsAlone(text, word)))
      .map((word) => ({ id: district.id, word })),
  );
  const longest = found.filter(({ word }) => !found.some((other) => other.word !== word && other.word.includes(word)));
  const ids = new Set(longest.map(({ id }) => id));
  return ids.size === 1 ? [...ids][0]! : null;
}

const standsAlone = (text: string, word: string): boolean =>
  new RegExp(`^${RegExp.escape(word)}(?:$|地区|圏域|包括|の|です|かな|だと)`, 'u').test(text.trim());
