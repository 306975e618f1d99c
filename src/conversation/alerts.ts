/**
 * A crisis waits for a named person (R16). Raised in the same commit as the urgent ticket, so none is ever lost; who is told,
 * and when, is carried out elsewhere. An alert holds ids and times only.
 */
import type { Crisis } from '#contracts/labels.ts';
import { writeAudit } from '#handoff/audit.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';

export interface Crying {
  ticket: string;
  receipt: string;
  window: string;
  kind: Crisis;
  /** Time of receipt, milliseconds UTC. */
  at: number;
}

/** A further message of an open alert changes nothing; one after the acknowledgement raises it anew. */
export async function raiseAlert(draft: Draft, { ticket, receipt, window, kind, at }: Crying): Promise<void> {
  const known = await draft.get('alert', ticket);
  if (known && known.acknowledged === null) return;
  const told = known?.told ?? [];
  await draft.put('alert', ticket, { receipt, window, kind, at, acknowledged: null, round: 0, nextAt: at, told });
}

/** By name: the one who acknowledges takes care that somebody acts. */
export async function acknowledgeAlert(
  draft: Draft,
  act: { ticket: string; staff: string; now: number; ids: Ids },
): Promise<'ok' | 'already' | 'gone'> {
  const { now, staff, ids } = act;
  const alert = await draft.get('alert', act.ticket);
  if (!alert) return 'gone';
  if (alert.acknowledged !== null) return 'already';
  await draft.put('alert', act.ticket, { ...alert, acknowledged: { by: staff, at: now } });
  const ticket = await draft.get('ticket', act.ticket);
  if (ticket) {
    const entry = { at: now, by: staff, what: 'crisis_acknowledged', detail: {} };
    await draft.put('ticket', act.ticket, { ...ticket, updatedAt: now, history: [...ticket.history, entry] });
  }
  const detail = { seconds: String(Math.round((now - alert.at) / 1000)) };
  writeAudit(draft, { at: now, by: staff, action: 'crisis.acknowledge', subject: act.ticket, detail }, ids);
  return 'ok';
}
