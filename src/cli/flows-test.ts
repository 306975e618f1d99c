import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { loadContent } from '#content/load-content.ts';
import { createTriage, type Triage } from '#triage/create-triage.ts';
import { readQuestions } from '#triage/splitting-question.ts';
import type { Out } from './out.ts';
import { runTalk, type TalkRun } from './talk-runner.ts';
import { WrongUse } from './wrong-use.ts';

export interface TestFlowsOptions {
  root: string;
  /** None = all beside the flows. */
  files: readonly string[];
  real?: boolean;
  verbose?: boolean;
  json?: boolean;
}

/** `tsunagi flows test`. @returns 1 when a talk went otherwise than written. */
export async function testFlows(options: TestFlowsOptions, io: Out): Promise<number> {
  const { root } = options;
  const files =
    options.files.length > 0
      ? options.files.map((file) => relative(root, resolve(file)))
      : globSync('flows/**/*.talk.yaml', { cwd: root }).toSorted();
  if (files.length === 0) throw new WrongUse('*.talk.yaml がありません。docs/flows-ja.md の「試す」を見てください。');
  const content = await loadContent({ dir: join(root, 'flows') });
  const triage = await triageOrNull(root);
  if (triage === null) io.stderr.write('tsunagi: 辞書がまだ学習されていないので、見立て（triage:）だけで試します。\n');
  const questions = readQuestions(join(root, 'dictionaries'));
  const runs: TalkRun[] = [];
  for (const file of files) {
    const run = await runTalk({ root, file, content, triage, questions, stubs: !options.real });
    runs.push(run);
    if (!options.json) io.stdout.write(asText(run, options.verbose ?? false));
  }
  const failed = runs.filter((run) => run.findings.length > 0).length;
  if (options.json) io.stdout.write(`${JSON.stringify(runs, null, 2)}\n`);
  else io.stdout.write(`${runs.length}件のうち ${runs.length - failed}件が書かれたとおりでした。\n`);
  return failed > 0 ? 1 : 0;
}

async function triageOrNull(root: string): Promise<Triage | null> {
  try {
    return await createTriage({ dictionariesDir: join(root, 'dictionaries'), cacheDir: join(root, '.cache') });
  } catch {
    return null;
  }
}

function asText(run: TalkRun, verbose: boolean): string {
  const head = `${run.findings.length === 0 ? '○' : '×'} ${run.talk}（${run.turns}回） ${run.file}\n`;
  const faults = run.findings.map((finding) => `   ${finding.line}行目: ${finding.what}\n   → ${finding.remedy}\n`);
  const whole = verbose ? run.transcript.map((line) => `   | ${line.replaceAll('\n', '\n   | ')}\n`) : [];
  return [head, ...whole, ...faults].join('');
}
