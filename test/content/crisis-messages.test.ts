import { beforeAll, describe, expect, it } from 'vitest';
import { crisisMessages, crisisSpeaker } from '#content/crisis-messages.ts';
import { type Content, loadContent } from '#content/load-content.ts';
import { CRISIS_KINDS, SPEAKERS } from '#content/schemas.ts';
import { messageSchema } from '#contracts/message.ts';
import { countGraphemes } from '#support/graphemes.ts';

const NOON = Date.parse('2026-11-24T12:00:00+09:00');
const EVENING = Date.parse('2026-11-24T17:00:00+09:00');
const NEW_YEAR = Date.parse('2027-01-02T17:00:00+09:00');
let content: Content;
beforeAll(async () => {
  content = await loadContent({ dir: 'flows' });
});
const screen = (
  kind: (typeof CRISIS_KINDS)[number],
  speaker: (typeof SPEAKERS)[number],
  at = NOON,
  open = true,
): string => {
  const [message] = crisisMessages(content, { kind, speaker, at, open });
  return message!.type === 'text' ? message!.text : '';
};

describe('the crisis screen (R15)', () => {
  it.each(CRISIS_KINDS.flatMap((kind) => SPEAKERS.map((speaker) => [kind, speaker] as const)))(
    '%s, said by %s: one screen, an emergency number, two or three open lines where there are, the button',
    (kind, speaker) => {
      for (const at of [NOON, EVENING, NEW_YEAR, Date.parse('2026-12-10T03:00:00+09:00')]) {
        const messages = crisisMessages(content, { kind, speaker, at, open: false });
        expect(messages).toHaveLength(1);
        const message = messageSchema.parse(messages[0]);
        const text = message.type === 'text' ? message.text : '';
        expect(text).toMatch(/11[09]番/u);
        expect(text.length).toBeLessThan(500);
        // No question first.
        expect(text).not.toMatch(/ですか。|ますか。/u);
        expect(message.choices.map((choice) => choice.label)).toContain('市の職員に知らせる');
        expect(message.choices.length).toBeLessThanOrEqual(4);
        expect(message.choices.every((choice) => countGraphemes(choice.label) <= 20)).toBe(true);
      }
    },
  );

  it('names only lines that are open at this moment', () => {
    expect(screen('suicide', 'child', NOON)).not.toContain('チャイルドライン');
    expect(screen('suicide', 'child', EVENING)).toContain('チャイルドライン');
    expect(screen('suicide', 'child', NEW_YEAR)).not.toContain('チャイルドライン');
    // On the 10th the free line is open from 8:00 to 8:00 of the next day.
    expect(screen('suicide', 'adult', Date.parse('2026-12-10T09:00:00+09:00'))).toContain('0120-783-556');
    expect(screen('suicide', 'adult', Date.parse('2026-12-11T07:59:00+09:00'))).toContain('0120-783-556');
    expect(screen('suicide', 'adult', Date.parse('2026-12-11T08:00:00+09:00'))).not.toContain('0120-783-556');
  });

  it('never offers a line whose hours are not known, nor one whose check has expired', () => {
    for (const number of ['0120-061-338', '0570-064-556', '#8008', '#9110']) {
      for (const kind of CRISIS_KINDS)
        for (const speaker of SPEAKERS) expect(screen(kind, speaker)).not.toContain(number);
    }
    const late = screen('suicide', 'adult', Date.parse('2027-06-01T12:00:00+09:00'));
    expect(late).not.toContain('0120');
    expect(late).toContain('119番');
  });

  it('says that nobody reads now when the windows are closed (R16)', () => {
    expect(screen('suicide', 'adult', NOON, false)).toContain('ここをすぐに読む職員はいません');
    expect(screen('suicide', 'adult', NOON, true)).not.toContain('ここをすぐに読む職員はいません');
  });

  it('tells who reports a child that neither proof nor name is needed (R29)', () => {
    const text = screen('child_abuse', 'neighbour');
    expect(text).toContain('189');
    expect(text).toContain('証拠も、あなたのお名前もいりません');
    expect(screen('child_abuse', 'parent')).not.toContain('証拠');
  });
});

describe('who writes (R30)', () => {
  it.each([
    ['violence', '夫に殴られている', 'self', 'adult'],
    ['violence', 'おとうさんにたたかれる', 'self', 'child'],
    ['child_abuse', '隣の部屋から泣き声がする', 'other', 'neighbour'],
    ['child_abuse', '子どもに手をあげてしまう', 'self', 'parent'],
    ['child_abuse', '教え子のあざが気になります', 'other', 'neighbour'],
    ['suicide', '死にたい', 'self', 'adult'],
    ['suicide', '学校で死にたいと思った', 'self', 'child'],
    ['suicide', 'あの人が死ぬと言っている', 'other', 'neighbour'],
  ] as const)('%s 「%s」 (%s) → %s', (kind, text, about, speaker) => {
    expect(crisisSpeaker(content, { kind, text, about })).toBe(speaker);
  });
});
