/**
 * The day of a 支援会議 as a calendar file, for a member to keep. It says 「打ち合わせ」, time and place, and nobody's name: a
 * calendar is seen by others (R26). Taking it stands in the file's own log, like every look.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { dayLabel } from '#engine/japan-time.ts';
import { lookInto } from '#handoff/cases/closed-file.ts';
import { invitationOf } from '#handoff/cases/invitation.ts';
import { comingDays } from '#handoff/cases/meeting-days.ts';
import { inDraft } from '#store/draft.ts';
import { type Ctx, type Desk, type Env, path } from '../desk.ts';
import { allowed } from '../guard.ts';
import { type Html, message } from '../layout.ts';

export function closedCalendarRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/closed/:id/day/:meeting', allowed(desk, 'closed.see'), async (c) => {
    const city = c.get('city');
    const [id, wanted] = [c.req.param('id'), c.req.param('meeting').replace(/\.ics$/u, '')];
    const look = await inDraft(desk.store, city.id, (draft) =>
      lookInto(draft, { file: id, by: c.get('me').id, now: desk.clock.now(), action: 'calendar' }),
    );
    const meeting = look?.standing === 'inside' ? look.file.meetings.find((one) => one.id === wanted) : undefined;
    if (meeting === undefined) return message(desk, c, 404, '見つかりません', 'この画面はありません。');
    const text = invitationOf({
      uid: `${city.id}-${meeting.id}@tsunagi`,
      title: '打ち合わせ',
      start: meeting.start,
      end: meeting.end,
      place: meeting.place,
      sequence: meeting.sequence,
      cancelled: meeting.state === 'cancelled',
      at: desk.clock.now(),
      organiser: { name: city.name, mail: `noreply@${new URL(desk.publicUrl()).hostname}` },
      people: [],
    });
    c.header('content-disposition', 'attachment; filename="meeting.ics"');
    return c.body(text, 200, { 'content-type': 'text/calendar; charset=utf-8' });
  });
  return app;
}

export const dayLink = (c: Ctx, file: string, meeting: string): Html =>
  html`<a href="${path(c, `/closed/${file}/day/${meeting}.ics`)}">カレンダーのファイル（「打ち合わせ」とだけ書かれます）</a>`;

/** 福井: the plan names the day of the 支援会議, too. */
export function planDays(c: Ctx, now: number): Html {
  const city = c.get('city');
  const meeting = city.meetings?.find((one) => one.hears === 'closed');
  const days = meeting === undefined ? [] : comingDays(city, meeting, { from: now, limit: 3 });
  if (days.length === 0) return html``;
  const hours = meeting?.regular?.hours.replace('-', '〜') ?? '';
  return html`<p class="hint">計画の日：${days.map(({ day }) => dayLabel(day)).join('、')}（${hours}）。急ぐときは、ほかの日でも決められます。</p>`;
}
