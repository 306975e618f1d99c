/** Katakana as hiragana; everything else stays. */
export function toHiragana(text: string): string {
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30a1 || code > 0x30f6) continue;
    out += text.slice(from, i) + String.fromCharCode(code - 0x60);
    from = i + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}
