import { graphemeCut, LINE_LIMITS } from './line-limits.ts';

/** Characters after which a reader may pause, best first. Closing brackets stay with their sentence. */
const PAUSES = [/\n+/gu, /[。．！？!?♪…]+[」』）)】]*\s*/gu, /[、，,・\s]+/gu];

/**
 * Cuts a text into parts LINE takes: at a line end, else a sentence end, else a comma or space, else between two grapheme
 * clusters. Joined again the parts are the text; only parts of nothing but white space are left out (LINE refuses those).
 * @param limit UTF-16 code units a part.
 */
export function splitText(text: string, limit: number = LINE_LIMITS.text): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const cut = bestCut(rest, limit);
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  parts.push(rest);
  return parts.filter((part) => part.trim() !== '');
}

function bestCut(text: string, limit: number): number {
  const window = text.slice(0, limit);
  for (const pause of PAUSES) {
    let best = 0;
    for (const found of window.matchAll(pause)) best = found.index + found[0].length;
    // A cut that leaves more than half of the room unused costs messages; a mark that joins a cluster is no pause.
    if (best > limit / 2 && graphemeCut(text, best) === best) return best;
  }
  return graphemeCut(text, limit);
}
