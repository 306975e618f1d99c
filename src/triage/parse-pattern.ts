/**
 * The little language of patterns: `通帳…(おろせ|下ろせ)(ない|ん)`, `〈家族 母〉(が|は)?…倒れ`. `…` is a gap within a sentence, `( | )` one
 * of several (may be nested), `?` after it "or nothing", `〈 〉` any word of a group. Neighbouring literals are multiplied out, so
 * that the text is searched for whole phrases.
 */
export interface PatternPart {
  readonly literals: readonly string[];
  readonly groups: readonly string[];
  /** Characters that may stand before this part. */
  readonly gap: number;
}

/** How many characters `…` may stand for. */
const GAP = 16;
/** Products beyond this stay apart as neighbouring parts. */
const MOST_LITERALS = 500;

interface Item {
  readonly literals: readonly string[];
  readonly groups: readonly string[];
}

/** undefined when brackets do not close or nothing is left to search for. */
export function parsePattern(pattern: string): PatternPart[] | undefined {
  try {
    const parts = pattern.split('…').flatMap((run, i) => partsOfRun(run.trim(), i > 0));
    return parts.length === 0 || parts.every((part) => part.literals.length + part.groups.length === 0)
      ? undefined
      : parts;
  } catch {
    return undefined;
  }
}

function partsOfRun(run: string, afterGap: boolean): PatternPart[] {
  if (run === '') throw new Error('empty');
  const items = new Reader(run).sequence();
  const merged: Item[] = [];
  for (const item of items) {
    const last = merged.at(-1);
    const product =
      last === undefined || last.groups.length + item.groups.length > 0
        ? Number.POSITIVE_INFINITY
        : last.literals.length * item.literals.length;
    if (product <= MOST_LITERALS)
      merged[merged.length - 1] = { literals: join(last!.literals, item.literals), groups: [] };
    else merged.push(item);
  }
  return withGaps(merged, afterGap);
}

/** A part that may be nothing and could not be multiplied out only widens the gap to the next. */
function withGaps(items: readonly Item[], afterGap: boolean): PatternPart[] {
  const parts: PatternPart[] = [];
  let gap = afterGap ? GAP : 0;
  for (const item of items) {
    if (item.literals.includes('')) {
      gap += Math.max(...item.literals.map((l) => l.length));
      continue;
    }
    parts.push({ literals: [...new Set(item.literals)], groups: item.groups, gap });
    gap = 0;
  }
  return parts;
}

function join(left: readonly string[], right: readonly string[]): string[] {
  return left.flatMap((l) => right.map((r) => l + r));
}

/** Recursive descent over one run without `…`. */
class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  sequence(): Item[] {
    const items: Item[] = [];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) items.push(this.#item());
    return items;
  }

  #item(): Item {
    const c = this.#text[this.#at]!;
    if (c === '〈') return { literals: [], groups: [this.#until('〉')] };
    if (c === '(') return this.#oneOf();
    const rest = this.#text.slice(this.#at);
    const length = rest.search(/[(〈|)]/u);
    const literal = length < 0 ? rest : rest.slice(0, length);
    this.#at += literal.length;
    return { literals: [literal.trim()], groups: [] };
  }

  #oneOf(): Item {
    const literals: string[] = [];
    const groups: string[] = [];
    do {
      this.#at++;
      const items = this.sequence();
      if (items.length === 1 && items[0]!.groups.length > 0) groups.push(...items[0]!.groups);
      else if (items.some((item) => item.groups.length > 0)) throw new Error('group inside a phrase');
      else literals.push(...items.reduce<string[]>((all, item) => join(all, item.literals), ['']));
    } while (this.#text[this.#at] === '|');
    if (this.#text[this.#at] !== ')') throw new Error('not closed');
    this.#at++;
    if (this.#text[this.#at] === '?') {
      this.#at++;
      literals.push('');
    }
    return { literals, groups };
  }

  #until(close: string): string {
    const end = this.#text.indexOf(close, this.#at);
    if (end < 0) throw new Error('not closed');
    const inside = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inside;
  }
}
