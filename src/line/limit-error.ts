export type LineLimitCode =
  | 'no_messages'
  | 'too_many_messages'
  | 'empty_text'
  | 'label_missing'
  | 'label_too_long'
  | 'data_missing'
  | 'data_too_long'
  | 'uri_invalid'
  | 'uri_too_long'
  | 'date_invalid'
  | 'too_many_choices'
  | 'bubble_too_large';

/** LINE would refuse this message. Says which limit and where, never what was written there. */
export class LineLimitError extends Error {
  readonly code: LineLimitCode;
  /** E.g. `messages[0].choices[2].label`, counted in what the conversation said, not in what LINE gets. */
  readonly place: string;
  readonly limit: number | null;
  readonly found: number | null;

  constructor(code: LineLimitCode, place: string, bound?: { limit: number; found: number }) {
    super(`${code} at ${place}${bound ? `: expected at most ${bound.limit}, got ${bound.found}` : ''}`);
    this.name = 'LineLimitError';
    this.code = code;
    this.place = place;
    this.limit = bound?.limit ?? null;
    this.found = bound?.found ?? null;
  }
}
