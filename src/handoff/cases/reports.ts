/**
 * Reports about somebody who was not asked (アウトリーチ). Two of them may be about one household: staff say so, never the machine,
 * and can take it back; what a resident brought for themselves is never joined here (R32). Whoever reported is not the person
 * it is about: nothing that concerns that person is sent to them.
 */
import type { Ticket } from '#contracts/ticket.ts';
import type { Draft } from '#store/draft.ts';
import { timeKey } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from '../audit.ts';

export type ReportRefusal = 'unknown_ticket' | 'not_a_report' | 'same_ticket' | 'already_joined' | 'not_joined';
export type ReportOutcome = { ok: true } | { ok: false; why: ReportRefusal };

interface Act {
  ticket: string;
  by: string;
  now: number;
  ids: Ids;
}

export const isReport = (ticket: Ticket): boolean => ticket.history.some(({ what }) => what === 'outreach');

/** Both groups become one. */
export async function joinReports(draft: Draft, act: Act & { other: string }): Promise<ReportOutcome> {
  const [one, other] = [await draft.get('ticket', act.ticket), await draft.get('ticket', act.other)];
  if (!one || !other) return { ok: false, why: 'unknown_ticket' };
  if (one.id === other.id) return { ok: false, why: 'same_ticket' };
  if (!isReport(one) || !isReport(other)) return { ok: false, why: 'not_a_report' };
  if ((one.sameHome ?? []).includes(other.id)) return { ok: false, why: 'already_joined' };
  const group = new Set([one, other].flatMap((ticket) => [ticket.id, ...(ticket.sameHome ?? [])]));
  for (const id of group) await setGroup(draft, act, id, group);
  writeAudit(
    draft,
    { at: act.now, by: act.by, action: 'ticket.same_home', subject: one.id, detail: { other: other.id } },
    act.ids,
  );
  return { ok: true };
}

/** This one is about somebody else after all; the others stay together. */
export async function leaveReports(draft: Draft, act: Act): Promise<ReportOutcome> {
  const one = await draft.get('ticket', act.ticket);
  if (!one) return { ok: false, why: 'unknown_ticket' };
  const group = new Set(one.sameHome ?? []);
  if (group.size === 0) return { ok: false, why: 'not_joined' };
  for (const id of group) await setGroup(draft, act, id, group);
  await setGroup(draft, act, one.id, new Set());
  writeAudit(draft, { at: act.now, by: act.by, action: 'ticket.same_home_left', subject: one.id, detail: {} }, act.ids);
  return { ok: true };
}

async function setGroup(draft: Draft, { by, now }: Act, id: string, group: ReadonlySet<string>): Promise<void> {
  const ticket = await draft.get('ticket', id);
  if (!ticket) return;
  const sameHome = [...group].filter((other) => other !== id);
  const what = sameHome.length > (ticket.sameHome ?? []).length ? 'same_home' : 'same_home_left';
  const history = [...ticket.history, { at: now, by, what, detail: {} }];
  await draft.put('ticket', id, { ...ticket, sameHome, updatedAt: now, history });
}

const LOOK_BACK_MS = 90 * 86_400_000;

/**
 * Reports that staff may want to compare: of the last three months, of the same area or none told. Nothing is concluded.
 * @returns newest first, without those that are joined already.
 */
export async function nearReports(store: Store, ticket: Ticket, now: number): Promise<Ticket[]> {
  const rows = await store.list(ticket.municipality, 'ticket', 'report', {
    from: timeKey(now - LOOK_BACK_MS),
    limit: 500,
    reverse: true,
  });
  return rows
    .map((row) => row.body)
    .filter(
      (other) =>
        other.id !== ticket.id &&
        !(ticket.sameHome ?? []).includes(other.id) &&
        (other.district === ticket.district || other.district === null || ticket.district === null),
    );
}
