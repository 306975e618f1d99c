/** The pages a resident sees. They work as forms without JavaScript; the script only spares the reloading. */
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Ctx, Desk } from './desk.ts';
import { rowHtml } from './row-html.ts';
import { liveRow, type Row } from './screen.ts';
import { formToken, visitDays } from './visit.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
type Address = (name: string) => string;

/** Before anything is typed: who reads, what is collected, where it is kept (R4, R11, R17). */
export function startPage(desk: Desk, c: Ctx, address: Address, way: { token: string; stale: boolean }): Html {
  const [city, visit] = [c.get('city'), c.get('visit')];
  const remind = html`<p class="wish"><label><input type="checkbox" name="remind" value="yes">
予約をしたら、前の日にLINEでも知らせてほしい</label>
<small>送るのは時間と場所だけです。選ばなければ、このページとLINEは結びつけません。</small></p>`;
  const stale = html`<p class="note" role="status">LINEのボタンは、1回だけ、10分間使えます。このまま下から、はじめられます。</p>`;
  return frame(c, address, {
    body: html`<main id="main" class="start"><h1>${city.account}</h1>
${way.stale ? stale : ''}
<p>${city.name}の相談窓口です。ひとことでも、まとまっていなくても大丈夫です。</p>
<ul class="promises">
<li>読むのは、市の相談窓口の職員だけです。</li>
<li>名前も住所もいりません。</li>
<li>書いたことはLINEではなく、市が鍵をかけて保管します。</li>
<li>最初のお返事は自動です。職員が読むのは、窓口の時間です。</li>
<li>いのちに危険があるとき以外は、許しなくほかへ伝えません。</li>
<li><strong>急ぎの危険には使えません。そのときは<a href="tel:110">110番</a>か<a href="tel:119">119番</a>へ。</strong></li>
</ul>
<form method="post" action="${home(c)}/start">${hidden(c)}<input type="hidden" name="token" value="${way.token}">
${way.token === '' ? '' : remind}<button class="go">${visit.begun === null ? 'はじめる' : 'つづける'}</button></form>
${aboutHtml(c)}</main>`,
    exit: leaveForm(c, desk),
  });
}

export function talkPage(desk: Desk, c: Ctx, address: Address, rows: readonly Row[]): Html {
  const { begun } = c.get('visit');
  const stop = html`<form method="post" action="${home(c)}/remind-not">${hidden(c)}<p>予約の前の日に、LINEでもお知らせします。<button class="quiet">LINEへのお知らせをやめる</button></p></form>`;
  return frame(c, address, {
    attributes: html` data-home="${home(c)}"`,
    body: html`<main id="main"><h1 class="sr">${c.get('city').account}とのやりとり</h1>
<div id="screen">${screenPart(c, rows)}</div>
<p id="status" class="status" role="status" aria-live="polite"></p>
<form id="say" class="say" method="post" action="${home(c)}/say">${hidden(c)}<input type="hidden" name="key" value="${crypto.randomUUID()}">
<label for="text">ここに書いてください</label>
<div class="row"><textarea id="text" name="text" rows="2" maxlength="2000" required autocomplete="off"></textarea><button class="go">送る</button></div></form>
<div class="foot">${begun?.remindTo == null ? '' : stop}${aboutHtml(c)}</div></main>`,
    exit: leaveForm(c, desk),
  });
}

/** What changes: the talk so far, and a line while an answer is awaited. */
export function screenPart(c: Ctx, rows: readonly Row[]): Html {
  const live = liveRow(rows);
  const waits = rows.length > 0 && rows.at(-1)?.body.from !== 'service';
  const form = { action: home(c), fields: hidden(c) };
  return html`<div role="log" aria-label="やりとり" aria-live="polite"><ol id="log">${rows.map((row) => rowHtml(row, row.id === live, form))}</ol></div>
${waits ? html`<p class="waits">お返事を用意しています。<a href="${home(c)}">画面を新しくする</a></p>` : ''}`;
}

export function refusal(c: Context, status: ContentfulStatusCode, words: string): Response | Promise<Response> {
  if (c.req.header('x-talk') !== undefined) return c.text(words, status);
  return c.html(
    html`<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>お知らせ</title></head><body><main><h1>お知らせ</h1><p>${words}</p><p><a href="/talk/${c.req.path.split('/')[2] ?? ''}">もどる</a></p></main></body></html>`,
    status,
  );
}

function frame(c: Ctx, address: Address, page: { body: Html; exit: Html; attributes?: Html }): Html {
  return html`<!doctype html><html lang="ja"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex, nofollow"><meta name="referrer" content="no-referrer"><meta name="format-detection" content="telephone=no">
<title>${c.get('city').account}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${address('talk.css')}"><script src="${address('talk.js')}" defer></script></head>
<body${page.attributes ?? raw('')}><a class="skip" href="#main">本文へ</a><header><span class="name">${c.get('city').account}</span>${page.exit}</header>${page.body}</body></html>`;
}

/** R31: one press, and something harmless is on the screen; the cookie goes, so that going back shows nothing. */
function leaveForm(c: Ctx, desk: Desk): Html {
  return html`<form id="leave" method="post" action="${home(c)}/leave" data-exit="${desk.exitUrl}">${hidden(c)}<button class="leave">すぐ閉じる<span class="sr">（天気のページに変わり、この端末からは続きが見られなくなります）</span></button></form>`;
}

function aboutHtml(c: Ctx): Html {
  const city = c.get('city');
  const { talk, ticket } = city.retentionDays;
  return html`<details><summary>このページのこと（記録と、消しかた）</summary>
<p>集めるのは、あなたがここに書いたことと、押したボタンだけです。LINEのお名前や写真、いる場所、広告のための情報は集めません。</p>
<p>やりとりは、最後に書いてから${talk}日で消えます。窓口に届けた相談は、職員の記録として${ticket}日保管します。「データを消す」と書けば、その前でも消せます。</p>
<p>この端末では、はじめてから${visitDays(city)}日のあいだ、続きが見られます。ほかの人も使う端末では、終わったら「すぐ閉じる」を押してください。天気のページに変わり、この端末からは続きが見られなくなります。予約は、そのまま残ります。</p></details>`;
}

const hidden = (c: Ctx): Html => html`<input type="hidden" name="csrf" value="${formToken(c.get('visit'))}">`;
const home = (c: Ctx): string => `/talk/${c.get('city').id}`;
