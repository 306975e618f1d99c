import type { Condition, Script } from '#contracts/flow.ts';
import type { Need } from '#contracts/labels.ts';
import type { Window } from '#contracts/municipality.ts';
import type { Facts } from '#contracts/session.ts';
import { MISUNDERSTOOD, type Run } from './run.ts';

/** @returns whether every key of the condition holds; an absent condition holds. */
export function holds(condition: Condition | undefined, run: Run): boolean {
  if (condition === undefined) return true;
  return Object.keys(condition).every((key) => TESTS[key as keyof Condition](condition as Given, run));
}

/** Each test reads its own key, which is there when it is called. */
type Given = { [K in keyof Condition]-?: Exclude<Condition[K], undefined> };

const TESTS: { [K in keyof Given]: (c: Given, run: Run) => boolean } = {
  need: (c, run) => shownNeeds(run.session.facts).some((need) => list(c.need).includes(need)),
  about: (c, run) => list(c.about).includes(run.session.facts.about ?? 'unknown'),
  scope: (c, run) => list(c.scope).includes(run.session.facts.assessment?.scope ?? 'unclear'),
  crisis: (c, run) => {
    const crisis = run.session.facts.assessment?.crisis ?? 'none';
    return typeof c.crisis === 'boolean' ? (crisis !== 'none') === c.crisis : list(c.crisis).includes(crisis);
  },
  confident: (c, run) => (run.session.facts.assessment?.confident ?? false) === c.confident,
  needs_known: (c, run) => currentNeeds(run.session.facts).length > 0 === c.needs_known,
  compound: (c, run) => shownNeeds(run.session.facts).length > 1 === c.compound,
  tries: (c, run) => (run.session.tries[MISUNDERSTOOD] ?? 0) >= c.tries,
  district_needed: (c, run) => districtNeeded(run.script, run.session.facts) === c.district_needed,
  windows_found: (c, run) => run.session.facts.candidates.length > 0 === c.windows_found,
  way: (c, run) => run.session.facts.way !== null && list(c.way).includes(run.session.facts.way),
  booked: (c, run) => (run.session.facts.slot !== null) === c.booked,
  ticket: (c, run) => (run.session.facts.ticket !== null) === c.ticket,
  consent: (c, run) => run.session.facts.consents.some((consent) => consent.state === c.consent),
  age_band: (c, run) => run.session.facts.ageBand !== null && list(c.age_band).includes(run.session.facts.ageBand),
  greeted: (c, run) => run.greeted === c.greeted,
  answer: (c, run) => Object.entries(c.answer).every(([key, value]) => run.session.facts.answers[key]?.text === value),
};

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Needs as the talk understands them now: what the resident confirmed first, then what was assessed and not rejected. */
export function currentNeeds(facts: Facts): Need[] {
  const assessed = facts.assessment?.needs.map((entry) => entry.need) ?? [];
  return [...new Set([...(facts.confirmedNeeds ?? []), ...assessed])].filter(
    (need) => !facts.rejectedNeeds.includes(need) || (facts.confirmedNeeds ?? []).includes(need),
  );
}

const SURE = 0.5;
/** Needs that are said back to the resident: the first, and others that are likelier than not; at most three. */
export function shownNeeds(facts: Facts): Need[] {
  const score = (need: Need): number => facts.assessment?.needs.find((entry) => entry.need === need)?.score ?? 1;
  return currentNeeds(facts)
    .filter((need, index) => index === 0 || score(need) >= SURE || (facts.confirmedNeeds ?? []).includes(need))
    .slice(0, 3);
}

/** @returns whether a window that could take this trouble serves some districts only, and the district is open. */
function districtNeeded(script: Script, facts: Facts): boolean {
  if (script.districtNeeded !== undefined) return script.districtNeeded(facts);
  if (facts.district !== null || facts.districtAsked) return false;
  const needs = currentNeeds(facts);
  const fitting = script.municipality.windows.filter((window) => window.needs.some((need) => needs.includes(need)));
  const windows: Window[] = fitting.length > 0 ? fitting : script.municipality.windows.filter((w) => w.default);
  return windows.some((window) => window.districts.length > 0);
}
