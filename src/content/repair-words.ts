import { REPAIRS, type RepairCommand } from '#contracts/texts.ts';

const POLITE =
  /(お願いします|おねがいします|してください|ください|お願い|したいです|したい|します|する|です|ます|をする|を|で|に|よ|ね|な|わ)$/u;

/**
 * Recognises a word that steers the talk (やめる, 戻る …). Only a text that is nothing but such a word counts: 「やめる」
 * inside a sentence about a job is about the job.
 */
export function repairWords(file: Record<RepairCommand, readonly string[]>): (text: string) => RepairCommand | null {
  const words = new Map<string, RepairCommand>();
  for (const command of REPAIRS) for (const word of file[command]) words.set(normalize(word), command);
  return (text) => {
    if (text.length > 30) return null;
    // Politeness is taken off piece by piece: 「話したいです」 is 「話したい」 before it is 「話」.
    for (let said = normalize(text); said !== ''; ) {
      const found = words.get(said);
      if (found !== undefined) return found;
      const shorter = shorten(said);
      if (shorter === said) return null;
      said = shorter;
    }
    return null;
  };
}

/** Without its last polite piece, the shortest there is. */
function shorten(said: string): string {
  for (let length = 1; length <= 8; length++) {
    const end = said.slice(-length);
    if (POLITE.exec(end)?.[0] === end && end.length === length) return said.slice(0, -length);
  }
  return said;
}

function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\u30a1-\u30f6]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replaceAll(/[\s、。，．,.!！「」『』・…〜~()]/gu, '');
}
