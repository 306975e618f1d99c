/**
 * An answer that may never have arrived: its fate could not be learnt (no push without knowing), or the month's pushes are
 * used up. The counsellor reads so on the ticket, and the resident's next message brings it once more.
 */
import type { Message } from '#contracts/message.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { type Draft, inDraft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import type { Store, Stored } from '#store/store.ts';
import type { Talk, World } from './talk.ts';

type Outgoing = Body<'outgoing'>;

/** LINE: five messages a call, and buttons may need one of their own. */
const ROOM = 3;

/** Of several that are lost before the resident writes, so many messages are said again, the newest ones. */
const KEPT = 10;

/** Its words are kept until they have been said again, or its time is over. What staff write shows its fate by itself. */
export const mayBeLost = ({ state, outcome, cause }: Pick<Outgoing, 'state' | 'outcome' | 'cause'>): boolean =>
  cause !== 'staff' && (state === 'unknown' || (state === 'refused' && outcome === 'quota'));

/** Writes the end, so that the next turn finds it, and a line on the contact's newest ticket. */
export function recordLost(
  world: World,
  store: Store,
  municipality: string,
  { id, body }: Stored<'outgoing'>,
): Promise<void> {
  return inDraft(store, municipality, async (draft) => {
    const now = await draft.get('outgoing', id);
    if (now === null) return;
    const contact = await draft.get('contact', body.contact);
    const earlier = contact?.lostAnswer && contact.lostAnswer !== id ? await takeOver(draft, contact.lostAnswer) : null;
    // As they stand in the store: withdrawn words stay withdrawn.
    const messages = [...(earlier?.messages ?? []), ...now.messages].slice(-KEPT);
    await draft.put('outgoing', id, { ...body, messages, quotes: [...(earlier?.quotes ?? []), ...now.quotes] });
    if (!contact) return;
    await draft.put('contact', body.contact, { ...contact, lostAnswer: id });
    await note(draft, contact, 'answer_uncertain', world.clock.now());
  });
}

/** What an earlier lost answer said is from now on part of a later one. */
async function takeOver(draft: Draft, id: string): Promise<Pick<Outgoing, 'messages' | 'quotes'> | null> {
  const earlier = await draft.get('outgoing', id);
  if (!earlier || !mayBeLost(earlier)) return null;
  await draft.put('outgoing', id, { ...earlier, messages: [], quotes: [] });
  return earlier;
}

/** A line on the contact's newest ticket, if there is one. */
async function note(
  draft: Draft,
  { tickets }: Pick<Body<'contact'>, 'tickets'>,
  what: string,
  at: number,
): Promise<void> {
  const newest = tickets.at(-1);
  const ticket: Ticket | null = newest === undefined ? null : await draft.get('ticket', newest);
  if (!ticket) return;
  const history = [...ticket.history, { at, by: 'system', what, detail: {} }];
  await draft.put('ticket', ticket.id, { ...ticket, updatedAt: at, history });
}

/** Puts the lost answer before this turn's own. A crisis' one screen stays alone (R15): then the turn after it does. */
export async function sayLostAgain(talk: Talk, id: string): Promise<void> {
  const { draft, said, script, contact, event, now } = talk;
  if ('messageId' in event && contact.crisis?.messageId === event.messageId) return;
  talk.contact = { ...contact, lostAnswer: null };
  const lost = await draft.get('outgoing', id);
  if (!lost || !mayBeLost(lost) || lost.messages.length === 0) return;
  const words = [script.texts['reply.lost_again'], ...wordsOf(lost.messages)];
  const first = said[0]!;
  if (said.length >= ROOM && first.type === 'text') said[0] = { ...first, text: [...words, first.text].join('\n\n') };
  else said.unshift({ type: 'text', text: words.join('\n\n'), choices: [] });
  await note(draft, contact, 'answer_said_again', now);
  await draft.put('outgoing', id, { ...lost, outcome: 'said_again', messages: [], quotes: [] });
}

/** Without buttons: the talk has gone on, and they would be old ones. */
function wordsOf(messages: readonly Message[]): string[] {
  return messages.map((message) =>
    message.type === 'text'
      ? message.text
      : message.cards
          .map(({ title, lines }) =>
            [title, ...lines.map(({ label, text }) => `${label ?? ''} ${text}`.trim())].join('\n'),
          )
          .join('\n\n'),
  );
}
