/**
 * The view of a ticket for lists and exports (R20): what a resident said, how they can be reached, and every label that
 * tells of illness, disability or violence is hidden; time, state, window, urgency and the calmer labels stay. A masked
 * ticket has the same shape and says `masked: true`.
 */
import type { Concern, Need } from '#contracts/labels.ts';
import type { Heard } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';

export const HIDDEN = '（伏せています）';

/** 要配慮個人情報 (個人情報保護法 2条3項): illness, disability, having been hurt by a crime. */
export const SENSITIVE_NEEDS: ReadonlySet<Need> = new Set(['disability', 'mental', 'abuse']);
export const SENSITIVE_CONCERNS: ReadonlySet<Concern> = new Set(['health', 'violence']);

export function maskTicket(ticket: Ticket): Ticket {
  const calm = <T extends { need: Need }>(entries: readonly T[]): T[] =>
    entries.filter(({ need }) => !SENSITIVE_NEEDS.has(need));
  return {
    ...ticket,
    callBackCode: '****',
    words: ticket.words.map(hide),
    household: ticket.household.map(hide),
    consideration: ticket.consideration.map(hide),
    safeHours: hideOne(ticket.safeHours),
    nickname: hideOne(ticket.nickname),
    name: hideOne(ticket.name),
    phone: hideOne(ticket.phone),
    answers: Object.fromEntries(Object.entries(ticket.answers).map(([key, heard]) => [key, hide(heard)])),
    needs: calm(ticket.needs),
    rejectedNeeds: ticket.rejectedNeeds.filter((need) => !SENSITIVE_NEEDS.has(need)),
    concerns: ticket.concerns.filter(({ concern }) => !SENSITIVE_CONCERNS.has(concern)),
    evidence: [],
    // That there is a crisis, and since when, stays; which one would tell of illness or violence.
    crisis: 'none',
    deadlines: ticket.deadlines.map((deadline) => ({ ...deadline, words: deadline.words === null ? null : HIDDEN })),
    candidates: ticket.candidates.map((candidate) => ({ ...candidate, reason: HIDDEN })),
    history: ticket.history.map((entry) => ({
      ...entry,
      detail: without(entry.detail, ['needs', 'before', 'crisis']),
    })),
    ...(ticket.members === undefined ? {} : { members: [] }),
    ...(ticket.notes === undefined ? {} : { notes: ticket.notes.map((note) => ({ ...note, text: HIDDEN })) }),
    ...(ticket.passes === undefined ? {} : { passes: ticket.passes.map((pass) => ({ ...pass, reason: HIDDEN })) }),
    // A place may tell what its guests live with.
    ...(ticket.introduction ? { introduction: { ...ticket.introduction, resource: null, name: HIDDEN } } : {}),
    ...(ticket.multiAgency ? { multiAgency: { ...ticket.multiAgency, reason: HIDDEN } } : {}),
    masked: true,
  };
}

/** A withdrawn message stays visibly withdrawn. */
const hide = (heard: Heard): Heard => ({ ...heard, text: heard.text === null ? null : HIDDEN });
const hideOne = (heard: Heard | null): Heard | null => (heard === null ? null : hide(heard));

const without = (detail: Record<string, string>, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(detail).filter(([key]) => !keys.includes(key)));
