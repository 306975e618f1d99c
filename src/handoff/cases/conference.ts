/**
 * A meeting that hears cases with the person's consent: who sits in it, which case when, what was said. Pure steps, like those
 * of a ticket. Which cases may be heard is decided in `agenda.ts`. A meeting of the closed compartment is kept in its file.
 */
import type { Attendee, Conference } from '#contracts/case.ts';
import type { Need } from '#contracts/labels.ts';
import type { Meeting } from '#contracts/municipality.ts';
import type { CaseAct } from './case-steps.ts';

export type ConferenceRefusal =
  | 'wrong_state'
  | 'unknown_meeting'
  | 'unknown_case'
  | 'bad_time'
  | 'text_missing'
  | 'guests_not_invited'
  | 'unknown_person'
  | 'full'
  | 'place_taken'
  | 'not_this_meeting'
  | 'consent_missing'
  | 'body_not_agreed'
  | 'twice';
export type ConferenceOutcome = { ok: true; conference: Conference } | { ok: false; why: ConferenceRefusal };

export const refused = (why: ConferenceRefusal): { ok: false; why: ConferenceRefusal } => ({ ok: false, why });

/** @param time a regular day of the plan, or any on call. Standing members are there from the beginning. */
export function newConference(
  meeting: Meeting,
  act: CaseAct & {
    start: number;
    end: number;
    place: string;
    onCall: boolean;
    id(): string;
    /** The latest one of the same meeting: where its members are written to, and who of them sits elsewhere. */
    last?: Conference | null;
  },
): ConferenceOutcome {
  const { start, end, place, onCall, now, by, last = null } = act;
  if (meeting.hears === 'closed') return refused('unknown_meeting');
  if (!(start < end)) return refused('bad_time');
  return {
    ok: true,
    conference: {
      meeting: meeting.id,
      start,
      end,
      place: place.trim(),
      onCall,
      state: 'planned',
      sequence: 0,
      agenda: [],
      people: meeting.members.map((name) => {
        const known = last?.people.find((one) => one.as === 'member' && one.name === name);
        const fresh = person(act.id(), name, 'member');
        return known === undefined ? fresh : { ...fresh, mail: known.mail, remote: known.remote };
      }),
      minutes: [],
      issues: [],
      createdAt: now,
      createdBy: by,
      updatedAt: now,
      history: [
        { at: now, by, what: 'planned', detail: { meeting: meeting.id, ...(onCall ? { onCall: 'true' } : {}) } },
      ],
    },
  };
}

export const person = (id: string, name: string, as: Attendee['as']): Attendee => ({
  id,
  name,
  as,
  mail: null,
  remote: false,
  came: null,
  cases: [],
});

export function moveConference(
  one: Conference,
  act: CaseAct & { start: number; end: number; place: string },
): ConferenceOutcome {
  const { start, end } = act;
  if (!(start < end)) return refused('bad_time');
  const shift = start - one.start;
  const agenda = one.agenda.map((item) => ({ ...item, start: item.start + shift, end: item.end + shift }));
  if (agenda.some((item) => item.end > end)) return refused('full');
  return step(one, 'moved', act, { start, end, place: act.place.trim(), agenda, sequence: one.sequence + 1 });
}

/** Where an invitation goes, and whether somebody sits elsewhere. */
export function changePerson(
  one: Conference,
  act: CaseAct & { person: string; mail: string; remote: boolean },
): ConferenceOutcome {
  if (!one.people.some(({ id }) => id === act.person)) return refused('unknown_person');
  const mail = act.mail.trim() === '' ? null : act.mail.trim();
  const people = one.people.map((known) => (known.id === act.person ? { ...known, mail, remote: act.remote } : known));
  return step(one, 'person', act, { people, sequence: one.sequence + 1 }, { person: act.person });
}

export function removePerson(one: Conference, act: CaseAct & { person: string }): ConferenceOutcome {
  if (!one.people.some(({ id }) => id === act.person)) return refused('unknown_person');
  const people = one.people.filter(({ id }) => id !== act.person);
  return step(one, 'person_removed', act, { people, sequence: one.sequence + 1 }, { person: act.person });
}

export function takeOff(one: Conference, act: CaseAct & { case: string }): ConferenceOutcome {
  if (!one.agenda.some((item) => item.case === act.case)) return refused('unknown_case');
  const agenda = one.agenda.filter((item) => item.case !== act.case);
  // Who came for this case alone is not invited any more.
  const people = one.people
    .map((known) => ({ ...known, cases: known.cases.filter((id) => id !== act.case) }))
    .filter((known, i) => known.as === 'member' || known.cases.length > 0 || one.people[i]!.cases.length === 0);
  return step(one, 'off_agenda', act, { agenda, people, sequence: one.sequence + 1 }, { case: act.case });
}

/** @param act.case null: not about one case. */
export function minute(
  one: Conference,
  act: CaseAct & { id: string; case: string | null; text: string },
): ConferenceOutcome {
  const text = act.text.trim();
  if (text === '') return refused('text_missing');
  if (act.case !== null && !one.agenda.some((item) => item.case === act.case)) return refused('unknown_case');
  const minutes = [...one.minutes, { id: act.id, at: act.now, by: act.by, text, case: act.case }];
  return step(one, 'minutes', act, { minutes }, act.case === null ? {} : { case: act.case });
}

/** What is missing in the city: goes to the committee and into the monthly report. */
export function raiseIssue(
  one: Conference,
  act: CaseAct & { id: string; text: string; need: Need | null; to: string | null },
): ConferenceOutcome {
  const text = act.text.trim();
  if (text === '') return refused('text_missing');
  const issues = [...one.issues, { id: act.id, at: act.now, by: act.by, text, need: act.need, to: act.to }];
  return step(one, 'issue', act, { issues });
}

/** It has taken place; `came`: ids of those who were there. */
export function hold(one: Conference, act: CaseAct & { came: readonly string[] }): ConferenceOutcome {
  if (act.now < one.start) return refused('wrong_state');
  const people = one.people.map((known) => ({ ...known, came: act.came.includes(known.id) }));
  return step(one, 'held', act, { people, state: 'held' }, { came: String(act.came.length) });
}

export const cancelConference = (one: Conference, act: CaseAct): ConferenceOutcome =>
  step(one, 'cancelled', act, { state: 'cancelled', sequence: one.sequence + 1 });

const LEGAL: Record<string, readonly Conference['state'][]> = {
  minutes: ['planned', 'held'],
  issue: ['planned', 'held'],
};

/** Everything else changes what is still to come. */
export function step(
  one: Conference,
  what: string,
  act: CaseAct,
  change: Partial<Conference>,
  detail: Record<string, string> = {},
): ConferenceOutcome {
  if (!(LEGAL[what] ?? ['planned']).includes(one.state)) return refused('wrong_state');
  const history = [...one.history, { at: act.now, by: act.by, what, detail }];
  return { ok: true, conference: { ...one, ...change, updatedAt: act.now, history } };
}
