import type { messagingApi } from '@line/bot-sdk';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Choice, type Message, messageSchema } from '#contracts/message.ts';
import { LineLimitError } from '#line/limit-error.ts';
import { renderMessages } from '#line/render-messages.ts';
import { limitViolations } from './limits.ts';
import { anyMessages, soundMessages } from './messages.ts';
import { openLineContract } from './openapi.ts';

const contract = openLineContract();
const text = (words: string, choices: Choice[] = []): Message => ({ type: 'text', text: words, choices });
const choice = (label: string, more: Partial<Choice> = {}): Choice => ({
  kind: 'postback',
  label,
  data: `t.x.1.${label}`,
  ...more,
});
const many = (n: number): Choice[] => Array.from({ length: n }, (_, i) => choice(`こたえ${i + 1}`));

/** Everything LINE would take offence at. */
function complaints(rendered: messagingApi.Message[]): string[] {
  const body = { replyToken: 'x', messages: rendered };
  const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
  const call = { method: 'POST', path: '/v2/bot/message/reply', headers, body };
  return [...limitViolations(rendered), ...(contract?.call(call) ?? [])];
}

function refusal(messages: Message[]): LineLimitError {
  try {
    renderMessages(messages);
  } catch (error) {
    if (error instanceof LineLimitError) return error;
    throw error;
  }
  throw new Error('was rendered');
}

/** Labels of all buttons a resident sees, wherever they stand. */
function labels(rendered: messagingApi.Message[]): string[] {
  return [...JSON.stringify(rendered).matchAll(/"label":("(?:[^"\\]|\\.)*")/gu)].map(
    (found) => JSON.parse(found[1]!) as string,
  );
}

afterAll(() => {
  if (contract)
    console.log(
      `render-messages: ${contract.checked} bodies held against LINE's document, ${contract.violations} violations`,
    );
});

describe('renderMessages', () => {
  it('says a plain text as one text message', () => {
    expect(renderMessages([text('お話を聞かせてください。')])).toEqual([
      { type: 'text', text: 'お話を聞かせてください。' },
    ]);
  });

  it('shows up to four choices as buttons that stay, under a notice that names none of them', () => {
    const rendered = renderMessages([
      text('これで合っていますか', [choice('はい'), choice('暴力のこと'), choice('人と話す')]),
    ]);
    expect(rendered.map((one) => one.type)).toEqual(['text', 'flex']);
    expect(labels(rendered)).toEqual(['はい', '暴力のこと', '人と話す']);
    expect((rendered[1] as messagingApi.FlexMessage).altText).not.toContain('暴力');
    expect(rendered.every((one) => one.quickReply === undefined)).toBe(true);
    expect(JSON.stringify(rendered[1])).toContain('"displayText":"はい"');
    expect(complaints(rendered)).toEqual([]);
  });

  it('shows five to thirteen choices as quick replies and lists them for those who see none', () => {
    const rendered = renderMessages([text('いつがいいですか', many(13))]);
    expect(rendered).toHaveLength(1);
    expect(rendered[0]!.quickReply!.items).toHaveLength(13);
    expect((rendered[0] as messagingApi.TextMessage).text).toContain('・こたえ13');
    expect(complaints(rendered)).toEqual([]);
  });

  it('does not list what the text already names', () => {
    const words = `${many(5)
      .map((one) => one.label)
      .join('、')}のどれですか`;
    expect(renderMessages([text(words, many(5))])[0]).toMatchObject({ text: words });
  });

  it('shows the choices of an earlier message as buttons, for LINE shows quick replies of the last one only', () => {
    const rendered = renderMessages([text('ひとつ', many(6)), text('ふたつ')]);
    expect(rendered.map((one) => one.type)).toEqual(['text', 'flex', 'text']);
    expect(labels(rendered)).toHaveLength(6);
  });

  it('shows one card as a bubble and several as a carousel of one size', () => {
    const card = {
      title: '総合相談窓口',
      lines: [{ label: '場所', text: '見本の場所' }, { text: 'だれでも' }],
      buttons: [choice('ここにする')],
    };
    const [one] = renderMessages([
      { type: 'cards', alt: '窓口のご案内', cards: [card], choices: [] },
    ]) as messagingApi.FlexMessage[];
    expect(one).toMatchObject({ altText: '窓口のご案内', contents: { type: 'bubble' } });
    const three = renderMessages([
      { type: 'cards', alt: '窓口のご案内', cards: [card, card, card], choices: [choice('どれでもない')] },
    ]);
    expect(three.map((m) => (m as messagingApi.FlexMessage).contents.type)).toEqual(['carousel', 'bubble']);
    expect(complaints(three)).toEqual([]);
  });

  it('makes a telephone number on a card tappable, but not opening hours', () => {
    const lines = [
      { label: '電話', text: '0120-279-338' },
      { label: '時間', text: '10-22' },
    ];
    const rendered = renderMessages([
      { type: 'cards', alt: 'ご案内', cards: [{ title: '電話', lines, buttons: [] }], choices: [] },
    ]);
    expect(JSON.stringify(rendered)).toContain('"uri":"tel:0120279338"');
    expect(JSON.stringify(rendered).match(/"tel:/gu)).toHaveLength(1);
    expect(complaints(rendered)).toEqual([]);
  });

  it('encodes links and short dials so that LINE takes them', () => {
    const links = [
      choice('ページ', { kind: 'uri', data: '', uri: 'https://example.lg.jp/予約' }),
      choice('電話', { kind: 'uri', data: '', uri: 'tel:#8008' }),
    ];
    const json = JSON.stringify(renderMessages([text('こちらです', links)]));
    expect(json).toContain('https://example.lg.jp/%E4%BA%88%E7%B4%84');
    expect(json).toContain('tel:%238008');
  });

  it('offers a date picker; one single day gets a neighbour, a wish outside is moved inside', () => {
    const picker = (min: string, max: string, initial: string) =>
      renderMessages([text('日をえらぶ', [choice('日をえらぶ', { kind: 'date', min, max, initial })])]);
    expect(JSON.stringify(picker('2026-11-24', '2026-11-24', '2026-11-24'))).toContain('"max":"2026-11-25"');
    expect(JSON.stringify(picker('2026-11-24', '2026-12-24', '2027-01-01'))).toContain('"initial":"2026-12-24"');
    expect(complaints(picker('2100-12-31', '2100-12-31', '2100-12-31'))).toEqual([]);
    expect(refusal([text('日', [choice('日', { kind: 'date', min: '2026-11-25', max: '2026-11-24' })])]).code).toBe(
      'date_invalid',
    );
    expect(refusal([text('日', [choice('日', { kind: 'date', min: '2026-02-30' })])]).code).toBe('date_invalid');
  });

  it('joins the shortest neighbouring texts when there are more than five messages', () => {
    const rendered = renderMessages(
      ['長い話'.repeat(50), 'あ', 'い', 'う'.repeat(90), 'え'.repeat(80), 'お'.repeat(70)].map((one) => text(one)),
    );
    expect(rendered).toHaveLength(5);
    expect(rendered[1]).toEqual({ type: 'text', text: 'あ\n\nい' });
  });

  it('turns buttons into quick replies before it gives up a message', () => {
    const cards: Message = {
      type: 'cards',
      alt: 'ご案内',
      cards: [{ title: '窓口', lines: [], buttons: [] }],
      choices: [],
    };
    const rendered = renderMessages([cards, cards, cards, cards, text('どれにしますか', many(3))]);
    expect(rendered).toHaveLength(5);
    expect(rendered[4]!.quickReply!.items).toHaveLength(3);
    expect(refusal([cards, cards, cards, cards, cards, cards])).toMatchObject({
      code: 'too_many_messages',
      limit: 5,
      found: 6,
    });
  });

  it('sends a carousel LINE would find too large as several', () => {
    const cards = Array.from({ length: 10 }, (_, i) => ({
      title: `窓口${i}`,
      lines: [{ text: 'あ'.repeat(3000) }],
      buttons: [],
    }));
    const rendered = renderMessages([
      { type: 'cards', alt: 'ご案内', cards, choices: [] },
    ]) as messagingApi.FlexMessage[];
    expect(rendered.length).toBe(2);
    const titles = rendered.flatMap((one) => [...JSON.stringify(one).matchAll(/窓口\d/gu)].map(String));
    expect(titles).toEqual(cards.map((card) => card.title));
    expect(complaints(rendered)).toEqual([]);
  });

  it.each<[string, Message[], string, string]>([
    ['nothing', [], 'no_messages', 'messages'],
    ['an empty text', [text(' \n')], 'empty_text', 'messages[0].text'],
    ['a label of 41', [text('あ', [choice('あ'.repeat(41))])], 'label_too_long', 'messages[0].choices[0].label'],
    ['an empty label', [text('あ', [choice(' ')])], 'label_missing', 'messages[0].choices[0].label'],
    [
      'data of 301',
      [text('あ', [choice('い', { data: 'x'.repeat(301) })])],
      'data_too_long',
      'messages[0].choices[0].data',
    ],
    ['no data', [text('あ', [choice('い', { data: '' })])], 'data_missing', 'messages[0].choices[0].data'],
    [
      'a script',
      [text('あ', [choice('い', { kind: 'uri', uri: 'javascript:1' })])],
      'uri_invalid',
      'messages[0].choices[0].uri',
    ],
    ['no uri', [text('あ', [choice('い', { kind: 'uri' })])], 'uri_invalid', 'messages[0].choices[0].uri'],
    [
      'a long uri',
      [text('あ', [choice('い', { kind: 'uri', uri: `https://e.jp/${'a'.repeat(1000)}` })])],
      'uri_too_long',
      'messages[0].choices[0].uri',
    ],
    ['fourteen choices', [text('あ', many(14))], 'too_many_choices', 'messages[0].choices'],
    [
      'a giant card',
      [
        {
          type: 'cards',
          alt: 'あ',
          cards: [{ title: 'あ', lines: [{ text: 'あ'.repeat(12_000) }], buttons: [] }],
          choices: [],
        },
      ],
      'bubble_too_large',
      'messages[0].cards[0]',
    ],
  ])('refuses %s by name and place', (_, messages, code, place) => {
    expect(refusal(messages)).toMatchObject({ code, place });
    expect(refusal(messages).message).not.toMatch(/[あい]/u);
  });

  it('counts labels as LINE does: twenty families are twenty', () => {
    const families = Array.from({ length: 5 }, (_, i) => choice(`${'👨‍👩‍👧'.repeat(19)}${i}`));
    expect(renderMessages([text('どの家族ですか', families)])[0]!.quickReply!.items).toHaveLength(5);
  });

  it('renders any message within the limits or refuses it by name (2,000 turns)', () => {
    let rendered = 0;
    fc.assert(
      fc.property(anyMessages, (messages) => {
        try {
          const out = renderMessages(messages);
          rendered++;
          expect(complaints(out)).toEqual([]);
        } catch (error) {
          if (!(error instanceof LineLimitError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
    expect(rendered).toBeGreaterThan(50);
  });

  it('renders every sound turn, whole: each text and each label arrives (2,000 turns)', () => {
    fc.assert(
      fc.property(soundMessages, (messages) => {
        const out = renderMessages(messages);
        expect(complaints(out)).toEqual([]);
        const seen = (s: string): string => s.toWellFormed().replace(/\s/gu, '');
        const said = seen(
          out.map((one) => (one.type === 'text' ? (one as messagingApi.TextMessage).text : '')).join(''),
        );
        for (const message of messages) if (message.type === 'text') expect(said).toContain(seen(message.text));
        expect(labels(out)).toEqual(messages.at(-1)!.choices.map((one) => one.label.toWellFormed()));
      }),
      { numRuns: 2000 },
    );
  });

  it('says the same twice: a retry key is good for the identical request only', () => {
    const messages = [
      messageSchema.parse({ type: 'text', text: 'どうしますか', choices: [{ label: 'はい', data: 'c.x' }] }),
    ];
    expect(renderMessages(messages)).toEqual(renderMessages(structuredClone(messages)));
  });
});
