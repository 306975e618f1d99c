import { join } from 'node:path';
import type { Finding } from '#contracts/finding.ts';
import { checkDictionaries } from '#triage/check-dictionaries.ts';
import { contradictions } from '#triage/contradictions.ts';

/** Findings of the dictionary files, with their paths as seen from the project's top; examples answered differently among them. */
export async function dictionaryFindings(root: string): Promise<Finding[]> {
  const dir = join(root, 'dictionaries');
  const findings = checkDictionaries(dir);
  // With files that cannot be read there is nothing to answer with.
  if (!findings.some((finding) => finding.level === 'error'))
    findings.push(...(await contradictions(dir, join(root, '.cache'))));
  return findings.map((finding) => ({
    ...finding,
    file: finding.file.startsWith('dictionaries/') ? finding.file : `dictionaries/${finding.file}`,
  }));
}
