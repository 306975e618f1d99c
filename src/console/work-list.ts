/** What the service did not understand, and what counsellors corrected: the work list of those who keep the dictionaries. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { NEED_NAMES, needSchema } from '#contracts/labels.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { allowed } from './guard.ts';
import { page } from './layout.ts';
import { record } from './sign-in.ts';
import { when } from './words.ts';

const PAGE = 50;

export function workListRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/work-list', allowed(desk, 'work_list.see'), (c) => workList(desk, c));
  return app;
}

async function workList(desk: Desk, c: Ctx): Promise<Response> {
  const before = c.req.query('before') ?? '';
  const known = /^\d{15}$/u.test(before);
  const rows = await desk.store.list(c.get('city').id, 'unmatched', 'at', {
    limit: PAGE,
    reverse: true,
    ...(known ? { to: before } : {}),
  });
  await record(desk, c, c.get('me').id, 'work_list.view', null);
  const last = rows.at(-1);
  const names = (labels: readonly string[]): string =>
    labels
      .flatMap((label) => (needSchema.safeParse(label).success ? [NEED_NAMES[needSchema.parse(label)]] : []))
      .join('、') || 'なし';
  const body = html`<h1>言葉の一覧</h1><p>自動では分けきれなかった言葉と、相談員が訂正した言葉です。だれの言葉かは出ません。辞書を直すときに使ってください。</p>
    ${rows.length === 0 ? html`<p class="empty">いまはありません。</p>` : ''}
    <ol class="notes">${rows.map(({ body: one }) => html`<li><span class="hint">${when(one.at)}</span><p class="words">${one.text}</p><p class="hint">自動の判断：${one.assessment.startsWith('need') ? names(one.assessment.split(':')[1]?.split(',') ?? []) : one.assessment.startsWith('other') ? '福祉の相談ではない' : 'はっきりしない'}${one.corrected === null ? '' : html`　→　<b>訂正：${names(one.corrected)}</b>`}</p></li>`)}</ol>
    ${rows.length === PAGE && last ? html`<p class="pager"><a class="button" href="${path(c, '/work-list')}?before=${last.key}">続きを見る</a></p>` : ''}`;
  return page(desk, c, { title: '言葉の一覧', body });
}
