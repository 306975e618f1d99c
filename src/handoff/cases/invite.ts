/**
 * Who of a meeting is still to be invited, or told that it was moved or called off. Somebody who comes for single cases is
 * invited for their time only (福井: 90 minutes a case). Pure.
 */
import type { Attendee, Conference } from '#contracts/case.ts';

/** The time that concerns this person. */
export function timeOf(conference: Conference, person: Attendee): { start: number; end: number } {
  const own = conference.agenda.filter((item) => person.cases.includes(item.case));
  if (person.as === 'member' || own.length === 0) return { start: conference.start, end: conference.end };
  return { start: Math.min(...own.map(({ start }) => start)), end: Math.max(...own.map(({ end }) => end)) };
}

/** Those who do not know yet what stands now; nobody once it was held. */
export function toInvite(conference: Conference): Attendee[] {
  if (conference.state === 'held') return [];
  const cancelled = conference.state === 'cancelled';
  return conference.people.filter((person) => {
    const known = person.invited ?? null;
    // Who was never told that it takes place need not hear that it does not.
    if (known === null || known.outcome !== 'ok') return !cancelled;
    const { start, end } = timeOf(conference, person);
    return (
      known.cancelled !== cancelled ||
      (!cancelled && (known.start !== start || known.end !== end || known.place !== conference.place))
    );
  });
}

/** What was sent, to how many addresses, and whether the mail server took it. */
export function asInvited(
  conference: Conference,
  sent: ReadonlyMap<string, { to: number; outcome: string }>,
  now: number,
): Conference {
  const cancelled = conference.state === 'cancelled';
  const people = conference.people.map((person) => {
    const done = sent.get(person.id);
    if (done === undefined) return person;
    return {
      ...person,
      invited: { at: now, ...timeOf(conference, person), place: conference.place, cancelled, ...done },
    };
  });
  return { ...conference, people };
}
