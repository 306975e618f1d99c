/** The entries of staff's dictionary files, as read: what each line says and where it stands. */
import type { About, Concern, Crisis, Need } from './labels.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A word of a group (`dictionaries/words/*.txt`): 「財布」 belongs to 「手持ちの金」. */
export interface WordEntry extends Place {
  readonly word: string;
  readonly group: string;
}

/** A pattern and the label it speaks for (`situations.txt`, `crisis.txt`, `concerns.txt`). */
export interface PatternEntry extends Place {
  /** As staff wrote it: literals, `(a|b)`, `〈group〉`, `…` for a gap. */
  readonly pattern: string;
  readonly says: PatternMeaning;
}

export type PatternMeaning =
  | { readonly kind: 'need'; readonly need: Need; readonly strength: number }
  | { readonly kind: 'about'; readonly about: About; readonly strength: number }
  | { readonly kind: 'scope'; readonly scope: 'unclear' | 'other'; readonly strength: number }
  | { readonly kind: 'crisis'; readonly crisis: Exclude<Crisis, 'none'>; readonly sure: boolean }
  | { readonly kind: 'harmless' }
  | { readonly kind: 'concern'; readonly concern: Concern };

/** One example sentence with its labels (`dictionaries/examples/*.txt`). */
export interface ExampleEntry extends Place {
  readonly text: string;
  /** Strongest first; empty for `unclear` and `other`. */
  readonly needs: readonly Need[];
  readonly scope: 'need' | 'unclear' | 'other';
  readonly about: About;
  readonly crisis: Crisis;
  /** The comment above it: examples of one situation stay together when the training is cross-checked. */
  readonly heading: string;
}

/** A way of writing and the usual one (`slips.txt`): 「しんどみ」 → 「しんどい」. */
export interface SlipEntry extends Place {
  readonly from: string;
  readonly to: string;
}
