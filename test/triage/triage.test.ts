import { describe, expect, it } from 'vitest';
import { assessmentSchema } from '#contracts/assessment.ts';
import { evaluationMessages, ownTriage } from './triage-fixture.ts';

const triage = await ownTriage();
const first = (text: string, earlier?: string[]): string =>
  triage.assess(text, earlier).needs[0]?.need ?? triage.assess(text, earlier).scope;
const all = (text: string, earlier?: string[]): string[] => triage.assess(text, earlier).needs.map((n) => n.need);

describe('what people mean', () => {
  it.each([
    ['母の物忘れがひどくて', 'elderly'],
    ['財布に38円', 'livelihood'],
    ['大家さんに今月末で出て行けと言われた', 'housing'],
    ['保育園に落ちました', 'child'],
    ['兄は15年部屋から出てきません', 'isolation'],
    ['羊を数えても朝になる。もう三週間', 'mental'],
    ['屋根の点検に来た人に契約させられた', 'rights'],
    ['定年で暇なので何か手伝えることはないか', 'participation'],
    ['耳が聞こえないので電話ができません', 'disability'],
  ])('%s → %s', (text, need) => {
    expect(first(text)).toBe(need);
  });

  it('takes a topic that is turned down for no need', () => {
    expect(all('介護のことではなくて、お金のことです')[0]).toBe('livelihood');
    const elderly = triage.assess('介護のことではなくて、お金のことです').needs.find((n) => n.need === 'elderly');
    expect(elderly?.score ?? 0).toBeLessThan(0.2);
  });

  it.each([
    ['粗大ごみの出し方', 'other'],
    ['こんにちは', 'other'],
    ['スタンプ送れる？', 'other'],
    ['どこに相談していいかわからない', 'unclear'],
    ['助けて', 'unclear'],
    ['もう疲れた', 'unclear'],
  ])('%s → %s', (text, scope) => {
    const answer = triage.assess(text);
    expect(answer.scope).toBe(scope);
    expect(answer.needs).toEqual([]);
    expect(answer.confident).toBe(false);
  });

  it.each([
    ['母の介護で限界', 'family'],
    ['隣のおじいさんが心配です', 'other'],
    ['私は仕事をクビになりました', 'self'],
    ['住民票はどこで取れますか', 'unknown'],
  ])('%s is about %s', (text, about) => {
    expect(triage.assess(text).about).toBe(about);
  });
});

describe('several messages of one talk', () => {
  it('adds a second message to the first', () => {
    const needs = all('それと家賃も三か月払えていません', ['母の物忘れがひどくて']);
    expect(needs).toContain('elderly');
    expect(needs).toContain('housing');
  });

  it('points into the last message only', () => {
    const text = '家賃が払えない';
    for (const e of triage.explain(text, ['母の物忘れがひどくて']).evidence) {
      if (e.start !== undefined) expect(text.slice(e.start, e.end)).toBe(e.words);
    }
  });

  it('keeps of it, for a talk, only the words behind needs and crisis; an explanation has everything', () => {
    for (const { text } of evaluationMessages()) {
      const { evidence: kept, ...labels } = triage.assess(text, ['きのうも書きました']);
      const { evidence: all, ...same } = triage.explain(text, ['きのうも書きました']);
      expect(same).toEqual(labels);
      const behind = all.filter((e) => /^(?:need|crisis):/u.test(e.label) && e.words !== '');
      expect(kept).toEqual(behind.map(({ words, by, label, score }) => ({ words, by, label, score })));
      expect(all.every((e) => e.source !== '')).toBe(true);
    }
  });

  it('sees a crisis that was told in parts', () => {
    expect(triage.assess('もう決めました', ['死にたい']).crisis).toBe('suicide');
  });
});

describe('concerns of the standard form', () => {
  it('marks at most one as the most pressing', () => {
    const { concerns } = triage.assess('バイトつぶれて今月の家賃むり。冷蔵庫もからっぽ');
    expect(concerns.map((c) => c.concern)).toEqual(expect.arrayContaining(['income', 'rent']));
    expect(concerns.filter((c) => c.most)).toHaveLength(1);
  });
});

describe('whatever the text', () => {
  const awkward = {
    empty: '',
    spaces: '   \n\t ',
    'five thousand characters': '母の介護で夜も眠れずお金もなくて'.repeat(320).slice(0, 5000),
    'ten thousand emoji': '😭'.repeat(10_000),
    'lone surrogates': '\ud800あ\udc00'.repeat(1_000),
    'zero-width and bidirectional': '死\u200bに\u202eた\u2066い'.repeat(500),
    'one letter for ever': 'あ'.repeat(5_000),
    'katakana for ever': 'アイウ'.repeat(1_600),
    numbers: '1'.repeat(4_000),
    'brackets and signs': '（【「｛＜|+*?^$\\'.repeat(300),
  };
  it.each(Object.entries(awkward))('%s is answered in the contract’s form', (_, text) => {
    const answer = triage.explain(text);
    for (const one of [triage.assess(text), answer]) expect(assessmentSchema.safeParse(one).success).toBe(true);
    for (const e of answer.evidence) if (e.start !== undefined) expect(text.slice(e.start, e.end)).toBe(e.words);
  });

  it('gives the same answer every time', () => {
    const text = 'ばあちゃんがおれと弟まちがえる';
    expect(triage.assess(text)).toEqual(triage.assess(text));
  });
});
