import { join } from 'node:path';
import type { Finding } from '#contracts/finding.ts';
import { checkDictionaries } from '#triage/check-dictionaries.ts';

/** Findings of the dictionary files, with their paths as seen from the project's top. */
export function dictionaryFindings(root: string): Finding[] {
  return checkDictionaries(join(root, 'dictionaries')).map((finding) => ({
    ...finding,
    file: finding.file.startsWith('dictionaries/') ? finding.file : `dictionaries/${finding.file}`,
  }));
}
