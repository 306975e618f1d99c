/** The table that two people review together with dictionaries/crisis.txt: what is a crisis, of which kind, and what is not. */
import { describe, expect, it } from 'vitest';
import type { Crisis } from '#contracts/labels.ts';
import { ownTriage } from './triage-fixture.ts';

const triage = await ownTriage();

type Row = readonly [string, Crisis];

const TABLE: Record<string, readonly Row[]> = {
  'suicide, direct': [
    ['死にたい', 'suicide'],
    ['もう死にたいです。何も残っていません', 'suicide'],
    ['タヒにたい', 'suicide'],
    ['ｼﾆﾀｲ', 'suicide'],
    ['しにたいよ、おかあさん', 'suicide'],
    ['shinitai', 'suicide'],
    ['首を吊ることばかり考えています', 'suicide'],
    ['リスカがとまらない', 'suicide'],
  ],
  'suicide, indirect': [
    ['消えてしまいたい', 'suicide'],
    ['もう全部終わりにしたい', 'suicide'],
    ['生きてる意味がない', 'suicide'],
    ['朝が来なければいいのに。目が覚めなければ', 'suicide'],
    ['わたしがいないほうがみんな幸せ', 'suicide'],
    ['俺の生命保険でローンは消える。それがいちばんいい', 'suicide'],
    ['薬をずっとためてます。もうすぐ足りる', 'suicide'],
    ['団信って、自分で終わらせた場合も残債は消えますか', 'suicide'],
    ['鴨居に帯をかけて、丈夫やなと思うた', 'suicide'],
    ['長い旅に出るので、猫をお願いします。もう帰らないと思います', 'suicide'],
  ],
  'suicide, of a third person': [
    ['友だちが「死にたい」って毎日送ってきます', 'suicide'],
    ['息子の机から遺書みたいな紙が出てきました', 'suicide'],
    ['主人が、俺がいなくなれば楽になるだろうと繰り返します', 'suicide'],
    ['橋の欄干に靴がそろえてあって、友だちの靴です', 'suicide'],
  ],
  'suicide, turned down': [
    ['死にたいわけじゃないんです。ただ仕事がなくて困っています', 'none'],
    ['死のうとは思ってません。家賃の相談がしたいです', 'none'],
  ],
  'suicide, past and settled': [
    ['若いころ死にたいと思った時期もありましたが、いまは元気です。ボランティアを探しています', 'none'],
  ],
  'suicide, joking': [
    ['死ぬほど忙しい', 'none'],
    ['腰が死んでる', 'none'],
    ['テスト終わった、死んだw', 'none'],
    ['推しのライブ外れて消えたいw', 'none'],
    ['シミが消えたいんですけど皮膚科ありますか', 'none'],
    ['自殺予防のポスターを貼ってもいいですか', 'none'],
  ],
  'violence, direct': [
    ['夫に殴られて鼻血が止まりません', 'violence'],
    ['彼氏に首を絞められました', 'violence'],
    ['息子が包丁を持って部屋から出てきました', 'violence'],
    ['殺すぞと毎晩言われます', 'violence'],
  ],
  'violence, indirect': [
    ['主人の車の音がすると、体が固まります。きのうは髪をつかまれました', 'violence'],
    ['母の首に手をかけてしまいそうです', 'violence'],
    ['夫が夜中に逃げられないよう靴を隠します。腕の跡は長袖で隠しています', 'violence'],
  ],
  'violence, of a third person': [
    ['施設で父の腕にあざが増えていく。職員に叩かれていると言います', 'violence'],
    ['隣の部屋から男の怒鳴り声と、奥さんの「やめて」という声がします', 'violence'],
  ],
  'violence, turned down': [
    ['暴力とかではないです。夫婦でお金の話がしたいだけです', 'none'],
    ['虐待ではなくて、夜泣きの相談です', 'none'],
  ],
  'violence, past and settled': [['10年前にDVで離婚しました。今は保育園を探しています', 'none']],
  'violence, joking': [
    ['ゲームで殺された', 'none'],
    ['殺人的な暑さですね、プールは何時まで', 'none'],
    ['イノシシが畑を荒らすので駆除したい', 'none'],
  ],
  'a child in danger, direct': [
    ['子どもに手をあげてしまう', 'child_abuse'],
    ['赤ちゃんを揺さぶってしまった', 'child_abuse'],
    ['パパがまいにちたたく', 'child_abuse'],
  ],
  'a child in danger, indirect': [
    ['ママがかえってこない。おとうとがないてる。ごはんもない', 'child_abuse'],
    ['泣きやまなくて、気がついたら枕を持って赤ちゃんの上に立っていました', 'child_abuse'],
    ['家に入れてもらえない。ベランダさむい', 'child_abuse'],
  ],
  'a child in danger, of a third person': [
    ['隣の部屋から毎晩子どもの泣き叫ぶ声と怒鳴り声がします', 'child_abuse'],
    ['クラスの子の背中にあざがあって、家に帰りたくないと言います', 'child_abuse'],
  ],
  'a child in danger, turned down': [['叩いたりはしていません。ただ離乳食を食べなくて', 'none']],
  'a child in danger, past and settled': [
    ['子どものころ親に叩かれて育ちましたが、もう昔の話です。今は娘の保育園のことを聞きたいです', 'none'],
  ],
  'a child in danger, joking and city business': [
    ['虐待防止の研修に申し込みたい', 'none'],
    ['太鼓を叩く教室、子どもも入れますか', 'none'],
  ],
  'a body in danger, direct': [
    ['父が倒れて呼んでも返事がありません', 'medical'],
    ['三日なにも食べていません。立てません', 'medical'],
    ['睡眠薬を全部飲んでしまいました。眠いです', 'medical'],
    ['意識がもうろうとしています', 'medical'],
  ],
  'a body in danger, indirect': [
    ['エアコンがこわれて、ばあちゃんが汗もかかず赤い顔でぼーっとしてる', 'medical'],
    ['インスリンがもうない。お金もない。のどがかわいて仕方ない', 'medical'],
  ],
  'a body in danger, of a third person': [
    ['隣のおばあさん、新聞がたまったままで呼んでも出てこない', 'medical'],
    ['橋の下のおじさんが雪の中で動きません', 'medical'],
  ],
  'a body in danger, turned down': [['倒れたわけではないです。手すりの助成を知りたい', 'none']],
  'a body in danger, past and settled': [['去年父が倒れましたが、今は元気です。デイサービスを探しています', 'none']],
  'a body in danger, joking': [
    ['お腹すいて死ぬw 学食何時から', 'none'],
    ['台風で看板が倒れました', 'none'],
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
    const rule = triage.explain(text).evidence.find((e) => e.label === 'crisis:suicide' && e.by === 'rule');
    expect(rule?.words).toBe('ｼﾆﾀｲ');
    expect(text.slice(rule?.start, rule?.end)).toBe('ｼﾆﾀｲ');
    expect(rule?.source).toMatch(/^crisis\.txt:\d+$/);
  });
});
