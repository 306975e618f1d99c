/** Literals of the dictionary in one trie: the time to search a text depends on the text, not on how many literals there are. */

interface Node {
  next: Map<number, Node> | undefined;
  /** Symbols of the literal that ends here. */
  symbols: number[] | undefined;
  /** The same for literals that are a reading: they count only in text written in kana or at the edges of a word. */
  readings: number[] | undefined;
}

export type Found = (symbol: number, start: number, end: number, byReading: boolean) => void;

export class PhraseTrie {
  readonly #root: Node = newNode();

  add(literal: string, symbol: number, byReading = false): void {
    let node = this.#root;
    for (let i = 0; i < literal.length; i++) {
      const code = literal.charCodeAt(i);
      node.next ??= new Map();
      let next = node.next.get(code);
      if (next === undefined) {
        next = newNode();
        node.next.set(code, next);
      }
      node = next;
    }
    const list = (byReading ? node.readings : node.symbols) ?? [];
    if (byReading) node.readings = list;
    else node.symbols = list;
    if (!list.includes(symbol)) list.push(symbol);
  }

  search(text: string, found: Found): void {
    for (let start = 0; start < text.length; start++) {
      let node: Node | undefined = this.#root;
      for (let at = start; at < text.length; at++) {
        node = node.next?.get(text.charCodeAt(at));
        if (node === undefined) break;
        if (node.symbols !== undefined) for (const symbol of node.symbols) found(symbol, start, at + 1, false);
        if (node.readings !== undefined) for (const symbol of node.readings) found(symbol, start, at + 1, true);
      }
    }
  }
}

function newNode(): Node {
  return { next: undefined, symbols: undefined, readings: undefined };
}
