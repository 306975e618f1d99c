/** The table role × action, cell by cell, over HTTP: who may, gets in; who may not, is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS, type Action, PERMISSIONS } from '#console/permissions.ts';
import { ROLES, type Role } from '#contracts/staff.ts';
import { type Browser, type Office, openOffice } from './harness.ts';

/** One door for each action. `post` sends an empty form: allowed people get an answer of the page, not 403. */
const DOORS: Record<Action, [method: 'get' | 'post', path: string]> = {
  'ticket.see': ['get', '/tickets'],
  'ticket.see_all': ['get', '/tickets/ticket-2'],
  'ticket.open': ['post', '/tickets/ticket-1/open'],
  'ticket.act': ['post', '/tickets/ticket-1/accept'],
  'ticket.export': ['post', '/export'],
  'contact.reveal': ['get', '/tickets/ticket-1/break-glass'],
  'talk.answer': ['post', '/tickets/ticket-1/answer'],
  'crisis.acknowledge': ['post', '/alerts/none/acknowledge'],
  'template.edit': ['get', '/templates'],
  'calendar.see': ['get', '/calendar'],
  'calendar.edit': ['post', '/calendar/events'],
  'resource.see': ['get', '/resources'],
  'resource.edit': ['post', '/resources/preview'],
  'figures.see': ['get', '/figures'],
  'work_list.see': ['get', '/work-list'],
  'staff.manage': ['get', '/staff'],
  'alert.manage': ['get', '/alerts'],
  'audit.see': ['get', '/audit'],
  'case.see': ['get', '/cases'],
  'case.act': ['post', '/meetings'],
  'closed.see': ['get', '/closed'],
  'community.see': ['get', '/community'],
  'community.edit': ['post', '/community/tally'],
};

let office: Office;
const browsers = new Map<Role, Browser>();
beforeAll(async () => {
  office = await openOffice();
  // ticket-1 lies at the counsellor's window, ticket-2 at another.
  await office.ticket();
  await office.ticket({ window: 'kodomo' });
  for (const role of ROLES) browsers.set(role, await office.enter(role, [role], role === 'counsellor' ? ['sogo'] : []));
});
afterAll(() => office.close());

describe.each(ROLES)('%s', (role) => {
  it.each(Object.keys(ACTIONS) as Action[])('%s', async (action) => {
    const [method, path] = DOORS[action];
    const browser = browsers.get(role)!;
    // A page of their own first: it gives the form's token.
    await browser.get('/account');
    const response = method === 'get' ? await browser.get(path) : await browser.post(path);
    const refused = response.status === 403 || (action === 'ticket.see_all' && response.status === 404);
    expect({ action, refused }).toEqual({ action, refused: !PERMISSIONS[role].includes(action) });
  });
});

it('lets nobody in who is not signed in', async () => {
  const { createBrowser } = await import('./harness.ts');
  for (const [, path] of Object.values(DOORS)) {
    const stranger = createBrowser(office.app);
    const response = await stranger.get(path);
    expect([path, response.status, response.headers.get('location')?.includes('/sign-in')]).toEqual([path, 303, true]);
  }
});
