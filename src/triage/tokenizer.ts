/** What triage needs of a morphological analyser; filled by kuromoji-tokenizer.ts. */

export interface Token {
  /** As it stands in the text given. */
  readonly surface: string;
  /** Dictionary form; the surface where the analyser knows none. */
  readonly base: string;
  /** 名詞, 動詞, 助詞, … */
  readonly pos: string;
  /** 一般, 自立, 非自立, 固有名詞, … */
  readonly detail: string;
  /** 未然形, 連用タ接続, …; `*` when it does not inflect. */
  readonly form: string;
  /** Its reading in hiragana; the surface in hiragana for an unknown word. */
  readonly reading: string;
  /** UTF-16 range [start, end) in the text given. */
  readonly start: number;
  readonly end: number;
  readonly known: boolean;
  /** A number, small enough for a table, that words with different bases do not share; -1 for none. */
  readonly word: number;
}

/** Marks and spaces. */
export function isBlank({ pos, surface }: Token): boolean {
  return pos === '記号' || (surface.charCodeAt(0) <= 0x3000 && surface.trim() === '');
}

export interface Tokenizer {
  /** Of the analyser and its dictionary; what was compiled with another is compiled anew. */
  readonly version?: string;
  /** Never throws; the surfaces joined are the text. Time grows linearly with the text. */
  tokenize(text: string): Token[];
}
