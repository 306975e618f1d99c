/** Who waits in danger, on every page: how many, since when, and one way to the ticket (R16). No words of a resident. */
import { html } from 'hono/html';
import type { Alert } from '#contracts/staff.ts';
import type { Ctx, Desk } from './desk.ts';
import { csrf, type Html } from './layout.ts';
import { when, windowName } from './words.ts';

/** After this many rounds every counsellor sees it, not only those of the window. */
const EVERYBODY_FROM_ROUND = 2;

export interface Open {
  ticket: string;
  alert: Alert;
}

/** @returns alerts nobody has acknowledged that concern this person, oldest first. */
export async function openAlerts(desk: Desk, c: Ctx): Promise<Open[]> {
  const me = c.get('me');
  if (!me.can('crisis.acknowledge')) return [];
  const rows = await desk.store.list(c.get('city').id, 'alert', 'open', { limit: 50 });
  return rows
    .map((row) => ({ ticket: row.id, alert: row.body }))
    .filter(({ alert }) => me.sees(alert.window) || alert.round >= EVERYBODY_FROM_ROUND);
}

export async function banner(desk: Desk, c: Ctx): Promise<Html> {
  const open = await openAlerts(desk, c);
  if (open.length === 0) return html``;
  const home = `/console/${c.get('city').id}`;
  const me = c.get('me');
  const rows = open.slice(0, 3).map(
    ({ ticket, alert }) => html`
      <li>
        <a href="${home}/tickets/${ticket}"><b>${alert.receipt}</b> ${windowName(c.get('city'), alert.window)}</a>
        <span class="since"><time data-since="${alert.at}">${when(alert.at)}</time> から</span>
        <form method="post" action="${home}/alerts/${ticket}/acknowledge">${csrf(me)}
          <button class="loud">私が引き受けます</button>
        </form>
      </li>`,
  );
  const more = open.length > 3 ? html`<li>ほか ${open.length - 3} 件</li>` : '';
  return html`<section class="alarm" role="alert" aria-label="急ぎの相談" data-alarm="${open.map(({ ticket, alert }) => `${ticket}:${alert.at}`).join(' ')}">
    <p class="alarm-title">急ぎの相談 ${open.length} 件</p><ul>${rows}${more}</ul></section>`;
}
