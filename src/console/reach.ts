/**
 * How far somebody may see a ticket. `full`: it lies at a window of theirs, is assigned to them, or cries for anybody. `trace`:
 * they passed it on; they see where it is and what came of it, not what was said since. `none`: it is not theirs to see.
 */
import type { Ticket } from '#contracts/ticket.ts';
import type { Ctx, Desk } from './desk.ts';

export type Reach = 'full' | 'trace' | 'none';

export async function reachOf(desk: Desk, c: Ctx, ticket: Ticket): Promise<Reach> {
  const me = c.get('me');
  if (!me.can('ticket.see')) return 'none';
  if (me.sees(ticket.window) || ticket.assignee === me.id) return 'full';
  if (ticket.crisis !== 'none') {
    const alert = await desk.store.get(c.get('city').id, 'alert', ticket.id);
    const mine = alert?.body.acknowledged?.by === me.id;
    const anybody = alert?.body.acknowledged === null && alert.body.round >= 2;
    if (mine || anybody) return 'full';
  }
  return (ticket.passes ?? []).some((pass) => me.sees(pass.from)) ? 'trace' : 'none';
}
