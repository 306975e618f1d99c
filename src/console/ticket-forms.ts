/** What can be done with a ticket now: only legal steps are offered, the usual ones first. Each form works without a script. */
import { html } from 'hono/html';
import { CONCERN_NAMES, CONCERNS, NEED_NAMES, NEEDS } from '#contracts/labels.ts';
import { mayRequest } from '#handoff/cases/case-consent.ts';
import { mayPass } from '#handoff/consent.ts';
import { cameFrom, isLegal } from '#handoff/transitions.ts';
import { type Ctx, path } from './desk.ts';
import { csrf, type Html } from './layout.ts';
import type { TicketView } from './ticket-view.ts';
import { RESULT_NAMES, windowName } from './words.ts';

/** What somebody had written when a step was refused: it is in the fields again. */
export type Typed = Readonly<Record<string, string>>;
export interface Colleague {
  id: string;
  name: string;
}

export function ticketForms(c: Ctx, view: TicketView, people: readonly Colleague[], typed: Typed): Html {
  const { ticket } = view;
  const me = c.get('me');
  if (!me.can('ticket.act')) return html``;
  const form = makeForm(c, view);
  const role = c.get('city').windows.find((window) => window.id === ticket.window)?.assigneeRole;
  return html`
    ${isLegal(ticket, 'accept') ? form('accept', html`<button class="main">${ticket.state === 'new' ? '受け付ける' : '対応にもどす'}</button>`) : ''}
    ${ticket.state === 'closed' ? form('reopen', html`<button>再開する</button>`) : ''}
    ${answer(c, view, typed)}
    ${more('メモを残す', typed.action === 'note', form('note', html`<label>メモ（相談した人には見えません）<textarea name="text" rows="3" required>${keep(typed, 'note', 'text')}</textarea></label><button>残す</button>`))}
    ${bookingForms(c, view)}
    ${isLegal(ticket, 'passOn') ? more('ほかの窓口へつなぐ', typed.action === 'pass', passForm(c, view, typed)) : ''}
    ${isLegal(ticket, 'returnTicket') && cameFrom(ticket) !== null ? more('つなぎ戻す', typed.action === 'return', form('return', html`<p>戻す先：<b>${windowName(c.get('city'), cameFrom(ticket) ?? '')}</b></p>${reason(typed, 'return')}<button>つなぎ戻す</button>`)) : ''}
    ${isLegal(ticket, 'askMultiAgency') ? more('支援依頼（多機関協働）', typed.action === 'multi-agency', deskForm(c, view, typed)) : ''}
    ${more('同意を記録する', typed.action === 'consent', consentForm(c, view))}
    ${isLegal(ticket, 'correctTriage') ? more('分類を訂正する', typed.action === 'triage', triageForm(c, view)) : ''}
    ${isLegal(ticket, 'assign') ? more('担当を決める', false, form('assign', html`${role === undefined ? '' : html`<p class="hint">計画では、${role}が受け取ります。</p>`}<label>担当<select name="to"><option value="">担当なし</option>${people.map((one) => html`<option value="${one.id}" ${one.id === (ticket.assignee ?? me.id) ? 'selected' : ''}>${one.name}</option>`)}</select></label><button>決める</button>`)) : ''}
    ${isLegal(ticket, 'recordResult') ? more('結果を記録する', typed.action === 'result', resultForm(c, view)) : ''}
    ${waiting(c, view)}
    ${isLegal(ticket, 'close') ? more('終結する', false, form('close', html`<p class="hint">面談などの結果は、先に「結果を記録する」で残せます。あとから再開できます。</p><button>終結する</button>`)) : ''}`;
}

function answer(c: Ctx, view: TicketView, typed: Typed): Html {
  const { ticket, contact, templates, quota, now } = view;
  if (!c.get('me').can('talk.answer') || ticket.state === 'closed') return html``;
  if (contact === null || contact.blocked || contact.address === null) return html``;
  const form = makeForm(c, view);
  const floor = contact.floor !== null && contact.floor.until > now ? contact.floor : null;
  const mine = floor !== null && floor.staff === c.get('me').id && floor.ticket === ticket.id;
  const left = quota === null || quota.limit === null ? null : Math.max(0, quota.limit - quota.used);
  const warn =
    left === null
      ? ''
      : left === 0
        ? html`<p class="fault">今月LINEで送れる数を使い切りました。本人が書いてすぐ（1分以内）のお返事だけが届きます。</p>`
        : left < Math.max(20, (quota?.limit ?? 0) / 10)
          ? html`<p class="warn">今月LINEで送れるのは、あと ${left} 通です。</p>`
          : html`<p class="hint">今月LINEで送れるのは、あと ${left} 通。</p>`;
  return html`<section class="box"><h2>本人に返事をする</h2>
    ${form(
      'answer',
      html`<label for="answer">お返事<span class="hint">「職員より」とだけ付いて届きます。名前や、ほかの人に見られて困ることは書かないでください。</span></label>
      <textarea id="answer" name="text" rows="4" maxlength="2000" required>${keep(typed, 'answer', 'text')}</textarea>
      ${templates.length === 0 ? '' : html`<details class="templates"><summary>文例を入れる</summary><ul>${templates.map((one) => html`<li><button type="button" class="quiet" data-into="answer" data-insert="${one.text}">${one.name}</button></li>`)}</ul></details>`}
      ${warn}<button class="main">送る</button>`,
    )}
    <div class="row">${mine ? form('release', html`<label class="check"><input type="checkbox" name="tell" value="yes" checked>本人に知らせる</label><button>自動応答にもどす</button>`) : form('floor', html`<button>自動応答を止めて、話し手になる（30分）</button>`)}</div></section>`;
}

function bookingForms(c: Ctx, view: TicketView): Html {
  const { ticket } = view;
  if (!isLegal(ticket, 'moveBooking')) return html``;
  const standing = ticket.booking !== null && (ticket.booking.state === 'booked' || ticket.booking.state === 'moved');
  return more(
    standing ? '面談の予約を変える・取り消す' : '面談を予約する',
    false,
    html`<p><a class="button" href="${path(c, `/tickets/${ticket.id}/booking`)}">${standing ? '別の時間をえらぶ' : '時間をえらぶ'}</a></p>
    ${standing ? makeForm(c, view)('cancel-booking', html`<button>予約を取り消す</button><span class="hint">本人には自動で知らせません。お返事で伝えてください。</span>`) : ''}`,
  );
}

function passForm(c: Ctx, view: TicketView, typed: Typed): Html {
  const city = c.get('city');
  const { ticket } = view;
  const options = city.windows
    .filter((window) => window.id !== ticket.window)
    .map((window) => {
      const may = mayPass(city, ticket, window);
      return html`<option value="${window.id}" ${keep(typed, 'pass', 'to') === window.id ? 'selected' : ''}>${window.name}${may.ok ? '' : '（同意が必要）'}</option>`;
    });
  return makeForm(c, view)(
    'pass',
    html`<label>つなぐ先<select name="to" required><option value="">選んでください</option>${options}</select></label>${reason(typed, 'pass')}
    ${ticket.crisis === 'none' ? '' : html`<label class="check"><input type="checkbox" name="danger" value="yes">いのちや体に危険があるので、同意がなくても担当窓口へつなぐ</label>`}
    <button>つなぐ</button>`,
  );
}

/** 小林: explained and agreed to first, with a talk or company offered to whoever is anxious. */
function deskForm(c: Ctx, view: TicketView, typed: Typed): Html {
  const desk = c.get('city').windows.find((window) => window.roles?.includes('multi_agency'));
  const ask = makeForm(c, view)(
    'multi-agency',
    html`${reason(typed, 'multi-agency', '何を一緒に考えてほしいか')}<button>支援を依頼する</button>`,
  );
  if (mayRequest(c.get('city'), view.ticket)) return ask;
  return html`<p><b>${desk?.name ?? ''}</b>に伝えることへの、本人の同意がまだありません。</p>
    <ol><li>何をしてくれる所か、だれに何が伝わるかを説明する</li><li>不安なときは、先に話してみること、いっしょに行くこと（同行）を伝える</li><li>納得してもらえたら「同意を記録する」で、伝える先に「${desk?.name ?? ''}」を選ぶ</li></ol>${typed.action === 'multi-agency' ? ask : ''}`;
}

function consentForm(c: Ctx, view: TicketView): Html {
  const city = c.get('city');
  return makeForm(c, view)(
    'consent',
    html`<label>伝える先<select name="recipient" required>${city.windows.map((window) => html`<option value="${window.id}" ${window.id === view.ticket.window ? 'selected' : ''}>${window.name}</option>`)}</select></label>
    <fieldset><legend>本人の返事</legend>
      <label class="check"><input type="radio" name="state" value="given" required>同意する</label>
      <label class="check"><input type="radio" name="state" value="refused">同意しない</label>
      <label class="check"><input type="radio" name="state" value="withdrawn">取り消す</label></fieldset>
    <label>どう確かめたか<select name="how"><option value="電話で">電話で</option><option value="面談で">面談で</option><option value="LINEのやりとりで">LINEのやりとりで</option><option value="書面で">書面で</option></select></label>
    <button>記録する</button>`,
  );
}

function triageForm(c: Ctx, view: TicketView): Html {
  const { ticket } = view;
  const first = ticket.needs[0]?.need;
  return makeForm(c, view)(
    'triage',
    html`<label>いちばんの分野<select name="first"><option value="">なし</option>${NEEDS.map((need) => html`<option value="${need}" ${need === first ? 'selected' : ''}>${NEED_NAMES[need]}</option>`)}</select></label>
    <fieldset class="grid"><legend>ほかにもあてはまる分野</legend>${NEEDS.map((need) => html`<label class="check"><input type="checkbox" name="need" value="${need}" ${ticket.needs.some((one) => one.need === need) ? 'checked' : ''}>${NEED_NAMES[need]}</label>`)}</fieldset>
    <fieldset class="grid"><legend>相談受付票の項目</legend>${CONCERNS.map((concern) => html`<label class="check"><input type="checkbox" name="concern" value="${concern}" ${ticket.concerns.some((one) => one.concern === concern) ? 'checked' : ''}>${CONCERN_NAMES[concern]}</label>`)}</fieldset>
    <label>最も困っているもの ◎<select name="most"><option value="">なし</option>${CONCERNS.map((concern) => html`<option value="${concern}" ${ticket.concerns.some((one) => one.concern === concern && one.most) ? 'selected' : ''}>${CONCERN_NAMES[concern]}</option>`)}</select></label>
    <button>訂正する</button>`,
  );
}

function resultForm(c: Ctx, view: TicketView): Html {
  return makeForm(c, view)(
    'result',
    html`<fieldset><legend>どうなりましたか</legend>${(['met', 'not_reached', 'passed_on'] as const).map((result) => html`<label class="check"><input type="radio" name="result" value="${result}" required>${RESULT_NAMES[result]}</label>`)}</fieldset><button>記録する</button>`,
  );
}

function waiting(c: Ctx, view: TicketView): Html {
  const form = makeForm(c, view);
  const resident = isLegal(view.ticket, 'waitResident')
    ? form('wait-resident', html`<button>本人の返事待ちにする</button>`)
    : '';
  const body = isLegal(view.ticket, 'waitBody') ? form('wait-body', html`<button>他機関待ちにする</button>`) : '';
  return resident === '' && body === '' ? html`` : html`<div class="row">${resident}${body}</div>`;
}

const reason = (typed: Typed, action: string, name = '理由（つなぎ先の人が読みます）'): Html =>
  html`<label>${name}<textarea name="reason" rows="3" required>${keep(typed, action, 'reason')}</textarea></label>`;

const more = (name: string, open: boolean, inside: Html): Html =>
  html`<details class="box" ${open ? 'open' : ''}><summary>${name}</summary>${inside}</details>`;

const keep = (typed: Typed, action: string, field: string): string =>
  typed.action === action ? (typed[field] ?? '') : '';

const makeForm =
  (c: Ctx, { ticket, revision }: TicketView) =>
  (action: string, inside: Html): Html =>
    html`<form method="post" action="${path(c, `/tickets/${ticket.id}/${action}`)}" class="stack">${csrf(c.get('me'))}<input type="hidden" name="revision" value="${revision}"><input type="hidden" name="seen" value="${ticket.history.length}">${inside}</form>`;
