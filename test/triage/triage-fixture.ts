/** One triage for a test file: the project's own dictionaries, the analyser's cache under node_modules. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createTriage, type Triage } from '#triage/create-triage.ts';
import type { Labelled } from '#triage/evaluate.ts';

export const ROOT = path.join(import.meta.dirname, '../..');
export const DICTIONARIES = path.join(ROOT, 'dictionaries');
export const CACHE = path.join(ROOT, 'node_modules/.cache/tsunagi');

export function ownTriage(): Promise<Triage> {
  return createTriage({ dictionariesDir: DICTIONARIES, cacheDir: CACHE });
}

/** Committed evaluation messages with their labels (`eval/README.md`). */
export function evaluationMessages(set = 'tuning'): Labelled[] {
  const lines = readFileSync(path.join(ROOT, `test/triage/eval/${set}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Labelled);
}
