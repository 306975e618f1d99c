/** One thing on a resident's screen, and the row of quick replies below. */
import { html } from 'hono/html';
import type { Bubble, LineMessage, Resident } from '../wire.ts';
import { actionHtml, flexHtml } from './flex.ts';
import { dayOf, type Html, timeOf } from './html.ts';
import { icon, STICKERS, stickerPicture } from './icons.ts';

type OfAccount = Extract<Bubble, { from: 'account' }>;
type OfResident = Extract<Bubble, { from: 'resident' }>;

export function bubbleHtml(bubble: Bubble, account: string): Html {
  switch (bubble.from) {
    case 'account':
      return accountHtml(bubble, account);
    case 'resident':
      return bubble.unsent
        ? noticeHtml(bubble.id, bubble.at, 'メッセージの送信を取り消しました')
        : residentHtml(bubble);
    case 'resident-button':
      return html`<li id="b-${bubble.id}" class="row mine" data-day="${dayOf(bubble.at)}"><div class="side">${sideHtml(bubble)}</div>
<div class="bubble green"><span class="sr">あなた: </span>${bubble.text}</div></li>`;
    case 'notice':
      return noticeHtml(bubble.id, bubble.at, bubble.text);
  }
}

/** The newest message's quick replies; gone once the resident has said something. */
export function quickHtml(resident: Resident): Html {
  const last = resident.bubbles.at(-1);
  if (last?.from !== 'account' || resident.blocked) return html``;
  const { message } = last;
  return html`${(message.quickReply?.items ?? []).map(({ action }) => actionHtml(message, action, action.label ?? '', 'quick-reply'))}`;
}

function noticeHtml(id: string, at: number, words: string): Html {
  return html`<li id="b-${id}" class="row notice" data-day="${dayOf(at)}"><span>${timeOf(at)}　${words}</span></li>`;
}

function accountHtml({ id, at, message }: OfAccount, account: string): Html {
  return html`<li id="b-${id}" class="row theirs" data-day="${dayOf(at)}"><span class="avatar" aria-hidden="true">${account.slice(0, 1)}</span>
<div class="said"><span class="who">${account}<span class="sr">: </span></span><div class="line">${contentHtml(message)}<time class="side">${timeOf(at)}</time></div></div></li>`;
}

function contentHtml(message: LineMessage): Html {
  if (message.type === 'text' || message.type === 'textV2')
    return html`<div class="bubble white">${linked(message.text ?? '')}</div>`;
  if (message.type === 'flex' || message.type === 'template') return flexHtml(message);
  return html`<div class="bubble white">［${message.type}］</div>`;
}

/** The LINE app makes links of URLs and telephone numbers. */
function linked(text: string): Html {
  const parts = text.split(/(https?:\/\/[!-~]+|\b0\d{1,3}-\d{1,4}-\d{3,4}\b|\b0\d{9,10}\b)/u);
  return html`${parts.map((part, at) => {
    if (at % 2 === 0) return part;
    const href = part.startsWith('http') ? part : `tel:${part}`;
    return html`<a href="${href}" target="_blank" rel="noopener noreferrer">${part}</a>`;
  })}`;
}

function residentHtml(bubble: OfResident): Html {
  return html`<li id="b-${bubble.id}" class="row mine" data-day="${dayOf(bubble.at)}"><button type="button" class="more" data-menu="${bubble.id}" aria-haspopup="dialog" aria-label="このメッセージのメニュー">⋯</button>
<div class="side">${sideHtml(bubble)}</div>${ownHtml(bubble.message)}</li>`;
}

function sideHtml({ read, at }: { read: boolean; at: number }): Html {
  return html`${read ? html`<span class="read">既読</span>` : ''}<time>${timeOf(at)}</time>`;
}

function ownHtml(message: OfResident['message']): Html {
  const mine = html`<span class="sr">あなた: </span>`;
  switch (message.type) {
    case 'text':
      return html`<div class="bubble green">${mine}${message.text ?? ''}</div>`;
    case 'sticker': {
      const sticker = STICKERS.find((one) => one.stickerId === message.stickerId) ?? STICKERS[0];
      return html`<div class="picture">${mine}${stickerPicture(sticker)}</div>`;
    }
    case 'image':
      return html`<div class="photo" role="img" aria-label="あなた: 写真">${icon('photo')}</div>`;
    case 'video':
      return html`<div class="photo" role="img" aria-label="あなた: 動画">${icon('play')}</div>`;
    case 'audio':
      return html`<div class="bubble green voice">${mine}${icon('play')}<span class="wave" aria-hidden="true"></span>0:07<span class="sr">の声のメッセージ</span></div>`;
    case 'file':
      return html`<div class="bubble white attachment">${mine}${icon('file')}<span>${String(message.fileName)}<small>51 KB</small></span></div>`;
    case 'location':
      return html`<div class="bubble white attachment">${mine}${icon('pin')}<span>${String(message.title)}<small>${String(message.address)}</small></span></div>`;
    default:
      return html`<div class="bubble green">${mine}［${message.type}］</div>`;
  }
}
