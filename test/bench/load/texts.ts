/** First messages of many kinds, as the committed evaluation set has them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function readTexts(): string[] {
  const file = join(import.meta.dirname, '..', '..', 'triage', 'eval', 'tuning.jsonl');
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}
