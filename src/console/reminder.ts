/**
 * Mails staff once a working day what of theirs falls due: monitoring of plans, decisions and steps, meetings to come, meetings
 * that the plan's rhythm wants and nobody has set, and answers nobody has read. Numbers, days and addresses of the console only.
 * Nothing of a 支援会議 file is mailed: a mail box is no compartment (R26). Each day is claimed by a commit, so several servers
 * mail it once; what a dying server left out stands in the console, and comes again when it is late.
 */
import type { Case, Conference } from '#contracts/case.ts';
import type { Meeting, Municipality } from '#contracts/municipality.ts';
import { addDays, dayLabel, dayOf, hourOf, slotSentence, weekdayOf } from '#engine/japan-time.ts';
import { toInvite } from '#handoff/cases/invite.ts';
import { comingDays, dueBy } from '#handoff/cases/meeting-days.ts';
import { isClosedDay } from '#handoff/opening-hours.ts';
import { listStaff, type Person } from '#handoff/staff-accounts.ts';
import { timeKey } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import type { AlerterOptions } from './alerter.ts';
import { dueOf } from './cases/case-list.ts';
import { may } from './permissions.ts';

/** Japan time. */
const FROM_HOUR = 8;
const MARK = 'reminder-day';
const DAY_MS = 86_400_000;
/** A matter is told so many days ahead, on the day before, on its day, and every week when it is late. */
const AHEAD = [7, 1, 0];
const WEEK = 7;
const BEAT_MS = 60_000;
const SHOWN = 500;

export type ReminderOptions = Pick<
  AlerterOptions,
  'store' | 'municipalities' | 'municipality' | 'clock' | 'log' | 'count' | 'publicUrl' | 'mail' | 'beatMs'
>;
export interface Reminder {
  start(): void;
  /** One look whether today is told already. */
  beat(): Promise<void>;
  stop(): Promise<void>;
}

export function createReminder(options: ReminderOptions): Reminder {
  const { store, clock, log } = options;
  let timer: NodeJS.Timeout | null = null;
  let beating: Promise<void> = Promise.resolve();

  const remindCity = async (city: Municipality): Promise<void> => {
    const now = clock.now();
    const today = dayOf(now);
    if (options.mail === null || hourOf(now) < FROM_HOUR || !isWorkday(city, today)) return;
    const last = await store.get(city.id, 'setting', MARK);
    if (last !== null && last.body.value >= today) return;
    const claim = {
      type: 'put',
      kind: 'setting',
      id: MARK,
      revision: last?.revision ?? 0,
      body: { value: today },
    } as const;
    if (!(await store.commit(city.id, [claim])).ok) return;
    // What fell on the days off in between is told now.
    const since = last === null || last.body.value < addDays(today, -WEEK) ? today : addDays(last.body.value, 1);
    const letters = await lettersOf(options, city, { now, today, since });
    await Promise.all(letters.map((letter) => send(city, letter)));
  };

  const send = async (city: Municipality, { to, text }: Letter): Promise<void> => {
    const mail = { to, subject: `【つなぎ】期日のお知らせ ${dayLabel(dayOf(clock.now()))}`, text };
    const outcome = await options.mail!(mail).then(
      () => 'ok',
      () => 'failed',
    );
    options.count('reminders_mailed', { municipality: city.id, outcome });
    if (outcome !== 'ok') log.error('a reminder of due dates was not taken', { municipality: city.id });
  };

  const beat = async (): Promise<void> => {
    for (const id of options.municipalities) {
      try {
        const city = options.municipality(id);
        if (city) await remindCity(city);
      } catch (error) {
        log.error('reminders left for later', { municipality: id, error });
      }
    }
  };
  const run = (): Promise<void> => {
    beating = beating.then(beat);
    return beating;
  };
  const schedule = (): void => {
    timer = setTimeout(() => void run().finally(() => timer !== null && schedule()), options.beatMs ?? BEAT_MS);
  };
  return {
    beat: run,
    start: schedule,
    async stop() {
      if (timer) clearTimeout(timer);
      timer = null;
      await beating;
    },
  };
}

interface Letter {
  to: string;
  text: string;
}
interface Days {
  now: number;
  today: string;
  /** First day that no letter has told of yet. */
  since: string;
}

/** One letter for each who has something to hear. */
export async function lettersOf(
  options: Pick<ReminderOptions, 'store' | 'publicUrl'>,
  city: Municipality,
  days: Days,
): Promise<Letter[]> {
  const { store } = options;
  const home = `${options.publicUrl()}/console/${city.id}`;
  const people = (await listStaff(store, city.id)).filter(
    ({ staff }) => !staff.disabled && staff.mail !== null && may(staff.roles, 'case.see'),
  );
  if (people.length === 0) return [];
  const coordinators = people.filter(({ staff }) => may(staff.roles, 'ticket.see_all'));
  const meetings = await meetingLines(store, city, days, home);
  const lines = new Map<string, string[]>();
  const add = (person: Person, line: string): void =>
    void lines.set(person.id, [...(lines.get(person.id) ?? []), line]);
  for (const { one, line } of await caseLines(store, city, days, home)) {
    const keeper = people.filter(({ id }) => id === one.coordinator);
    for (const person of keeper.length > 0 ? keeper : coordinators) add(person, line);
  }
  for (const person of coordinators) for (const line of meetings) add(person, line);
  for (const person of people) {
    const news = await newsFor(store, city, person);
    // Told with other things, or at the beginning of a week: not a mail a day for the same answer.
    if (news > 0 && (lines.has(person.id) || weekdayOf(days.today) === 1))
      add(person, `「その後いかがですか」の返事で、まだ見ていないもの: ${news}件\n  ${home}/cases`);
  }
  return people.flatMap(({ id, staff }) => {
    const own = lines.get(id) ?? [];
    return own.length === 0 ? [] : [{ to: staff.mail!, text: letter(city, own) }];
  });
}

const letter = (city: Municipality, lines: readonly string[]): string =>
  [
    `${city.name} つなぎ`,
    '',
    '期日が近いもの・来たものです。',
    '',
    ...lines.map((line) => `・${line}`),
    '',
    '内容はこのメールには書かれていません。返信はできません。',
    '',
  ].join('\n');

async function caseLines(store: Store, city: Municipality, days: Days, home: string) {
  const states = ['asked', 'open', 'running'] as const;
  const lists = await Promise.all(
    states.map((state) => store.list(city.id, 'case', 'state', { prefix: `${state}|`, limit: SHOWN })),
  );
  const cases: Case[] = lists.flat().map((row) => row.body);
  return dueOf(cases, days.today).flatMap(({ day, kind, one }) =>
    isTold(day, days)
      ? [{ one, line: `${inWords(day, days.today)} ${kind}　ケース ${one.number}\n  ${home}/cases/${one.id}` }]
      : [],
  );
}

async function meetingLines(store: Store, city: Municipality, days: Days, home: string): Promise<string[]> {
  const from = timeKey(days.now - 200 * DAY_MS);
  const rows = await store.list(city.id, 'conference', 'start', { from, limit: SHOWN });
  const lines: string[] = [];
  for (const { id, body: one } of rows) {
    if (one.state !== 'planned' || one.start < days.now || !isTold(dayOf(one.start), days)) continue;
    const name = city.meetings?.find((meeting) => meeting.id === one.meeting)?.name ?? '会議';
    const waiting = toInvite(one).length;
    const invited = waiting === 0 ? '' : `（まだ知らせていない人 ${waiting}人）`;
    lines.push(`${slotSentence(one)} ${name}　議題 ${one.agenda.length}件${invited}\n  ${home}/meetings/${id}`);
  }
  for (const meeting of city.meetings ?? []) {
    const own = rows.map((row) => row.body).filter((one) => one.meeting === meeting.id && one.state !== 'cancelled');
    const due = wantedBy(city, meeting, own, days.now);
    if (due !== null && isTold(due, days))
      lines.push(`${meeting.name}の次の日が、まだ決まっていません（${dayLabel(due)}までに）\n  ${home}/meetings`);
  }
  return lines;
}

/** The day of the plan that nobody has set; with a rhythm but no fixed day, until when one is wanted. null: nothing is missing. */
function wantedBy(city: Municipality, meeting: Meeting, own: readonly Conference[], now: number): string | null {
  const [next] = comingDays(city, meeting, { from: now, limit: 1 });
  if (next !== undefined) return next.closed || own.some((one) => dayOf(one.start) === next.day) ? null : next.day;
  if (own.length === 0 || own.some((one) => one.start >= now)) return null;
  return dueBy(meeting, Math.max(...own.map(({ start }) => start)), now);
}

async function newsFor(store: Store, city: Municipality, { id, staff }: Person): Promise<number> {
  const sees = (ticket: { window: string; assignee: string | null }): boolean =>
    may(staff.roles, 'ticket.see_all') || staff.windows.includes(ticket.window) || ticket.assignee === id;
  const touches = await store.list(city.id, 'touch', 'news', { limit: SHOWN });
  const tickets = await store.getMany(
    city.id,
    'ticket',
    touches.map((row) => row.id),
  );
  const places = await store.list(city.id, 'ticket', 'afterwards', { limit: SHOWN });
  return [...tickets, ...places].filter((row) => row && sees(row.body)).length;
}

/** Whether a letter of today tells of a matter of that day. */
function isTold(day: string, { today, since }: Days): boolean {
  for (let one = since; one <= today; one = addDays(one, 1)) {
    const left = Math.round((Date.parse(day) - Date.parse(one)) / DAY_MS);
    if (AHEAD.includes(left) || (left < 0 && left % WEEK === 0)) return true;
  }
  return false;
}

const inWords = (day: string, today: string): string =>
  day < today ? `${dayLabel(day)}（過ぎています）` : day === today ? '今日' : dayLabel(day);

const isWorkday = (city: Municipality, day: string): boolean =>
  ![0, 6].includes(weekdayOf(day)) && !isClosedDay(city, day);
