/**
 * LINE in a city of mode `page` (R2): buttons and links only. No talk is begun here and no words are kept; whatever is
 * sent is answered with the way to the city's page. Danger is answered at once, with an urgent ticket without words (R14, R28).
 */
import { randomBytes } from 'node:crypto';
import { crisisMessages } from '#content/crisis-messages.ts';
import type { Assessment } from '#contracts/assessment.ts';
import type { Incoming } from '#contracts/event.ts';
import type { Choice } from '#contracts/message.ts';
import { decodePostback } from '#contracts/postback.ts';
import { fill } from '#engine/fill.ts';
import { isStaffed } from '#handoff/opening-hours.ts';
import { urgentTicket } from '#handoff/urgent-ticket.ts';
import { fingerprintOf } from '#support/passwords.ts';
import { raiseAlert } from './alerts.ts';
import { rememberTicket } from './answer-request.ts';
import { command } from './command.ts';
import { unfollow } from './follow.ts';
import type { Talk } from './talk.ts';
import { unsend } from './unsend.ts';
import { withoutWord } from './without-words.ts';

const LINK_LIFE_MS = 10 * 60_000;
/** Read by staff where the resident's words stand otherwise. */
const NOT_KEPT = '（LINEに書かれた言葉は残していません。危険を知らせる言葉があったことだけが分かっています）';
/** Buttons of LINE that work without a talk. */
const COMMANDS = ['crisis-tell', 'erase', 'erase-yes'];

export const isDoor = ({ script, event }: Talk): boolean =>
  script.municipality.mode === 'page' && event.channel === 'line';

export async function answerAtDoor(talk: Talk): Promise<void> {
  const { event, script, world } = talk;
  const { texts, municipality } = script;
  switch (event.type) {
    case 'follow':
      talk.contact = { ...talk.contact, blocked: false };
      return show(talk, fill(texts['page.greet'], { 市: municipality.name }));
    case 'unfollow':
      return unfollow(talk);
    case 'unsend':
      return unsend(talk, event);
    case 'text':
      // It waited here while the city changed its mode.
      return answerUnread(talk, await withoutWord(world, event));
    case 'unread':
      return answerUnread(talk, event);
    case 'media':
      return show(talk, texts['page.only_there']);
    case 'postback':
      return press(talk, event.data);
  }
}

async function press(talk: Talk, data: string): Promise<void> {
  const { texts } = talk.script;
  const postback = decodePostback(data);
  const name = postback?.type === 'command' ? postback.command : '';
  if (name === 'erase-no') return show(talk, texts['reply.erase_kept']);
  if (!COMMANDS.includes(name) || (name === 'crisis-tell' && talk.contact.crisis === null))
    return show(talk, texts['page.only_there']);
  await command(talk, name, null);
  if (name !== 'crisis-tell') return;
  const last = talk.said.at(-1);
  if (last) talk.said[talk.said.length - 1] = { ...last, choices: [wayIn(talk)] };
}

async function answerUnread(talk: Talk, event: Extract<Incoming, { type: 'unread' }>): Promise<void> {
  if (event.crisis !== 'none') return answerDanger(talk, event, event.crisis);
  if (event.erase) return command(talk, 'erase', null);
  return show(talk, talk.script.texts['page.only_there']);
}

async function answerDanger(
  talk: Talk,
  event: Extract<Incoming, { type: 'unread' }>,
  kind: Exclude<Assessment['crisis'], 'none'>,
): Promise<void> {
  const { draft, now, script, world } = talk;
  const { municipality } = script;
  const ticket = await urgentTicket(draft, {
    municipality,
    crisis: kind,
    assessment: {
      needs: [],
      scope: 'unclear',
      about: 'unknown',
      crisis: kind,
      confident: false,
      evidence: [],
      concerns: [],
    },
    heard: { messageId: event.messageId, text: NOT_KEPT, at: event.at },
    facts: null,
    contact: event.contact,
    channel: event.channel,
    ticket: talk.contact.crisis?.ticket ?? null,
    now,
    ids: world.ids,
  });
  rememberTicket(talk, ticket.ticket);
  await raiseAlert(draft, { ...ticket, kind, at: now });
  talk.contact = { ...talk.contact, crisis: { kind, at: now, ticket: ticket.ticket, messageId: event.messageId } };
  const speaker = event.speaker ?? 'adult';
  const screens = crisisMessages(world.content(), { kind, speaker, at: now, open: isStaffed(municipality, now) });
  for (const screen of screens) {
    // Without 「話をつづける」: no talk is open here.
    const choices = screen.choices.filter(({ data }) => data !== 'c.continue');
    const text = screen.type === 'text' ? `${screen.text}\n\n${script.texts['page.crisis']}` : '';
    talk.said.push({ type: 'text', text, choices: [...choices, wayIn(talk)] });
  }
  world.count('crises', { municipality: municipality.id, kind });
  world.log.warn('crisis', { municipality: municipality.id, kind, ticket: ticket.ticket });
}

async function show(talk: Talk, text: string): Promise<void> {
  talk.said.push({ type: 'text', text: text.trim(), choices: [wayIn(talk)] });
}

/** A new link each time: good once, for ten minutes, kept as its hash. */
function wayIn(talk: Talk): Choice {
  const { draft, event, now, script, world } = talk;
  const token = randomBytes(24).toString('base64url');
  draft.add('page_link', fingerprintOf(token), { contact: event.contact, expiresAt: now + LINK_LIFE_MS });
  const uri = `${world.publicUrl?.() ?? ''}/talk/${script.municipality.id}/enter/${token}`;
  return { label: script.texts['page.open'], kind: 'uri', data: '', uri };
}
