/**
 * A message was withdrawn (R7, LINE reference: unsend): its words become unseeable and unusable everywhere, in whichever
 * order the two events arrive. A crisis flag it had raised stays with its time, without the words (R8). Nothing is said:
 * LINE gives no reply token, and the content is never answered.
 */
import type { Incoming } from '#contracts/event.ts';
import { withdraw } from '#engine/withdraw.ts';
import { withdrawWords } from '#handoff/withdraw-words.ts';
import type { Talk } from './talk.ts';

export async function unsend(talk: Talk, event: Extract<Incoming, { type: 'unsend' }>): Promise<void> {
  const { draft, now } = talk;
  const { messageId, contact } = event;
  if (talk.session) talk.session = withdraw(talk.session, messageId);
  for (const id of talk.contact.tickets) {
    const ticket = await draft.get('ticket', id);
    if (ticket) await draft.put('ticket', id, withdrawWords(ticket, messageId, now));
  }
  for (const row of await draft.list('inbox', 'contact', { prefix: `${contact}|`, limit: 1000 })) {
    const waiting = row.body.event;
    if (waiting?.type !== 'text' && waiting?.type !== 'media') continue;
    if (waiting.messageId !== messageId) continue;
    const emptied = waiting.type === 'text' ? { ...waiting, text: '' } : waiting;
    await draft.put('inbox', row.id, { ...row.body, event: emptied, withdrawn: true });
  }
  for (const row of await draft.list('outgoing', 'contact', { prefix: `${contact}|`, limit: 200, reverse: true })) {
    if (!row.body.quotes.includes(messageId) || row.body.messages.length === 0) continue;
    const text = talk.script.texts['reply.unsend'];
    await draft.put('outgoing', row.id, { ...row.body, messages: [{ type: 'text', text, choices: [] }], quotes: [] });
  }
  for (const row of await draft.list('unmatched', 'message', { prefix: messageId, limit: 10 })) {
    await draft.delete('unmatched', row.id);
  }
}
