/** 地域づくり: what found no answer, by need and area, with small cells hidden; the plan's figures with how each is counted. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { NEED_NAMES } from '#contracts/labels.ts';
import { dayOf } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { type CommunityReport, communityReport, GAP_REASONS } from '#handoff/cases/community.ts';
import { placesReport } from '#handoff/cases/places.ts';
import { type Cell, cellText, isSmall } from '#handoff/cases/suppress.ts';
import { fiscalYear, type Reached, reachedText, targetsReached } from '#handoff/cases/targets.ts';
import { inDraft } from '#store/draft.ts';
import { csvOf } from '../csv.ts';
import { type Ctx, type Desk, type Env, path } from '../desk.ts';
import { nextMonth } from '../figures.ts';
import { fieldsOf } from '../form.ts';
import { allowed } from '../guard.ts';
import { csrf, type Html, page } from '../layout.ts';
import { record } from '../sign-in.ts';
import { districtName } from '../words.ts';
import { placesCsv, placesPart } from './place-box.ts';

export function communityRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/community', allowed(desk, 'community.see'), (c) => communityPage(desk, c));
  app.get('/community/csv', allowed(desk, 'community.see'), (c) => communityCsv(desk, c));
  app.post('/community/tally', allowed(desk, 'community.edit'), (c) => addTally(desk, c));
  return app;
}

const monthOf = (desk: Desk, c: Ctx): string => {
  const asked = c.req.query('month') ?? '';
  return /^20\d{2}-(0[1-9]|1[0-2])$/u.test(asked) ? asked : dayOf(desk.clock.now()).slice(0, 7);
};

async function communityPage(desk: Desk, c: Ctx, fault?: string): Promise<Response> {
  const city = c.get('city');
  const month = monthOf(desk, c);
  const year = fiscalYear(`${month}-01`);
  const [report, reached, places] = await Promise.all([
    communityReport(desk.store, city, month),
    targetsReached(desk.store, city, year),
    placesReport(desk.store, city, year),
  ]);
  await record(desk, c, c.get('me').id, 'community.view', null, { month });
  const to = (one: string): string => `${path(c, '/community')}?month=${one}`;
  const said = c.req.query('done') === undefined ? undefined : '記録しました。';
  const body = html`<h1>地域課題　${Number(month.slice(0, 4))}年${Number(month.slice(5))}月</h1>
    <nav class="weeknav" aria-label="月"><a class="button" href="${to(nextMonth(month, -1))}">前の月</a><a class="button" href="${to(nextMonth(month))}">次の月</a><a class="button" href="${path(c, '/community/csv')}?month=${month}">CSV (UTF-8)</a><a class="button" href="${path(c, '/community/csv')}?month=${month}&amp;encoding=sjis">CSV (Shift_JIS)</a></nav>
    <p class="hint">窓口でも、場所や活動でも、応えられなかった困りごとの数です。＊は、だれのことか分からないように伏せた数（1〜4件と、それを守るための数）です。</p>
    ${gaps(c, report)}${reasons(report)}${notes(c, report)}${placesPart(places, year)}${targets(c, reached, year)}`;
  return page(desk, c, {
    title: '地域課題',
    body,
    wide: true,
    said,
    fault,
    ...(fault === undefined ? {} : { status: 422 as const }),
  });
}

function gaps(c: Ctx, report: CommunityReport): Html {
  const { table, districts, needs } = report;
  const rows = needs
    .map((need, i) => ({ need, cells: table.cells[i] ?? [], total: table.rowTotals[i] ?? null }))
    .filter(({ cells, total }) => total !== 0 || cells.some((cell) => cell !== 0));
  if (rows.length === 0) return html`<p class="empty">この月は、ありません。</p>`;
  const columns = districts.map((id) => (id === null ? '地域不明' : districtName(c.get('city'), id)));
  const cell = (value: Cell): Html => html`<td class="n">${cellText(value)}</td>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="分野と地域の表"><table><caption class="sr">応えられなかった困りごと（分野と地域）</caption><thead><tr><th scope="col">分野</th>${columns.map((name) => html`<th scope="col" class="n">${name}</th>`)}<th scope="col" class="n">計</th></tr></thead><tbody>${rows.map((row) => html`<tr><th scope="row">${NEED_NAMES[row.need]}</th>${row.cells.map(cell)}${cell(row.total)}</tr>`)}<tr><th scope="row">計</th>${table.columnTotals.map(cell)}${cell(table.total)}</tr></tbody></table></div>`;
}

const reasons = (report: CommunityReport): Html =>
  html`<section class="part"><h2>なぜ応えられなかったか</h2><table><thead><tr><th scope="col">わけ</th><th scope="col" class="n">数</th></tr></thead><tbody>${report.reasons.map(({ reason, count }) => html`<tr><th scope="row">${GAP_REASONS[reason]}</th><td class="n">${isSmall(count) ? '5未満' : count}</td></tr>`)}</tbody></table></section>`;

function notes(c: Ctx, report: CommunityReport): Html {
  const next = (id: string | null): string => c.get('city').meetings?.find((one) => one.id === id)?.name ?? '';
  return html`<section class="part"><h2>職員と会議が書いた課題</h2>${report.notes.length + report.issues.length === 0 ? html`<p class="empty">ありません。</p>` : ''}<ul class="lines">${report.notes.map((one) => html`<li>${one.what} <span class="hint">${NEED_NAMES[one.need]}</span></li>`)}${report.issues.map((one) => html`<li>${one.text} <span class="hint">${one.need === null ? '' : NEED_NAMES[one.need]}${one.to === null ? '' : ` → ${next(one.to)}へ`}</span></li>`)}</ul></section>`;
}

function targets(c: Ctx, reached: readonly Reached[], year: number): Html {
  if (reached.length === 0) return html``;
  const rows = reached.map((one) => {
    const { target, count, tallied, small } = one;
    const printed = Object.entries(target.printed)
      .map(([name, value]) => `${name} ${value}${target.unit}`)
      .join('、');
    const met = !small && target.goal !== undefined && count >= target.goal ? ' ○' : '';
    return html`<tr><th scope="row">${target.name}<br><span class="hint">${target.definition}</span></th><td class="n">${target.goal === undefined ? '—' : `${target.goal}${target.unit}以上`}</td><td class="n">${reachedText(one)}${met}${!small && tallied > 0 ? html`<br><span class="hint">うち記録 ${tallied}</span>` : ''}</td><td>${printed}</td></tr>`;
  });
  const form = c.get('me').can('community.edit')
    ? html`<details class="box"><summary>できごとを記録する</summary><form method="post" action="${path(c, '/community/tally')}" class="stack">${csrf(c.get('me'))}<label>項目<select name="target">${reached.map(({ target }) => html`<option value="${target.id}">${target.name}</option>`)}</select></label><label>日<input type="date" name="day" required></label><label>数<input name="count" inputmode="numeric" value="1" required></label><label>メモ（人の名前は書かない）<input name="note" maxlength="200"></label><button>記録する</button></form></details>`
    : '';
  return html`<section class="part"><h2>${year}年度の目標と実績（計画）</h2><div class="scroll" tabindex="0" role="region" aria-label="目標と実績"><table><thead><tr><th scope="col">項目と数え方</th><th scope="col" class="n">目標</th><th scope="col" class="n">これまで</th><th scope="col">計画に載っている数</th></tr></thead><tbody>${rows}</tbody></table></div>${form}</section>`;
}

async function communityCsv(desk: Desk, c: Ctx): Promise<Response> {
  const city = c.get('city');
  const month = monthOf(desk, c);
  const year = fiscalYear(`${month}-01`);
  const [report, reached, places] = await Promise.all([
    communityReport(desk.store, city, month),
    targetsReached(desk.store, city, year),
    placesReport(desk.store, city, year),
  ]);
  await record(desk, c, c.get('me').id, 'community.export', null, { month });
  const names = report.districts.map((id) => (id === null ? '地域不明' : districtName(city, id)));
  const rows = [
    ['月', '分野', ...names, '計'],
    ...report.needs.map((need, i) => [
      month,
      NEED_NAMES[need],
      ...(report.table.cells[i] ?? []).map(cellText),
      cellText(report.table.rowTotals[i] ?? null),
    ]),
    [month, '計', ...report.table.columnTotals.map(cellText), cellText(report.table.total)],
    [],
    ...placesCsv(places),
    [],
    ['年度', '項目', '目標', '実績', '数え方'],
    ...reached.map((one) => [
      String(year),
      one.target.name,
      String(one.target.goal ?? ''),
      reachedText(one),
      one.target.definition,
    ]),
  ];
  c.header('content-disposition', `attachment; filename="community-${month}.csv"`);
  return c.body(new Uint8Array(csvOf(rows, c.req.query('encoding') === 'sjis' ? 'sjis' : 'utf8')), 200, {
    'content-type': 'text/csv',
  });
}

async function addTally(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const target = c.get('city').targets?.find((one) => one.id === fields.one('target'));
  const day = fields.one('day');
  const count = Number(fields.one('count').normalize('NFKC'));
  const sound =
    /^\d{4}-\d{2}-\d{2}$/u.test(day) &&
    !Number.isNaN(Date.parse(day)) &&
    Number.isInteger(count) &&
    count > 0 &&
    count <= 100_000;
  if (target === undefined || !sound) return communityPage(desk, c, '項目・日・数（1以上）を確かめてください。');
  const [by, at, id] = [c.get('me').id, desk.clock.now(), desk.ids.id()];
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    draft.add('tally', id, { target: target.id, day, count, note: fields.one('note').trim().slice(0, 200), at, by });
    writeAudit(
      draft,
      { at, by, action: 'tally.add', subject: id, detail: { target: target.id, count: String(count) } },
      desk.ids,
    );
  });
  return c.redirect(path(c, `/community?month=${day.slice(0, 7)}&done=yes`), 303);
}
