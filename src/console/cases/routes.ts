/**
 * Compound cases, meetings, the closed compartment, staying in touch and 地域づくり: the pages of this folder, mounted as one. It
 * knows the use cases of `handoff/cases` and what the conversation says for them; it does not send, store or decide by itself.
 */
import { Hono } from 'hono';
import type { Desk, Env } from '../desk.ts';
import { allowed } from '../guard.ts';
import { caseActionRoutes } from './case-actions.ts';
import { caseList } from './case-list.ts';
import { casePage } from './case-page.ts';
import { casePrintRoutes } from './case-print.ts';
import { closedCalendarRoutes } from './closed-calendar.ts';
import { closedRoutes } from './closed-pages.ts';
import { communityRoutes } from './community-pages.ts';
import { meetingRoutes } from './meeting-pages.ts';
import { planPage } from './plan-page.ts';
import { togetherRoutes } from './together-page.ts';

export function caseRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/cases', allowed(desk, 'case.see'), (c) => caseList(desk, c));
  app.get('/cases/:id', allowed(desk, 'case.see'), (c) => casePage(desk, c, c.req.param('id')));
  app.get('/cases/:id/plan', allowed(desk, 'case.act'), (c) => planPage(desk, c, c.req.param('id')));
  for (const make of [
    caseActionRoutes,
    casePrintRoutes,
    togetherRoutes,
    meetingRoutes,
    closedRoutes,
    closedCalendarRoutes,
    communityRoutes,
  ])
    app.route('/', make(desk));
  return app;
}
