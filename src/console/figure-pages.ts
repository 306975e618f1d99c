/** The month's figures as charts with the table behind each, a file of it, and the year's targets beside what was reached. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import type { Municipality } from '#contracts/municipality.ts';
import { dayOf } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { momentOf } from '#handoff/opening-hours.ts';
import { inDraft } from '#store/draft.ts';
import { csvOf } from './csv.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { type Figures, figuresOf, nextMonth, SMALL, shown, type Table, ticketsBetween } from './figures.ts';
import { fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, page } from './layout.ts';
import { record } from './sign-in.ts';
import { YEARLY_TARGETS, type YearlyTarget } from './yearly-targets.ts';

const reachedSchema = z.record(z.string(), z.int().min(0));

export function figureRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.use('/figures', allowed(desk, 'figures.see'));
  app.use('/figures/*', allowed(desk, 'figures.see'));
  app.get('/figures', (c) => figurePage(desk, c));
  app.get('/figures/csv', async (c) => {
    const { month, tables } = await figuresOf(desk.store, c.get('city'), monthOf(desk, c));
    await record(desk, c, c.get('me').id, 'figures.export', null, { month });
    const rows = [
      ['月', '表', '項目', '数'],
      ...tables.flatMap((table) => table.rows.map((row) => [month, table.title, row.name, shown(row)])),
    ];
    c.header('content-disposition', `attachment; filename="figures-${month}.csv"`);
    return c.body(new Uint8Array(csvOf(rows, c.req.query('encoding') === 'sjis' ? 'sjis' : 'utf8')), 200, {
      'content-type': 'text/csv',
    });
  });
  app.post('/figures/reached', allowed(desk, 'calendar.edit'), (c) => setReached(desk, c));
  return app;
}

const monthOf = (desk: Desk, c: Ctx): string => {
  const asked = c.req.query('month') ?? '';
  return /^20\d{2}-(0[1-9]|1[0-2])$/u.test(asked) ? asked : dayOf(desk.clock.now()).slice(0, 7);
};

async function figurePage(desk: Desk, c: Ctx): Promise<Response> {
  const month = monthOf(desk, c);
  const figures = await figuresOf(desk.store, c.get('city'), month);
  const to = (one: string): string => `${path(c, '/figures')}?month=${one}`;
  const body = html`<h1>集計　${Number(month.slice(0, 4))}年${Number(month.slice(5))}月</h1>
    <nav class="weeknav" aria-label="月"><a class="button" href="${to(nextMonth(month, -1))}">前の月</a><a class="button" href="${to(nextMonth(month))}">次の月</a>
    <a class="button" href="${path(c, '/figures/csv')}?month=${month}">CSV (UTF-8)</a><a class="button" href="${path(c, '/figures/csv')}?month=${month}&amp;encoding=sjis">CSV (Shift_JIS)</a></nav>
    <p class="hint">1〜${SMALL - 1}件の数は、だれのことか分からないように「${SMALL}未満」と出します。</p>
    <div class="figures">${figures.tables.map(tableOf)}</div>${await yearly(desk, c, month)}`;
  return page(desk, c, { title: '集計', body, wide: true });
}

function tableOf(table: Figures['tables'][number]): Html {
  const most = Math.max(SMALL, ...table.rows.map(({ count }) => count));
  return html`<section class="box"><h2>${table.title}</h2><table class="chart"><thead class="sr"><tr><th scope="col">項目</th><th scope="col">数</th><th scope="col">図</th></tr></thead><tbody>${table.rows.map((row) => html`<tr><th scope="row">${row.name}</th><td class="n">${shown(row)}</td><td>${bar(row, most)}</td></tr>`)}</tbody></table></section>`;
}

/** A small count has the bar of the bound: its length would tell it. */
function bar(row: Table['rows'][number], most: number): Html {
  if (row.unit === '分') return html``;
  const hidden = row.count > 0 && row.count < SMALL;
  const width = Math.round(((hidden ? SMALL - 1 : row.count) / most) * 1000) / 10;
  return html`<svg viewBox="0 0 100 8" preserveAspectRatio="none" class="${hidden ? 'bar small' : 'bar'}" aria-hidden="true" focusable="false"><rect width="${width}" height="8"></rect></svg>`;
}

/** 年度: April to March. */
async function yearly(desk: Desk, c: Ctx, month: string): Promise<Html> {
  const city = c.get('city');
  // Where the city's file says how each is counted, they stand beside that.
  if (city.targets !== undefined) {
    const link = html`<a href="${path(c, '/community')}?month=${month}">地域課題と、計画の目標・実績</a>`;
    return c.get('me').can('community.see') ? html`<p>${link}</p>` : html``;
  }
  const targets = YEARLY_TARGETS[city.id];
  if (targets === undefined) return html``;
  const year = Number(month.slice(5)) >= 4 ? Number(month.slice(0, 4)) : Number(month.slice(0, 4)) - 1;
  const [counted, written] = [await countYear(desk, city, year, targets), await readReached(desk, city.id, year)];
  const edit = c.get('me').can('calendar.edit');
  const rows = targets.map((target) => {
    const reached = target.counts ? (counted.get(target.id) ?? 0) : (written[target.id] ?? 0);
    const text = target.counts && reached > 0 && reached < SMALL ? `${SMALL}未満` : `${reached}${target.unit}`;
    return html`<tr><th scope="row">${target.name}</th><td class="n">${target.target}${target.unit}以上</td><td class="n">${target.counts || !edit ? text : html`<input name="${target.id}" value="${reached}" inputmode="numeric" aria-label="${target.name}の実績">${target.unit}`}</td></tr>`;
  });
  return html`<section class="box"><h2>${year}年度の目標（実施計画）</h2><form method="post" action="${path(c, '/figures/reached')}">${csrf(c.get('me'))}<input type="hidden" name="year" value="${year}"><table><thead><tr><th scope="col">項目</th><th scope="col">目標</th><th scope="col">これまで</th></tr></thead><tbody>${rows}</tbody></table>${edit ? html`<button>実績を記録する</button>` : ''}</form></section>`;
}

async function countYear(
  desk: Desk,
  city: Municipality,
  year: number,
  targets: readonly YearlyTarget[],
): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  for await (const ticket of ticketsBetween(
    desk.store,
    city.id,
    momentOf(`${year}-04-01`, '00:00'),
    momentOf(`${year + 1}-04-01`, '00:00'),
  )) {
    for (const { id, counts } of targets) if (counts?.(ticket)) counted.set(id, (counted.get(id) ?? 0) + 1);
  }
  return counted;
}

const settingOf = (year: number): string => `yearly-reached-${year}`;

async function readReached(desk: Desk, city: string, year: number): Promise<Record<string, number>> {
  const stored = await desk.store.get(city, 'setting', settingOf(year));
  return stored ? reachedSchema.parse(JSON.parse(stored.body.value)) : {};
}

async function setReached(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const year = Number(fields.one('year'));
  const targets = YEARLY_TARGETS[c.get('city').id] ?? [];
  const read = reachedSchema.safeParse(
    Object.fromEntries(
      targets.filter(({ id }) => fields.has(id)).map(({ id }) => [id, Number(fields.one(id).normalize('NFKC'))]),
    ),
  );
  if (read.success && Number.isInteger(year) && year > 2000 && year < 2200) {
    await inDraft(desk.store, c.get('city').id, async (draft) => {
      await draft.put('setting', settingOf(year), { value: JSON.stringify(read.data) });
      writeAudit(
        draft,
        {
          at: desk.clock.now(),
          by: c.get('me').id,
          action: 'figures.reached',
          subject: null,
          detail: { year: String(year) },
        },
        desk.ids,
      );
    });
  }
  return c.redirect(path(c, '/figures'), 303);
}
