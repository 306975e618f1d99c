/**
 * The figures a plan wants or reports, counted from what happened in a fiscal year (April to March). What each counts is said in
 * the city's file (`targets:`); what happened outside the talks is counted from staff's own entries (`tally`). Totals of a
 * year: where people are counted, a count of ours below five is not told (R24); what staff entered themselves is.
 */
import type { Case, Conference } from '#contracts/case.ts';
import type { Municipality, Target } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Store } from '#store/store.ts';
import { WENT } from '../introduction.ts';
import { momentOf } from '../opening-hours.ts';
import { pages } from './community.ts';
import { isSmall } from './suppress.ts';

export interface Reached {
  target: Target;
  /** So far in that year. */
  count: number;
  /** Of it, from staff's entries. */
  tallied: number;
  /** People, and fewer than five of them without staff's entries: not told. */
  small: boolean;
}

const PEOPLE: ReadonlySet<Target['measure']> = new Set([
  'joint_cases',
  'plans_made',
  'cases_ended',
  'consultations',
  'outreach_reports',
  'introductions',
  'introductions_met',
  'introductions_joined',
  'stays_in_touch',
]);

/** A count as it may be told. */
export function reachedText({ target, count, tallied, small }: Reached): string {
  if (!small) return `${count}${target.unit}`;
  return tallied > 0 ? `5未満と、記録 ${tallied}${target.unit}` : '5未満';
}

/** What the flow notes on a ticket whose resident wants to be introduced to a place. */
const INTRODUCTION = '紹介してほしい場所';

/** @param year fiscal year: 2026 = April 2026 to March 2027, Japan time. */
export async function targetsReached(store: Store, municipality: Municipality, year: number): Promise<Reached[]> {
  const targets = municipality.targets ?? [];
  const from = momentOf(`${year}-04-01`, '00:00');
  const to = momentOf(`${year + 1}-04-01`, '00:00');
  const counts = new Map(targets.map(({ id }) => [id, 0]));
  const add = (target: Target, by: number): void => void counts.set(target.id, (counts.get(target.id) ?? 0) + by);
  for await (const ticket of pages(store, municipality.id, 'ticket', 'created', from, to)) {
    for (const target of targets) if (ticketCounts(municipality, target, ticket)) add(target, 1);
  }
  for await (const conference of pages(store, municipality.id, 'conference', 'start', from, to)) {
    for (const target of targets) add(target, conferenceCounts(target, conference));
  }
  // A case opened years ago may end this year: all of them are looked at.
  for await (const one of pages(store, municipality.id, 'case', 'created', 0, to)) {
    for (const target of targets) if (caseCounts(target, one, from, to)) add(target, 1);
  }
  for await (const touch of pages(store, municipality.id, 'touch', 'updated', from, Number.MAX_SAFE_INTEGER / 10)) {
    const agreed = touch.agreed !== null && touch.agreed.at >= from && touch.agreed.at < to;
    for (const target of targets) if (target.measure === 'stays_in_touch' && agreed) add(target, 1);
  }
  const tallied = await tallies(store, municipality.id, year);
  return targets.map((target) => {
    const own = tallied.get(target.id) ?? 0;
    const counted = counts.get(target.id) ?? 0;
    return { target, count: counted + own, tallied: own, small: PEOPLE.has(target.measure) && isSmall(counted) };
  });
}

/** The fiscal year of a day `YYYY-MM-DD`. */
export const fiscalYear = (day: string): number => Number(day.slice(0, 4)) - (Number(day.slice(5, 7)) >= 4 ? 0 : 1);

function ticketCounts(municipality: Municipality, target: Target, ticket: Ticket): boolean {
  const fits = target.needs.length === 0 || ticket.needs.some(({ need }) => target.needs.includes(need));
  const introduced = isIntroduced(municipality, target, ticket);
  switch (target.measure) {
    case 'consultations':
      return fits;
    case 'outreach_reports':
      return fits && ticket.history.some(({ what }) => what === 'outreach');
    case 'introductions':
      return fits && introduced;
    case 'introductions_met':
      return fits && introduced && ticket.result?.result === 'met';
    case 'introductions_joined':
      return fits && introduced && (ticket.result?.result === 'met' || hasBeenThere(ticket));
    default:
      return false;
  }
}

/** Asked to be introduced to one of the target's places; to any where it names none. */
function isIntroduced(municipality: Municipality, target: Target, ticket: Ticket): boolean {
  const wanted = ticket.introduction?.name ?? ticket.answers[INTRODUCTION]?.text ?? null;
  if (wanted === null || target.resources.length === 0) return wanted !== null;
  const id = ticket.introduction?.resource ?? municipality.resources.find(({ name }) => name === wanted)?.id;
  return id !== undefined && target.resources.includes(id);
}

const hasBeenThere = (ticket: Ticket): boolean =>
  ticket.introduction?.answers.some(({ answer }) => WENT.has(answer)) === true;

function conferenceCounts(target: Target, conference: Conference): number {
  if (conference.state !== 'held') return 0;
  if (target.meetings.length > 0 && !target.meetings.includes(conference.meeting)) return 0;
  if (target.measure === 'conferences_held') return 1;
  return target.measure === 'cases_reviewed' ? conference.agenda.length : 0;
}

function caseCounts(target: Target, one: Case, from: number, to: number): boolean {
  const within = (at: number | undefined): boolean => at !== undefined && at >= from && at < to;
  const first = (what: string): number | undefined => one.history.find((entry) => entry.what === what)?.at;
  switch (target.measure) {
    case 'joint_cases': {
      const bodies = new Set([one.lead, ...one.parts.map(({ window, name }) => window ?? name)]);
      return bodies.size >= 2 && within(first('addPart'));
    }
    case 'plans_made':
      return within(first('changePlan'));
    case 'cases_ended':
      return one.end !== null && within(one.end.at);
    default:
      return false;
  }
}

async function tallies(store: Store, municipality: string, year: number): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  let after: string | undefined;
  for (;;) {
    const page = {
      from: `${year}-04-01`,
      to: `${year + 1}-04-01`,
      limit: 500,
      ...(after === undefined ? {} : { after }),
    };
    const rows = await store.list(municipality, 'tally', 'day', page);
    for (const { body } of rows) sums.set(body.target, (sums.get(body.target) ?? 0) + body.count);
    if (rows.length < 500) return sums;
    after = rows.at(-1)?.cursor;
  }
}
