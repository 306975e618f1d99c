/**
 * One event of one resident, from the inbox to its saved answer. Read this file first; it reads in the order of the main
 * path (design.md §3): take the event, read where the resident stands, crisis before anything else, the engine, the
 * world's answers, one commit. What it saves leaves from the outbox afterwards.
 *
 * The room may know the order of work; it must not know HTTP, LINE's JSON or a driver.
 */
import type { Incoming } from '#contracts/event.ts';
import { createDraft, type Draft } from '#store/draft.ts';
import type { Store, Stored } from '#store/store.ts';
import { answerMedia } from './answer-media.ts';
import { answerPostback } from './answer-postback.ts';
import { answerText } from './answer-text.ts';
import { answerAtDoor, isDoor } from './door.ts';
import { follow, unfollow } from './follow.ts';
import type { InHand } from './in-hand.ts';
import type { Ready } from './outbox.ts';
import { isDone } from './receive-events.ts';
import { sayAgain } from './say-again.ts';
import { closeTalk, type OnItsWay, openTalk, type Talk, type World } from './talk.ts';
import { unsend } from './unsend.ts';

/** A commit that lost a race runs again; more than this in a row is a fault, not a race. */
const RACES = 25;

/**
 * @param read the event as it was just read from the inbox; at revision 0 this turn's commit is what keeps it.
 * @param onItsWay the answer before this one may not have arrived yet: it is not to be overtaken.
 * @param inHand of an event at revision 0: it may be put into the inbox while its turn is at work.
 * @returns what is to be sent, null when there is nothing (or another server did the turn); `later` when something else of its
 *   contact waits, which may be older: then it is in the inbox, and nothing was done.
 * @throws StoreError when the store is away: the event stays in the inbox.
 */
export async function handleEvent(
  world: World,
  store: Store,
  municipality: string,
  read: Stored<'inbox'>,
  onItsWay: OnItsWay,
  inHand?: InHand,
): Promise<Ready | null | 'later'> {
  const script = world.script(municipality);
  // The city's files are broken: its residents' events wait until they are mended.
  if (!script) return null;
  for (let race = 0; race < RACES; race++) {
    const draft = createDraft(store, municipality);
    const unkept = read.revision === 0 && (race === 0 || (await draft.get('inbox', read.id)) === null);
    if (race === 0 || unkept) draft.know('inbox', read);
    const taken = await take(draft, read.id);
    if (!taken) return null;
    const talk = await openTalk(world, draft, taken.event, script, onItsWay);
    const again = await isDone(store, talk.contact, taken.event);
    if (!again && !taken.withdrawn) await answer(talk);
    const outgoing = again ? null : await closeTalk(talk);
    const others = `${taken.event.contact}|`;
    if (inHand && unkept) {
      const revision = await inHand.revision();
      draft.moved('inbox', read.id, revision);
      if (inHand.unseen && revision === 0) draft.expectNone('inbox', 'contact', others);
    }
    const commit = await draft.commit();
    if (commit.ok) {
      if (again) world.count('events_duplicate', { municipality });
      else world.count('turns', { municipality, type: talk.event.type });
      return outgoing;
    }
    if (inHand && commit.kind === 'inbox' && commit.id === others) {
      await inHand.keep();
      return 'later';
    }
    world.count('races', { municipality });
  }
  throw new Error(`event ${read.id} lost ${RACES} races`);
}

/** What is taken goes with this draft's commit; that it is done is kept with the contact (`closeTalk`). */
export async function take(draft: Draft, id: string): Promise<{ event: Incoming; withdrawn: boolean } | null> {
  const waiting = await draft.get('inbox', id);
  if (!waiting || waiting.event === null) return null;
  await draft.delete('inbox', id);
  return { event: waiting.event, withdrawn: waiting.withdrawn };
}

async function answer(talk: Talk): Promise<void> {
  if (isDoor(talk)) return answerAtDoor(talk);
  switch (talk.event.type) {
    case 'text':
      return answerText(talk, talk.event);
    case 'media':
      return answerMedia(talk, talk.event);
    case 'unread':
      // The city has left mode `page` in between: the words are gone, so they are asked for again.
      return sayAgain(talk);
    case 'postback':
      return answerPostback(talk, talk.event);
    case 'follow':
      return follow(talk, talk.event);
    case 'unfollow':
      return unfollow(talk);
    case 'unsend':
      return unsend(talk, talk.event);
  }
}
