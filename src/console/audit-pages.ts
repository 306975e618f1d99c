/** The audit log (R24): who saw, changed, exported what, and whether the chain is whole. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { dayOf } from '#engine/japan-time.ts';
import { verifyAudit } from '#handoff/audit.ts';
import { momentOf } from '#handoff/opening-hours.ts';
import { type Body, timeKey } from '#store/kinds.ts';
import { csvOf } from './csv.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { findByReceipt } from './find-tickets.ts';
import { fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, page } from './layout.ts';
import { record } from './sign-in.ts';
import { nameOf, when } from './words.ts';

const PAGE = 100;
const EXPORT_ROWS = 50_000;

export function auditRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.use('/audit', allowed(desk, 'audit.see'));
  app.use('/audit/*', allowed(desk, 'audit.see'));
  app.get('/audit', (c) => auditPage(desk, c));
  app.post('/audit/verify', async (c) => {
    const verdict = await verifyAudit(desk.store, c.get('city').id);
    const said = verdict.ok
      ? `つながりを確かめました。${verdict.lines}行に欠けや書きかえはありません。${verdict.open > 0 ? `（新しい${verdict.open}行は、まだつないでいません）` : ''}`
      : undefined;
    const fault = verdict.ok
      ? undefined
      : `記録の ${verdict.sequence} 行目がおかしくなっています（${WHY[verdict.why]}）。すぐに情報政策の担当へ知らせてください。`;
    return auditPage(desk, c, said, fault);
  });
  app.post('/audit/export', (c) => exportAudit(desk, c));
  return app;
}

const WHY = {
  missing: '行がありません',
  changed: '書きかえられています',
  unlinked: '前の行とつながりません',
  twice: '番号が重なっています',
} as const;

interface Filter {
  by: string;
  subject: string;
  action: string;
  day: string;
}

async function read(
  desk: Desk,
  c: Ctx,
  filter: Filter,
  limit: number,
  after?: string,
): Promise<{ rows: { id: string; body: Body<'audit'> }[]; next: string | null }> {
  const city = c.get('city').id;
  const ticket = filter.subject === '' ? null : await findByReceipt(desk.store, city, filter.subject);
  const subject = filter.subject === '' ? null : (ticket?.id ?? filter.subject);
  const [index, prefix] =
    subject !== null
      ? (['subject', `${subject}|`] as const)
      : filter.by !== ''
        ? (['by', `${filter.by}|`] as const)
        : (['at', ''] as const);
  const end = filter.day === '' ? null : timeKey(momentOf(filter.day, '24:00'));
  const found: { id: string; body: Body<'audit'> }[] = [];
  let cursor = after;
  // A rare action among many lines: what is looked at in one go has an end.
  for (let pages = 0; pages < 20 && found.length < limit; pages++) {
    const rows = await desk.store.list(city, 'audit', index, {
      prefix,
      limit: 500,
      reverse: true,
      ...(end === null ? {} : { to: end }),
      ...(cursor === undefined ? {} : { after: cursor }),
    });
    for (const row of rows) {
      cursor = row.cursor;
      const { action, by } = row.body;
      if ((filter.action === '' || action.startsWith(filter.action)) && (filter.by === '' || by === filter.by))
        found.push({ id: row.id, body: row.body });
      if (found.length >= limit) return { rows: found, next: cursor };
    }
    if (rows.length < 500) return { rows: found, next: null };
  }
  return { rows: found, next: cursor ?? null };
}

async function auditPage(desk: Desk, c: Ctx, said?: string, fault?: string): Promise<Response> {
  const filter = filterOf((name) => c.req.query(name) ?? '');
  const after = c.req.query('after');
  const valid = after !== undefined && /^\["[^"]{0,200}","[^"]{0,200}"\]$/u.test(after) ? after : undefined;
  const { rows, next } = await read(desk, c, filter, PAGE, valid);
  const names = await desk.names(c.get('city').id);
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
  const hidden = Object.entries(filter).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const body = html`<h1>操作の記録</h1><p><a href="${path(c, '/closed-log')}">支援会議の記録の履歴</a></p>
    <form method="get" class="filters"><label>職員<select name="by"><option value="">すべて</option>${[...names].map(([id, name]) => html`<option value="${id}" ${id === filter.by ? 'selected' : ''}>${name}</option>`)}</select></label>
      <label>受付番号か対象<input name="subject" value="${filter.subject}" autocomplete="off"></label>
      <label>操作<input name="action" value="${filter.action}" placeholder="ticket.open" autocomplete="off"></label>
      <label>この日まで<input name="day" type="date" value="${filter.day}" max="${dayOf(desk.clock.now())}"></label><button>しぼる</button></form>
    <div class="row"><form method="post" action="${path(c, '/audit/verify')}">${csrf(c.get('me'))}<button>欠けや書きかえがないか確かめる</button></form>
    <form method="post" action="${path(c, '/audit/export')}">${csrf(c.get('me'))}${hidden}<button>書き出す（CSV）</button></form></div>
    <div class="scroll" tabindex="0" role="region" aria-label="記録の一覧"><table><thead><tr><th scope="col">日時</th><th scope="col">だれが</th><th scope="col">操作</th><th scope="col">対象</th><th scope="col">くわしく</th></tr></thead>
    <tbody>${rows.map(
      ({ body: line }) =>
        html`<tr><td>${when(line.at)}</td><td>${nameOf(names, line.by)}</td><td><code>${line.action}</code></td><td>${line.subject === null ? '' : html`<a href="?subject=${encodeURIComponent(line.subject)}"><code>${line.subject.slice(0, 8)}</code></a>`}</td><td class="hint">${Object.entries(
          line.detail,
        )
          .map(([key, value]) => `${key}=${value}`)
          .join(' ')}</td></tr>`,
    )}</tbody></table></div>
    ${rows.length === 0 ? html`<p class="empty">あてはまる記録はありません。</p>` : ''}
    ${next === null ? '' : html`<p class="pager"><a class="button" href="?${query}&amp;after=${encodeURIComponent(next)}">続きを見る</a></p>`}`;
  return page(desk, c, { title: '操作の記録', body, wide: true, said, fault });
}

async function exportAudit(desk: Desk, c: Ctx): Promise<Response> {
  const fields = await fieldsOf(c);
  const filter = filterOf((name) => fields.one(name));
  const { rows } = await read(desk, c, filter, EXPORT_ROWS);
  await record(desk, c, c.get('me').id, 'audit.export', null, { rows: String(rows.length) });
  const table = [
    ['番号', '日時', 'だれが', '操作', '対象', 'くわしく', '前のハッシュ', 'ハッシュ'],
    ...rows.map(({ body }) => [
      String(body.sequence ?? ''),
      new Date(body.at).toISOString(),
      body.by,
      body.action,
      body.subject ?? '',
      JSON.stringify(body.detail),
      body.previous,
      body.hash,
    ]),
  ];
  c.header('content-disposition', 'attachment; filename="audit.csv"');
  return c.body(new Uint8Array(csvOf(table, 'utf8')), 200, { 'content-type': 'text/csv; charset=utf-8' });
}

const filterOf = (get: (name: string) => string): Filter => ({
  by: get('by').slice(0, 60),
  subject: get('subject').trim().slice(0, 60),
  action: get('action').trim().slice(0, 40),
  day: /^\d{4}-\d{2}-\d{2}$/u.test(get('day')) ? get('day') : '',
});
