/** The table that two people review together with dictionaries/crisis.txt: what is a crisis, of which kind, and what is not. */
import { describe, expect, it } from 'vitest';
import type { Crisis } from '#contracts/labels.ts';
import { ownTriage } from './triage-fixture.ts';

const triage = await ownTriage();

const TABLE: Record<string, readonly (readonly [string, Crisis])[]> = {
  'suicide, said directly': [
    ['死にたい', 'suicide'],
    ['もう死にたいです。何も残っていません', 'suicide'],
    ['タヒにたい', 'suicide'],
    ['ｼﾆﾀｲ', 'suicide'],
    ['しにたいよ、おかあさん', 'suicide'],
    ['shinitai', 'suicide'],
    ['首を吊ることばかり考えています', 'suicide'],
  ],
  'suicide, in other words': [
    ['消えてしまいたい', 'suicide'],
    ['もう全部終わりにしたい', 'suicide'],
    ['生きてる意味がない', 'suicide'],
    ['朝が来なければいいのに。目が覚めなければ', 'suicide'],
    ['わたしがいないほうがみんな幸せ', 'suicide'],
    ['リスカがとまらない', 'suicide'],
    ['俺の生命保険でローンは消える。それがいちばんいい', 'suicide'],
    ['薬をずっとためてます。もうすぐ足りる', 'suicide'],
  ],
  'suicide, of someone else': [
    ['友だちが「死にたい」って毎日送ってきます', 'suicide'],
    ['息子の机から遺書みたいな紙が出てきました', 'suicide'],
    ['主人が、俺がいなくなれば楽になるだろうと繰り返します', 'suicide'],
  ],
  violence: [
    ['夫に殴られて鼻血が止まりません', 'violence'],
    ['彼氏に首を絞められました', 'violence'],
    ['息子が包丁を持って部屋から出てきました', 'violence'],
    ['殺すぞと毎晩言われます', 'violence'],
    ['母の首に手をかけてしまいそうです', 'violence'],
    ['施設で父の腕にあざが増えていく。職員に叩かれていると言います', 'violence'],
  ],
  'a child in danger': [
    ['子どもに手をあげてしまう', 'child_abuse'],
    ['赤ちゃんを揺さぶってしまった', 'child_abuse'],
    ['隣の部屋から毎晩子どもの泣き叫ぶ声と怒鳴り声がします', 'child_abuse'],
    ['ママがかえってこない。おとうとがないてる。ごはんもない', 'child_abuse'],
    ['クラスの子の背中にあざがあって、家に帰りたくないと言います', 'child_abuse'],
  ],
  'a body in danger': [
    ['父が倒れて呼んでも返事がありません', 'medical'],
    ['三日なにも食べていません。立てません', 'medical'],
    ['隣のおばあさん、新聞がたまったままで呼んでも出てこない', 'medical'],
    ['睡眠薬を全部飲んでしまいました。眠いです', 'medical'],
    ['意識がもうろうとしています', 'medical'],
  ],
  'idioms and jokes': [
    ['死ぬほど忙しい', 'none'],
    ['腰が死んでる', 'none'],
    ['殺人的な暑さですね、プールは何時まで', 'none'],
    ['ゲームで殺された', 'none'],
    ['テスト終わった、死んだw', 'none'],
    ['推しのライブ外れて消えたいw', 'none'],
    ['シミが消えたいんですけど皮膚科ありますか', 'none'],
  ],
  'turned down': [
    ['死にたいわけじゃないんです。ただ仕事がなくて困っています', 'none'],
    ['虐待ではなくて、夜泣きの相談です', 'none'],
  ],
  'past and settled': [['10年前にDVで離婚しました。今は保育園を探しています', 'none']],
  'fiction and city business': [
    ['自殺予防のポスターを貼ってもいいですか', 'none'],
    ['虐待防止の研修に申し込みたい', 'none'],
    ['イノシシが畑を荒らすので駆除したい', 'none'],
  ],
};

for (const [title, rows] of Object.entries(TABLE)) {
  describe(title, () => {
    it.each(rows)('%s → %s', (text, crisis) => {
      const answer = triage.assess(text);
      // The two kinds of the same danger (薬を飲んだ is suicide and medical) may trade places; whether it is one may not.
      if (crisis === 'none') expect(answer.crisis).toBe('none');
      else expect(answer.crisis).not.toBe('none');
    });
  });
}

describe('what a crisis answer is like', () => {
  it('is never unclear or other, and always names a need', () => {
    for (const [text] of Object.values(TABLE)
      .flat()
      .filter(([, crisis]) => crisis !== 'none')) {
      const answer = triage.assess(text);
      expect(answer.scope, text).toBe('need');
      expect(answer.needs.length, text).toBeGreaterThan(0);
    }
  });

  it('names the kind right nearly always', () => {
    const rows = Object.values(TABLE)
      .flat()
      .filter(([, crisis]) => crisis !== 'none');
    const right = rows.filter(([text, crisis]) => triage.assess(text).crisis === crisis);
    expect(right.length / rows.length).toBeGreaterThanOrEqual(0.85);
  });

  it('shows the words that made it, as they were written', () => {
    const text = 'もう ｼﾆﾀｲ です';
    const rule = triage.assess(text).evidence.find((e) => e.label === 'crisis:suicide' && e.by === 'rule');
    expect(rule?.words).toBe('ｼﾆﾀｲ');
    expect(text.slice(rule?.start, rule?.end)).toBe('ｼﾆﾀｲ');
    expect(rule?.source).toMatch(/^crisis\.txt:\d+$/);
  });
});
