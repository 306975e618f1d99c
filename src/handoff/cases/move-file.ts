/**
 * The person has agreed: the file becomes a case (重層的支援会議). Only what the law allows comes along, and of that only what
 * somebody has looked at and chosen, one by one. The file itself stays closed, with its minutes and its log.
 */
import type { Case, ItemSource } from '#contracts/case.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Draft } from '#store/draft.ts';
import { hearingOf } from './case-consent.ts';
import type { CaseRefusal } from './case-steps.ts';
import { writeClosedAudit } from './closed-audit.ts';
import { type ClosedAct, type ClosedRefusal, lookInto } from './closed-file.ts';
import { openCase, readTickets } from './open-case.ts';
import { taxFault } from './tax-words.ts';

/**
 * - `yes`: it is the person's own, or what staff saw themselves.
 * - `asked`: another body's knowledge: only when that body releases it.
 * - `never`: who gave notice must not become known; what is about somebody else is not the person's to agree to; what the
 *   meeting thought was said under its secrecy.
 */
export const MAY_COME: Record<ItemSource, 'yes' | 'asked' | 'never'> = {
  own_words: 'yes',
  observed: 'yes',
  agency: 'asked',
  report: 'never',
  other_person: 'never',
  judgement: 'never',
};

export interface Choice {
  item: string;
  bring: boolean;
  /** The body that gave it agrees (for `asked`). */
  released?: boolean;
  /** Why it stays. */
  why?: string;
}

export type MoveOutcome =
  | { ok: true; case: Case }
  | { ok: false; why: ClosedRefusal | CaseRefusal | 'not_reviewed' | 'not_movable' | 'not_released'; item?: string };

/** Every item needs a choice; what may never come cannot be chosen. */
export async function moveFile(
  draft: Draft,
  act: ClosedAct & { municipality: Municipality; choices: readonly Choice[]; caseId?: string },
): Promise<MoveOutcome> {
  const look = await lookInto(draft, { ...act, action: 'move' });
  if (look === null || look.standing !== 'inside')
    return { ok: false, why: look === null ? 'not_there' : 'not_acknowledged' };
  const { file } = look;
  if (file.state !== 'open') return { ok: false, why: 'not_open' };
  const tickets = await readTickets(draft, file.tickets);
  if (tickets === null || tickets.length === 0) return { ok: false, why: 'unknown_ticket' };
  if (!tickets.every((ticket) => hearingOf(ticket) === 'consented')) return { ok: false, why: 'consent_missing' };
  const items = file.items.filter((item) => item.removed === null);
  for (const item of items) {
    const choice = act.choices.find((one) => one.item === item.id);
    if (
      choice === undefined ||
      (!choice.bring && (choice.why ?? '').trim() === '' && MAY_COME[item.source] !== 'never')
    )
      return { ok: false, why: 'not_reviewed', item: item.id };
    if (!choice.bring) continue;
    if (MAY_COME[item.source] === 'never' || (item.source !== 'own_words' && taxFault(item) !== null))
      return { ok: false, why: 'not_movable', item: item.id };
    if (MAY_COME[item.source] === 'asked' && choice.released !== true)
      return { ok: false, why: 'not_released', item: item.id };
  }
  const chosen = items.filter((item) => act.choices.some((one) => one.item === item.id && one.bring));
  const { by, now, ids, municipality } = act;
  // The reason of the file was written in secrecy: the case gets a plain one.
  const opened = await openCase(draft, {
    municipality,
    tickets: file.tickets,
    reason: '本人の同意があり、関係する所といっしょに考える。',
    urgency: file.urgency,
    lead: file.lead,
    by,
    now,
    ids,
    ...(act.caseId === undefined ? {} : { id: act.caseId }),
  });
  if (!opened.ok) return opened;
  const brought = chosen.map(({ text }) => ({ id: ids.id(), at: now, by, text }));
  const moved = { ...opened.case, brought };
  await draft.put('case', moved.id, moved);
  const left = items
    .filter((item) => !chosen.includes(item))
    .map((item) => ({ item: item.id, why: act.choices.find((one) => one.item === item.id)?.why?.trim() ?? '' }));
  await draft.put('closed_file', file.id, {
    ...file,
    state: 'moved',
    updatedAt: now,
    moved: { case: moved.id, at: now, by, brought: chosen.map(({ id }) => id), left },
  });
  const detail = { case: moved.id, brought: String(chosen.length), left: String(left.length) };
  await writeClosedAudit(draft, { file: file.id, number: file.number, at: now, by, action: 'moved', detail });
  return { ok: true, case: moved };
}
