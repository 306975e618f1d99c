/**
 * 社会資源: the places residents are told of, as a table to take out into a spreadsheet and back in. What comes in is shown first —
 * new, changed, gone — and then laid over the city's file; the file itself stays.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { NEED_NAMES } from '#contracts/labels.ts';
import type { Fact, Resource } from '#contracts/municipality.ts';
import { writeAudit } from '#handoff/audit.ts';
import { csvToResources, type Encoding, resourcesToCsv } from '#handoff/resources-csv.ts';
import { inDraft } from '#store/draft.ts';
import { withTwins } from '#support/shift-jis.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, type Html, page } from './layout.ts';
import { record } from './sign-in.ts';
import { districtName, nameOf, when, windowName } from './words.ts';

const ENTRY_NAMES = { open: 'だれでも', introduction: '紹介' } as const;
const SHOWN_FAULTS = 20;

export function resourceRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/resources', allowed(desk, 'resource.see'), (c) => resourcePage(desk, c));
  app.get('/resources/csv', allowed(desk, 'resource.see'), (c) => exportCsv(desk, c));
  app.post('/resources/preview', allowed(desk, 'resource.edit'), (c) => preview(desk, c));
  app.post('/resources/import', allowed(desk, 'resource.edit'), (c) => takeIn(desk, c));
  app.post('/resources/reset', allowed(desk, 'resource.edit'), (c) => reset(desk, c));
  return app;
}

const DONE: Record<string, string> = {
  import: '場所の一覧を入れかえました。住民へのご案内に、すぐに使われます。',
  reset: '市のファイルの一覧にもどしました。',
};

async function resourcePage(desk: Desk, c: Ctx, faults: readonly string[] = []): Promise<Response> {
  const city = c.get('city');
  const [own, names] = await Promise.all([desk.store.get(city.id, 'places', 'all'), desk.names(city.id)]);
  const csv = (encoding: Encoding): string => `${path(c, '/resources/csv')}?encoding=${encoding}`;
  const source =
    own === null
      ? html`<p class="hint">市のファイル（municipality.yaml）の一覧です。</p>`
      : html`<p class="hint">${nameOf(names, own.body.by)} が ${when(own.body.at)} に取り込んだ一覧です。市のファイルより優先します。</p>`;
  const body = html`<h1>場所の一覧（社会資源）</h1>${source}
    <nav class="weeknav" aria-label="書き出す"><a class="button" href="${csv('utf8')}">CSV (UTF-8)</a><a class="button" href="${csv('sjis')}">CSV (Shift_JIS)</a></nav>
    ${faults.length === 0 ? '' : html`<div class="fault" role="alert"><p>取り込めませんでした。何も変えていません。直してから、もう一度選んでください。</p><ul>${faults.slice(0, SHOWN_FAULTS).map((fault) => html`<li>${fault}</li>`)}</ul></div>`}
    ${c.get('me').can('resource.edit') ? importForms(c, own !== null) : ''}
    ${table(c, city.resources)}`;
  const status = faults.length === 0 ? {} : { status: 422 as const };
  return page(desk, c, { title: '場所の一覧', body, wide: true, said: DONE[c.req.query('done') ?? ''], ...status });
}

function importForms(c: Ctx, own: boolean): Html {
  return html`<details class="box"><summary>表を取り込む</summary><form method="post" enctype="multipart/form-data" action="${path(c, '/resources/preview')}" class="stack">${csrf(c.get('me'))}<label>CSVのファイル<input type="file" name="file" accept=".csv,text/csv" required></label><p class="hint">書き出した表に書き足して、CSVで保存したものです（UTF-8でもShift_JISでも読めます）。取り込む前に、何が変わるかを見られます。わからないところは、空けておいてください。</p><button>何が変わるか見る</button></form></details>
    ${own ? html`<details class="box"><summary>市のファイルの一覧にもどす</summary><form method="post" action="${path(c, '/resources/reset')}" class="stack">${csrf(c.get('me'))}<p class="hint">取り込んだ一覧は消えます。先にCSVで書き出しておけます。</p><button>もどす</button></form></details>` : ''}`;
}

function table(c: Ctx, resources: readonly Resource[]): Html {
  if (resources.length === 0)
    return html`<p class="empty">まだ一つもありません。CSVを書き出して、書き足してから取り込んでください。</p>`;
  const city = c.get('city');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="場所の一覧"><table><thead><tr><th scope="col">名前と内容</th><th scope="col">困りごと</th><th scope="col">対象</th><th scope="col">とき</th><th scope="col">ところ・行き方</th><th scope="col">地域</th><th scope="col">入り方</th></tr></thead><tbody>${resources.map(
    (one) =>
      html`<tr><th scope="row">${one.name}<br><span class="hint">${one.about}</span></th><td>${one.needs.map((need) => NEED_NAMES[need]).join('、')}</td><td>${one.for ?? '—'}</td><td>${factText(one.when)}</td><td>${factText(one.place)}${one.access === undefined ? '' : html`<br><span class="hint">${factText(one.access)}</span>`}</td><td>${districtName(city, one.district ?? null)}</td><td>${ENTRY_NAMES[one.entry]}${one.coordinator === undefined ? '' : html`<br><span class="hint">${windowName(city, one.coordinator)}</span>`}</td></tr>`,
  )}</tbody></table></div>`;
}

const factText = (fact: Fact | undefined): string =>
  fact === undefined ? '—' : typeof fact === 'string' ? fact : `${fact.value}${fact.demo ? '（見本）' : ''}`;

async function exportCsv(desk: Desk, c: Ctx): Promise<Response> {
  const city = c.get('city');
  const encoding: Encoding = c.req.query('encoding') === 'sjis' ? 'sjis' : 'utf8';
  await record(desk, c, c.get('me').id, 'resource.export', null);
  c.header('content-disposition', `attachment; filename="resources-${city.id}.csv"`);
  return c.body(new Uint8Array(resourcesToCsv(city, encoding)), 200, { 'content-type': 'text/csv' });
}

/** Reads the file and says what it would change; nothing is kept yet. */
async function preview(desk: Desk, c: Ctx): Promise<Response> {
  const city = c.get('city');
  const { file } = await c.req.parseBody();
  if (!(file instanceof File) || file.size === 0) return resourcePage(desk, c, ['CSVのファイルを選んでください。']);
  const { resources, faults } = csvToResources(city, new Uint8Array(await file.arrayBuffer()));
  if (faults.length > 0) return resourcePage(desk, c, faults);
  const before = new Map(city.resources.map((one) => [one.id, one]));
  const ids = new Set(resources.map(({ id }) => id));
  const added = resources.filter(({ id }) => !before.has(id));
  const changed = resources.filter((one) => before.has(one.id) && !same(before.get(one.id)!, one));
  const gone = city.resources.filter(({ id }) => !ids.has(id));
  const list = (name: string, all: readonly Resource[]): Html =>
    html`<section class="part"><h2>${name}　${all.length}件</h2>${all.length === 0 ? html`<p class="hint">ありません。</p>` : html`<ul class="lines">${all.map((one) => html`<li>${one.name}</li>`)}</ul>`}</section>`;
  const body = html`<p class="crumb"><a href="${path(c, '/resources')}">場所の一覧</a></p><h1>こう変わります</h1>
    <p>いま ${city.resources.length}件、取り込むと ${resources.length}件になります。まだ何も変えていません。</p>
    ${list('増える', added)}${list('変わる', changed)}${list('なくなる', gone)}
    <form method="post" action="${path(c, '/resources/import')}" class="stack">${csrf(c.get('me'))}<input type="hidden" name="table" value="${resourcesToCsv({ ...city, resources }, 'utf8').toString('base64')}"><div class="row"><button class="main">この内容で入れかえる</button><a class="button" href="${path(c, '/resources')}">やめる</a></div></form>`;
  return page(desk, c, { title: 'こう変わります', body });
}

async function takeIn(desk: Desk, c: Ctx): Promise<Response> {
  const city = c.get('city');
  const fields = await fieldsOf(c);
  const { resources, faults } = csvToResources(city, Buffer.from(fields.one('table'), 'base64'));
  if (faults.length > 0) return resourcePage(desk, c, faults);
  const [by, at] = [c.get('me').id, desk.clock.now()];
  await inDraft(desk.store, city.id, async (draft) => {
    await draft.put('places', 'all', { resources, at, by });
    const detail = { places: String(resources.length) };
    writeAudit(draft, { at, by, action: 'resource.import', subject: null, detail }, desk.ids);
  });
  return c.redirect(path(c, '/resources?done=import'), 303);
}

async function reset(desk: Desk, c: Ctx): Promise<Response> {
  const [by, at] = [c.get('me').id, desk.clock.now()];
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    await draft.delete('places', 'all');
    writeAudit(draft, { at, by, action: 'resource.reset', subject: null, detail: {} }, desk.ids);
  });
  return c.redirect(path(c, '/resources?done=reset'), 303);
}

/** The order of the keys is not a change, nor is a sign that Shift_JIS has under another code. */
const same = (a: Resource, b: Resource): boolean => canonical(a) === canonical(b);
const canonical = (one: Resource): string =>
  withTwins(JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))));
