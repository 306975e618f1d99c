/**
 * 「いかがでしたか」: after an introduction to a place the resident is asked how it was, if they said that they may be (参加支援). The
 * question names no place and no trouble (R3); the answer goes to the coordinator's ticket. The crisis check stands before it.
 */
import type { Incoming } from '#contracts/event.ts';
import type { RepairCommand } from '#contracts/texts.ts';
import type { PlaceAnswer, Ticket } from '#contracts/ticket.ts';
import { writeAudit } from '#handoff/audit.ts';
import { ANSWER_MS } from '#handoff/cases/touch.ts';
import { asAsked, putIntroduced, withPlaceAnswer } from '#handoff/introduction.ts';
import { isStaffed } from '#handoff/opening-hours.ts';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import { button, say } from './case-messages.ts';
import { enqueue } from './enqueue.ts';
import { isOpen, sayAgain } from './say-again.ts';
import { isStop, stopAsking } from './stop-words.ts';
import type { Talk, World } from './talk.ts';

const LATER_MS = 3_600_000;
const SAID = {
  ask: '先日お話しした場所のことです。その後、いかがでしたか。\n\nボタンでも、ひとことでも。お返事は、しなくてもだいじょうぶです。',
  good: 'よかったです。教えてくださって、ありがとうございます。',
  unfit:
    '教えてくださって、ありがとうございます。合わないことは、よくあります。別のところを一緒にさがせるように、職員に伝えました。どんなところならよさそうか、このまま書いても大丈夫です。',
  not_yet: 'わかりました。急がなくてだいじょうぶです。行きにくいことがあれば、このまま書いてください。職員が読みます。',
  words: 'ありがとうございます。職員に伝えました。',
  stop: 'わかりました。もうお聞きしません。何かあれば、いつでも書いてください。',
  closed: 'いまは受付時間の外なので、職員が読むのは、次に窓口が開いてからです。',
} as const;
const LABELS = {
  good: '行ってよかった',
  unfit: '行ったけど合わない',
  not_yet: 'まだ行っていない',
  stop: 'もう聞かないで',
} as const satisfies Partial<Record<PlaceAnswer, string>>;
type Tapped = keyof typeof LABELS;

/** Timer `place`: asks once. Nothing when it was stopped, or the person cannot be reached. */
export async function firePlace(world: World, draft: Draft, timer: Body<'timer'>): Promise<void> {
  const ticket = timer.ticket === null ? null : await draft.get('ticket', timer.ticket);
  if (ticket?.introduction?.mayAsk !== 'yes' || ticket.introduction.nextAt === null) return;
  const now = world.clock.now();
  const contact = await draft.get('contact', ticket.contact);
  if (!contact || contact.blocked || contact.address === null) return;
  // A member of staff is writing with them just now: nobody is asked over their head.
  if (contact.floor !== null && contact.floor.until > now) {
    const nextAt = contact.floor.until + LATER_MS;
    return putIntroduced(draft, { ...ticket, introduction: { ...ticket.introduction, nextAt } });
  }
  const choices = (Object.keys(LABELS) as Tapped[]).map((answer) =>
    button(LABELS[answer], 'place', `${ticket.id}.${answer}`),
  );
  enqueue(draft, world, {
    contact: ticket.contact,
    cause: 'touch',
    messages: [{ type: 'text', text: SAID.ask, choices }],
    reply: null,
    quotes: [],
  });
  const asked = asAsked(ticket, now);
  const history = [...asked.history, { at: now, by: 'system', what: 'place_asked', detail: {} }];
  await putIntroduced(draft, { ...asked, history });
  await draft.put('contact', ticket.contact, {
    ...contact,
    touch: { ticket: ticket.id, askedAt: now, about: 'place' },
  });
}

/** Button: `<ticket>.<good|unfit|not_yet|stop>`. */
export async function answerPlace(talk: Talk, argument: string | null): Promise<void> {
  const [id = '', said = ''] = (argument ?? '').split('.');
  const ticket = await talk.draft.get('ticket', id);
  const answer = Object.hasOwn(LABELS, said) ? (said as Tapped) : null;
  if (ticket?.introduction == null || ticket.contact !== talk.event.contact || answer === null)
    return sayAgain(talk, talk.script.texts['reply.old_button']);
  await keep(talk, ticket, answer);
  if (answer === 'stop') await stopAsking(talk);
  // After 「合わない」 and 「まだ」 the next words are for the coordinator.
  const more = answer === 'unfit' || answer === 'not_yet';
  talk.contact = { ...talk.contact, touch: more ? { ticket: id, askedAt: talk.now, about: 'place' } : null };
  say(talk, answer === 'unfit' ? `${SAID.unfit}${closed(talk)}` : SAID[answer]);
}

/** Words after the question. @returns false when they belong to the flow. */
export async function hearPlace(
  talk: Talk,
  event: Extract<Incoming, { type: 'text' }>,
  command: RepairCommand | null,
): Promise<boolean> {
  const link = talk.contact.touch ?? null;
  if (link?.about !== 'place') return false;
  const awaited = link.askedAt !== null && talk.now - link.askedAt <= ANSWER_MS && !isOpen(talk.session);
  const stops = isStop(event.text) || (awaited && command === 'stop');
  if (!stops && (!awaited || command !== null)) return false;
  const ticket = await talk.draft.get('ticket', link.ticket);
  if (ticket?.introduction == null) return false;
  if (stops) {
    await keep(talk, ticket, 'stop');
    await stopAsking(talk);
    talk.contact = { ...talk.contact, touch: null };
    say(talk, SAID.stop);
    return true;
  }
  await keep(talk, ticket, 'words', { messageId: event.messageId, text: event.text, at: event.at });
  say(talk, `${SAID.words}${closed(talk)}`, [button('新しく相談する', 'restart', null)]);
  return true;
}

const closed = ({ script, now }: Talk): string => (isStaffed(script.municipality, now) ? '' : `\n\n${SAID.closed}`);

async function keep(talk: Talk, ticket: Ticket, answer: PlaceAnswer, heard?: Ticket['words'][number]): Promise<void> {
  const { draft, now, world } = talk;
  await putIntroduced(draft, withPlaceAnswer(ticket, answer, now, heard));
  const line = { at: now, by: 'resident', action: 'ticket.place_answered', subject: ticket.id, detail: { answer } };
  writeAudit(draft, line, world.ids);
}
