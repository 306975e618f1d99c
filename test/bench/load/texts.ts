/** First messages of many kinds, from the committed evaluation set. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Of what residents write to a city, few messages are a crisis; in the evaluation set it is one in four or five, because it
 * measures whether they are seen. Each costs several times a plain one: an urgent ticket, an alert, a line of the audit.
 */
export const CRISIS_SHARE = 0.05;

/** @param crisisShare of all texts returned, spread evenly; null = as in the evaluation set. */
export function readTexts(crisisShare: number | null = CRISIS_SHARE): string[] {
  const file = join(import.meta.dirname, '..', '..', 'triage', 'eval', 'tuning.jsonl');
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const all = lines.map((line) => JSON.parse(line) as { text: string; crisis: string });
  if (crisisShare === null) return all.map(({ text }) => text);
  const calm = all.filter(({ crisis }) => crisis === 'none');
  const crises = all.filter(({ crisis }) => crisis !== 'none');
  const every = Math.round(1 / crisisShare) - 1;
  return calm.flatMap(({ text }, i) => (i % every === 0 ? [text, crises[(i / every) % crises.length]!.text] : [text]));
}
