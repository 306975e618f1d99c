/** Examples that the dictionaries answer differently: work for staff, found by asking triage itself. */
import type { Finding } from '#contracts/finding.ts';
import { NEED_NAMES } from '#contracts/labels.ts';
import type { Triage } from './create-triage.ts';
import { readExamples } from './read-dictionaries.ts';

/** Slower than `checkDictionaries` (every example is assessed); a crisis example that is not seen is an error, the rest warnings. */
export function findContradictions(dir: string, triage: Triage): Finding[] {
  const findings: Finding[] = [];
  for (const { text, file, line, needs, scope, crisis } of readExamples(dir).examples) {
    const answer = triage.assess(text);
    if (crisis !== 'none' && answer.crisis === 'none') {
      findings.push({
        file,
        line,
        level: 'error',
        what: `危機の例文「${text}」が危機と判定されません。`,
        remedy: 'crisis.txt に決まりを足すか、似た例文を増やして learn し直してください。',
      });
    } else if (
      scope === 'need' &&
      answer.confident &&
      answer.needs[0] !== undefined &&
      !needs.includes(answer.needs[0].need)
    ) {
      findings.push({
        file,
        line,
        level: 'warning',
        what: `例文「${text}」が「${NEED_NAMES[answer.needs[0].need]}」と判定されます。`,
        remedy: '例文のラベルか、situations.txt・words/ を見直してください。',
      });
    }
  }
  return findings;
}
