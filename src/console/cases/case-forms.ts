/** What can be done with a case now. Only legal steps are offered; each form works without a script. */
import { html } from 'hono/html';
import { URGENCIES } from '#contracts/case.ts';
import { isViolent } from '#handoff/cases/case-consent.ts';
import { mayStep } from '#handoff/cases/case-steps.ts';
import { isReport } from '#handoff/cases/reports.ts';
import type { Ctx } from '../desk.ts';
import type { Html } from '../layout.ts';
import { ACHIEVED_NAMES, HOW_NAMES, REVIEW_NAMES, URGENCY_NAMES } from './case-names.ts';
import type { CaseView } from './case-page.ts';
import { makeForm, more } from './kept.ts';

interface Extra {
  typed?: Readonly<Record<string, string>>;
  action?: string;
}

export function caseForms(c: Ctx, view: CaseView, extra: Extra): Html {
  const { one, revision } = view;
  const form = makeForm(c, `/cases/${one.id}`, revision, one.history.length);
  const kept = (action: string, name: string): string => (extra.action === action ? (extra.typed?.[name] ?? '') : '');
  const open = (action: string): boolean => extra.action === action;
  const windows = c.get('city').windows;
  const area = (action: string, name: string, label: string, rows = 3): Html =>
    html`<label>${label}<textarea name="${name}" rows="${rows}" required>${kept(action, name)}</textarea></label>`;
  return html`
    ${
      mayStep(one, 'take')
        ? html`<section class="box"><h2>見立て</h2>${form('take', html`<fieldset><legend>急ぎかどうか</legend>${URGENCIES.map((urgency) => html`<label class="check"><input type="radio" name="urgency" value="${urgency}" ${urgency === one.urgency ? 'checked' : ''}>${URGENCY_NAMES[urgency]}</label>`)}</fieldset><button class="main">受け止める</button>`)}
      ${more('窓口へ戻す', form('decline', html`${area('decline', 'reason', '理由')}<button>戻す</button>`), open('decline'))}</section>`
        : ''
    }
    ${agreementForms(form, view)}
    ${mayStep(one, 'addPart') ? more('役割を足す', form('part', html`<label>窓口<select name="window"><option value="">（下に名前を書く）</option>${windows.map((window) => html`<option value="${window.id}">${window.name}</option>`)}</select></label><label>ほかの機関の名前<input name="name" value="${kept('part', 'name')}"></label><label>何をするか<input name="does" value="${kept('part', 'does')}" required></label><button>足す</button>`), open('part')) : ''}
    ${mayStep(one, 'endPart') && one.parts.some((part) => part.until === null) ? more('役割を終える', form('part-end', html`<label>役割<select name="part">${one.parts.filter((part) => part.until === null).map((part) => html`<option value="${part.id}">${part.name}：${part.does}</option>`)}</select></label><button>終える</button>`)) : ''}
    ${mayStep(one, 'decide') ? more('決めたことを書く', form('decide', html`<label>何を<input name="what" value="${kept('decide', 'what')}" required></label><label>だれが<input name="who" value="${kept('decide', 'who')}" required></label><label>いつまでに<input type="date" name="due" value="${kept('decide', 'due')}"></label><button>書く</button>`), open('decide')) : ''}
    ${mayStep(one, 'review') ? more('モニタリングを書く', form('review', html`${area('review', 'text', 'ようす')}<fieldset><legend>これから</legend>${Object.entries(REVIEW_NAMES).map(([value, name]) => html`<label class="check"><input type="radio" name="result" value="${value}" required>${name}</label>`)}</fieldset><label>次のモニタリング<input type="date" name="next" value="${kept('review', 'next')}"></label><button>残す</button>`), open('review')) : ''}
    ${more('メモを残す', form('note', html`${area('note', 'text', 'メモ（本人には見えません）')}<button>残す</button>`), open('note'))}
    ${mayStep(one, 'setCoordinator') && one.coordinator !== c.get('me').id && one.state !== 'asked' ? form('keep', html`<button>私が担当になる</button>`) : ''}
    ${mayStep(one, 'setLead') ? more('主担当の窓口を変える', form('lead', html`<label>窓口<select name="to">${windows.map((window) => html`<option value="${window.id}" ${window.id === one.lead ? 'selected' : ''}>${window.name}</option>`)}</select></label><button>変える</button>`)) : ''}
    ${mayStep(one, 'setUrgency') && one.state !== 'asked' ? more('急ぎかどうかを変える', form('urgency', html`<fieldset><legend>急ぎかどうか</legend>${URGENCIES.map((urgency) => html`<label class="check"><input type="radio" name="urgency" value="${urgency}" ${urgency === one.urgency ? 'checked' : ''}>${URGENCY_NAMES[urgency]}</label>`)}</fieldset><button>変える</button>`)) : ''}
    ${mayStep(one, 'addTicket') ? more('同じ世帯の相談を加える', form('join', html`<label>受付番号<input name="receipt" value="${kept('join', 'receipt')}" placeholder="A3K-7QF4" required autocomplete="off"></label><p class="hint">暴力にかかわる相談は、ほかの人の相談といっしょにできません。</p><button>加える</button>`), open('join')) : ''}
    ${mayStep(one, 'pause') ? more('止める（同意の取り消しなど）', form('pause', html`<p class="hint">止めているあいだは、会議にかけたり、ほかの機関に伝えたりできません。</p><button>止める</button>`)) : ''}
    ${mayStep(one, 'resume') ? form('resume', html`<button class="main">再開する</button>`) : ''}
    ${mayStep(one, 'end') ? more('終結する・つなぎ戻す', form('end', html`${area('end', 'evaluation', '評価（何が変わったか）', 4)}<fieldset><legend>目標は</legend>${Object.entries(ACHIEVED_NAMES).map(([value, name]) => html`<label class="check"><input type="radio" name="achieved" value="${value}" required>${name}</label>`)}</fieldset><label>つなぎ戻す窓口<select name="backTo">${windows.map((window) => html`<option value="${window.id}" ${window.id === (view.tickets[0]?.window ?? one.lead) ? 'selected' : ''}>${window.name}</option>`)}</select></label>${mayBeTold(view) ? html`<label class="check"><input type="checkbox" name="tell" value="yes" checked>本人にLINEで知らせる（話し合いがひと区切りになり、これからも窓口が聞くこと）</label>` : html`<p class="hint">LINEでは知らせません。会って、または電話で伝えてください。</p>`}<button>終結する</button>`), open('end')) : ''}
    ${mayStep(one, 'reopen') ? form('reopen', html`<button>再びひらく</button>`) : ''}`;
}

/** Not where there may be violence, nor to who reported somebody else. */
const mayBeTold = ({ tickets: [ticket] }: CaseView): boolean =>
  ticket !== undefined && !isViolent(ticket) && !isReport(ticket);

function agreementForms(form: ReturnType<typeof makeForm>, { one, tickets }: CaseView): Html {
  if (one.plan === null || !mayStep(one, 'askAgreement')) return html``;
  const violent = tickets[0] !== undefined && isViolent(tickets[0]);
  const { state, version } = one.plan.agreement;
  return html`<section class="box"><h2>プランを本人にたずねる</h2>
    ${state === 'agreed' ? html`<p class="ok">この案でよいとのことです。</p>` : tickets[0] !== undefined && isReport(tickets[0]) ? html`<p class="hint">もとの相談は、まわりの人からの知らせです。LINEでは送れないので、本人に会って、プランを見せてください。</p>` : form('ask-plan', html`<p class="hint">「本人に見せる文」をLINEで送ります。本人は「この案でいいです」「聞きたいことがある」「この案はやめたい」から選べます。</p>${violent ? html`<label class="check"><input type="checkbox" name="mayWrite" value="yes">本人から、LINEで連絡してよいと聞いています</label>` : ''}<button class="main">LINEで送る</button>`)}
    ${more('電話や面談で聞いた返事を書く', form('plan-answer', html`<input type="hidden" name="version" value="${version}"><fieldset><legend>返事</legend><label class="check"><input type="radio" name="answer" value="agreed" required>この案でよい</label><label class="check"><input type="radio" name="answer" value="question">聞きたいことがある</label><label class="check"><input type="radio" name="answer" value="refused">この案はやめたい</label></fieldset><label>どう聞いたか<select name="how">${(['phone', 'visit', 'paper'] as const).map((how) => html`<option value="${how}">${HOW_NAMES[how]}</option>`)}</select></label><button>書く</button>`))}</section>`;
}
