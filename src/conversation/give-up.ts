/**
 * What is done with an event whose handling failed again and again: it leaves the inbox, so that the resident's next words
 * are heard, and the resident is told in plain words. Danger comes before anything else here, too (R14): its screen, its
 * ticket and its alert, even if nothing of the resident can be read any more. The fault itself is in the log and the metrics.
 */
import type { Script } from '#contracts/flow.ts';
import { createDraft, type Draft } from '#store/draft.ts';
import { isSpoilt, type Store, StoreError } from '#store/store.ts';
import { answerCrisis } from './crisis.ts';
import { take } from './handle-event.ts';
import type { Ready } from './outbox.ts';
import { closeTalk, type OnItsWay, openTalk, type Talk, type World } from './talk.ts';

/** Each when the one before it failed, too: danger with what is known, danger as told by a stranger, plain words only. */
const WAYS = ['known', 'stranger', 'words'] as const;

/** @throws StoreError when the store is away: the event stays in the inbox. Error when not even plain words can be said. */
export async function giveUp(
  world: World,
  store: Store,
  municipality: string,
  id: string,
  onItsWay: OnItsWay,
): Promise<Ready | null> {
  const script = world.script(municipality);
  if (!script) return null;
  for (const way of WAYS) {
    const draft = createDraft(store, municipality);
    try {
      const outgoing = await answer(draft, way);
      return (await draft.commit()).ok ? outgoing : null;
    } catch (error) {
      if (way === 'words' || (error instanceof StoreError && !isSpoilt(error))) throw error;
      world.log.error('giving up failed', { municipality, event: id, way, error });
    }
  }
  return null;

  async function answer(draft: Draft, way: (typeof WAYS)[number]): Promise<Ready | null> {
    const taken = await take(draft, id);
    if (!taken) return null;
    if (way !== 'known') await disregardSpoilt(draft, taken.event.contact);
    const talk = await openTalk(world, draft, taken.event, script as Script, onItsWay);
    if (way !== 'known') talk.contact = { ...talk.contact, lostAnswer: null };
    if (way === 'stranger') {
      talk.session = null;
      talk.contact = { ...talk.contact, crisis: null };
    }
    if (way !== 'words' && !taken.withdrawn) await answerDanger(talk);
    talk.said.push({ type: 'text', text: talk.script.texts['reply.failed'], choices: [] });
    return closeTalk(talk);
  }
}

async function answerDanger(talk: Talk): Promise<void> {
  const { event, words } = talk;
  if (event.type !== 'text' || words === null) return;
  const assessment = await words.assessment;
  if (assessment.crisis !== 'none') await answerCrisis(talk, event, assessment);
}

/** Where the resident stands is begun anew; it would stand in the way of everything they write. */
async function disregardSpoilt(draft: Draft, contact: string): Promise<void> {
  for (const kind of ['contact', 'session'] as const) {
    try {
      await draft.get(kind, contact);
    } catch (error) {
      if (!isSpoilt(error)) throw error;
      draft.disregard(kind, contact);
    }
  }
}
