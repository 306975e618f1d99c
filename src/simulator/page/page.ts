/** The whole page: phones side by side, on demand what goes on behind them. */
import { html } from 'hono/html';
import type { Fault, Resident } from '../wire.ts';
import type { Html } from './html.ts';
import { insideHtml } from './inside.ts';
import { phoneHtml } from './phone.ts';

/** In the order in which they override each other. */
export const STYLES = ['desk', 'phone', 'sheets', 'talk', 'flex', 'inside', 'narrow'] as const;

export interface City {
  id: string;
  name: string;
  account: string;
}

export interface PageView {
  base: string;
  cities: readonly City[];
  city: City;
  residents: readonly Resident[];
  /** What goes on behind the phones; null = not shown. */
  inside: { log: readonly Html[]; faults: readonly Fault[] } | null;
  /** Number of the last change the page shows. */
  seq: number;
  now: number;
}

export function pageHtml(view: PageView): Html {
  const { base, cities, city, residents, inside, seq, now } = view;
  const action = `${base}/act`;
  const toggled = `${base}?city=${city.id}${inside === null ? '&inside=1' : ''}`;
  return shellHtml(
    base,
    html`<body data-base="${base}" data-city="${city.id}" data-seq="${seq}"${inside === null ? '' : html` class="with-inside"`}>
<a class="skip" href="#phones">トークへ移動</a>
<header class="top"><h1>つなぎ<small>シミュレーター</small></h1>
${cities.length > 1 ? html`<nav aria-label="市を選ぶ">${cities.map((one) => html`<a href="${base}?city=${one.id}"${one.id === city.id ? html` aria-current="page"` : ''}>${one.name}</a>`)}</nav>` : html`<p class="city">${city.name}</p>`}
<form method="post" action="${action}" class="add"><input type="hidden" name="city" value="${city.id}"><label class="sr" for="new-name">住民の呼び名</label><input id="new-name" name="name" maxlength="20" placeholder="呼び名（なくてもよい）" autocomplete="off"><button name="act" value="add">住民を追加</button></form>
<a class="toggle" href="${toggled}">${inside === null ? '裏側を見る' : '裏側を閉じる'}</a></header>
<p class="hint">練習用の画面です。本物の LINE にはつながっていません。</p>
<p class="trouble" role="alert" hidden>サービスとの接続が切れました。つなぎ直しています…</p>
<div class="desk"><main id="phones" class="phones" tabindex="-1">${residents.map((resident) => phoneHtml({ resident, account: city.account, action, now }))}</main>
${inside === null ? '' : insideHtml({ ...inside, action, city: city.id })}</div>
<dialog class="sheet" id="menu" aria-label="メッセージのメニュー"><button type="button" value="unsend">送信取消</button><button type="button" value="copy">コピー</button><button type="button" value="">キャンセル</button></dialog>
<dialog class="sheet picker" id="picker" aria-labelledby="picker-title"><form method="dialog"><p id="picker-title">日にちをえらぶ</p><input aria-labelledby="picker-title" required><div><button type="button" value="">キャンセル</button><button value="ok" class="ok">送信</button></div></form></dialog>
</body>`,
  );
}

/** No city could be opened: says so instead of an empty page. */
export function emptyHtml(base: string): Html {
  return shellHtml(
    base,
    html`<body><header class="top"><h1>つなぎ<small>シミュレーター</small></h1></header>
<p class="hint">ためせる市がありません。flows の設定を <code>npx tsunagi check</code> で確かめてください。</p></body>`,
  );
}

function shellHtml(base: string, body: Html): Html {
  return html`<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>つなぎ シミュレーター</title><link rel="icon" href="${base}/static/icon.svg" type="image/svg+xml">
${STYLES.map((name) => html`<link rel="stylesheet" href="${base}/static/${name}.css">`)}<script src="${base}/static/simulator.js" defer></script></head>
${body}</html>`;
}
