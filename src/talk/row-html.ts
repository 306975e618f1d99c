/** One thing on the screen. Buttons stand in forms of their own, so that they work without JavaScript. */
import { html } from 'hono/html';
import type { Choice, Message } from '#contracts/message.ts';
import type { Html } from './page.ts';
import { pressables, type Row } from './screen.ts';

interface Form {
  action: string;
  fields: Html;
}

const time = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h23',
});
const URL_OR_PHONE = /(https?:\/\/[!-~]+|(?<![\d-])0\d{1,3}-\d{1,4}-\d{3,4}(?![\d-])|(?<![\d-])0\d{9,10}(?!\d))/u;

export function rowHtml({ id, body }: Row, live: boolean, form: Form): Html {
  const at = html`<time datetime="${new Date(body.at).toISOString()}">${time.format(body.at)}</time>`;
  if (body.from === 'service') {
    const said = body.messages.map((message, n) => messageHtml(message, `${id}:${n}`, live, form));
    return html`<li id="m-${id}" class="theirs"><span class="sr">窓口: </span>${said}${at}</li>`;
  }
  if (body.text === null) return html`<li id="m-${id}" class="gone">文を取り消しました</li>`;
  const mine = html`<div class="bubble"><span class="sr">あなた: </span>${body.text}</div>`;
  if (body.from === 'button') return html`<li id="m-${id}" class="mine">${mine}${at}</li>`;
  return html`<li id="m-${id}" class="mine">${mine}<form method="post" action="${form.action}/withdraw">${form.fields}<button class="quiet" name="message" value="${body.messageId}">この文を取り消す</button></form>${at}</li>`;
}

function messageHtml(message: Message, name: string, live: boolean, form: Form): Html {
  const all = pressables(message);
  const press = (choices: readonly Choice[], about: string): Html =>
    choicesHtml(choices, { live, form, about, nameOf: (choice) => `${name}:${all.indexOf(choice)}` });
  if (message.type === 'text')
    return html`<div class="bubble">${linked(message.text)}</div>${press(message.choices, '')}`;
  const cards = message.cards.map((card) => {
    const lines = card.lines.map(({ label, text }) =>
      label === undefined ? html`<p>${linked(text)}</p>` : html`<p><b>${label}</b> ${linked(text)}</p>`,
    );
    return html`<section class="card"><h2>${card.title}</h2>${lines}${press(card.buttons, card.title)}</section>`;
  });
  return html`<div class="cards">${cards}</div>${press(message.choices, '')}`;
}

interface Pressing {
  live: boolean;
  form: Form;
  /** Which card a button stands on, for who does not see it. */
  about: string;
  nameOf(choice: Choice): string;
}

/** Links (telephone numbers above all) stay; buttons go when they are no longer the newest. */
function choicesHtml(choices: readonly Choice[], { live, form, about, nameOf }: Pressing): Html {
  const context = about === '' ? '' : html`<span class="sr">（${about}）</span>`;
  const links = choices.filter(({ kind, uri }) => kind === 'uri' && /^(https?|tel):/u.test(uri ?? ''));
  const buttons = live ? choices.filter(({ kind }) => kind === 'postback') : [];
  const dates = live ? choices.filter(({ kind }) => kind === 'date') : [];
  return html`<div class="buttons">${links.map(({ label, uri }) => html`<a class="press" href="${uri}" rel="noreferrer">${label}${context}</a>`)}
${buttons.length === 0 ? '' : html`<form method="post" action="${form.action}/press">${form.fields}${buttons.map((choice) => html`<button class="press" name="press" value="${nameOf(choice)}">${choice.label}${context}</button>`)}</form>`}
${dates.map((choice) => dateHtml(choice, form, nameOf(choice)))}</div>`;
}

function dateHtml(choice: Choice, form: Form, name: string): Html {
  const { label, min = '', max = '', initial = '' } = choice;
  return html`<form class="date" method="post" action="${form.action}/press">${form.fields}<label>${label}
<input type="date" name="date" required min="${min}" max="${max}" value="${initial}"></label><button class="press" name="press" value="${name}">この日にする</button></form>`;
}

function linked(text: string): Html {
  const parts = text.split(URL_OR_PHONE);
  return html`${parts.map((part, at) => {
    if (at % 2 === 0) return part;
    return html`<a href="${part.startsWith('http') ? part : `tel:${part}`}" rel="noreferrer">${part}</a>`;
  })}`;
}
