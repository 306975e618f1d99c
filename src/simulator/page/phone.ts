/** One resident's phone: the talk with the account, as the LINE app shows it. Every act is a form, so it also works without JavaScript. */
import { html } from 'hono/html';
import type { Resident } from '../wire.ts';
import { bubbleHtml, quickHtml } from './bubble.ts';
import { type Html, timeOf } from './html.ts';
import { icon, STICKERS, stickerPicture } from './icons.ts';

export interface PhoneView {
  resident: Resident;
  account: string;
  /** Path the forms are sent to. */
  action: string;
  now: number;
}

export function phoneHtml({ resident, account, action, now }: PhoneView): Html {
  const { userId, name } = resident;
  return html`<section class="phone" id="r-${userId}" data-user="${userId}" data-friend="${resident.friend ? 'yes' : 'no'}" data-blocked="${resident.blocked ? 'yes' : 'no'}" aria-label="${name}のスマートフォン">
<h2 class="owner">${name}</h2>
<form class="device" method="post" action="${action}"><input type="hidden" name="user" value="${userId}">
<div class="statusbar" aria-hidden="true"><span class="clock">${timeOf(now)}</span><span class="island"></span><span class="signals"><i></i><i></i><i></i><b></b></span></div>
<header class="head"><span class="tool" aria-hidden="true">${icon('back')}</span>
<h3>${icon('shield')}<span>${account}</span></h3>
<span class="tool" aria-hidden="true">${icon('search')}</span><button type="button" class="tool" data-tray="menu" aria-expanded="false" aria-label="メニュー">${icon('menu')}</button></header>
<div class="tray drop" data-name="menu" hidden>
<button name="act" value="follow" class="when-stranger">友だちに追加</button>
<button name="act" value="block" class="when-open">ブロック</button>
<button name="act" value="follow" class="when-blocked">ブロックを解除</button></div>
<div class="bar stranger"><span>友だちではありません</span><button name="act" value="follow">追加</button><button name="act" value="block">ブロック</button></div>
<div class="talk" role="log" aria-live="polite" aria-relevant="additions" aria-label="${account}とのトーク" tabindex="0"><ol data-part="talk">${resident.bubbles.map((bubble) => bubbleHtml(bubble, account))}</ol></div>
<div class="quick" data-part="quick" role="group" aria-label="返信の候補">${quickHtml(resident)}</div>
<div class="bar blocked"><span>ブロックしています</span><button name="act" value="follow">ブロックを解除</button></div>
${entryHtml(userId)}</form></section>`;
}

function entryHtml(userId: string): Html {
  const media = [
    ['image', 'photo', '写真'],
    ['video', 'video', '動画'],
    ['audio', 'mic', 'ボイス'],
    ['file', 'file', 'ファイル'],
    ['location', 'pin', '位置情報'],
  ] as const;
  return html`<div class="entry"><button type="button" class="tool" data-tray="media" aria-expanded="false" aria-label="写真・ファイルなどを送る">${icon('plus')}</button>
<button class="tool" name="media" value="image" aria-label="写真を送る">${icon('photo')}</button>
<div class="field"><label class="sr" for="t-${userId}">メッセージ</label><textarea id="t-${userId}" name="text" rows="1" maxlength="5000" placeholder="Aa" autocomplete="off"></textarea>
<button type="button" class="tool" data-tray="stickers" aria-expanded="false" aria-label="スタンプを選ぶ">${icon('smile')}</button></div>
<button class="tool voice" name="media" value="audio" aria-label="声のメッセージを送る">${icon('mic')}</button>
<button class="tool send" name="act" value="say" aria-label="送信">${icon('send')}</button></div>
<div class="tray" data-name="media" hidden>${media.map(([kind, name, label]) => html`<button name="media" value="${kind}">${icon(name)}<span>${label}</span></button>`)}</div>
<div class="tray stickers" data-name="stickers" hidden>${STICKERS.map((one) => html`<button name="sticker" value="${one.stickerId}">${stickerPicture(one)}</button>`)}</div>`;
}
