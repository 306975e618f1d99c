/** One triage for a test file: the project's own dictionaries, the analyser's cache under node_modules. */
import path from 'node:path';
import { createTriage, type Triage } from '#triage/create-triage.ts';

export const ROOT = path.join(import.meta.dirname, '../..');
export const DICTIONARIES = path.join(ROOT, 'dictionaries');
export const CACHE = path.join(ROOT, 'node_modules/.cache/tsunagi');

export function ownTriage(): Promise<Triage> {
  return createTriage({ dictionariesDir: DICTIONARIES, cacheDir: CACHE });
}
