/** What an emoji says, in one word; the empty string for one that says nothing here; undefined for what is no emoji. */
const CLASSES: readonly (readonly [string, string])[] = [
  ['泣く', '😢😭🥲😿💧'],
  ['悲しい', '😞😔😟🙁☹😣😖😥😓🥺😰😨😱'],
  ['疲れ', '😩😫🥱😪😴🫠😵💤'],
  ['笑う', '😂🤣😅😆😄😁😃😀😹'],
  ['祈る', '🙏🤲🙇'],
  ['怒る', '😡😠🤬💢👿😤'],
  ['死', '💀☠😇⚰🪦👼'],
  ['血', '🩸🔪💉'],
  ['薬', '💊'],
  ['酒', '🍺🍻🍷🍶🥃🍸'],
  ['お金', '💰💸💴💳🪙🏦'],
  ['家', '🏠🏡🏚🏢'],
  ['子ども', '👶🍼🧒👧👦🎒🏫🤰🤱'],
  ['高齢', '👵👴🧓'],
  ['病院', '🏥🚑🤒🤕🤢🤮😷'],
  ['障がい', '♿🧑‍🦯🦽🦼🦻'],
  ['失恋', '💔'],
  ['好意', '❤♥💕💖💗😍🥰😊☺🙂😌👍✨🎵🎶⭐🌟🌸🎉💪'],
  ['食べ物', '🍙🍞🍚🍜🍛🍱🥪'],
  ['ごみ', '🗑'],
  ['考える', '🤔🧐❓'],
  ['助け', '🆘🚨'],
];

const TABLE = new Map<number, string>(
  CLASSES.flatMap(([name, all]) => [...all].map((c) => [c.codePointAt(0)!, name] as const)),
);

export function emojiClass(code: number): string | undefined {
  const known = TABLE.get(code);
  if (known !== undefined) return known;
  const pictorial =
    (code >= 0x1f000 && code <= 0x1faff) ||
    (code >= 0x2600 && code <= 0x27bf) ||
    (code >= 0x2b00 && code <= 0x2bff) ||
    code === 0x20e3;
  return pictorial ? '' : undefined;
}
