import { describe, expect, it } from 'vitest';
import { deadlinesIn, membersIn } from '#handoff/read-words.ts';

const said = (text: string | null) => [{ messageId: 'm1', text, at: 0 }];
const deadlines = (text: string) => deadlinesIn(said(text)).map((deadline) => deadline.what);
const members = (text: string) => membersIn(said(text)).map(({ relation, roles }) => [relation, ...roles].join(' '));

describe('deadlines in words', () => {
  it.each([
    ['大家さんに今月で出ていってくれと言われた', ['eviction']],
    ['立ち退きの紙が来ました', ['eviction']],
    ['電気とガスを止められた', ['cut_off']],
    ['水道の給水停止のお知らせが来た', ['cut_off']],
    ['冷蔵庫に食べるものがない', ['no_food']],
    ['三日間なにも食べてない', ['no_food']],
    ['米も尽きた', ['no_food']],
    ['給料を差し押さえられそう', ['other']],
    ['明日までに払えと言われてる', ['other']],
    ['電気が止まって米もない。月末に立ち退き', ['eviction', 'cut_off', 'no_food']],
  ])('hears 「%s」', (text, what) => {
    expect(deadlines(text)).toEqual(what);
  });

  it.each([
    ['昔、電気を止められたことがあります'],
    ['食べるものには困っていません'],
    ['電気は止められてはいないけど心配'],
    ['母の物忘れがひどい'],
    ['保育園に入れない'],
    ['水道の蛇口が壊れた'],
    [''],
  ])('does not hear one in 「%s」', (text) => {
    expect(deadlines(text)).toEqual([]);
  });

  it('keeps the sentence that said it and its message, and hears nothing in a withdrawn one', () => {
    expect(deadlinesIn(said('こんにちは。家賃が払えず立ち退きです。助けて'))).toEqual([
      { what: 'eviction', words: '家賃が払えず立ち退きです。', messageId: 'm1' },
    ]);
    expect(deadlinesIn(said(null))).toEqual([]);
  });
});

describe('household in words', () => {
  it.each([
    ['母の物忘れがひどい。認知症かも', ['母']],
    ['母が認知症です', ['母 cared_for']],
    ['80代の母と、ひきこもりの50代の息子', ['母', '息子']],
    ['夫が倒れて入院した', ['夫 ill']],
    ['主人の母の介護で限界', ['義母 cared_for']],
    ['中学生の娘が学校に行かない', ['娘 child']],
    ['おばあちゃんのおむつをぼくが替えてる。おかあさんは仕事', ['祖母 cared_for', '母']],
    ['父が母を介護しています', ['母 cared_for', '父 carer']],
    ['工夫しても夫婦で話せない', []],
    ['こども園に入りたい', []],
    ['母子手帳をなくした', []],
  ])('hears 「%s」', (text, expected) => {
    expect(members(text)).toEqual(expected);
  });

  it('joins what several messages say of one person', () => {
    const heard = [...said('母のことです'), { messageId: 'm2', text: '母は入院しています', at: 1 }];
    expect(membersIn(heard)).toEqual([{ relation: '母', roles: ['ill'], messageId: 'm1' }]);
  });
});
