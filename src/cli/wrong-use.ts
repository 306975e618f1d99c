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
