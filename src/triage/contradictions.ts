/** Examples that the dictionaries answer differently: work for staff, found by asking triage itself. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '#contracts/finding.ts';
import { NEED_NAMES } from '#contracts/label-lists.ts';
import { createTriage, type Triage } from './create-triage.ts';
import { fingerprint } from './fingerprint.ts';
import { readExamples } from './read-dictionaries.ts';
import { startCacheFile } from './start-cache.ts';

/** Of confident answers to examples so many are listed, the rest counted: a list of hundreds is read by nobody. */
const LISTED = 20;

/**
 * As findContradictions, with what was found for these very files kept under `cacheDir`: asking about every example takes
 * seconds, asking again takes none.
 */
export async function contradictions(dictionariesDir: string, cacheDir: string): Promise<Finding[]> {
  const made = path.basename(startCacheFile(cacheDir, dictionariesDir, ''));
  const key = createHash('sha1').update(made).update(fingerprint(dictionariesDir)).digest('hex');
  const file = path.join(cacheDir, 'contradictions.json');
  const kept = read(file);
  if (kept?.key === key) return kept.findings;
  const findings = findContradictions(dictionariesDir, await createTriage({ dictionariesDir, cacheDir }));
  try {
    mkdirSync(cacheDir, { recursive: true });
    writeFileSync(file, JSON.stringify({ key, findings }));
  } catch {
    // Without a place to keep them they are found anew each time.
  }
  return findings;
}

function read(file: string): { key: string; findings: Finding[] } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { key: string; findings: Finding[] };
  } catch {
    return undefined;
  }
}

/** Every crisis example that is not seen, and the first of the other examples that are answered confidently otherwise. */
export function findContradictions(dir: string, triage: Triage): Finding[] {
  const unseen: Finding[] = [];
  const otherwise: Finding[] = [];
  for (const { text, file, line, needs, scope, crisis } of readExamples(dir).examples) {
    const answer = triage.assess(text);
    const first = answer.needs[0]?.need;
    if (crisis !== 'none' && answer.crisis === 'none') {
      unseen.push({
        file,
        line,
        level: 'warning',
        what: `危機の例文「${text}」が危機と判定されません。`,
        remedy: 'crisis.txt に決まりを足すか、似た例文を増やして learn し直してください。',
      });
    } else if (scope === 'need' && answer.confident && first !== undefined && !needs.includes(first)) {
      otherwise.push({
        file,
        line,
        level: 'warning',
        what: `例文「${text}」が「${NEED_NAMES[first]}」と判定されます。`,
        remedy: '例文のラベルか、situations.txt・words/ を見直してください。',
      });
    }
  }
  return [...unseen, ...shortened(otherwise)];
}

function shortened(findings: readonly Finding[]): Finding[] {
  const rest = findings.length - LISTED;
  if (rest <= 0) return [...findings];
  return [
    ...findings.slice(0, LISTED),
    {
      file: 'examples',
      line: 0,
      level: 'warning',
      what: `このほかに、自信をもってちがう答えが出る例文が${rest}件あります。`,
      remedy: '上のものから順に見直し、learn し直すと、つぎのものが出ます。',
    },
  ];
}
