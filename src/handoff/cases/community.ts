/**
 * 地域課題 (106条の4 2項3号): needs that no window and no place answered, by need and area. Counted from the tickets by the rules
 * below and from what staff noted; told without anybody in it (small cells hidden).
 */
import type { Gap } from '#contracts/case.ts';
import { NEEDS, type Need } from '#contracts/labels.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { timeKey } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import { lastTold } from '../introduction.ts';
import { momentOf } from '../opening-hours.ts';
import { type Suppressed, suppress } from './suppress.ts';

export const GAP_REASONS = {
  no_window: 'この困りごとを受けもつ窓口がない',
  no_place: '行ける場所・活動が市の一覧にない',
  declined_all: '案内したところが、どれも合わなかった',
  place_unfit: '紹介した場所に行ったが、合わなかった',
  noted: '職員が「足りない」と書いた',
} as const;
export type GapReason = keyof typeof GAP_REASONS;

const PAGE = 500;

/** @returns the needs of a ticket that nothing answered, and why. A notice of danger is not a gap. */
export function unanswered(municipality: Municipality, ticket: Ticket): { need: Need; reason: GapReason }[] {
  if (ticket.crisis !== 'none') return [];
  const gaps: { need: Need; reason: GapReason }[] = [];
  const declined = declinedAll(ticket);
  for (const { need } of ticket.needs) {
    const window = municipality.windows.some((one) => one.receivesAll === true || one.needs.includes(need));
    if (!window) gaps.push({ need, reason: 'no_window' });
    else if (need === 'participation' && !placeFor(municipality, need, ticket.district))
      gaps.push({ need, reason: 'no_place' });
    else if (need === 'participation' && lastTold(ticket) === 'unfit') gaps.push({ need, reason: 'place_unfit' });
    else if (declined) gaps.push({ need, reason: 'declined_all' });
  }
  return gaps;
}

const placeFor = (municipality: Municipality, need: Need, district: string | null): boolean =>
  municipality.resources.some(
    (one) => one.needs.includes(need) && (one.district === undefined || district === null || one.district === district),
  );

/** Everything offered was refused, and nothing came of it. */
function declinedAll(ticket: Ticket): boolean {
  const offered = ticket.offered.length > 0 && ticket.offered.every((window) => ticket.refused.includes(window));
  const standing = ticket.booking !== null && ticket.booking.state !== 'cancelled';
  return offered && !standing && ticket.result?.result !== 'met' && ticket.result?.result !== 'passed_on';
}

export interface CommunityReport {
  /** `YYYY-MM`. */
  month: string;
  needs: readonly Need[];
  /** District ids; null = not known. */
  districts: readonly (string | null)[];
  /** needs × districts. */
  table: Suppressed;
  reasons: { reason: GapReason; count: number }[];
  /** What staff wrote: already without a person in it. */
  notes: Gap[];
  issues: { at: number; text: string; need: Need | null; to: string | null }[];
}

/** @param month `YYYY-MM`, Japan time. */
export async function communityReport(
  store: Store,
  municipality: Municipality,
  month: string,
): Promise<CommunityReport> {
  const { from, to } = monthOf(month);
  const districts = [...municipality.districts.map(({ id }) => id), null];
  const counts = NEEDS.map(() => districts.map(() => 0));
  const reasons = new Map<GapReason, number>();
  const add = (need: Need, district: string | null, reason: GapReason): void => {
    const column = districts.includes(district) ? districts.indexOf(district) : districts.length - 1;
    counts[NEEDS.indexOf(need)]![column]! += 1;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  };
  for await (const ticket of pages(store, municipality.id, 'ticket', 'created', from, to)) {
    for (const { need, reason } of unanswered(municipality, ticket)) add(need, ticket.district, reason);
  }
  const notes: Gap[] = [];
  for await (const gap of pages(store, municipality.id, 'gap', 'at', from, to)) {
    add(gap.need, gap.district, 'noted');
    notes.push(gap);
  }
  const issues: CommunityReport['issues'] = [];
  for await (const conference of pages(store, municipality.id, 'conference', 'start', from, to)) {
    issues.push(...conference.issues.map(({ at, text, need, to: next }) => ({ at, text, need, to: next })));
  }
  return {
    month,
    needs: NEEDS,
    districts,
    table: suppress(counts),
    reasons: (Object.keys(GAP_REASONS) as GapReason[]).map((reason) => ({ reason, count: reasons.get(reason) ?? 0 })),
    notes,
    issues,
  };
}

export function monthOf(month: string): { from: number; to: number } {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  return { from: momentOf(`${month}-01`, '00:00'), to: momentOf(`${next}-01`, '00:00') };
}

/** Bodies between two moments, page by page; others have their turn in between. */
export async function* pages<K extends 'ticket' | 'gap' | 'conference' | 'case' | 'touch'>(
  store: Store,
  municipality: string,
  kind: K,
  index: string,
  from: number,
  to: number,
) {
  let after: string | undefined;
  for (;;) {
    const rows = await store.list(municipality, kind, index, {
      from: timeKey(from),
      to: timeKey(to),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of rows) yield row.body;
    after = rows.at(-1)?.cursor;
    if (rows.length < PAGE) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
