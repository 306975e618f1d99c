import type { FlowStepOf } from '#contracts/flow.ts';
import { type Candidate, type Way, waySchema } from '#contracts/session.ts';
import { clip } from '../clip.ts';
import { factText, fillFacts, windowOf } from '../fill.ts';
import {
  type Asked,
  choice,
  facts,
  humanChoice,
  letGo,
  type Move,
  NONE,
  type Run,
  type StepHandler,
  wording,
} from '../run.ts';

/** What people type for a way of meeting. */
const SPOKEN: Record<Way, string[]> = {
  visit: ['来所', '行く', '行きます', '窓口', '直接', '会って'],
  phone: ['電話', 'でんわ', 'tel'],
  home: ['訪問', '来てほしい', '来て', '家に来て', '自宅'],
  online: ['オンライン', 'ビデオ', 'zoom'],
};

/**
 * Offers one to three windows, each with its reason and the ways to meet; a tap chooses window and way at once.
 *
 *     - step: 窓口
 *       windows: { limit: 3, none: 窓口なし }
 */
export const windows: StepHandler<'windows'> = {
  enter(step, run) {
    if (step.windows.general) {
      const general = generalCandidates(run);
      if (general.length > 0) return offer(step, run, general);
    }
    return { to: 'request', stage: null, request: { type: 'windows', limit: step.windows.limit } };
  },

  result(step, run, result) {
    if (result.type !== 'windows') return null;
    return offer(step, run, result.candidates.slice(0, step.windows.limit));
  },

  question(step, run) {
    const known = facts(run);
    const texts = run.script.texts;
    const one = known.candidates.length === 1;
    return {
      text: fillFacts(run, wording(run, step, one ? 'windows.one' : 'windows.many')),
      alt: texts['windows.alt'],
      cards: known.candidates.map((candidate) => ({
        title: candidate.name,
        lines: [
          { text: candidate.reason },
          ...line(texts['windows.label_place'], candidate.place),
          ...line(texts['windows.label_phone'], candidate.phone),
        ],
        values: waysOf(candidate).map((way) => `w.${candidate.window}.${way}`),
      })),
    };
  },

  answer(step, run, answer) {
    const known = facts(run);
    const value = answer.type === 'choice' ? answer.value : '';
    const [, window, way] = /^w\.([a-z0-9-]+)\.(\w+)$/u.exec(value) ?? [];
    if (window === undefined) return refuse(step, run);
    if (known.window !== null && known.window !== window) letGo(run);
    known.window = window;
    known.way = waySchema.parse(way);
    known.refusedWindows = known.candidates.map((c) => c.window).filter((id) => id !== window);
    return { to: 'next' };
  },
};

function offer(step: FlowStepOf<'windows'>, run: Run, candidates: Candidate[]): Move {
  facts(run).candidates = candidates;
  if (candidates.length === 0) {
    run.messages.push({ type: 'text', text: fillFacts(run, wording(run, step, 'windows.none')), choices: [] });
    return step.windows.none === undefined ? { to: 'human' } : { to: 'next', step: step.windows.none };
  }
  const buttons: Asked[] = candidates.flatMap((candidate) =>
    waysOf(candidate).map((way) =>
      choice(wayLabel(run, step, candidate.window, way), `w.${candidate.window}.${way}`, [
        ...SPOKEN[way],
        ...(waysOf(candidate)[0] === way ? [candidate.name] : []),
      ]),
    ),
  );
  const general = generalCandidates(run)[0];
  const offered = candidates.map((candidate) => candidate.window);
  const no = general === undefined ? othersThatTakeAll(run, offered).length === 0 : offered.includes(general.window);
  const other = no
    ? []
    : [choice(clip(wording(run, step, 'windows.other'), 20), NONE, ['ほか', '他の窓口', 'ちがう', 'どれでもない'])];
  // At the 総合 window a human is what every button leads to.
  const person = step.windows.general ? [] : [humanChoice(run)];
  return { to: 'wait', stage: null, choices: [...buttons, ...other, ...person] };
}

/** None of the offered ones: the city's 総合 window, or, in a city without one, those that were not shown yet. */
function refuse(step: FlowStepOf<'windows'>, run: Run): Move {
  const known = facts(run);
  known.refusedWindows = [...new Set([...known.refusedWindows, ...known.candidates.map((c) => c.window)])];
  const general = generalCandidates(run);
  if (general.length === 0) {
    if (othersThatTakeAll(run, []).length === 0) return { to: 'human' };
    return { to: 'request', stage: null, request: { type: 'windows', limit: step.windows.limit } };
  }
  const choices = general.flatMap((candidate) =>
    waysOf(candidate).map((way) =>
      choice(wayLabel(run, step, candidate.window, way), `w.${candidate.window}.${way}`, SPOKEN[way]),
    ),
  );
  known.candidates = general;
  return { to: 'wait', stage: null, choices: [...choices, humanChoice(run)] };
}

/** Windows that take any trouble and have been neither offered nor turned down. */
const othersThatTakeAll = (run: Run, offered: readonly string[]): string[] =>
  run.script.municipality.windows
    .filter((window) => window.receivesAll === true)
    .map((window) => window.id)
    .filter((id) => !offered.includes(id) && !facts(run).refusedWindows.includes(id));

const wayLabel = (run: Run, step: FlowStepOf<'windows'>, window: string, way: Way): string =>
  windowOf(run.script.municipality, window)?.wayLabels?.[way] ?? wording(run, step, `windows.${way}`);

const waysOf = (candidate: Candidate): Way[] => candidate.ways.slice(0, 4);

function line(label: string, text: string | undefined): { label?: string; text: string }[] {
  return text === undefined || text === '' ? [] : [{ label, text: clip(text, 200) }];
}

function generalCandidates(run: Run): Candidate[] {
  const { municipality, texts } = run.script;
  return municipality.windows
    .filter((window) => window.default)
    .filter((window) => window.districts.length === 0 || window.districts.includes(facts(run).district ?? ''))
    .slice(0, 1)
    .map((window) => ({
      window: window.id,
      name: window.name,
      reason: fillFacts(run, texts['windows.reason_general'], { 窓口の説明: window.about }),
      ways: window.ways,
      confidence: 1,
      lead: true,
      ...(window.place === undefined ? {} : { place: factText(texts, window.place) }),
      ...(window.phone === undefined ? {} : { phone: factText(texts, window.phone) }),
      demo: false,
    }));
}
