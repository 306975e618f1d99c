/** Ready-made sentences for answers, shared by the city's staff. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { LONGEST_ANSWER } from '#conversation/staff-speaks.ts';
import { writeAudit } from '#handoff/audit.ts';
import { inDraft } from '#store/draft.ts';
import { type Ctx, type Desk, type Env, path } from './desk.ts';
import { fieldsOf } from './form.ts';
import { allowed } from './guard.ts';
import { csrf, page } from './layout.ts';

export function templateRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.use('/templates', allowed(desk, 'template.edit'));
  app.use('/templates/*', allowed(desk, 'template.edit'));
  app.get('/templates', (c) => templatePage(desk, c));
  app.post('/templates', (c) => save(desk, c, desk.ids.id()));
  app.post('/templates/:id', (c) => save(desk, c, c.req.param('id')));
  app.post('/templates/:id/delete', (c) => remove(desk, c, c.req.param('id')));
  return app;
}

async function templatePage(
  desk: Desk,
  c: Ctx,
  fault?: string,
  typed: { name: string; text: string } = { name: '', text: '' },
): Promise<Response> {
  const rows = await desk.store.list(c.get('city').id, 'template', 'all', { limit: 200 });
  const sorted = rows.toSorted((a, b) => a.body.name.localeCompare(b.body.name, 'ja'));
  const form = (
    to: string,
    name: string,
    text: string,
    button: string,
  ) => html`<form method="post" action="${path(c, to)}" class="stack">${csrf(c.get('me'))}
    <label>名前<input name="name" value="${name}" maxlength="40" required></label><label>文<textarea name="text" rows="4" maxlength="${LONGEST_ANSWER}" required>${text}</textarea></label><button>${button}</button></form>`;
  const body = html`<h1>文例</h1><p class="hint">返事を書くときに入れられる文です。だれに届いても困らない、やさしい言葉で。</p>
    ${sorted.map((row) => html`<details class="box"><summary><b>${row.body.name}</b></summary><p class="words">${row.body.text}</p>${form(`/templates/${row.id}`, row.body.name, row.body.text, '直す')}<form method="post" action="${path(c, `/templates/${row.id}/delete`)}">${csrf(c.get('me'))}<button class="quiet">消す</button></form></details>`)}
    <section class="box"><h2>文例を加える</h2>${form('/templates', typed.name, typed.text, '加える')}</section>`;
  return page(desk, c, { title: '文例', body, fault });
}

async function save(desk: Desk, c: Ctx, id: string): Promise<Response> {
  const fields = await fieldsOf(c);
  const name = fields.one('name').trim().slice(0, 40);
  const text = fields.one('text').trim();
  if (name === '' || text === '') return templatePage(desk, c, '名前と文を書いてください。', { name, text });
  if (text.length > LONGEST_ANSWER) return templatePage(desk, c, '文は2,000文字までです。', { name, text });
  const me = c.get('me');
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    await draft.put('template', id, { name, text, at: desk.clock.now(), by: me.id });
    writeAudit(draft, { at: desk.clock.now(), by: me.id, action: 'template.save', subject: id }, desk.ids);
  });
  return c.redirect(path(c, '/templates'), 303);
}

async function remove(desk: Desk, c: Ctx, id: string): Promise<Response> {
  await inDraft(desk.store, c.get('city').id, async (draft) => {
    // A second click, or another's: nothing is deleted, so no line tells of it.
    if ((await draft.get('template', id)) === null) return;
    await draft.delete('template', id);
    writeAudit(draft, { at: desk.clock.now(), by: c.get('me').id, action: 'template.delete', subject: id }, desk.ids);
  });
  return c.redirect(path(c, '/templates'), 303);
}
