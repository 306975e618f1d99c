/** A command was called with something it cannot work on: exit code 2. The message is for the person at the terminal. */
export class WrongUse extends Error {
  override name = 'WrongUse';
}

const WRONG_USE = new Set(['WrongUse', 'ConfigError', 'KeyError']);
export const isWrongUse = (error: unknown): boolean => error instanceof Error && WRONG_USE.has(error.name);

export function sayError(error: unknown, to: { write(text: string): unknown }): void {
  const message = error instanceof Error ? error.message : String(error);
  for (const line of message.split('\n')) to.write(`tsunagi: ${line}\n`);
}

const TROUBLES: Record<string, string> = {
  ENOENT: 'がありません（フォルダーの名前も確かめてください）。',
  ENOTDIR: 'がありません（フォルダーの名前も確かめてください）。',
  EISDIR: 'はフォルダーです。ファイルの名前を書いてください。',
  EACCES: 'を読み書きする権限がありません。',
  EPERM: 'を読み書きする権限がありません。',
  EROFS: 'の場所には書きこめません。',
  EEXIST: 'が、すでにあります。',
  ENOSPC: 'を書く場所がいっぱいです。',
  EFBIG: 'は、この場所に書くには大きすぎます。',
};

/** What the disk said about a file somebody named, in words. @returns the error itself when it is another one. */
export function fileTrouble(error: unknown, file: string): unknown {
  const words = TROUBLES[(error as NodeJS.ErrnoException | null)?.code ?? ''];
  return words === undefined ? error : new WrongUse(`${file} ${words}`);
}
