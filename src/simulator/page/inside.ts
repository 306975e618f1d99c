/** Behind the phones: what can be made to go wrong, every webhook and call as raw JSON, and what triage saw. */
import { html } from 'hono/html';
import type { Explanation } from '#contracts/assessment.ts';
import { ABOUT_NAMES, CRISIS_NAMES, NEED_NAMES } from '#contracts/labels.ts';
import type { Call, Delivery, Fault, FaultKind } from '../wire.ts';
import { type Html, secondsOf } from './html.ts';

const FAULT_NAMES: Record<FaultKind, string> = {
  rate: '429 送りすぎ（届かない）',
  quota: '429 月の上限（届かない）',
  error: '500 エラー（届かない）',
  error_taken: '500 エラー（じつは届いている）',
  reset: '接続が切れる（届かない）',
  lost: '接続が切れる（じつは届いている）',
  slow: '遅い（届くが、返事が 5 秒後）',
  unauthorized: '401 アクセストークンがちがう',
};
const SCOPE_NAMES = { need: '困りごと', unclear: 'まだわからない', other: '相談ではない' } as const;

export function insideHtml(view: {
  log: readonly Html[];
  faults: readonly Fault[];
  action: string;
  city: string;
}): Html {
  const { log, faults, action, city } = view;
  return html`<aside class="inside" aria-label="裏側">
<section><h2>LINE の側で起こすこと</h2><form method="post" action="${action}" class="faults"><input type="hidden" name="city" value="${city}">
<label>なに <select name="kind">${Object.entries(FAULT_NAMES).map(([kind, name]) => html`<option value="${kind}">${name}</option>`)}</select></label>
<label>どこ <select name="on"><option value="any">返信とプッシュ</option><option value="reply">返信だけ</option><option value="push">プッシュだけ</option></select></label>
<label>回数 <select name="times"><option>1</option><option>3</option><option value="0">止めるまで</option></select></label>
<button name="act" value="fault">起こす</button><button name="act" value="redeliver">届かなかった通知をもう一度</button>
<div data-part="faults" role="status">${faultsHtml(faults)}</div></form></section>
<section><h2>やりとり</h2><p class="hint">新しいものが上です。行を開くと、LINE とサービスの間を通った JSON が見えます。</p><ol class="log" data-part="log">${log}</ol></section></aside>`;
}

export function faultsHtml(faults: readonly Fault[]): Html {
  if (faults.length === 0) return html`<p>いまは何も起きません。</p>`;
  return html`<ul>${faults.map((one) => html`<li>${FAULT_NAMES[one.kind]}（${Number.isFinite(one.times) ? `あと${one.times}回` : '止めるまで'}）</li>`)}</ul><button name="act" value="clear-faults">ぜんぶ止める</button>`;
}

export interface Explained {
  text: string;
  assessment: Explanation;
}

export function deliveryHtml(delivery: Delivery, names: readonly string[], explained: readonly Explained[]): Html {
  const what = delivery.events.map(eventName).join('、') || 'events なし';
  const good = delivery.status === 200;
  const status = delivery.status ?? '応答なし';
  return html`<li id="log-d${delivery.n}" class="entry-log to-service"><details><summary><time>${secondsOf(delivery.at)}</time><span class="way">LINE → サービス</span><span class="what">${names.join('、')} ${what}</span><span class="status ${good ? 'good' : 'bad'}">${status}</span><span class="ms">${Math.round(delivery.ms)} ms${delivery.attempts > 1 ? `・${delivery.attempts}回目` : ''}</span>${explained.map(({ assessment }) => html`<span class="seen">${inShort(assessment)}</span>`)}</summary>
${explained.map(explainedHtml)}<pre tabindex="0">${JSON.stringify(JSON.parse(delivery.body), null, 2)}</pre></details></li>`;
}

export function callHtml(call: Call, name: string): Html {
  const status = call.status ?? '切断';
  const good = call.status === 200 || call.status === 409;
  return html`<li id="log-c${call.n}" class="entry-log to-line"><details><summary><time>${secondsOf(call.at)}</time><span class="way">サービス → LINE</span><span class="what">${name} ${call.path.replace('/v2/bot/', '')}</span><span class="status ${good ? 'good' : 'bad'}">${status}</span>${call.fault === null ? '' : html`<span class="ms">${FAULT_NAMES[call.fault]}</span>`}</summary>
<pre tabindex="0">${JSON.stringify(call.body, null, 2)}</pre><p>LINE の答え</p><pre tabindex="0">${JSON.stringify(call.answer, null, 2)}</pre></details></li>`;
}

function eventName(event: Delivery['events'][number]): string {
  if (event.type === 'message') return `message ${(event.message as { type: string }).type}`;
  return event.type;
}

function inShort({ needs, scope, crisis }: Explanation): string {
  const found =
    needs.map(({ need, score }) => `${NEED_NAMES[need]} ${Math.round(score * 100)}%`).join('、') || SCOPE_NAMES[scope];
  return crisis === 'none' ? found : `⚠ ${CRISIS_NAMES[crisis]}・${found}`;
}

function explainedHtml({ text, assessment }: Explained): Html {
  const { needs, scope, about, crisis, confident, evidence } = assessment;
  const rows = evidence.map(
    (one) =>
      html`<tr><td>${one.words === '' ? '（全体から）' : one.words}</td><td>${one.label}</td><td class="number">${one.score.toFixed(2)}</td><td>${one.source}</td></tr>`,
  );
  return html`<section class="explained"><h3>triage が見たもの</h3><p class="marked">${marked(text, evidence)}</p>
<dl><dt>困りごと</dt><dd>${needs.map(({ need, score }) => `${NEED_NAMES[need]} ${score.toFixed(2)}`).join('、') || 'なし'}</dd>
<dt>範囲</dt><dd>${SCOPE_NAMES[scope]}${confident ? '' : '（自信はない）'}</dd><dt>だれのこと</dt><dd>${ABOUT_NAMES[about]}</dd><dt>危険</dt><dd>${CRISIS_NAMES[crisis]}</dd></dl>
${rows.length === 0 ? '' : html`<table><thead><tr><th scope="col">ことば</th><th scope="col">しめすもの</th><th scope="col">重み</th><th scope="col">出どころ</th></tr></thead><tbody>${rows}</tbody></table>`}</section>`;
}

/** The text with the words marked that triage took up. */
function marked(text: string, evidence: Explanation['evidence']): Html {
  const ranges = evidence
    .flatMap(({ start, end }) => (start === undefined || end === undefined ? [] : [{ start, end }]))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const parts: Html[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    if (start < at || end > text.length) continue;
    parts.push(html`${text.slice(at, start)}<mark>${text.slice(start, end)}</mark>`);
    at = end;
  }
  return html`${parts}${text.slice(at)}`;
}
