/**
 * 「その後いかがですか」 on LINE: asks whether one may ask, asks in neutral words (R3, R31), hears the answer, stops when told. The
 * crisis check stands before it (R14); what comes back goes to the ticket, and the counsellor sees that there is news.
 */

import type { Touch, TouchAnswer } from '#contracts/case.ts';
import type { Incoming } from '#contracts/event.ts';
import type { RepairCommand } from '#contracts/texts.ts';
import { writeAudit } from '#handoff/audit.ts';
import {
  ANSWER_MS,
  beginTouch,
  endTouch,
  keepAnswer,
  mayOffer,
  nextTouch,
  putTouch,
  type TouchRefusal,
  type TouchWish,
  touchFault,
} from '#handoff/cases/touch.ts';
import { isStaffed } from '#handoff/opening-hours.ts';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import { button, reachable, say, send } from './case-messages.ts';
import { enqueue } from './enqueue.ts';
import { isOpen, sayAgain } from './say-again.ts';
import { isStop, stopAsking } from './stop-words.ts';
import type { Talk, World } from './talk.ts';

type Tools = Pick<World, 'clock' | 'ids'>;
export type Touching = { ok: true } | { ok: false; why: TouchRefusal };

const SAID = {
  yes: 'ありがとうございます。ときどき「その後いかがですか」とお聞きします。お返事は、しなくてもかまいません。',
  no: 'わかりました。こちらからはお聞きしません。何かあれば、いつでも書いてください。',
  ask: 'その後、いかがですか。\n\nボタンでも、ひとことでも。お返事は、しなくてもだいじょうぶです。',
  last: 'その後、いかがですか。\n\nこちらからお聞きするのは、今回でおしまいです。何かあれば、いつでも書いてください。',
  fine: 'よかったです。教えてくださって、ありがとうございます。',
  same: '教えてくださって、ありがとうございます。書きたくなったら、いつでも書いてください。',
  talk: 'ありがとうございます。職員に伝えました。話したいことがあれば、このまま書いてください。職員が読みます。',
  words: 'ありがとうございます。職員に伝えました。',
  closed: 'いまは受付時間の外なので、職員が読むのは、次に窓口が開いてからです。',
  stop: 'わかりました。もうお聞きしません。何かあれば、いつでも書いてください。',
} as const;

/** Asks whether one may ask. Not where there may be violence: there the person themselves has to wish it. */
export async function offerTouch(
  draft: Draft,
  world: Tools,
  act: TouchWish & { ticket: string; staff: string },
): Promise<Touching> {
  const found = await reachable(draft, act.ticket, true);
  if (!found.ok) return found;
  const { ticket } = found;
  if (!mayOffer(ticket)) return { ok: false, why: 'push_not_asked' };
  const fault = touchFault(ticket, act) ?? (await standing(draft, act.ticket));
  if (fault !== null) return { ok: false, why: fault };
  const now = world.clock.now();
  const wording = wordingOf(act);
  await putTouch(draft, { ...newTouch(ticket.id, ticket.contact, act, now), state: 'asked' });
  send(draft, world, ticket.contact, wording, [
    button('はい、お願いします', 'touch', `${ticket.id}.yes`),
    button('いいえ', 'touch', `${ticket.id}.no`),
  ]);
  await tell(draft, world, ticket.id, act.staff, 'touch_offered');
  return { ok: true };
}

/** The person said so by telephone, in a talk, on paper: the same, without asking again. */
export async function beginAgreedTouch(
  draft: Draft,
  world: Tools,
  act: TouchWish & { ticket: string; staff: string; how: 'phone' | 'visit' | 'paper' },
): Promise<Touching> {
  const found = await reachable(draft, act.ticket, true);
  if (!found.ok) return found;
  const { ticket } = found;
  const known = await draft.get('touch', act.ticket);
  const fault = touchFault(ticket, act) ?? (known?.state === 'on' ? 'already_on' : null);
  if (fault !== null) return { ok: false, why: fault };
  const now = world.clock.now();
  const touch = newTouch(ticket.id, ticket.contact, act, now);
  await beginTouch(
    draft,
    { ...touch, answers: known?.answers ?? [] },
    { at: now, how: act.how, wording: wordingOf(act) },
    now,
  );
  await tell(draft, world, ticket.id, act.staff, 'touch_begun');
  return { ok: true };
}

/** Staff end it. */
export async function stopTouch(draft: Draft, world: Tools, act: { ticket: string; staff: string }): Promise<Touching> {
  const touch = await draft.get('touch', act.ticket);
  if (!touch || (touch.state !== 'on' && touch.state !== 'asked')) return { ok: false, why: 'not_agreed' };
  await endTouch(draft, touch, 'ended', world.clock.now());
  await tell(draft, world, act.ticket, act.staff, 'touch_ended');
  return { ok: true };
}

/** Timer `touch`: asks now, sets the next one. Nothing when it was stopped, or the person cannot be reached. */
export async function fireTouch(world: World, draft: Draft, timer: Body<'timer'>): Promise<void> {
  const touch = timer.ticket === null ? null : await draft.get('touch', timer.ticket);
  if (touch?.state !== 'on') return;
  const now = world.clock.now();
  const contact = await draft.get('contact', touch.contact);
  if (!contact || contact.blocked || contact.address === null) return endTouch(draft, touch, 'ended', now);
  // A member of staff is writing with them just now: nobody is asked over their head.
  if (contact.floor !== null && contact.floor.until > now)
    return putTouch(draft, { ...touch, nextAt: nextTouch(now, touch) });
  const left = touch.left - 1;
  const last = left <= 0;
  enqueue(draft, world, {
    contact: touch.contact,
    cause: 'touch',
    messages: [{ type: 'text', text: last ? SAID.last : SAID.ask, choices: choices(touch.ticket, last) }],
    reply: null,
    quotes: [],
  });
  const nextAt = last ? null : nextTouch(now, touch);
  await putTouch(draft, { ...touch, left, askedAt: now, nextAt, state: last ? 'ended' : 'on', updatedAt: now });
  await draft.put('contact', touch.contact, { ...contact, touch: { ticket: touch.ticket, askedAt: now } });
}

/** Button: `<ticket>.<yes|no|fine|same|talk|stop>`. */
export async function answerTouch(talk: Talk, argument: string | null): Promise<void> {
  const { draft, event, now, script } = talk;
  const [id = '', said = ''] = (argument ?? '').split('.');
  const touch = await draft.get('touch', id);
  if (!touch || touch.contact !== event.contact) return sayAgain(talk, script.texts['reply.old_button']);
  if (said === 'yes' || said === 'no') return answerOffer(talk, touch, said === 'yes');
  if (said === 'stop') return stop(talk, touch);
  const answer = (['fine', 'same', 'talk'] as const).find((one) => one === said);
  if (answer === undefined) return sayAgain(talk, script.texts['reply.old_button']);
  await keepAnswer(draft, touch, answer, now);
  // After 「話したい」 the next words are for the counsellor.
  link(talk, { ticket: id, askedAt: answer === 'talk' ? now : null });
  const closed = answer === 'talk' && !isStaffed(script.municipality, now) ? `\n\n${SAID.closed}` : '';
  say(talk, `${SAID[answer]}${closed}`);
}

/**
 * Words after the question: an answer, or 「もう聞かないで」. Not while a talk is under way; not commands of our own.
 * @returns false when they belong to the flow.
 */
export async function hearTouch(
  talk: Talk,
  event: Extract<Incoming, { type: 'text' }>,
  command: RepairCommand | null,
): Promise<boolean> {
  const { draft, now, script } = talk;
  const link = talk.contact.touch ?? null;
  // About a place: `ask-after-place.ts`.
  if (link === null || link.about === 'place') return false;
  const awaited = link.askedAt !== null && now - link.askedAt <= ANSWER_MS && !isOpen(talk.session);
  const says = isStop(event.text) || (awaited && command === 'stop');
  if (!says && (!awaited || command !== null)) return false;
  const touch = await draft.get('touch', link.ticket);
  if (!touch) return false;
  if (says) {
    await stop(talk, touch);
    return true;
  }
  await keepAnswer(draft, touch, 'words', now, { messageId: event.messageId, text: event.text, at: event.at });
  const closed = isStaffed(script.municipality, now) ? '' : `\n\n${SAID.closed}`;
  say(talk, `${SAID.words}${closed}`, [button('新しく相談する', 'restart', null)]);
  return true;
}

async function answerOffer(talk: Talk, touch: Touch, yes: boolean): Promise<void> {
  const { draft, now, script, world } = talk;
  if (touch.state !== 'asked') return sayAgain(talk, script.texts['reply.old_button']);
  const answer = yes ? 'given' : 'refused';
  if (yes) await beginTouch(draft, touch, { at: now, how: 'line', wording: wordingOf(touch) }, now);
  else await endTouch(draft, touch, 'declined', now);
  link(talk, yes ? { ticket: touch.ticket, askedAt: null } : null);
  await tell(draft, world, touch.ticket, 'resident', 'touch_answered', { answer });
  say(talk, yes ? SAID.yes : SAID.no);
}

async function stop(talk: Talk, touch: Touch): Promise<void> {
  const { draft, now } = talk;
  await keepAnswer(draft, touch, 'stop', now);
  const kept = await draft.get('touch', touch.ticket);
  await endTouch(draft, kept ?? touch, 'stopped', now);
  await stopAsking(talk);
  link(talk, null);
  say(talk, SAID.stop);
}

/** The turn writes its contact at the end: what was put into the draft has to stand there too. */
function link(talk: Talk, touch: Body<'contact'>['touch']): void {
  talk.contact = { ...talk.contact, touch: touch ?? null };
}

async function standing(draft: Draft, ticket: string): Promise<TouchRefusal | null> {
  const known = await draft.get('touch', ticket);
  if (known?.state === 'on') return 'already_on';
  // Who said stop, or no, is not asked by a machine again.
  return known?.state === 'stopped' || known?.state === 'declined' ? 'said_stop' : null;
}

function newTouch(ticket: string, contact: string, wish: TouchWish & { staff: string }, now: number): Touch {
  const { everyDays, hour, staff } = wish;
  return {
    ticket,
    contact,
    by: staff,
    state: 'asked',
    everyDays,
    hour,
    left: 0,
    agreed: null,
    askedAt: null,
    nextAt: null,
    answers: [],
    unseen: false,
    updatedAt: now,
  };
}

const wordingOf = ({ everyDays, hour }: Pick<Touch, 'everyDays' | 'hour'>): string =>
  [
    'これからも、ときどき「その後いかがですか」とお聞きしてもよいですか。',
    '',
    `${everyDays % 7 === 0 ? `${everyDays / 7}週間` : `${everyDays}日`}に1回くらい、${hour}時ごろにお送りします。`,
    'お返事は、しなくてもかまいません。「もう聞かないで」と書けば、すぐに止まります。',
  ].join('\n');

const LABELS: Record<Exclude<TouchAnswer, 'words'>, string> = {
  fine: 'だいじょうぶです',
  same: 'あまり変わりません',
  talk: '話したいです',
  stop: 'もう聞かないで',
};
const choices = (ticket: string, last: boolean) =>
  (['fine', 'same', 'talk', ...(last ? [] : (['stop'] as const))] as const).map((answer) =>
    button(LABELS[answer], 'touch', `${ticket}.${answer}`),
  );

async function tell(
  draft: Draft,
  world: Tools,
  id: string,
  by: string,
  what: string,
  detail: Record<string, string> = {},
): Promise<void> {
  const at = world.clock.now();
  const ticket = await draft.get('ticket', id);
  if (ticket) {
    const history = [...ticket.history, { at, by, what, detail }];
    await draft.put('ticket', id, { ...ticket, updatedAt: at, history });
  }
  writeAudit(draft, { at, by, action: `ticket.${what}`, subject: id, detail }, world.ids);
}
