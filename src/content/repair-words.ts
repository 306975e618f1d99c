import { REPAIRS, type RepairCommand } from '#contracts/texts.ts';

const POLITE =
  'お願いします おねがいします お願い してください ください したいです したい します する です ます を で に よ ね な わ'.split(
    ' ',
  );

/**
 * Recognises a word that steers the talk (やめる, 戻る …). Only a text that is nothing but such a word counts: 「やめる」
 * inside a sentence about a job is about the job.
 */
export function repairWords(file: Record<RepairCommand, readonly string[]>): (text: string) => RepairCommand | null {
  const words = new Map<string, RepairCommand>();
  for (const command of REPAIRS) for (const word of file[command]) words.set(normalize(word), command);
  const find = (said: string): RepairCommand | null => {
    const found = words.get(said);
    if (found !== undefined) return found;
    for (const piece of POLITE) {
      if (said.length > piece.length && said.endsWith(piece)) {
        const inner = find(said.slice(0, -piece.length));
        if (inner !== null) return inner;
      }
    }
    return null;
  };
  return (text) => {
    if (text.length > 30) return null;
    // Politeness is taken off piece by piece: 「話したいです」 is 「話したい」 before it is 「話」.
    return find(normalize(text));
  };
}

function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\u30a1-\u30f6]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replaceAll(/[\s、。，．,.!！「」『』・…〜~()]/gu, '');
}
