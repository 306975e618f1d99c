/**
 * The counsellors' console under `/console/<city>/…`. Reads in the order of a request: headers, same origin, which city, who,
 * may they; then the page. Every form works without JavaScript; the script adds what is live.
 */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import { firstLink } from '#handoff/staff-accounts.ts';
import { inDraft } from '#store/draft.ts';
import { accountRoutes } from './account.ts';
import { alertRoutes } from './alert-pages.ts';
import { createAssets } from './assets.ts';
import { auditRoutes } from './audit-pages.ts';
import { breakGlassRoutes } from './break-glass.ts';
import { calendarRoutes } from './calendar-pages.ts';
import { caseRoutes } from './cases/routes.ts';
import type { ConsoleOptions, Desk, Env } from './desk.ts';
import { createDirectory } from './directory.ts';
import { exportRoutes } from './export-pages.ts';
import { feedRoutes } from './feed.ts';
import { figureRoutes } from './figure-pages.ts';
import { headers, sameOrigin, signedIn } from './guard.ts';
import { inboxRoutes } from './inbox.ts';
import { message } from './layout.ts';
import { liveRoutes } from './live.ts';
import { oidcRoutes } from './oidc.ts';
import { printRoutes } from './print.ts';
import { createQuotaCache } from './quota-cache.ts';
import { resourceRoutes } from './resource-pages.ts';
import { signInRoutes, signOut } from './sign-in.ts';
import { staffRoutes } from './staff-pages.ts';
import { templateRoutes } from './templates.ts';
import { ticketActionRoutes } from './ticket-actions.ts';
import { ticketRoutes } from './ticket-page.ts';
import { workListRoutes } from './work-list.ts';

const LARGEST_FORM = 200 * 1024;
/** A city's whole 社会資源マップ, some thousand places. */
const LARGEST_TABLE = 3 * 1024 * 1024;

export interface Console {
  routes: Hono;
  /** A line per city without an administrator, each with a fresh one-time link; null when there is none. Call after listening. */
  firstLink(): Promise<string | null>;
  /** Ends open event streams: before the server is closed. */
  close(): void;
}

export function createConsole(options: ConsoleOptions): Console {
  const assets = createAssets();
  const directory = createDirectory(options.store);
  const closing = new AbortController();
  const { quota: ask, clock } = options;
  const desk: Desk = {
    ...options,
    ...(ask ? { quota: createQuotaCache({ ask, clock }) } : {}),
    names: directory.names,
    asset: assets.address,
    closing: closing.signal,
  };

  const routes = new Hono();
  const [form, table] = [bodyLimit({ maxSize: LARGEST_FORM }), bodyLimit({ maxSize: LARGEST_TABLE })];
  routes.use('*', headers(desk), sameOrigin(desk), (c, next) =>
    (/\/resources\/(?:preview|import)$/u.test(c.req.path) ? table : form)(c, next),
  );
  routes.route('/assets', assets.routes);
  routes.get('/', (c) => {
    const [only] = options.municipalities;
    if (options.municipalities.length === 1) return c.redirect(`/console/${only}/`, 303);
    const items = options.municipalities.map(
      (id) => html`<li><a href="/console/${id}/">${options.municipality(id)?.name ?? id}</a></li>`,
    );
    return c.html(html`<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>つなぎ</title><link rel="stylesheet" href="${desk.asset('console.css')}"></head><body><main id="main" class="gate"><h1>市を選んでください</h1><ul class="cities">${items}</ul></main></body></html>`);
  });
  routes.route('/:city', cityRoutes(desk));

  return {
    routes,
    async firstLink() {
      const lines: string[] = [];
      for (const id of options.municipalities) {
        const token = await inDraft(options.store, id, (draft) => firstLink(draft, options.store, options.clock.now()));
        if (token !== null) lines.push(`${options.publicUrl()}/console/${id}/setup#${token}`);
      }
      return lines.length === 0 ? null : lines.join('\n');
    },
    close() {
      closing.abort();
      directory.close();
    },
  };
}

function cityRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.use('*', async (c, next) => {
    const id = c.req.param('city') ?? '';
    const city = desk.municipalities.includes(id) ? desk.municipality(id) : null;
    if (!city) return c.text('not found\n', 404);
    c.set('city', city);
    await next();
  });
  app.route('/', signInRoutes(desk));
  app.route('/', oidcRoutes(desk));
  app.route('/', feedRoutes(desk));

  const inside = new Hono<Env>();
  inside.use('*', signedIn(desk));
  inside.get('/', (c) => {
    const me = c.get('me');
    const home = me.can('ticket.see')
      ? '/tickets'
      : me.can('audit.see') && !me.can('staff.manage')
        ? '/audit'
        : me.can('staff.manage')
          ? '/staff'
          : '/figures';
    return c.redirect(`/console/${c.get('city').id}${home}`, 303);
  });
  inside.post('/sign-out', (c) => signOut(desk, c));
  for (const make of [
    liveRoutes,
    inboxRoutes,
    ticketRoutes,
    ticketActionRoutes,
    printRoutes,
    breakGlassRoutes,
    exportRoutes,
    templateRoutes,
    alertRoutes,
    calendarRoutes,
    resourceRoutes,
    figureRoutes,
    workListRoutes,
    staffRoutes,
    accountRoutes,
    auditRoutes,
    caseRoutes,
  ]) {
    inside.route('/', make(desk));
  }
  inside.all('*', (c) => message(desk, c, 404, '見つかりません', 'この画面はありません。'));
  app.route('/', inside);
  return app;
}
