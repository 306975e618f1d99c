/** The frame of every page: one style sheet, one script, a skip link, the crisis banner, the way around. */
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { banner } from './banner.ts';
import type { Ctx, Desk, Me } from './desk.ts';
import type { Action } from './permissions.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const NAV: readonly [href: string, name: string, action: Action][] = [
  ['/tickets', '相談', 'ticket.see'],
  ['/cases', 'ケース', 'case.see'],
  ['/meetings', '会議', 'case.see'],
  ['/calendar', 'カレンダー', 'calendar.see'],
  ['/resources', '場所', 'resource.see'],
  ['/templates', '文例', 'template.edit'],
  ['/figures', '集計', 'figures.see'],
  ['/community', '地域課題', 'community.see'],
  ['/work-list', '言葉の一覧', 'work_list.see'],
  ['/alerts', '知らせ・当番', 'alert.manage'],
  ['/staff', '職員', 'staff.manage'],
  ['/audit', '操作の記録', 'audit.see'],
];

export interface Page {
  title: string;
  body: Html;
  /** Wider than a reading column: lists and calendars. */
  wide?: boolean;
  status?: ContentfulStatusCode;
  /** What has just been done, said once. */
  said?: string | undefined;
  fault?: string | undefined;
}

/** A page for somebody who is signed in. */
export async function page(desk: Desk, c: Ctx, content: Page): Promise<Response> {
  const me = c.get('me');
  const home = `/console/${c.get('city').id}`;
  const here = c.req.path.slice(home.length);
  const links = NAV.filter(([, , action]) => me.can(action)).map(
    ([href, name]) =>
      html`<li><a href="${home}${href}" ${here.startsWith(href) ? 'aria-current=page' : ''}>${name}</a></li>`,
  );
  const alarm = await banner(desk, c);
  const body = html`
    <div id="banner" hx-get="${home}/live/banner" hx-trigger="tsunagi-alert from:body" hx-swap="innerHTML">${alarm}</div>
    <header class="top">
      <a class="brand" href="${home}/">つなぎ <span class="city">${c.get('city').name}</span></a>
      <nav aria-label="主な画面"><ul>${links}</ul></nav>
      <div class="who"><a href="${home}/account">${me.staff.name}</a>
        <form method="post" action="${home}/sign-out">${csrf(me)}<button class="quiet">ログアウト</button></form>
      </div>
    </header>
    <main id="main" tabindex="-1" class="${content.wide ? 'wide' : ''}">
      ${notes(content)}
      ${content.body}
    </main>
    <div id="live" class="live" role="status" aria-live="polite"></div>`;
  const attributes = `data-events="${home}/live/events" data-sound="${me.staff.sound ? 'on' : 'off'}"`;
  return c.html(frame(desk, c, content.title, body, attributes), content.status ?? 200);
}

/** A page for somebody who is not signed in yet. */
export function plainPage(desk: Desk, c: Ctx, content: Page): Response | Promise<Response> {
  const body = html`
    <main id="main" tabindex="-1" class="gate">
      <p class="brand">つなぎ <span class="city">${c.get('city').name}</span></p>
      <h1>${content.title}</h1>
      ${notes(content)}
      ${content.body}
    </main>`;
  return c.html(frame(desk, c, content.title, body, ''), content.status ?? 200);
}

export function message(
  desk: Desk,
  c: Ctx,
  status: ContentfulStatusCode,
  title: string,
  text: string,
): Response | Promise<Response> {
  const body = html`<p>${text}</p><p><a href="/console/${c.get('city').id}/">最初の画面へ</a></p>`;
  return plainPage(desk, c, { title, body, status });
}

export const csrf = (me: Me): Html => html`<input type="hidden" name="csrf" value="${me.session.body.csrf}">`;

const notes = ({ said, fault }: Page): Html => html`
  ${said === undefined ? '' : html`<p class="said" role="status">${said}</p>`}
  ${fault === undefined ? '' : html`<p class="fault" role="alert">${fault}</p>`}`;

function frame(desk: Desk, c: Ctx, title: string, body: Html, attributes: string): Html {
  return html`<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="htmx-config" content='{"includeIndicatorCSS":false}'>
<title>${title} — つなぎ ${c.get('city').name}</title>
<link rel="icon" href="${desk.asset('icon.svg')}">
<link rel="stylesheet" href="${desk.asset('console.css')}">
<script src="${desk.asset('htmx.js')}" defer></script>
<script src="${desk.asset('console.js')}" defer></script>
</head>
<body ${raw(attributes)}>
<a class="skip" href="#main">本文へ</a>
${body}
</body>
</html>`;
}
