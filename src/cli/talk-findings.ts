import { globSync } from 'node:fs';
import { explainIssue } from '#content/explain-issue.ts';
import { readYaml } from '#content/read-yaml.ts';
import type { Finding } from '#contracts/finding.ts';
import { talkFileSchema, talkStepSchema } from './talk-file.ts';

/** What is wrong with the form of `*.talk.yaml` files; whether the talks go as written is for `flows test`. */
export async function talkFindings(root: string): Promise<Finding[]> {
  const files = globSync('flows/**/*.talk.yaml', { cwd: root }).toSorted();
  const findings: Finding[] = [];
  for (const file of files) {
    const { source, findings: unread } = await readYaml(root, file, file);
    findings.push(...unread);
    if (source === null) continue;
    const parsed = talkFileSchema.safeParse(source.value);
    if (!parsed.success)
      findings.push(...parsed.error.issues.flatMap((issue) => explainIssue(issue, source, [], known)));
  }
  return findings;
}

function known(path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(path[0] === 'steps' ? talkStepSchema.shape : talkFileSchema.shape);
}
