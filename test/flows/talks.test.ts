/** Every talk that staff wrote beside their flows, played on the real conversation. */
import { existsSync, globSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runTalk } from '#cli/talk-runner.ts';
import { type Content, loadContent } from '#content/load-content.ts';
import { readQuestions } from '#triage/splitting-question.ts';

const files = globSync('flows/**/*.talk.yaml').toSorted();
const questions = readQuestions('dictionaries');
let content: Content;
beforeAll(async () => {
  content = await loadContent({ dir: 'flows' });
});

describe('talks', () => {
  it('there are at least twelve for Ashiya', () => {
    expect(files.filter((file) => file.startsWith('flows/ashiya/')).length).toBeGreaterThanOrEqual(12);
    expect(existsSync('flows/ashiya/first-contact.yaml')).toBe(true);
  });

  it.each(files)('%s', async (file) => {
    const run = await runTalk({ root: '.', file, content, triage: null, questions });
    const told = run.findings.map((finding) => `${finding.file}:${finding.line} ${finding.what} ${finding.remedy}`);
    expect(told, run.transcript.join('\n')).toEqual([]);
  });
});
