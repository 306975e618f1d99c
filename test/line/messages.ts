/** Any message the conversation could say, within the contract's bounds and a little beyond LINE's. */
import fc from 'fast-check';
import type { Card, Choice, Message } from '#contracts/message.ts';

const words = (max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom('あ', '介', '護', '。', '、', '\n', '😀', '👨‍👩‍👧', 'か\u3099', 'A', ' ', '\ud800'), {
      minLength: 1,
      maxLength: max,
    })
    .map((units) => units.join(''));

const day = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10));

const label = words(22);
const data = fc.string({ unit: fc.constantFrom('t', '.', '1', 'x'), minLength: 1, maxLength: 310 });

const choices: fc.Arbitrary<Choice> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('postback' as const), label, data }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('date' as const), label, data, min: day, max: day, initial: day }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('uri' as const),
      label,
      data: fc.constant(''),
      uri: fc.constantFrom(
        'https://example.lg.jp/相談?q=予約',
        'tel:0120-279-338',
        'tel:#8008',
        'javascript:alert(1)',
        '',
      ),
    }),
  },
);

const card: fc.Arbitrary<Card> = fc.record({
  title: words(40),
  lines: fc.array(fc.record({ label: words(10), text: words(300) }), { maxLength: 6 }),
  buttons: fc.array(choices, { maxLength: 4 }),
});

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    type: fc.constant('text' as const),
    text: fc.oneof(
      { weight: 6, arbitrary: words(300) },
      { weight: 1, arbitrary: words(30).map((unit) => unit.repeat(400)) },
    ),
    choices: fc.array(choices, { maxLength: 14 }),
  }),
  fc.record({
    type: fc.constant('cards' as const),
    alt: words(2000),
    cards: fc.array(card, { minLength: 1, maxLength: 10 }),
    choices: fc.array(choices, { maxLength: 6 }),
  }),
);

export const anyMessages: fc.Arbitrary<Message[]> = fc.array(message, { minLength: 1, maxLength: 7 });

const soundChoice = choices.filter(
  (one) =>
    one.label.trim() !== '' &&
    one.data.length <= 300 &&
    one.uri !== '' &&
    !one.uri?.startsWith('java') &&
    (one.min ?? '') <= (one.max ?? ''),
);
const short = words(30).filter((text) => text.trim() !== '');
const soundText = fc.record({
  type: fc.constant('text' as const),
  text: short,
  choices: fc.constant<Choice[]>([]),
});
/** What a sound flow says in a turn: LINE must take all of it. */
export const soundMessages: fc.Arbitrary<Message[]> = fc
  .tuple(fc.array(soundText, { minLength: 1, maxLength: 8 }), fc.array(soundChoice, { maxLength: 13 }))
  .map(([texts, last]) => texts.map((one, i) => (i === texts.length - 1 ? { ...one, choices: last } : one)));
