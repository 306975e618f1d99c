import type { Texts } from '#contracts/flow.ts';
import { NEED_NAMES } from '#contracts/labels.ts';
import type { Fact, Municipality, Window } from '#contracts/municipality.ts';
import { type Facts, WAY_NAMES } from '#contracts/session.ts';
import type { Placeholder } from '#contracts/texts.ts';
import { shownNeeds } from './conditions.ts';
import { slotSentence } from './japan-time.ts';
import { ownWords } from './own-words.ts';
import type { Run } from './run.ts';

/** Puts values into `{…}`; a name without a value is left away. Pure; also used by the conversation. */
export function fill(text: string, values: Partial<Record<Placeholder, string>>): string {
  return text.replace(/\{([^{}\n]{1,20})\}/gu, (_, name: string) => values[name as Placeholder] ?? '');
}

/** `fill` with everything the talk knows now. */
export function fillFacts(run: Run, text: string, more: Partial<Record<Placeholder, string>> = {}): string {
  if (!text.includes('{')) return text;
  return fill(text, { ...known(run.script.municipality, run.script.texts, run.session.facts), ...more });
}

function known(municipality: Municipality, texts: Texts, facts: Facts): Record<Placeholder, string> {
  const window = windowOf(municipality, facts.window);
  const main = window ?? municipality.windows.find((w) => w.default) ?? municipality.windows[0] ?? null;
  return {
    市: municipality.name,
    窓口: window?.name ?? facts.candidates[0]?.name ?? '',
    窓口の説明: window?.about ?? '',
    場所: factText(texts, window?.place),
    電話: factText(texts, window?.phone),
    日時: facts.slot === null ? '' : slotSentence(facts.slot),
    方法: facts.way === null ? '' : WAY_NAMES[facts.way],
    受付番号: facts.receipt ?? '',
    あいことば: facts.callBackCode ?? '',
    聞いたこと: ownWords(facts) ?? '',
    困りごと: needWords(texts, facts),
    目的: municipality.consent.purpose,
    地域: municipality.districts.find((district) => district.id === facts.district)?.name ?? '',
    受付時間: hoursText(texts, main),
    呼び名: facts.nickname?.text ?? '',
  };
}

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

/** Opening hours as one reads them: 「月〜金 9:00-17:00」; days alike are put together. */
function hoursText(texts: Texts, window: Window | null): string {
  const hours = window?.hours;
  if (hours === undefined) return texts['common.unknown_value'];
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
