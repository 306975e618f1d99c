/**
 * Makes the ticket (つなぐシート) of what the talk has learnt, so that nobody has to ask again or retype. Pure; the record
 * is put by `hand-off.ts` and `urgent-ticket.ts`.
 */
import type { Assessment } from '#contracts/assessment.ts';
import { CONCERNS, type Concern, type Need } from '#contracts/labels.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Facts, Heard } from '#contracts/session.ts';
import { TICKET_VERSION, type Ticket } from '#contracts/ticket.ts';
import { overallConsent } from './consent.ts';
import { defaultWindow, findWindows } from './find-windows.ts';
import { crisisOf, needsOf } from './needs-of.ts';
import { isOpen } from './opening-hours.ts';
import { deadlinesIn, membersIn } from './read-words.ts';

export interface TicketMeta {
  readonly id: string;
  readonly receipt: string;
  readonly callBackCode: string;
  readonly contact: string;
  readonly channel: Ticket['channel'];
  readonly now: number;
  /** Flagged although nothing in the words says so, e.g. the flow's own `urgent: true`. */
  readonly urgent?: boolean;
  /** The window in charge where the facts don't name it. */
  readonly window?: string;
}

/** @returns a complete ticket in state `new`, without a booking. */
export function openTicket(municipality: Municipality, facts: Facts, meta: TicketMeta): Ticket {
  const window = meta.window ?? windowFor(municipality, facts);
  const holder = municipality.windows.find((one) => one.id === window);
  const learnt = fromFacts(facts, window);
  const urgent = (meta.urgent ?? false) || presses(learnt);
  return {
    version: TICKET_VERSION,
    id: meta.id,
    receipt: meta.receipt,
    callBackCode: meta.callBackCode,
    municipality: municipality.id,
    contact: meta.contact,
    channel: meta.channel,
    createdAt: meta.now,
    updatedAt: meta.now,
    outOfHours: holder === undefined || !isOpen(municipality, holder, meta.now),
    state: 'new',
    window,
    assignee: null,
    ...learnt,
    urgent,
    crisisAt: learnt.crisis === 'none' ? null : meta.now,
    booking: null,
    result: null,
    history: [
      { at: meta.now, by: 'resident', what: 'opened', detail: { window, ...(urgent ? { urgent: 'true' } : {}) } },
    ],
  };
}

/**
 * A later message or correction of the same talk. What staff wrote or decided stays (window, state, assignee, notes, a
 * corrected triage); a crisis flag and its time never go away by talking on (R8).
 */
export function updateTicket(ticket: Ticket, facts: Facts, meta: { now: number; urgent?: boolean }): Ticket {
  const learnt = fromFacts(facts, ticket.window);
  const byStaff = ticket.history.some((entry) => entry.what === 'triage_corrected');
  const crisis = learnt.crisis === 'none' ? ticket.crisis : learnt.crisis;
  const words = mergeHeard(ticket.words, learnt.words);
  return {
    ...ticket,
    ...learnt,
    words,
    household: mergeHeard(ticket.household, learnt.household),
    consideration: mergeHeard(ticket.consideration, learnt.consideration),
    safeHours: learnt.safeHours ?? ticket.safeHours,
    nickname: learnt.nickname ?? ticket.nickname,
    name: learnt.name ?? ticket.name,
    phone: learnt.phone ?? ticket.phone,
    district: learnt.district ?? ticket.district,
    ageBand: learnt.ageBand ?? ticket.ageBand,
    way: learnt.way ?? ticket.way,
    answers: { ...ticket.answers, ...learnt.answers },
    needs: byStaff || learnt.needs.length === 0 ? ticket.needs : learnt.needs,
    concerns: byStaff || learnt.needs.length === 0 ? ticket.concerns : learnt.concerns,
    evidence: learnt.evidence.length === 0 ? ticket.evidence : learnt.evidence,
    deadlines: deadlinesIn(words),
    offered: union(ticket.offered, learnt.offered),
    refused: union(ticket.refused, learnt.refused),
    candidates: learnt.candidates.length === 0 ? ticket.candidates : learnt.candidates,
    ...consentsOf(ticket, learnt),
    urgent: ticket.urgent || (meta.urgent ?? false) || presses(learnt),
    crisis,
    crisisAt: ticket.crisisAt ?? (crisis === 'none' ? null : meta.now),
    updatedAt: meta.now,
    history: [...ticket.history, { at: meta.now, by: 'resident', what: 'updated', detail: {} }],
  };
}

/** @returns messages of both by id, in order of time; a withdrawn one stays withdrawn. */
export function mergeHeard(before: readonly Heard[], after: readonly Heard[]): Heard[] {
  const byKey = new Map<string, Heard>();
  for (const heard of [...before, ...after]) {
    const key = heard.messageId === '' ? `${heard.at}|${heard.text}` : heard.messageId;
    const known = byKey.get(key);
    byKey.set(key, known?.text === null ? known : heard);
  }
  return [...byKey.values()].toSorted((a, b) => a.at - b.at);
}

/** The fields that come from the talk alone. */
function fromFacts(facts: Facts, window: string) {
  const needs = needsOf(facts);
  const all = [...facts.heard, ...facts.household];
  return {
    speaker: facts.about ?? facts.assessment?.about ?? ('unknown' as const),
    district: facts.district,
    ageBand: facts.ageBand,
    way: facts.way,
    safeHours: facts.safeHours,
    words: facts.heard,
    needs,
    rejectedNeeds: facts.rejectedNeeds,
    evidence: evidenceOf(facts.assessment, all),
    concerns: concernsOf(facts, needs),
    household: facts.household,
    members: membersIn(all),
    crisis: crisisOf(facts),
    deadlines: deadlinesIn(all),
    offered: union(
      facts.candidates.map((candidate) => candidate.window),
      facts.refusedWindows,
    ),
    refused: facts.refusedWindows,
    candidates: facts.candidates,
    consideration: facts.consideration,
    nickname: facts.nickname,
    name: facts.name,
    phone: facts.phone,
    answers: facts.answers,
    consent: overallConsent(facts.consents, window),
    consents: facts.consents,
  } satisfies Partial<Ticket>;
}

const presses = (learnt: Pick<Ticket, 'crisis' | 'deadlines'>): boolean =>
  learnt.crisis !== 'none' || learnt.deadlines.some((deadline) => deadline.what !== 'other');

/** The chosen window, else the one that would be offered first, else the city's 総合 one, else any. */
function windowFor(municipality: Municipality, facts: Facts): string {
  return (
    facts.window ??
    findWindows({ municipality, facts, limit: 1 })[0]?.window ??
    defaultWindow(municipality, facts.district)?.id ??
    municipality.windows[0]!.id
  );
}

/** The words behind each label, with the message they stand in. Learned weights without words explain nothing to staff. */
function evidenceOf(assessment: Assessment | null, heard: readonly Heard[]): Ticket['evidence'] {
  return (assessment?.evidence ?? [])
    .filter((evidence) => evidence.words !== '' && evidence.score > 0)
    .map(({ words, label }) => ({
      words,
      label,
      messageId: heard.findLast((one) => one.text?.includes(words))?.messageId ?? null,
    }));
}

const CONCERN_OF: Record<Need, Concern> = {
  elderly: 'care',
  disability: 'health',
  child: 'childcare',
  livelihood: 'income',
  housing: 'housing',
  isolation: 'withdrawal',
  mental: 'health',
  abuse: 'violence',
  rights: 'advocacy',
  participation: 'community',
};

/** The 16 kinds as triage found them, with those of needs the resident confirmed; ◎ follows the first confirmed need. */
function concernsOf(facts: Facts, needs: ReturnType<typeof needsOf>): Ticket['concerns'] {
  const assessed = facts.assessment?.concerns ?? [];
  const rejected = new Set(facts.rejectedNeeds.map((need) => CONCERN_OF[need]));
  const confirmed = (facts.confirmedNeeds ?? []).map((need) => CONCERN_OF[need]);
  const wanted = new Set([
    ...assessed.map(({ concern }) => concern).filter((concern) => !rejected.has(concern)),
    ...confirmed,
    ...(assessed.length === 0 ? needs.map(({ need }) => CONCERN_OF[need]) : []),
  ]);
  const before = assessed.find((entry) => entry.most && wanted.has(entry.concern))?.concern;
  const most = before ?? confirmed[0] ?? [...wanted][0];
  return CONCERNS.filter((concern) => wanted.has(concern)).map((concern) => ({ concern, most: concern === most }));
}

/** Answers of the talk are added to those on the ticket; staff's own entries stay. */
function consentsOf(ticket: Ticket, learnt: Pick<Ticket, 'consents'>): Pick<Ticket, 'consent' | 'consents'> {
  const known = new Set(ticket.consents.map((consent) => JSON.stringify(consent)));
  const consents = [...ticket.consents, ...learnt.consents.filter((consent) => !known.has(JSON.stringify(consent)))];
  return { consents, consent: overallConsent(consents, ticket.window) };
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
