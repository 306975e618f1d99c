/**
 * Two people at once on one record of this room: a form carries the revision it was made from. The second sees what happened
 * meanwhile and everything they had written, and decides anew; nothing is overwritten.
 */
import { html } from 'hono/html';
import { createDraft, type Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import { type Ctx, type Desk, path } from '../desk.ts';
import { type Fields, fieldsOf } from '../form.ts';
import { csrf, type Html, page } from '../layout.ts';
import { nameOf, when } from '../words.ts';
import { caseEvent } from './case-names.ts';

type KeptKind = 'case' | 'conference' | 'closed_file';
export type Kept<K extends KeptKind> = { id: string; revision: number; body: Body<K> };
export type Done = { ok: true } | { ok: false; why: string; words?: readonly string[] };

/** What a form for this record begins with. */
export const makeForm =
  (c: Ctx, base: string, revision: number, seen: number) =>
  (action: string, inside: Html): Html =>
    html`<form method="post" action="${path(c, `${base}/${action}`)}" class="stack">${csrf(c.get('me'))}<input type="hidden" name="revision" value="${revision}"><input type="hidden" name="seen" value="${seen}">${inside}</form>`;

export const more = (name: string, inside: Html, open = false): Html =>
  html`<details class="box" ${open ? 'open' : ''}><summary>${name}</summary>${inside}</details>`;

interface Acting<K extends KeptKind> {
  kind: K;
  id: string;
  /** e.g. `/cases/<id>`: where the forms are. */
  base: string;
  action: string;
  may(stored: Kept<K>): boolean | Promise<boolean>;
  work(draft: Draft, fields: Fields): Promise<Done>;
  refused(fault: string, fields: Fields): Promise<Response>;
  /** Why, in words. */
  why(why: string): string;
  gone(): Response | Promise<Response>;
  history(body: Body<K>): readonly { at: number; by: string; what: string }[];
}

export async function actOnKept<K extends KeptKind>(desk: Desk, c: Ctx, acting: Acting<K>): Promise<Response> {
  const city = c.get('city').id;
  const { kind, id, action } = acting;
  const fields = await fieldsOf(c);
  const stored = (await desk.store.get(city, kind, id)) as Kept<K> | null;
  if (!stored || !(await acting.may(stored))) return acting.gone();
  if (String(stored.revision) !== fields.one('revision')) return conflict(desk, c, acting, stored, fields);
  const draft = createDraft(desk.store, city);
  await draft.get(kind, id);
  const done = await acting.work(draft, fields);
  if (!done.ok) {
    const words = done.words === undefined || done.words.length === 0 ? '' : `（${done.words.join('、')}）`;
    return acting.refused(`${acting.why(done.why)}${words}`, fields);
  }
  const own = draft.operations().find((operation) => operation.kind === kind && operation.id === id);
  if ((own !== undefined && own.revision !== stored.revision) || !(await draft.commit()).ok) {
    const now = (await desk.store.get(city, kind, id)) as Kept<K> | null;
    return now ? conflict(desk, c, acting, now, fields) : acting.gone();
  }
  return c.redirect(path(c, `${acting.base}?done=${action}`), 303);
}

async function conflict<K extends KeptKind>(
  desk: Desk,
  c: Ctx,
  acting: Acting<K>,
  stored: Kept<K>,
  fields: Fields,
): Promise<Response> {
  const names = await desk.names(c.get('city').id);
  const history = acting.history(stored.body);
  const seen = Number(fields.one('seen'));
  const since = history.slice(Number.isInteger(seen) && seen >= 0 ? seen : 0);
  const kept = fields.names().filter((name) => !['csrf', 'revision', 'seen'].includes(name));
  const typed = kept.flatMap((name) => fields.all(name).map((value) => [name, value] as const));
  const body = html`<h1>先に、ほかの変更がありました</h1>
    <p>あなたが開いたあとに変わりました。書いたものは残っています。</p>
    <ul class="history">${since.map((entry) => html`<li><time>${when(entry.at)}</time> ${nameOf(names, entry.by)}：${caseEvent(entry.what)}</li>`)}</ul>
    <form method="post" action="${path(c, `${acting.base}/${acting.action}`)}" class="stack box">${csrf(c.get('me'))}
      <input type="hidden" name="revision" value="${stored.revision}"><input type="hidden" name="seen" value="${history.length}">
      ${typed.map(([name, value]) => (value.length > 20 ? html`<label>あなたが書いたもの<textarea name="${name}" rows="4">${value}</textarea></label>` : html`<input type="hidden" name="${name}" value="${value}">`))}
      <p>この変更を見たうえで、あなたの操作も行いますか。</p><button class="main">それでも行う</button>
      <a class="button" href="${path(c, acting.base)}">やめてもどる</a></form>`;
  return page(desk, c, { title: '先に変更がありました', body, status: 409 });
}

/** History of a record, newest first. */
export const historyOf = (
  entries: readonly { at: number; by: string; what: string }[],
  names: ReadonlyMap<string, string>,
): Html =>
  html`<ul class="history">${entries.toReversed().map((entry) => html`<li><time>${when(entry.at)}</time> ${nameOf(names, entry.by)}：${caseEvent(entry.what)}</li>`)}</ul>`;
