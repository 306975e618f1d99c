/**
 * What the conversation says, as LINE message objects within LINE's limits. Quick replies are not shown on LINE for PC and
 * vanish with the next message, so one to four choices become a bubble of buttons that stays; more become quick replies
 * on the phone and a list of labels in the text, which may be typed as well (docs/decisions.md, 2026-11-21).
 */
import type { messagingApi } from '@line/bot-sdk';
import type { Choice, Message } from '#contracts/message.ts';
import { countGraphemes } from '#support/graphemes.ts';
import { choiceAction } from './choice-action.ts';
import { cardsMessages, choicesBubble, flexMessage } from './flex.ts';
import { LineLimitError } from './limit-error.ts';
import { LINE_LIMITS } from './line-limits.ts';
import { splitText } from './split-text.ts';

const BUTTONS_AT_MOST = 4;
/** In place of the labels, which would show in notifications and may name a trouble (R3, R31). */
const CHOICES_ALT = '下のボタンから選べます。文字で送ってもだいじょうぶです。';
const LINKS_ALT = '下のボタンから開けます。';
const LIST_HEAD = 'つぎの中から選べます。文字で送ってもだいじょうぶです。';

type Text = { type: 'text'; text: string };
type Flex = { type: 'flex'; message: messagingApi.FlexMessage };
type Choices = { type: 'choices'; choices: readonly Choice[]; place: string };
type Part = Text | Flex | Choices;

/**
 * Same input, same output: a retry key is only good for the identical request.
 * @param messages of one turn, in order; choices belong to the last (elsewhere they become buttons).
 * @returns one to five message objects. Texts are split where too long and joined where too many; nothing is left out.
 * @throws LineLimitError instead of rendering what LINE would refuse.
 */
export function renderMessages(messages: readonly Message[]): messagingApi.Message[] {
  if (messages.length === 0) throw new LineLimitError('no_messages', 'messages');
  const parts = messages.flatMap(partsOf);
  const limit = LINE_LIMITS.messagesPerCall;
  const rendered = joinTexts(dress(parts, { quick: false }), limit);
  if (rendered.length <= limit) return rendered;
  const tighter = joinTexts(dress(parts, { quick: true }), limit);
  if (tighter.length <= limit) return tighter;
  throw new LineLimitError('too_many_messages', 'messages', { limit, found: tighter.length });
}

function partsOf(message: Message, index: number): Part[] {
  const place = `messages[${index}]`;
  const parts: Part[] = [];
  if (message.type === 'text') {
    if (message.text.trim() === '') throw new LineLimitError('empty_text', `${place}.text`);
    parts.push({ type: 'text', text: message.text.toWellFormed() });
  } else {
    if (message.alt.trim() === '') throw new LineLimitError('empty_text', `${place}.alt`);
    const flex = cardsMessages(message.cards, message.alt, `${place}.cards`);
    parts.push(...flex.map((one): Flex => ({ type: 'flex', message: one })));
  }
  if (message.choices.length > LINE_LIMITS.quickReplies) {
    const bound = { limit: LINE_LIMITS.quickReplies, found: message.choices.length };
    throw new LineLimitError('too_many_choices', `${place}.choices`, bound);
  }
  if (message.choices.length > 0) parts.push({ type: 'choices', choices: message.choices, place: `${place}.choices` });
  return parts;
}

type Dressed = (Text | Flex) & { quickReply?: messagingApi.QuickReply };

/** @param options.quick saves a message: few choices, too, become quick replies where LINE would show them. */
function dress(parts: readonly Part[], options: { quick: boolean }): Dressed[] {
  const dressed: Dressed[] = [];
  for (const [i, part] of parts.entries()) {
    if (part.type !== 'choices') {
      dressed.push({ ...part });
      continue;
    }
    const before = dressed.at(-1)!;
    const many = part.choices.length > BUTTONS_AT_MOST;
    const shows = i === parts.length - 1 && part.choices.every(fitsQuickReply);
    if (shows && (options.quick || (many && before.type === 'text'))) {
      before.quickReply = quickReply(part);
      if (before.type === 'text') before.text += list(part.choices, before.text);
    } else {
      const alt = part.choices.every((choice) => choice.kind === 'uri') ? LINKS_ALT : CHOICES_ALT;
      dressed.push({ type: 'flex', message: flexMessage(choicesBubble(part.choices, part.place), alt) });
    }
  }
  return dressed;
}

const fitsQuickReply = (choice: Choice): boolean => countGraphemes(choice.label) <= LINE_LIMITS.quickReplyLabel;

function quickReply({ choices, place }: Choices): messagingApi.QuickReply {
  const limit = LINE_LIMITS.quickReplyLabel;
  const items = choices.map((choice, i) => ({ type: 'action', action: choiceAction(choice, `${place}[${i}]`, limit) }));
  return { items };
}

/** Who does not see quick replies still reads what may be answered. */
function list(choices: readonly Choice[], said: string): string {
  if (choices.every((choice) => said.includes(choice.label))) return '';
  const lines = choices.map(({ kind, label, uri }) => `・${label}${kind === 'uri' && uri ? ` ${uri}` : ''}`);
  return `\n\n${LIST_HEAD}\n${lines.join('\n')}`.toWellFormed();
}

/** While there are more than `limit` messages, the two shortest neighbouring texts become one, parted by a blank line. */
function joinTexts(parts: readonly Dressed[], limit: number): messagingApi.Message[] {
  const joined = [...parts];
  for (;;) {
    const messages = joined.flatMap(cut);
    if (messages.length <= limit) return messages;
    let best: { at: number; text: string } | null = null;
    for (let at = 1; at < joined.length; at++) {
      const [one, two] = [joined[at - 1]!, joined[at]!];
      if (one.type !== 'text' || two.type !== 'text') continue;
      const text = `${one.text}\n\n${two.text}`;
      if (!best || text.length < best.text.length) best = { at, text };
    }
    if (!best) return messages;
    joined.splice(best.at - 1, 2, { ...(joined[best.at] as Text), text: best.text });
  }
}

function cut(part: Dressed): messagingApi.Message[] {
  const messages: messagingApi.Message[] =
    part.type === 'flex' ? [{ ...part.message }] : splitText(part.text).map((text) => ({ type: 'text', text }));
  if (part.quickReply) messages[messages.length - 1]!.quickReply = part.quickReply;
  return messages;
}
