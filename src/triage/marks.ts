/** How a text is said rather than what: question, wish, hearsay, past, politeness, length, emoji. */
import type { Normalised } from './normalise.ts';
import { isBlank, type Token } from './tokenizer.ts';

const MARKS: readonly (readonly [string, RegExp])[] = [
  ['質問', /[?]|(?:です|ます|でしょう|ません|だろう|やろ)か(?:。|$| )|(?:の|かな|かね|かしら)$/u],
  ['手続き', /(?:どこで|どうやって|いつまで|何時|いくら|方法|やり方|手続|申請|申し込|届|予約)/u],
  ['願い', /(?:たい|ほしい|欲しい|てくれ|ください|下さい|お願い|おねがい)/u],
  ['伝聞', /(?:そうです|そうで|らしい|みたい|と聞|って聞|と言って|って言って|だそう|とのこと|ようです|言うには)/u],
  ['丁寧', /(?:です|ます|ません|でした|ました)/u],
  ['改まった', /(?:ございます|おります|存じ|申し上げ|いただ|頂)/u],
  ['笑い', /(?:w+|笑|草|わら)(?:$|[。 !)])/u],
  ['逆接', /(?:けど|けれど|ですが|だが|のに|でも)/u],
  ['昔', /(?:昔|むかし|以前|[0-9十数]年前|前は|のころ|の頃|あの頃|当時|子どもの時|小さい時)/u],
  ['今', /(?:いま|今も|今は|最近|このごろ|さっき|たった今|今日|今夜|昨日|きのう)/u],
  ['落着', /(?:落ち着|解決し|無事|おかげ|今は元気|もう大丈夫|治りま|卒業し|終わりました|済みました|しています。今)/u],
  [
    '私',
    /(?:私|わたし|わたくし|僕|ぼく|俺|おれ|うち|わい|自分|わし|あたし|おいら|わて|うら|おい)(?:は|が|も|の|に|を|だけ|、| )/u,
  ],
  ['てしまう', /(?:てしま|ちゃう|ちゃった|てもう|てまう|ちまう|じゃった)/u],
  ['受身', /(?:られる|られた|られて|される|された|されて|れます|れました)/u],
  ['授受', /(?:てくれ|てあげ|てもら|ていただ)/u],
];

export function marksOf(normalised: Normalised, tokens: readonly Token[]): string[] {
  const { text } = normalised;
  const marks = MARKS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
  const length = text.length;
  marks.push(
    length < 8
      ? '長さ 8未満'
      : length < 16
        ? '長さ 16未満'
        : length < 40
          ? '長さ 40未満'
          : length < 100
            ? '長さ 100未満'
            : '長さ 100以上',
  );
  if (normalised.kanaOnly) marks.push('かな書き');
  const last = tokens.findLast((t) => !isBlank(t));
  if (last !== undefined) marks.push(`末尾 ${last.pos === '助動詞' || last.pos === '助詞' ? last.base : last.pos}`);
  for (const emoji of normalised.marks) marks.push(`絵文字 ${emoji}`);
  return marks;
}
