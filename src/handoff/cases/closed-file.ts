/**
 * 支援会議 (社会福祉法 106条の6): a file without the person's consent, in a compartment of its own (R26). Who is not a member, or
 * has not acknowledged the secrecy, does not see that it is there: not even a coordinator. Nothing outside points to it: no
 * word in the ticket, the contact, the city's audit log, a timer or a message. Every look and change stands in the file's own
 * log. Longer than other files: the compartment's doors are read together.
 */
import type { ClosedFile, Item, ItemSource, Member, Urgency } from '#contracts/case.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeClosedAudit } from './closed-audit.ts';
import { type TaxFault, taxFault } from './tax-words.ts';

/** Kept with each acknowledgement; a new version asks everybody again. */
export const SECRECY = {
  version: '2026-11-21',
  text: [
    'これは、社会福祉法 第106条の6 にもとづく支援会議の記録です。',
    '本人の同意を得ていない情報が入っています。',
    '支援会議の仕事で知った秘密を、正当な理由なく漏らしてはいけません。会議を離れたあとも同じです。違反には罰則があります。',
    '見たこと、書いたこと、印刷したことは、この記録だけの履歴に残ります。',
    '税の仕事で知った情報（課税、所得、滞納など）は、書くことも、口頭で伝えることもできません。',
    '本人やご家族、ほかの職員に、この記録があること自体を伝えないでください。',
  ],
} as const;

export type ClosedRefusal =
  | 'not_there'
  | 'not_open'
  | 'reason_missing'
  | 'text_missing'
  | 'unknown_member'
  | 'already_member'
  | 'last_member'
  | 'unknown_item'
  | 'unknown_meeting'
  | 'unknown_decision'
  | 'unknown_ticket'
  | 'unknown_window'
  | 'not_acknowledged'
  | 'not_confirmed'
  | 'bad_time'
  | TaxFault['why'];
export type ClosedOutcome = { ok: true; file: ClosedFile } | { ok: false; why: ClosedRefusal; words?: string[] };

export interface ClosedAct {
  file: string;
  /** Staff id. */
  by: string;
  now: number;
  ids: Ids;
}

export interface NewFile {
  id?: string;
  municipality: string;
  tickets: readonly string[];
  reason: string;
  without: ClosedFile['without'];
  urgency: Urgency;
  lead: string;
  /** The one who opens it: its first member. */
  name: string;
  body: string;
}

/** Opens a file. The tickets stay as they are; the caller has looked whether the person may see them. */
export async function openClosedFile(draft: Draft, act: Omit<ClosedAct, 'file'> & NewFile): Promise<ClosedOutcome> {
  const { now, by, ids } = act;
  const reason = act.reason.trim();
  if (reason === '') return no('reason_missing');
  for (const id of act.tickets) if (!(await draft.get('ticket', id))) return no('unknown_ticket');
  const first: Member = {
    id: ids.id(),
    staff: by,
    name: act.name,
    body: act.body,
    addedAt: now,
    addedBy: by,
    secrecy: null,
    leftAt: null,
  };
  const file: ClosedFile = {
    version: 1,
    id: act.id ?? ids.id(),
    number: ids.receipt(),
    municipality: act.municipality,
    createdAt: now,
    createdBy: by,
    updatedAt: now,
    state: 'open',
    urgency: act.urgency,
    reason,
    without: act.without,
    lead: act.lead,
    tickets: [...act.tickets],
    members: [first],
    items: [],
    decisions: [],
    meetings: [],
    moved: null,
    ended: null,
  };
  draft.add('closed_file', file.id, file);
  draft.add('closed_member', memberKey(by, file.id), { staff: by, file: file.id });
  await writeClosedAudit(draft, {
    file: file.id,
    number: file.number,
    at: now,
    by,
    action: 'open',
    detail: { without: act.without },
  });
  return { ok: true, file };
}

/** `inside`: a member who acknowledged the present notice. `door`: a member who has not. `none`: nobody of this file. */
export function standingOf(file: ClosedFile, staff: string): 'inside' | 'door' | 'none' {
  const member = file.members.find((one) => one.staff === staff && one.leftAt === null);
  if (member === undefined) return 'none';
  return member.secrecy?.version === SECRECY.version ? 'inside' : 'door';
}

/**
 * The only way to a file's content. A look by a member is told in the file's log in the same unit of work.
 * @returns null for everybody else, whether or not there is such a file.
 */
export async function lookInto(
  draft: Draft,
  act: Omit<ClosedAct, 'ids'> & { action?: string },
): Promise<{ standing: 'inside' | 'door'; file: ClosedFile } | null> {
  const file = await draft.get('closed_file', act.file);
  const standing = file ? standingOf(file, act.by) : 'none';
  if (!file || standing === 'none') return null;
  const action = standing === 'inside' ? (act.action ?? 'view') : 'door';
  await writeClosedAudit(draft, { file: file.id, number: file.number, at: act.now, by: act.by, action });
  return { standing, file };
}

/** @param how `paper`: staff records what somebody without an account has signed. */
export const acknowledge = (draft: Draft, act: ClosedAct & { member?: string }): Promise<ClosedOutcome> =>
  change(draft, act, 'acknowledge', 'door', (file) => {
    const own = act.member === undefined;
    const wanted = file.members.find(
      (one) => one.leftAt === null && (own ? one.staff === act.by : one.id === act.member),
    );
    if (wanted === undefined || (!own && wanted.staff !== null)) return no('unknown_member');
    // On paper only by somebody who is inside.
    if (!own && standingOf(file, act.by) !== 'inside') return no('not_acknowledged');
    const secrecy = {
      at: act.now,
      version: SECRECY.version,
      how: own ? ('console' as const) : ('paper' as const),
      by: act.by,
    };
    return { ...file, members: file.members.map((one) => (one === wanted ? { ...one, secrecy } : one)) };
  });

export const addMember = (
  draft: Draft,
  act: ClosedAct & { staff: string | null; name: string; body: string },
): Promise<ClosedOutcome> =>
  change(draft, act, 'member_add', 'inside', async (file) => {
    const name = act.name.trim();
    if (name === '' || act.body.trim() === '') return no('text_missing');
    const { staff } = act;
    if (staff !== null && standingOf(file, staff) !== 'none') return no('already_member');
    const fault = taxFault({ text: '', body: act.body, source: 'judgement' });
    if (fault !== null) return { ok: false, ...fault };
    if (staff !== null) await draft.put('closed_member', memberKey(staff, file.id), { staff, file: file.id });
    const member: Member = {
      id: act.ids.id(),
      staff,
      name,
      body: act.body.trim(),
      addedAt: act.now,
      addedBy: act.by,
      secrecy: null,
      leftAt: null,
    };
    return { ...file, members: [...file.members, member] };
  });

export const removeMember = (draft: Draft, act: ClosedAct & { member: string }): Promise<ClosedOutcome> =>
  change(draft, act, 'member_leave', 'inside', async (file) => {
    const wanted = file.members.find((one) => one.id === act.member && one.leftAt === null);
    if (wanted === undefined) return no('unknown_member');
    const members = file.members.map((one) => (one === wanted ? { ...one, leftAt: act.now } : one));
    const after = { ...file, members };
    // A file that nobody can open any more would be lost.
    if (!members.some((one) => one.staff !== null && standingOf(after, one.staff) === 'inside'))
      return no('last_member');
    if (wanted.staff !== null) await draft.delete('closed_member', memberKey(wanted.staff, file.id));
    return after;
  });

/** @param confirmed the form's tick 「税の情報ではありません」. */
export const addItem = (
  draft: Draft,
  act: ClosedAct & { text: string; source: ItemSource; body: string; confirmed: boolean },
): Promise<ClosedOutcome> =>
  change(draft, act, 'item_add', 'inside', (file) => {
    const text = act.text.trim();
    const body = act.body.trim();
    if (text === '' || body === '') return no('text_missing');
    if (!act.confirmed) return no('not_confirmed');
    const fault = taxFault({ text, body, source: act.source });
    if (fault !== null) return { ok: false, ...fault };
    const item: Item = { id: act.ids.id(), at: act.now, by: act.by, text, source: act.source, body, removed: null };
    return { ...file, items: [...file.items, item] };
  });

/** A further report about the same household. The ticket learns nothing of it; the caller has looked whether the member may see it. */
export const addTicketToFile = (draft: Draft, act: ClosedAct & { ticket: string }): Promise<ClosedOutcome> =>
  change(draft, act, 'ticket_add', 'inside', async (file) => {
    if (file.tickets.includes(act.ticket) || !(await draft.get('ticket', act.ticket))) return no('unknown_ticket');
    return { ...file, tickets: [...file.tickets, act.ticket] };
  });

/** The words go; that something was there, and who took it away, stays. */
export const removeItem = (draft: Draft, act: ClosedAct & { item: string }): Promise<ClosedOutcome> =>
  change(draft, act, 'item_remove', 'inside', (file) => {
    if (!file.items.some((item) => item.id === act.item && item.removed === null)) return no('unknown_item');
    const removed = { at: act.now, by: act.by };
    return { ...file, items: file.items.map((item) => (item.id === act.item ? { ...item, text: '', removed } : item)) };
  });

export const decideClosed = (
  draft: Draft,
  act: ClosedAct & { meeting: string | null; what: string; who: string; due: string | null },
): Promise<ClosedOutcome> =>
  change(draft, act, 'decide', 'inside', (file) => {
    const what = act.what.trim();
    const who = act.who.trim();
    if (what === '' || who === '') return no('text_missing');
    const fault = taxFault({ text: what, body: who, source: 'judgement' });
    if (fault !== null) return { ok: false, ...fault };
    const decision = {
      id: act.ids.id(),
      conference: act.meeting,
      at: act.now,
      by: act.by,
      what,
      who,
      due: act.due,
      done: null,
    };
    return { ...file, decisions: [...file.decisions, decision] };
  });

export const settleClosed = (
  draft: Draft,
  act: ClosedAct & { decision: string; done: boolean },
): Promise<ClosedOutcome> =>
  change(draft, act, 'settle', 'inside', (file) => {
    if (!file.decisions.some((one) => one.id === act.decision)) return no('unknown_decision');
    const done = act.done ? { at: act.now, by: act.by } : null;
    return { ...file, decisions: file.decisions.map((one) => (one.id === act.decision ? { ...one, done } : one)) };
  });

export const planMeeting = (
  draft: Draft,
  act: ClosedAct & { start: number; end: number; place: string },
): Promise<ClosedOutcome> =>
  change(draft, act, 'meeting_plan', 'inside', (file) => {
    if (!(act.start < act.end)) return no('bad_time');
    const meeting = {
      id: act.ids.id(),
      start: act.start,
      end: act.end,
      place: act.place.trim(),
      state: 'planned' as const,
      sequence: 0,
      came: [],
      minutes: [],
    };
    return { ...file, meetings: [...file.meetings, meeting] };
  });

/** Who was there, and what was said. Only who acknowledged the secrecy can have been there. */
export const keepMinutes = (
  draft: Draft,
  act: ClosedAct & { meeting: string; came: readonly string[]; text: string },
): Promise<ClosedOutcome> =>
  change(draft, act, 'minutes', 'inside', (file) => {
    if (!file.meetings.some((one) => one.id === act.meeting)) return no('unknown_meeting');
    const text = act.text.trim();
    if (text === '') return no('text_missing');
    const fault = taxFault({ text, body: '', source: 'judgement' });
    if (fault !== null) return { ok: false, ...fault };
    const came = file.members.filter((one) => act.came.includes(one.id));
    if (came.some((one) => one.secrecy === null)) return no('not_acknowledged');
    const minutes = { id: act.ids.id(), at: act.now, by: act.by, text };
    const meetings = file.meetings.map((one) =>
      one.id === act.meeting
        ? { ...one, state: 'held' as const, came: came.map(({ id }) => id), minutes: [...one.minutes, minutes] }
        : one,
    );
    return { ...file, meetings };
  });

export const endClosedFile = (draft: Draft, act: ClosedAct & { why: string }): Promise<ClosedOutcome> =>
  change(draft, act, 'end', 'inside', (file) =>
    act.why.trim() === ''
      ? no('reason_missing')
      : { ...file, state: 'ended', ended: { at: act.now, by: act.by, why: act.why.trim() } },
  );

/** Every change: by a member of that standing, of an open file, told in its log. */
export async function change(
  draft: Draft,
  act: ClosedAct,
  action: string,
  standing: 'inside' | 'door',
  work: (file: ClosedFile) => ClosedFile | ClosedOutcome | Promise<ClosedFile | ClosedOutcome>,
): Promise<ClosedOutcome> {
  const file = await draft.get('closed_file', act.file);
  const own = file ? standingOf(file, act.by) : 'none';
  if (!file || own === 'none') return no('not_there');
  if (standing === 'inside' && own !== 'inside') return no('not_acknowledged');
  if (file.state !== 'open' && action !== 'acknowledge') return no('not_open');
  const made = await work(file);
  if ('ok' in made && !made.ok) return made;
  const after = { ...('ok' in made ? made.file : made), updatedAt: act.now };
  await draft.put('closed_file', file.id, after);
  await writeClosedAudit(draft, { file: file.id, number: file.number, at: act.now, by: act.by, action });
  return { ok: true, file: after };
}

export const memberKey = (staff: string, file: string): string => `${staff}|${file}`;
const no = (why: ClosedRefusal): { ok: false; why: ClosedRefusal } => ({ ok: false, why });
