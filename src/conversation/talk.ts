/** Everything one turn works with: who, where they stand, what has been said so far. */

import type { Content } from '#content/load-content.ts';
import type { Assessment } from '#contracts/assessment.ts';
import type { Incoming } from '#contracts/event.ts';
import type { Script } from '#contracts/flow.ts';
import type { Message } from '#contracts/message.ts';
import type { Session } from '#contracts/session.ts';
import { sessionOf } from '#handoff/session-of.ts';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';
import type { Logger } from '#support/logger.ts';
import type { Tries } from '#support/tries.ts';
import type { Triage } from '#triage/create-triage.ts';
import type { Questions } from '#triage/splitting-question.ts';
import { enqueue, isYoung } from './enqueue.ts';
import { sayLostAgain } from './lost-answer.ts';
import type { Ready } from './outbox.ts';
import { withDone } from './receive-events.ts';

/** What every turn is handed. */
export interface World {
  /** Files as they are now; staff's edits come with the next turn. */
  content(): Content;
  /** The script with the flow revisions that stored sessions still stand on. */
  script(municipality: string): Script | null;
  /** `Triage`, here or in a thread of its own. */
  triage: { assess(...given: Parameters<Triage['assess']>): Assessment | Promise<Assessment> };
  /** Wording of the question that splits two needs. */
  questions: Questions;
  clock: Clock;
  ids: Ids;
  log: Logger;
  count(name: string, labels: Record<string, string>, by?: number): void;
  /** What this process has begun to send; absent where nothing outlives it anyway. */
  tries?: Tries;
  /** Where residents reach the service, without a slash at the end; needed by cities of mode `page`. */
  publicUrl?(): string;
}

export interface Talk {
  readonly world: World;
  readonly draft: Draft;
  readonly event: Incoming;
  readonly script: Script;
  readonly now: number;
  contact: Body<'contact'>;
  session: Session | null;
  /** The answer before this one while it is on its way. Asked at the beginning, so that nobody waits for what comes back. */
  readonly ahead: Promise<string | null>;
  /** What goes out at the end of this turn, in order. */
  readonly said: Message[];
  /**
   * This event's own words, under assessment since the turn began, while the store is asked who they are. Asked for by the
   * crisis check and often by the flow. Null when there are none.
   */
  readonly words: { text: string; assessment: Promise<Assessment> } | null;
}

/** Whether an answer of this city is still on its way. */
export type OnItsWay = (outgoing: string) => Promise<boolean>;

/** Reads the contact and where its talk stands. A contact's first event makes both. */
export async function openTalk(
  world: World,
  draft: Draft,
  event: Incoming,
  script: Script,
  onItsWay: OnItsWay,
): Promise<Talk> {
  const now = world.clock.now();
  const words = event.type === 'text' ? assess(world, event.text.trim()) : null;
  const contact = await draft.get('contact', event.contact);
  return {
    world,
    draft,
    event,
    script: event.channel === 'page' ? onPage(script) : script,
    now,
    contact: { ...(contact ?? newContact(event, now)), ...seen(event, script, now) },
    ahead: askAhead(contact?.lastAnswer ?? null, onItsWay),
    session: contact ? await sessionOf(draft, event.contact, contact) : null,
    said: [],
    words,
  };
}

/** Puts the turn's outcome into the draft; nothing is written before the draft is committed. */
export async function closeTalk(talk: Talk): Promise<Ready | null> {
  const { draft, event, now } = talk;
  const expiresAt = now + talk.script.municipality.retentionDays.talk * 86_400_000;
  // As long as there is a ticket somebody may have to answer them: it ends with that.
  const { contact } = talk;
  talk.contact = {
    ...contact,
    ...(contact.expiresAt === null && contact.tickets.length === 0 ? { expiresAt } : {}),
    talk: talk.session ? { session: talk.session, at: now, expiresAt } : null,
    done: withDone(contact, event),
  };
  if (contact.talk === undefined) await draft.delete('session', event.contact);
  if (talk.said.length === 0) {
    await draft.put('contact', event.contact, talk.contact);
    return null;
  }
  if (talk.contact.lostAnswer) await sayLostAgain(talk, talk.contact.lostAnswer);
  const after = await talk.ahead;
  const id = enqueue(draft, talk.world, {
    contact: event.contact,
    cause: event.type,
    messages: talk.said,
    reply: isYoung(event, now) ? { token: event.replyToken!, receivedAt: event.receivedAt } : null,
    quotes: heardIds(talk),
    begun: after === null,
    after,
  });
  talk.contact = { ...talk.contact, lastAnswer: id };
  await draft.put('contact', event.contact, talk.contact);
  return { outgoing: { id, revision: 1, body: (await draft.get('outgoing', id))! }, contact: talk.contact };
}

function assess({ triage }: World, text: string): Talk['words'] {
  if (text === '') return null;
  const assessment = Promise.resolve(triage.assess(text));
  // A turn that fails before it comes to the words does not look at it.
  assessment.catch(() => {});
  return { text, assessment };
}

function askAhead(last: string | null, onItsWay: OnItsWay): Promise<string | null> {
  if (last === null) return Promise.resolve(null);
  const ahead = onItsWay(last).then((open) => (open ? last : null));
  // A turn that says nothing does not look at it.
  ahead.catch(() => {});
  return ahead;
}

function heardIds(talk: Talk): string[] {
  const heard = talk.session?.facts.heard.map((h) => h.messageId) ?? [];
  return 'messageId' in talk.event ? [...new Set([...heard, talk.event.messageId])] : heard;
}

/** What every event tells anew. Nobody leaves the page with an event of its own: its contacts end by time. */
function seen(event: Incoming, { municipality }: Script, now: number): Partial<Body<'contact'>> {
  const { address, channel } = event;
  return channel === 'page'
    ? { lastAt: now, address, expiresAt: now + municipality.retentionDays.talk * 86_400_000 }
    : { lastAt: now, address, expiresAt: null, wordless: municipality.mode === 'page' };
}

/** Where LINE's own screen is spoken of, the page has words of its own. */
function onPage(script: Script): Script {
  const { texts } = script;
  return { ...script, texts: { ...texts, 'reply.erased': texts['page.erased'], 'reply.hide': texts['page.hide'] } };
}

function newContact(event: Incoming, now: number): Body<'contact'> {
  return {
    firstAt: now,
    lastAt: now,
    channel: event.channel,
    address: event.address,
    blocked: false,
    floor: null,
    greeted: false,
    crisis: null,
    tickets: [],
    talk: null,
    done: [],
    expiresAt: null,
  };
}
