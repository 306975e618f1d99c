/**
 * Cards and button lists as flex messages. They read well for weak eyes: black or dark grey on white, text that wraps and
 * grows with the font size set in the app, buttons one below the other over the whole width.
 */
import type { messagingApi } from '@line/bot-sdk';
import type { Card, Choice } from '#contracts/message.ts';
import { choiceAction } from './choice-action.ts';
import { LineLimitError } from './limit-error.ts';
import { graphemeCut, LINE_LIMITS } from './line-limits.ts';

const DARK = '#111111';
const GREY = '#555555';
/** White on it has a contrast of 6.5 (JIS X 8341-3 AA asks for 4.5; LINE's own green has 2.3). */
const GREEN = '#0a6b3c';
const LINK = '#0b57a4';

/** @returns one bubble with a button for each choice. */
export function choicesBubble(choices: readonly Choice[], place: string): messagingApi.FlexBubble {
  const contents = choices.map((choice, i) => button(choice, `${place}[${i}]`, 'secondary'));
  const bubble: messagingApi.FlexBubble = {
    type: 'bubble',
    size: 'mega',
    body: { type: 'box', layout: 'vertical', spacing: 'sm', paddingAll: 'md', contents },
  };
  return choices.length <= FEW && choices.every(isShort) ? bubble : checkBubble(bubble, place);
}

/** So few and so short buttons stay below LINE's limit whatever is in them: the counting costs more than the making. */
const FEW = 5;
const isShort = ({ label, data, uri = '' }: Choice): boolean => label.length + data.length + uri.length <= 400;

/** @returns one message, or several when LINE takes no carousel that large. Cards keep their order. */
export function cardsMessages(cards: readonly Card[], alt: string, place: string): messagingApi.FlexMessage[] {
  const size = cards.length === 1 ? 'mega' : 'kilo';
  const bubbles = cards.map((card, i) => cardBubble(card, `${place}[${i}]`, size));
  return chunk(bubbles).map((some) =>
    flexMessage(some.length === 1 ? some[0]! : { type: 'carousel', contents: some }, alt),
  );
}

/** @param alt is shown in notifications and read aloud. It repeats nothing a card lacks, so a long one is shortened. */
export function flexMessage(contents: messagingApi.FlexContainer, alt: string): messagingApi.FlexMessage {
  const whole = alt.toWellFormed();
  const limit = LINE_LIMITS.altText;
  const altText = whole.length <= limit ? whole : `${whole.slice(0, graphemeCut(whole, limit - 1))}…`;
  return { type: 'flex', altText, contents };
}

function cardBubble(card: Card, place: string, size: 'mega' | 'kilo'): messagingApi.FlexBubble {
  if (card.title.trim() === '') throw new LineLimitError('empty_text', `${place}.title`);
  const lines = card.lines.filter((line) => line.text.trim() !== '');
  const bubble: messagingApi.FlexBubble = {
    type: 'bubble',
    size,
    body: {
      type: 'box',
      layout: 'vertical',
      spacing: 'md',
      contents: [text(card.title, { weight: 'bold', size: 'lg' }), ...lines.map(line)],
    },
  };
  if (card.buttons.length > 0) {
    const buttons = card.buttons.map((choice, i) =>
      button(choice, `${place}.buttons[${i}]`, i === 0 ? 'primary' : 'secondary'),
    );
    bubble.footer = { type: 'box', layout: 'vertical', spacing: 'sm', contents: buttons };
  }
  return checkBubble(bubble, place);
}

function line({ label, text: words }: Card['lines'][number]): messagingApi.FlexComponent {
  const value = text(words, dialled(words));
  if (label === undefined || label.trim() === '') return value;
  return { type: 'box', layout: 'vertical', contents: [text(label, { size: 'sm', color: GREY }), value] };
}

function text(words: string, look: Partial<messagingApi.FlexText>): messagingApi.FlexText {
  return { type: 'text', text: words.toWellFormed(), wrap: true, size: 'md', color: DARK, scaling: true, ...look };
}

/** LINE links telephone numbers in plain texts but not in flex. */
function dialled(words: string): Partial<messagingApi.FlexText> {
  const digits = words.replaceAll('-', '');
  if (!/^0\d{9,10}$/u.test(digits)) return {};
  return { color: LINK, decoration: 'underline', action: { type: 'uri', label: '電話をかける', uri: `tel:${digits}` } };
}

function button(choice: Choice, place: string, style: 'primary' | 'secondary'): messagingApi.FlexButton {
  return {
    type: 'button',
    style,
    ...(style === 'primary' ? { color: GREEN } : {}),
    height: 'sm',
    adjustMode: 'shrink-to-fit',
    scaling: true,
    action: choiceAction(choice, place, LINE_LIMITS.flexLabel),
  };
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function checkBubble(bubble: messagingApi.FlexBubble, place: string): messagingApi.FlexBubble {
  const found = bytes(bubble);
  const limit = LINE_LIMITS.bubbleBytes;
  if (found > limit) throw new LineLimitError('bubble_too_large', place, { limit, found });
  return bubble;
}

function chunk(bubbles: readonly messagingApi.FlexBubble[]): messagingApi.FlexBubble[][] {
  const chunks: messagingApi.FlexBubble[][] = [];
  let room = 0;
  for (const bubble of bubbles) {
    const size = bytes(bubble) + 1;
    const last = chunks.at(-1);
    if (!last || last.length === LINE_LIMITS.bubblesPerCarousel || size > room) {
      chunks.push([bubble]);
      room = LINE_LIMITS.carouselBytes - bytes({ type: 'carousel', contents: [] }) - size;
    } else {
      last.push(bubble);
      room -= size;
    }
  }
  return chunks;
}
