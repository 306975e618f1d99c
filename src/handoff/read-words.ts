/**
 * What the resident's words say beyond the needs: deadlines that press, and who lives in the household. Small closed
 * lists on purpose: a miss leaves the words for staff to read, a hit saves them time. Each finding keeps the words that
 * said it and their message, so that a withdrawn message takes it along (R7).
 */
import type { Heard } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';

type Deadline = Ticket['deadlines'][number];
type Member = NonNullable<Ticket['members']>[number];

/** Said of now or soon; 「前に」「昔」 in the same sentence makes it a thing of the past. */
const PRESSING: readonly [Deadline['what'], RegExp][] = [
  [
    'eviction',
    /(?:立ち?退き|退去|追い出さ|出て(?:行|い)け|出て(?:行|い)って(?:くれ|ください|欲しい|ほしい)|明け渡し|強制執行|家を出(?:ろ|され|ないといけ|なきゃ|なければ)|住むところが?な(?:い|くな)|鍵を(?:替|変|換)えられ)/u,
  ],
  [
    'cut_off',
    /(?:(?:電気|ガス|水道|でんき|スマホ|携帯|ライフライン)(?:が|を|も|は|、)?[^。\n]{0,10}(?:止め?ら|止ま|とめら|とまっ|とまり|停止)|(?:給水|供給|送電)停止|停止(?:予告|の予告|通知|のお知らせ))/u,
  ],
  [
    'no_food',
    /(?:(?:食べ物|食べるもの|たべるもの|たべもの|食料|お米|米|ごはん|ご飯|食事|ミルク)(?:が|も|は|を)?[^。\n]{0,8}(?:ない|なく|無い|無く|尽き|買えな|底をつ|食べられ?てな|とれてな)|(?:何も|なにも|なんも|ろくに)(?:食べ|たべ)て(?:い)?な|水(?:だけ|しか)(?:で|飲)|(?:[0-9０-９一二三四五数]+日(?:間)?|昨日から|おとといから|きのうから)[^。\n]{0,8}(?:食べて(?:い)?な|たべて(?:い)?な))/u,
  ],
  [
    'other',
    /(?:差し?押さ?え|訴状|支払督促|裁判所から|(?:保険証|手当|給付|年金|失業保険|雇用保険)(?:が|も|は|の)?[^。\n]{0,6}(?:切れ|止ま|打ち切|終わ)|(?:今日|きょう|明日|あした|明後日|あさって|今週|今月|[0-9０-９]{1,2}(?:日|月末))(?:中)?まで(?:に|の|が|です|だ|しか))/u,
  ],
];
const PAST = /(?:昔|以前|むかし|前に|[0-9０-９]+年前|あの頃|あのとき|でした。|解決し)/u;
/** 「止められてはいない」「食べるものはある」. */
const DENIED = /(?:わけ(?:じゃ|では)ない|ことはな(?:い|く)|てはいな|心配はな)/u;

/** @returns at most one deadline of each sort and message, with the sentence that says it. */
export function deadlinesIn(heard: readonly Heard[]): Deadline[] {
  return heard.flatMap(({ text, messageId }) =>
    PRESSING.flatMap(([what, pattern]): Deadline[] => {
      const sentence = sentencesOf(text).find((one) => pattern.test(one) && !PAST.test(one) && !DENIED.test(one));
      return sentence === undefined ? [] : [{ what, words: sentence, messageId }];
    }),
  );
}

const RELATIONS: readonly [string, RegExp][] = [
  ['祖母', /(?:祖母|おばあちゃん|ばあちゃん|お婆ちゃん|おばあさん|ばあば)/u],
  ['祖父', /(?:祖父|おじいちゃん|じいちゃん|お爺ちゃん|おじいさん|じいじ)/u],
  ['義母', /(?:義母|姑|しゅうとめ|(?:主人|夫|旦那|妻|嫁)の(?:お)?母)/u],
  ['義父', /(?:義父|舅|(?:主人|夫|旦那|妻|嫁)の(?:お)?父)/u],
  [
    '母',
    /(?:(?<![祖義姑分叔伯父])(?<!(?:主人|夫|旦那|妻|嫁)の(?:お)?)母(?!子|校|国|語|乳|の日|体)|お母さん|おかあさん|おかん|ママ(?!友|チャ|の会)|オカン)/u,
  ],
  [
    '父',
    /(?:(?<![祖義叔伯])(?<!(?:主人|夫|旦那|妻|嫁)の(?:お)?)父(?!子|兄|母|の日)|お父さん|おとうさん|おとん|パパ|オトン|親父|おやじ)/u,
  ],
  [
    '夫',
    /(?:(?<![大工丈凡農漁水])夫(?!婦|妻|の(?:お)?[父母])|旦那(?!の(?:お)?[父母])|主人(?!公|の(?:お)?[父母])|だんな)/u,
  ],
  ['妻', /(?:妻(?!の(?:お)?[父母])|家内|女房|嫁(?!の(?:お)?[父母]))/u],
  ['息子', /(?:息子|せがれ|むすこ)/u],
  ['娘', /(?:娘|むすめ)/u],
  ['孫', /孫/u],
  ['兄', /(?:(?<!父)兄(?!弟)|お兄ちゃん|あにき|兄貴)/u],
  ['姉', /(?:姉(?!妹)|お姉ちゃん)/u],
  ['弟', /(?<![兄従子])弟/u],
  ['妹', /(?<!姉)妹/u],
  ['子ども', /(?:子ども|子供|こども(?!園|食堂|家庭|の日)|うちの子|赤ちゃん|乳児|幼児)/u],
];
const CARED = /(?:介護|認知症|要介護|要支援|寝たきり|徘徊|デイサービス|入浴|おむつ|オムツ)/u;
const ILL = /(?:病気|病院|入院|通院|うつ|鬱|がん|癌|脳梗塞|透析|骨折|倒れ|障害|障がい|統合失調|発達)/u;
const CARER = /(?:世話をし|面倒を見|面倒をみ|介護して|看病|送り迎え|家事を(?:全部|ぜんぶ|して))/u;
const YOUNG = new Set(['息子', '娘', '孫', '子ども', '弟', '妹']);
const GROWN =
  /(?:[3-9３-９][0-9０-９]歳|[3-9３-９][0-9０-９]代|四十|五十|六十|社会人|成人|ひきこもり|引きこもり|無職|会社|仕事)/u;

/** @returns each relation once, in the order said; roles come from the sentences that name it. */
export function membersIn(heard: readonly Heard[]): Member[] {
  const members = new Map<string, Member>();
  for (const { text, messageId } of heard) {
    for (const sentence of sentencesOf(text)) {
      for (const [relation] of RELATIONS.filter(([, pattern]) => pattern.test(sentence))) {
        const known = members.get(relation);
        const roles = [...new Set([...(known?.roles ?? []), ...rolesIn(relation, sentence)])];
        members.set(relation, { relation, roles, messageId: known?.messageId ?? messageId });
      }
    }
  }
  return [...members.values()];
}

function rolesIn(relation: string, sentence: string): Member['roles'] {
  const helps = new RegExp(`${relation}(?:が|は|も)[^。]{0,12}${CARER.source}`, 'u').test(sentence);
  return [
    ...(CARED.test(sentence) && !helps && !YOUNG.has(relation) ? (['cared_for'] as const) : []),
    ...(helps ? (['carer'] as const) : []),
    ...(YOUNG.has(relation) && !GROWN.test(sentence) && relation !== '弟' && relation !== '妹'
      ? (['child'] as const)
      : []),
    ...(ILL.test(sentence) && !helps ? (['ill'] as const) : []),
  ];
}

const sentencesOf = (text: string | null): string[] =>
  (text ?? '')
    .split(/(?<=[。！？!?\n])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
