/**
 * What the text says it is *not* about (「介護の話じゃなくて」「お金には困ってない」「体は元気です」), and which words stand under
 * a plain negation (「食べない」), which is something else: there the negated word is the trouble.
 */
import type { Token } from './tokenizer.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Not 「〜だけじゃなくて」「〜大丈夫じゃない」「〜どころじゃない」: those keep or raise the topic. */
const CONTRAST =
  /(?<!だけ|ばかり|のみ|どころ|大丈夫|普通|ただごと|それ|そう|わけ|ん|事|もん|冗談)(?:のこと|の話|の件|の相談|の問題|とか|関係)?(?:じゃなくて|ではなくて|ではなく、|じゃなく、|でなくて|ちゃうくて|やなくて|やのうて|じゃなしに|ではありません|じゃありません|じゃのうて)/gu;
const NO_TROUBLE =
  /(?:に|には|で|では|は|も)?(?:困って(?:い)?(?:ない|ません|いない|おりません)|困っとらん|不自由(?:は)?(?:ない|して(?:い)?ない|しておりません|していません)|問題(?:は)?(?:ない|ありません|なし)|心配(?:は)?(?:ない|いらない|ありません|要りません)|間に合って(?:い)?(?:る|ます)|足りて(?:い)?(?:る|ます)|足りとる|関係(?:は)?(?:ない|ありません))/gu;

/** What every match of the two holds; asked for first, because few texts have any. */
const CONTRAST_HELD = /じゃ|では|なくて|ちゃうくて|やのうて/u;
const NO_TROUBLE_HELD = /困っ|不自由|問題|心配|間に合|足り|関係/u;

export function negatedTopics(text: string): Span[] {
  const spans: Span[] = [];
  if (CONTRAST_HELD.test(text)) addTopics(spans, CONTRAST, text);
  if (NO_TROUBLE_HELD.test(text)) addTopics(spans, NO_TROUBLE, text);
  return spans;
}

function addTopics(spans: Span[], pattern: RegExp, text: string): void {
  for (const match of text.matchAll(pattern)) {
    const start = clauseStart(text, match.index);
    if (match.index > start) spans.push({ start, end: match.index });
  }
}

/** Back to the last comma, full stop or space, at most 20 characters. */
function clauseStart(text: string, from: number): number {
  for (let at = from; at > 0 && from - at < 20; at--) if (/[、。!?… 「」]/u.test(text[at - 1]!)) return at;
  return Math.max(0, from - 20);
}

/** For each token whether a negation follows it within its clause (「食べられない」「飲まず」「行けとらん」). */
export function negatedTokens(tokens: readonly Token[]): boolean[] {
  const negated = new Array<boolean>(tokens.length).fill(false);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (!isNegation(token)) continue;
    for (let back = i - 1; back >= 0 && i - back <= 4; back--) {
      const before = tokens[back]!;
      if (before.pos === '記号') break;
      if (
        before.pos === '助詞' &&
        before.detail === '接続助詞' &&
        back < i - 1 &&
        before.surface !== 'て' &&
        before.surface !== 'で'
      )
        break;
      negated[back] = true;
      if (before.pos === '動詞' && before.detail === '自立') break;
      if (before.pos === '名詞' && before.detail !== '非自立') break;
    }
  }
  return negated;
}

export function isNegation(token: Token): boolean {
  if (token.pos === '助動詞')
    return (
      token.base === 'ない' ||
      token.base === 'ぬ' ||
      token.base === 'ん' ||
      token.base === 'まい' ||
      token.base === 'ず'
    );
  return token.base === 'ない' || token.base === '無い' || token.base === 'なし';
}
