import type { Texts } from '#contracts/flow.ts';
import { NEED_NAMES } from '#contracts/labels.ts';
import type { Fact, Municipality, Window } from '#contracts/municipality.ts';
import { type Facts, WAY_NAMES } from '#contracts/session.ts';
import type { Placeholder } from '#contracts/texts.ts';
import { shownNeeds } from './conditions.ts';
import { slotSentence } from './japan-time.ts';
import { ownWords } from './own-words.ts';
import type { Run } from './run.ts';

type Hours = NonNullable<Window['hours']>;
type Values = Partial<Record<Placeholder, string>>;

/** Puts values into `{…}`; a name without a value is left away. Pure; also used by the conversation. */
export function fill(text: string, values: Values): string {
  return replace(text, (name) => values[name]);
}

/** `fill` with everything the talk knows now. */
export function fillFacts(run: Run, text: string, more: Values = {}): string {
  const { municipality, texts } = run.script;
  return replace(text, (name) => more[name] ?? KNOWN[name]?.(run.session.facts, municipality, texts));
}

function replace(text: string, find: (name: Placeholder) => string | undefined): string {
  if (!text.includes('{')) return text;
  return text.replace(/\{([^{}\n]{1,20})\}/gu, (_, name: string) => find(name as Placeholder) ?? '');
}

/** Worked out only where the text asks for it. */
const KNOWN: Record<Placeholder, (facts: Facts, municipality: Municipality, texts: Texts) => string> = {
  市: (_, municipality) => municipality.name,
  窓口: (facts, municipality) => windowOf(municipality, facts.window)?.name ?? facts.candidates[0]?.name ?? '',
  窓口の説明: (facts, municipality) => windowOf(municipality, facts.window)?.about ?? '',
  場所: (facts, municipality, texts) => factText(texts, windowOf(municipality, facts.window)?.place),
  電話: (facts, municipality, texts) => factText(texts, windowOf(municipality, facts.window)?.phone),
  日時: ({ slot }) => (slot === null ? '' : slotSentence(slot)),
  方法: ({ way }) => (way === null ? '' : WAY_NAMES[way]),
  受付番号: ({ receipt }) => receipt ?? '',
  あいことば: ({ callBackCode }) => callBackCode ?? '',
  聞いたこと: (facts) => ownWords(facts) ?? '',
  困りごと: (facts, _, texts) => needWords(texts, facts),
  目的: (_, municipality) => municipality.consent.purpose,
  地域: ({ district }, { districts }) => districts.find(({ id }) => id === district)?.name ?? '',
  受付時間: ({ window }, municipality, texts) =>
    hoursText(texts, windowOf(municipality, window) ?? mainWindow(municipality)),
  呼び名: ({ nickname }) => nickname?.text ?? '',
};

const mainWindow = ({ windows }: Municipality): Window | null =>
  windows.find((window) => window.default) ?? windows[0] ?? null;

export function windowOf(municipality: Municipality, id: string | null): Window | null {
  return municipality.windows.find((window) => window.id === id) ?? null;
}

/** @returns id of the window that does this for the whole city. */
export function withRole(run: Run, role: NonNullable<Window['roles']>[number]): string | null {
  return run.script.municipality.windows.find((window) => window.roles?.includes(role))?.id ?? null;
}

/** The value of a staff-kept fact; demo values say that they are, missing ones that they are being checked. */
export function factText(texts: Texts, fact: Fact | undefined): string {
  if (fact === undefined || fact === '') return texts['common.unknown_value'];
  if (typeof fact === 'string') return fact;
  return fact.demo ? `${fact.value}${texts['common.demo']}` : fact.value;
}

/** Needs in everyday words, at most three: 「子どもや子育てのこと、住まいのこと」. */
export function needWords(texts: Texts, facts: Facts): string {
  return shownNeeds(facts)
    .map((need) => texts[`need.${need}`] || NEED_NAMES[need])
    .join('、');
}

const DAYS = [
  ['mon', '月'],
  ['tue', '火'],
  ['wed', '水'],
  ['thu', '木'],
  ['fri', '金'],
  ['sat', '土'],
  ['sun', '日'],
] as const;

/** Worked out once for each of a city's windows, which its files make anew when they change. */
const known = new WeakMap<Hours, { texts: Texts; text: string }>();

/** Opening hours as one reads them: 「月〜金 9:00-17:00」; days alike are put together. */
function hoursText(texts: Texts, window: Window | null): string {
  const hours = window?.hours;
  if (hours === undefined) return texts['common.unknown_value'];
  let found = known.get(hours);
  if (found?.texts !== texts) {
    found = { texts, text: spellHours(texts, hours) };
    known.set(hours, found);
  }
  return found.text;
}

function spellHours(texts: Texts, hours: Hours): string {
  const groups: { first: string; last: string; times: string }[] = [];
  for (const [key, name] of DAYS) {
    const times = hours.weekly[key]
      .map((interval) => interval.replaceAll(/(^|-)0/gu, '$1').replace('-', '〜'))
      .join('、');
    const before = groups.at(-1);
    if (before?.times === times) before.last = name;
    else groups.push({ first: name, last: name, times });
  }
  const text = groups
    .filter((group) => group.times !== '')
    .map((group) => `${group.first === group.last ? group.first : `${group.first}〜${group.last}`} ${group.times}`)
    .join('、');
  return text === '' ? texts['common.unknown_value'] : hours.demo ? `${text}${texts['common.demo']}` : text;
}
