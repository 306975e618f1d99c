/** One thing that the check of staff's files has to say, in plain Japanese. */
export interface Finding {
  /** Path as staff see it, relative to the folder checked. */
  readonly file: string;
  /** 1 for the first line. */
  readonly line: number;
  readonly level: 'error' | 'warning';
  /** What is wrong, e.g. 「『財布』が2回書かれています」. */
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
}
