/** What happens at a time rather than after words: the reminder of the day before (R3: time and place only), 「その後いかがですか」. */
import { fill } from '#engine/fill.ts';
import { slotLabel } from '#engine/japan-time.ts';
import { stillDue } from '#handoff/reminders.ts';
import { createDraft, type Draft } from '#store/draft.ts';
import { type Body, timeKey } from '#store/kinds.ts';
import type { Store } from '#store/store.ts';
import { firePlace } from './ask-after-place.ts';
import { enqueue } from './enqueue.ts';
import { fireTouch } from './keep-in-touch.ts';
import type { World } from './talk.ts';

type Handler = (world: World, draft: Draft, timer: Body<'timer'>) => Promise<void>;

const HANDLERS: Record<string, Handler> = { reminder: remind, touch: fireTouch, place: firePlace };

/** Each due timer once: its deletion and its effect are one commit, so a second server finds it gone. */
export async function fireTimers(world: World, store: Store, municipality: string): Promise<number> {
  const due = await store.list(municipality, 'timer', 'at', { limit: 200, to: timeKey(world.clock.now() + 1) });
  let fired = 0;
  for (const row of due) {
    const draft = createDraft(store, municipality);
    const timer = await draft.get('timer', row.id);
    if (!timer || timer.at > world.clock.now()) continue;
    await draft.delete('timer', row.id);
    const handler = HANDLERS[timer.what];
    if (handler) await handler(world, draft, timer);
    else world.log.error('unknown timer', { municipality, what: timer.what });
    // Lost to another server: then it has fired there.
    if ((await draft.commit()).ok) fired++;
  }
  return fired;
}

async function remind(world: World, draft: Draft, timer: Body<'timer'>): Promise<void> {
  const script = world.script(draft.municipality);
  const ticket = timer.ticket === null ? null : await draft.get('ticket', timer.ticket);
  const contact = timer.contact === null ? null : await draft.get('contact', timer.contact);
  if (!script || !contact || contact.blocked || !stillDue(ticket, timer)) return;
  const place = timer.data.place ?? '';
  const text = fill(script.texts['reply.reminder'], {
    日時: slotLabel(Number(timer.data.start)),
    場所: place === '' ? script.texts['reply.reminder_place_unknown'] : place,
  });
  const to = [timer.contact!];
  // From the page the reminder goes to LINE too, if they wished it there.
  const remindTo = (await draft.get('page_session', timer.contact!))?.remindTo ?? null;
  if (remindTo !== null && (await draft.get('contact', remindTo))?.blocked === false) to.push(remindTo);
  for (const who of to) {
    enqueue(draft, world, {
      contact: who,
      cause: 'reminder',
      messages: [{ type: 'text', text, choices: [] }],
      reply: null,
      quotes: [],
    });
  }
}
