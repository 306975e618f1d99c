/**
 * A message was withdrawn (R7, LINE reference: unsend): its words become unseeable and unusable everywhere, in whichever
 * order the two events arrive. A crisis flag it had raised stays with its time, without the words (R8). Nothing is said
 * on LINE, which gives no reply token; on the city's page the open question is put again. The content is never answered.
 */
import type { Incoming } from '#contracts/event.ts';
import type { Message } from '#contracts/message.ts';
import { withdraw } from '#engine/withdraw.ts';
import { withdrawWords } from '#handoff/withdraw-words.ts';
import { isOpen, sayAgain } from './say-again.ts';
import type { Talk } from './talk.ts';

const MOST_ANSWERS = 200;

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
  for (const [id, outgoing] of await notSentYet(talk, contact)) {
    if (!outgoing.quotes.includes(messageId) || outgoing.messages.length === 0) continue;
    const text = talk.script.texts['reply.unsend'];
    await draft.put('outgoing', id, { ...outgoing, messages: [{ type: 'text', text, choices: [] }], quotes: [] });
  }
  if (event.channel === 'page') await clearPage(talk, event);
  for (const row of await draft.list('unmatched', 'message', { prefix: messageId, limit: 10 })) {
    await draft.delete('unmatched', row.id);
  }
}

/** With those that are just leaving: should their server die now, another one sends them. */
async function notSentYet({ draft, contact: { lastAnswer } }: Talk, contact: string) {
  const rows = await draft.list('outgoing', 'contact', { prefix: `${contact}|`, limit: MOST_ANSWERS, reverse: true });
  const found = new Map(rows.map(({ id, body }) => [id, body]));
  for (let id = lastAnswer ?? null; id !== null && found.size < 2 * MOST_ANSWERS; ) {
    const answer = await draft.get('outgoing', id);
    if (answer === null) break;
    found.set(id, answer);
    id = answer.after ?? null;
  }
  return found;
}

/** The resident's own screen: the words go, and so do answers that repeat them. Buttons stay. */
async function clearPage(talk: Talk, { contact, messageId }: Extract<Incoming, { type: 'unsend' }>): Promise<void> {
  const { draft, script } = talk;
  const rows = await draft.list('page_message', 'contact', { prefix: `${contact}|`, limit: 5_000 });
  const words = rows.find(({ body }) => body.messageId === messageId)?.body.text ?? '';
  for (const { id, body } of rows) {
    if (body.messageId === messageId) await draft.put('page_message', id, { ...body, text: null });
    if (!body.quotes.includes(messageId)) continue;
    const messages = body.messages.map((message): Message => {
      if (message.choices.some(({ data }) => data === 'c.crisis-tell') || !repeats(message, words)) return message;
      return { type: 'text', text: script.texts['page.withdrawn'], choices: message.choices };
    });
    await draft.put('page_message', id, { ...body, messages });
  }
  const lead = script.texts['reply.unsend'];
  const human = talk.contact.floor !== null && talk.contact.floor.until > talk.now;
  if (isOpen(talk.session) && !human) return sayAgain(talk, lead);
  talk.said.push({ type: 'text', text: lead, choices: [] });
}

/** Whether three letters in a row stand in both: rather one answer too many goes than one too few. */
function repeats(message: Message, words: string): boolean {
  const plain = (text: string): string => text.normalize('NFKC').replaceAll(/[\s\p{P}\p{S}]/gu, '');
  const [sought, shown] = [plain(words), plain(JSON.stringify(message))];
  if (sought.length <= 3) return shown.includes(sought);
  for (let at = 0; at + 3 <= sought.length; at++) if (shown.includes(sought.slice(at, at + 3))) return true;
  return false;
}
