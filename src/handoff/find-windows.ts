/**
 * Which windows to offer for a trouble. The rules of the cities differ and stand in their `municipality.yaml`: what each
 * window is for (`needs`, `topics`, `districts`, `crisis`, `receivesAll`, `default`) and `routing`. Nothing here names a
 * city. Pure.
 *
 * For each need, strongest first, the window that fits best: a topic named in the resident's words beats the general
 * window of the same need; a window with districts is for those who live there. What is left unclear goes where
 * `routing.unclear` says.
 */
import type { Need } from '#contracts/labels.ts';
import type { Municipality, Window } from '#contracts/municipality.ts';
import type { Candidate, Facts } from '#contracts/session.ts';
import { toCandidate } from './candidate.ts';
import { crisisOf, namesTopic, needsOf, wordsOf } from './needs-of.ts';

/** Why a window was chosen; `candidate.ts` says it in plain Japanese. */
export interface Pick {
  readonly window: Window;
  readonly why:
    | { because: 'need'; need: Need; local: boolean }
    | { because: 'topic'; need: Need; local: boolean }
    | { because: 'crisis' }
    | { because: 'all'; local: boolean }
    | { because: 'district_unknown' }
    | { because: 'default' };
  /** 0…1 */
  readonly confidence: number;
}

/** A need this unsure gets no window of its own beside a surer one. */
const WORTH_A_WINDOW = 0.3;
const UNCLEAR_CONFIDENCE = 0.5;

/** @returns at most `limit` (3) windows, the leading one first; empty only when the city has no window that would do. */
export function findWindows(options: { municipality: Municipality; facts: Facts; limit?: number }): Candidate[] {
  const { municipality, facts } = options;
  const picks = unseenFirst(municipality, facts, distinct(allPicks(municipality, facts))).slice(
    0,
    Math.min(options.limit ?? 3, 3),
  );
  return picks.map((pick, index) => toCandidate(municipality, facts, pick, index === 0));
}

/** @returns the 総合 window: of the district if it has one of its own, else of the whole city. */
export function defaultWindow(municipality: Municipality, district: string | null): Window | null {
  const defaults = municipality.windows.filter((window) => window.default);
  return defaults.find((window) => isLocal(window, district)) ?? defaults.find(isCityWide) ?? null;
}

/** @returns whether the answer to "where do you live?" would change which windows are offered, and is still open. */
export function districtNeeded(municipality: Municipality, facts: Facts): boolean {
  if (facts.district !== null || facts.districtAsked || municipality.districts.length === 0) return false;
  const chosen = (district: string | null): string =>
    distinct(allPicks(municipality, { ...facts, district, districtAsked: true }))
      .slice(0, 3)
      .map((pick) => pick.window.id)
      .join();
  const first = chosen(municipality.districts[0]!.id);
  return municipality.districts.some((district) => chosen(district.id) !== first);
}

function allPicks(municipality: Municipality, facts: Facts): Pick[] {
  const special = specialPicks(municipality, facts);
  const routing = municipality.routing ?? { unclear: 'default', lead: 'special' };
  const danger = crisisPicks(municipality, facts);
  if (special.length === 0) return [...danger, ...unclearPicks(municipality, facts)];
  if (routing.lead === 'all') {
    const own = localFirst(municipality.windows.filter(takesAll), facts.district).slice(0, 1);
    return [...danger, ...own.map((window) => takesAllPick(window, facts)), ...special];
  }
  return [...danger, ...special, ...othersToChoose(municipality, facts)];
}

/** 小林: whichever window fits, the choice stays the person's. 生駒: a consultation day is another way, then any window. */
function othersToChoose(municipality: Municipality, facts: Facts): Pick[] {
  const events = municipality.windows.filter(isEvent).map((window) => takesAllPick(window, facts));
  const free = municipality.routing?.unclear === 'choice' || municipality.routing?.unclear === 'nearest';
  return free ? [...events, ...unclearPicks(municipality, facts)] : events;
}

function crisisPicks(municipality: Municipality, facts: Facts): Pick[] {
  const crisis = crisisOf(facts);
  if (crisis === 'none') return [];
  return localFirst(
    municipality.windows.filter((window) => window.crisis.includes(crisis)),
    facts.district,
  )
    .slice(0, 1)
    .map((window) => ({ window, why: { because: 'crisis' }, confidence: 0.95 }));
}

/** One window for each need that is sure enough (a compound trouble has several), then the second choices. */
function specialPicks(municipality: Municipality, facts: Facts): Pick[] {
  const needs = needsOf(facts);
  const unclear = (facts.assessment?.scope ?? 'unclear') !== 'need' && !needs.some((need) => need.confirmed);
  if (unclear) return [];
  const perNeed = needs
    .filter(({ score }, index) => index === 0 || score >= WORTH_A_WINDOW)
    .map(({ need, score }) => picksFor(municipality, facts, need, score));
  return [...perNeed.flatMap((picks) => picks.slice(0, 1)), ...perNeed.flatMap((picks) => picks.slice(1))];
}

/** The window for this need, and a second one where two special ones are equally meant. */
function picksFor(municipality: Municipality, facts: Facts, need: Need, score: number): Pick[] {
  const fitting = municipality.windows.filter((window) => window.needs.includes(need));
  if (fitting.length === 0) {
    const fallback = unclearPicks(municipality, facts).slice(0, 1);
    return fallback.map((pick) => ({ ...pick, confidence: Math.min(score, UNCLEAR_CONFIDENCE) }));
  }
  const words = wordsOf(facts);
  const isNamed = (window: Window): boolean => window.topics.some((topic) => namesTopic(words, topic));
  const named = fitting.filter(isNamed);
  // A window with topics is a special one: without its topic the general windows of the need come first.
  const general = fitting.filter((window) => window.topics.length === 0);
  const pool = named.length > 0 ? named : general.length > 0 ? general : fitting;
  const reachable = localFirst(pool, facts.district).slice(0, pool === general ? 1 : 2);
  if (reachable.length === 0) {
    const fallback = defaultWindow(municipality, facts.district);
    return fallback === null
      ? []
      : [{ window: fallback, why: { because: 'district_unknown' }, confidence: score * 0.7 }];
  }
  return reachable.map((window, index) => {
    const because = isNamed(window) ? ('topic' as const) : ('need' as const);
    const sure = (because === 'topic' ? Math.min(1, score * 1.1) : score) * (index === 0 ? 1 : 0.6);
    return { window, why: { because, need, local: isLocal(window, facts.district) }, confidence: sure };
  });
}

/** Where a trouble goes of which no need is known. */
function unclearPicks(municipality: Municipality, facts: Facts): Pick[] {
  const general = defaultWindow(municipality, facts.district);
  const last: Pick[] =
    general === null ? [] : [{ window: general, why: { because: 'default' }, confidence: UNCLEAR_CONFIDENCE }];
  const all = localFirst(municipality.windows.filter(takesAll), facts.district);
  switch (municipality.routing?.unclear ?? 'default') {
    case 'default':
      return last.length > 0 ? last : all.map((window) => takesAllPick(window, facts));
    case 'district': {
      const own = all.filter((window) => isLocal(window, facts.district));
      return [...own.slice(0, 1).map((window) => takesAllPick(window, facts)), ...last];
    }
    case 'nearest': {
      const [first, ...rest] = nearest(
        all.filter((window) => !isEvent(window)),
        facts,
      );
      const windows = [...(first === undefined ? [] : [first]), ...all.filter(isEvent), ...rest];
      return [...windows.map((window) => takesAllPick(window, facts)), ...last];
    }
    case 'choice': {
      // A window of another area takes anyone in as well: it comes after the near ones, but it can be chosen.
      const away = municipality.windows.filter((window) => takesAll(window) && !all.includes(window));
      return [...nearest([...all, ...away], facts).map((window) => takesAllPick(window, facts)), ...last];
    }
  }
}

/** Whole-taking windows, nearest first: by district, then by what was said, even if that is far from sure. */
function nearest(windows: readonly Window[], facts: Facts): Window[] {
  const words = wordsOf(facts);
  const hints = hintedNeeds(facts);
  const nearness = (window: Window): number =>
    (isLocal(window, facts.district) ? 4 : 0) +
    (window.topics.some((topic) => namesTopic(words, topic)) ? 3 : 0) +
    Math.max(0, ...window.needs.map((need) => hints.get(need) ?? 0));
  return windows.toSorted((a, b) => nearness(b) - nearness(a));
}

/** Needs that speak faintly: assessed ones, and what somebody of that age most often comes with. */
function hintedNeeds(facts: Facts): Map<Need, number> {
  const hints = new Map<Need, number>();
  if (facts.ageBand === 'senior' || facts.ageBand === 'old') hints.set('elderly', 0.5);
  if (facts.ageBand === 'child') hints.set('child', 0.5);
  for (const { need, score } of needsOf(facts)) hints.set(need, Math.max(hints.get(need) ?? 0, 1 + score));
  return hints;
}

/** Where the person goes on to ask for others, those turned down come last. */
function unseenFirst(municipality: Municipality, facts: Facts, picks: readonly Pick[]): Pick[] {
  if (municipality.routing === undefined || municipality.windows.some((window) => window.default)) return [...picks];
  const refused = (pick: Pick): boolean => facts.refusedWindows.includes(pick.window.id);
  return [...picks.filter((pick) => !refused(pick)), ...picks.filter(refused)];
}

const isEvent = (window: Window): boolean => window.event === true;
const takesAll = (window: Window): boolean => window.receivesAll === true;
const isCityWide = (window: Window): boolean => window.districts.length === 0;
const isLocal = (window: Window, district: string | null): boolean =>
  district !== null && window.districts.includes(district);

/** Windows that serve this resident, those of their own district before those of the whole city. */
function localFirst(windows: readonly Window[], district: string | null): Window[] {
  return [...windows.filter((window) => isLocal(window, district)), ...windows.filter(isCityWide)];
}

function takesAllPick(window: Window, facts: Facts): Pick {
  const local = isLocal(window, facts.district);
  return { window, why: { because: 'all', local }, confidence: local ? 0.8 : UNCLEAR_CONFIDENCE };
}

function distinct(picks: readonly Pick[]): Pick[] {
  const seen = new Set<string>();
  return picks.filter(({ window }) => !seen.has(window.id) && seen.add(window.id));
}
