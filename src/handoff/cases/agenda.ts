/**
 * Which case is heard where: the person's consent decides between the two kinds of meeting, urgency and state decide which of
 * the city's meetings (芦屋: チーム会議 first, then B-1 or B-2; 福井: on the regular day, urgent ones on call).
 */
import type { Attendee, Case, Conference, PURPOSES } from '#contracts/case.ts';
import type { Meeting, Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { dayOf } from '#engine/japan-time.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from '../audit.ts';
import { bodyAgreed, hearingOf } from './case-consent.ts';
import type { CaseAct } from './case-steps.ts';
import { type ConferenceOutcome, person, refused, step } from './conference.ts';
import { placesOf } from './meeting-days.ts';
import { readTickets } from './open-case.ts';

export type Purpose = (typeof PURPOSES)[number];

/** @returns why a case comes before a meeting now; null when nothing is to be talked about. */
export function purposeOf(one: Case, now: number): Purpose | null {
  if (one.state === 'asked') return 'screening';
  if (one.state === 'open') return 'plan';
  if (one.state !== 'running') return null;
  const last = one.reviews.at(-1)?.result;
  if (last === 'end') return 'evaluation';
  if (last === 'to_meeting' || last === 'change') return 'plan';
  return one.plan?.reviewOn != null && one.plan.reviewOn <= dayOf(now) ? 'review' : 'share';
}

/** Whether the meeting is the one for this case, by what it does and for whom. */
export function isFor(municipality: Municipality, meeting: Meeting, one: Case, now: number): boolean {
  if (meeting.hears !== 'consented') return false;
  if (meeting.urgency !== undefined && meeting.urgency !== one.urgency) return false;
  const purpose = purposeOf(one, now);
  if (purpose === null) return false;
  const screens = (municipality.meetings ?? []).some((known) => known.does === 'screening');
  if (meeting.does === 'screening') return purpose === 'screening';
  // Where a meeting screens, a new case goes there first.
  if (purpose === 'screening' && screens) return false;
  return meeting.does === 'review' ? purpose !== 'screening' : true;
}

/** Urgent ones first, then what is due, then the oldest. */
export function suggestAgenda(
  municipality: Municipality,
  meeting: Meeting,
  cases: readonly Case[],
  now: number,
): { case: Case; purpose: Purpose }[] {
  const weight: Record<Purpose, number> = { screening: 0, plan: 1, evaluation: 2, review: 3, share: 9 };
  return cases
    .filter((one) => isFor(municipality, meeting, one, now))
    .map((one) => ({ case: one, purpose: purposeOf(one, now)! }))
    .toSorted(
      (a, b) =>
        Number(b.case.urgency === 'urgent') - Number(a.case.urgency === 'urgent') ||
        weight[a.purpose] - weight[b.purpose] ||
        a.case.createdAt - b.case.createdAt,
    );
}

interface Work extends CaseAct {
  municipality: Municipality;
  ids: Ids;
  conference: string;
}

/**
 * Puts a case into the next free place. The person's consent is read as it is now; 生駒: whoever heard the person first is
 * invited with it.
 */
export async function putOnAgenda(draft: Draft, act: Work & { case: string }): Promise<ConferenceOutcome> {
  const { municipality, now } = act;
  const conference = await draft.get('conference', act.conference);
  const one = await draft.get('case', act.case);
  const meeting = municipality.meetings?.find((known) => known.id === conference?.meeting);
  if (!conference || !meeting) return refused('unknown_meeting');
  if (!one) return refused('unknown_case');
  await draft.hold('case', one.id);
  const tickets = (await readTickets(draft, one.tickets, true)) ?? [];
  if (!tickets.every((ticket) => hearingOf(ticket) === 'consented')) return refused('consent_missing');
  if (!membersAgreed(municipality, tickets, conference)) return refused('body_not_agreed');
  if (!isFor(municipality, meeting, one, now)) return refused('not_this_meeting');
  if (conference.agenda.some((item) => item.case === one.id)) return refused('twice');
  const taken = new Set(conference.agenda.map((item) => item.start));
  const place = placesOf(meeting, conference).find(({ start }) => !taken.has(start));
  if (place === undefined) return refused('full');
  const item = { case: one.id, purpose: purposeOf(one, now)!, ...place };
  const agenda = [...conference.agenda, item].toSorted((a, b) => a.start - b.start);
  const people = attending(municipality, meeting, conference, one, tickets, act.ids);
  const outcome = step(
    conference,
    'on_agenda',
    act,
    { agenda, people, sequence: conference.sequence + 1 },
    { case: one.id },
  );
  return keepConference(draft, act, 'agenda', outcome);
}

/** A guest hears only the cases they are invited for, and only when the person agreed to that body. */
export async function inviteGuest(
  draft: Draft,
  act: Work & { name: string; mail: string; remote: boolean; cases: readonly string[] },
): Promise<ConferenceOutcome> {
  const { municipality } = act;
  const conference = await draft.get('conference', act.conference);
  const meeting = municipality.meetings?.find((known) => known.id === conference?.meeting);
  if (!conference || !meeting) return refused('unknown_meeting');
  if (!meeting.guests) return refused('guests_not_invited');
  const name = act.name.trim();
  if (name === '') return refused('text_missing');
  if (act.cases.length === 0) return refused('unknown_case');
  for (const id of act.cases) {
    const one = conference.agenda.some((item) => item.case === id) ? await draft.get('case', id) : null;
    if (!one) return refused('unknown_case');
    const tickets = (await readTickets(draft, one.tickets, true)) ?? [];
    if (!tickets.every((ticket) => bodyAgreed(municipality, ticket, name))) return refused('body_not_agreed');
  }
  const mail = act.mail.trim() === '' ? null : act.mail.trim();
  const guest = {
    ...person(act.ids.id(), name, 'guest'),
    mail,
    remote: act.remote && meeting.remote,
    cases: [...act.cases],
  };
  const outcome = step(
    conference,
    'guest',
    act,
    { people: [...conference.people, guest], sequence: conference.sequence + 1 },
    { person: guest.id },
  );
  return keepConference(draft, act, 'guest', outcome);
}

export async function keepConference(
  draft: Draft,
  act: Omit<Work, 'municipality'>,
  action: string,
  outcome: ConferenceOutcome,
): Promise<ConferenceOutcome> {
  if (!outcome.ok) return outcome;
  await draft.put('conference', act.conference, outcome.conference);
  writeAudit(draft, { at: act.now, by: act.by, action: `conference.${action}`, subject: act.conference }, act.ids);
  return outcome;
}

/** Each standing member of the meeting stands among those the person agreed to. */
function membersAgreed(municipality: Municipality, tickets: readonly Ticket[], conference: Conference): boolean {
  const members = conference.people.filter((known) => known.as === 'member');
  return tickets.every((ticket) => members.every((known) => bodyAgreed(municipality, ticket, known.name)));
}

/** With a case come who leads it, who has a part in it, and (生駒) who heard the person first: for this case only. */
function attending(
  municipality: Municipality,
  meeting: Meeting,
  conference: Conference,
  one: Case,
  tickets: readonly Ticket[],
  ids: Ids,
): Conference['people'] {
  const lead = municipality.windows.find((window) => window.id === one.lead)?.name;
  const first = meeting.firstContact ? firstContact(municipality, tickets) : null;
  const parts = one.parts.filter((part) => part.until === null).map((part) => part.name);
  const wanted = new Map<string, Attendee['as']>();
  for (const name of [...(lead === undefined ? [] : [lead]), ...parts]) wanted.set(name, 'part');
  if (first !== null) wanted.set(first, 'first_contact');
  let people = conference.people;
  for (const [name, as] of wanted) {
    const known = people.find((person) => person.name === name);
    if (known === undefined) people = [...people, { ...person(ids.id(), name, as), cases: [one.id] }];
    // Who sits there anyway hears everything.
    else if (known.as !== 'member') {
      people = people.map((p) =>
        p === known ? { ...p, as: as === 'first_contact' ? as : p.as, cases: [...p.cases, one.id] } : p,
      );
    }
  }
  return people;
}

/** The window that heard the person first. */
function firstContact(municipality: Municipality, tickets: readonly Ticket[]): string | null {
  const [ticket] = tickets;
  const id = ticket?.passes?.[0]?.from ?? ticket?.window;
  return municipality.windows.find((window) => window.id === id)?.name ?? null;
}
