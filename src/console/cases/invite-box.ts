/**
 * Invitations by mail, with a calendar file that mail programs take over: to the address written down, else to the staff of
 * the window of that name. They name meeting, time and place, never a case (R31). Moved or called off: the same button.
 */
import { html } from 'hono/html';
import type { Attendee, Conference } from '#contracts/case.ts';
import type { Meeting } from '#contracts/municipality.ts';
import { slotSentence } from '#engine/japan-time.ts';
import { keepConference } from '#handoff/cases/agenda.ts';
import { invitationOf } from '#handoff/cases/invitation.ts';
import { asInvited, timeOf, toInvite } from '#handoff/cases/invite.ts';
import { listStaff, type Person } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import { csrf, type Html } from '../layout.ts';
import { may } from '../permissions.ts';
import { when } from '../words.ts';

/** Ids of attendees → addresses; none: nobody knows one. */
export async function addressesOf(desk: Desk, c: Ctx, one: Conference): Promise<ReadonlyMap<string, string[]>> {
  const staff = await listStaff(desk.store, c.get('city').id);
  return new Map(one.people.map((person) => [person.id, addresses(c, person, staff)]));
}

function addresses(c: Ctx, person: Attendee, staff: readonly Person[]): string[] {
  if (person.mail !== null) return [person.mail];
  const window = c.get('city').windows.find(({ name }) => name === person.name)?.id;
  if (window === undefined) return [];
  return staff.flatMap(({ staff: one }) =>
    !one.disabled && one.mail !== null && one.windows.includes(window) && may(one.roles, 'case.see') ? [one.mail] : [],
  );
}

export function inviteBox(
  desk: Desk,
  c: Ctx,
  view: { id: string; one: Conference },
  known: ReadonlyMap<string, string[]>,
): Html {
  const { one, id } = view;
  if (one.state === 'held') return html``;
  const file = html`<ul class="links"><li><a href="${path(c, `/meetings/${id}/invitation.ics`)}">招待（カレンダーのファイル）</a></li></ul>`;
  if (one.people.length === 0)
    return html`<section class="box"><h2>招待</h2><p class="empty">出席する人がまだいません。議題に入れるか、招いてください。</p>${file}</section>`;
  const waiting = toInvite(one);
  const sendable = waiting.filter((person) => (known.get(person.id) ?? []).length > 0);
  const lost = waiting.filter((person) => !sendable.includes(person));
  const names = (people: readonly Attendee[]): string => people.map((person) => person.name).join('、');
  const news = waiting.some((person) => person.invited != null);
  const state =
    waiting.length === 0
      ? html`<p class="ok">${one.state === 'cancelled' ? '取りやめを、招待した人に知らせました。' : '全員に知らせました。'}</p>`
      : html`<p class="${news || one.onCall ? 'warn' : ''}">${news ? '変わったことを、まだ知らせていない人' : one.onCall ? '随時の会議です。まだ招待していない人' : 'まだ招待していない人'}：${names(waiting)}</p>`;
  const send =
    desk.mail == null
      ? html`<p class="hint">メールサーバーがつながっていないので、ここからは送れません。下のファイルを、いつものメールに付けて送ってください。</p>`
      : html`${sendable.length === 0 ? '' : html`<form method="post" action="${path(c, `/meetings/${id}/invite`)}" class="stack">${csrf(c.get('me'))}<button class="main">${one.state === 'cancelled' ? '取りやめを' : news ? '変更を' : '招待を'}メールで送る（${sendable.length}人）</button></form>`}${lost.length === 0 ? '' : html`<p class="hint">メールアドレスがわからない人：${names(lost)}。「出席する人」で書くと送れます。</p>`}`;
  return html`<section class="box"><h2>招待</h2>${state}${send}${file}<p class="hint">会議の名前・日時・場所だけを送ります。ケースのことは書かれません。</p></section>`;
}

/** Beside a person: what became of their invitation. */
export function invitedHint({ invited }: Attendee): string {
  if (invited == null) return '';
  if (invited.outcome !== 'ok') return `・メールは届きませんでした（${when(invited.at)}）`;
  return `・${invited.cancelled ? '取りやめを知らせました' : '招待を送りました'}（${when(invited.at)}）`;
}

/** Sends to everybody who does not know yet. @returns how many people were reached, and how many not. */
export async function sendInvitations(desk: Desk, c: Ctx, id: string, meeting: Meeting) {
  const { mail } = desk;
  const city = c.get('city');
  const stored = await desk.store.get(city.id, 'conference', id);
  if (!stored || mail == null) return { reached: 0, failed: 0 };
  const one = stored.body;
  const known = await addressesOf(desk, c, one);
  const sending = toInvite(one).flatMap((person) => {
    const to = known.get(person.id) ?? [];
    return to.length === 0 ? [] : [{ person, to }];
  });
  const outcomes = await Promise.all(
    sending.map(async ({ person, to }) => {
      const letter = letterTo(desk, c, { id, one, meeting, person });
      const results = await Promise.allSettled(to.map((address) => mail({ to: address, ...letter(address) })));
      const failed = results.find((result) => result.status === 'rejected');
      return [person.id, { to: to.length, outcome: failed === undefined ? 'ok' : codeOf(failed.reason) }] as const;
    }),
  );
  const [by, now] = [c.get('me').id, desk.clock.now()];
  await inDraft(desk.store, city.id, async (draft) => {
    const current = await draft.get('conference', id);
    if (!current) return;
    const conference = {
      ...asInvited(current, new Map(outcomes), now),
      history: [...current.history, { at: now, by, what: 'invited', detail: { people: String(outcomes.length) } }],
    };
    await keepConference(draft, { conference: id, by, now, ids: desk.ids }, 'invite', { ok: true, conference });
  });
  const reached = outcomes.filter(([, { outcome }]) => outcome === 'ok').length;
  return { reached, failed: outcomes.length - reached };
}

function letterTo(
  desk: Desk,
  c: Ctx,
  { id, one, meeting, person }: { id: string; one: Conference; meeting: Meeting; person: Attendee },
) {
  const city = c.get('city');
  const cancelled = one.state === 'cancelled';
  const time = timeOf(one, person);
  const again = person.invited?.outcome === 'ok';
  const what = cancelled ? '取りやめ' : again ? '変更' : one.onCall ? '随時の会議' : '会議';
  const subject = `【${what}のお知らせ】${meeting.name} ${slotSentence(time)}`;
  const lines = [
    `${city.name} つなぎ`,
    '',
    cancelled
      ? '次の会議は、取りやめになりました。'
      : again
        ? '会議の日時か場所が変わりました。'
        : '会議へのご案内です。',
    '',
    `会議: ${meeting.name}${one.onCall ? '（随時）' : ''}`,
    `日時: ${slotSentence(time)}`,
    `場所: ${one.place === '' ? '未定' : one.place}${person.remote ? '（オンラインで参加）' : ''}`,
    '',
    '内容はこのメールには書かれていません。添付の予定を、カレンダーに取り込めます。',
    '話し合うことには、守秘の義務があります。このメールに返信はできません。',
    '',
  ];
  return (address: string) => ({
    subject,
    text: lines.join('\n'),
    calendar: {
      method: cancelled ? ('CANCEL' as const) : ('REQUEST' as const),
      text: invitationOf({
        uid: `${city.id}-${id}-${person.id}@tsunagi`,
        title: meeting.name,
        ...time,
        place: one.place,
        sequence: one.sequence,
        cancelled,
        at: desk.clock.now(),
        organiser: { name: city.name, mail: organiserOf(desk, c) },
        people: [{ name: person.name, mail: address }],
      }),
    },
  });
}

export const organiserOf = (desk: Desk, c: Ctx): string =>
  c.get('me').staff.mail ?? `noreply@${new URL(desk.publicUrl()).hostname}`;

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code.slice(0, 40) : 'failed';
};
