/** Where a command writes; tests hand in their own. */
export interface Out {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}
