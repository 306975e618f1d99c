/**
 * 終結: what came of it, and つなぎ戻し to the window that goes on with the person. A ticket goes to another body only with
 * consent for it (R25); otherwise nothing ends.
 */
import type { Case } from '#contracts/case.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { passOn } from '../transitions.ts';
import { type CaseAct, type CaseOutcome, refuse, step } from './case-steps.ts';

/** @returns the case, and its tickets as they are afterwards. */
export function endCase(
  one: Case,
  tickets: readonly Ticket[],
  act: CaseAct & {
    municipality: Municipality;
    evaluation: string;
    achieved: 'yes' | 'partly' | 'no';
    backTo: string;
  },
): { outcome: CaseOutcome; tickets: Ticket[] } {
  const { municipality, achieved, backTo, now, by } = act;
  const evaluation = act.evaluation.trim();
  const none = (why: Parameters<typeof refuse>[0]) => ({ outcome: refuse(why), tickets: [] });
  if (evaluation === '') return none('text_missing');
  if (!municipality.windows.some((window) => window.id === backTo)) return none('unknown_window');
  const after: Ticket[] = [];
  for (const ticket of tickets) {
    const back = handBack(municipality, ticket, one, { by, now, backTo, reason: evaluation });
    if (back === null) return none('back_not_agreed');
    after.push(back);
  }
  const parts = one.parts.map((part) => ({ ...part, until: part.until ?? now }));
  const end = { at: now, by, evaluation, achieved, backTo };
  return { outcome: step(one, 'end', act, { end, parts }, { achieved, backTo }), tickets: after };
}

/** @returns null when the person has not agreed to that window. */
function handBack(
  municipality: Municipality,
  ticket: Ticket,
  one: Case,
  act: { by: string; now: number; backTo: string; reason: string },
): Ticket | null {
  const { by, now, backTo, reason } = act;
  if (ticket.state === 'closed') return ticket;
  const history = [...ticket.history, { at: now, by, what: 'handed_back', detail: { case: one.id, window: backTo } }];
  if (ticket.window === backTo) return { ...ticket, state: 'accepted', updatedAt: now, history };
  const passed = passOn(ticket, { municipality, to: backTo, reason, by, now });
  if (!passed.ok) return null;
  return { ...passed.ticket, history: [...passed.ticket.history, history.at(-1)!] };
}
