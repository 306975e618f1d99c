import { beforeAll, describe, expect, it } from 'vitest';
import { type Content, loadContent } from '#content/load-content.ts';

let content: Content;
beforeAll(async () => {
  content = await loadContent({ dir: 'flows' });
});

describe('words that steer', () => {
  it.each([
    ['やめる', 'stop'],
    ['やめます。', 'stop'],
    ['もうええわ', 'stop'],
    ['ヤメル', 'stop'],
    ['最初から', 'restart'],
    ['さいしょからお願いします', 'restart'],
    ['戻る', 'back'],
    ['ひとつもどる', 'back'],
    ['訂正', 'correct'],
    ['もう一度', 'repeat'],
    ['もっかい', 'repeat'],
    ['あとで', 'later'],
    ['人と話したい', 'human'],
    ['相談員と話したいです', 'human'],
    ['データを消して', 'erase'],
    ['親が来た', 'hide'],
    ['予約', 'booking'],
    ['予約を変えたいです', 'booking'],
  ])('「%s」 is %s', (text, command) => {
    expect(content.repair(text)).toBe(command);
  });

  it.each([
    '仕事をやめることになりました',
    '夫がもう一度と言って聞きません',
    '病院の予約が取れません',
    '戻る家がない',
    'あとで話すと言われた',
    '人と話すのがこわい',
    'やめて',
    '',
  ])('「%s」 is about the trouble', (text) => {
    expect(content.repair(text)).toBeNull();
  });
});
