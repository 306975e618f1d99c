/** `tsunagi triage learn`: learns the weights from the example sentences anew. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createAnalyser } from '#triage/create-triage.ts';
import { fingerprint } from '#triage/fingerprint.ts';
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { learn } from '#triage/learn.ts';
import { writeModel } from '#triage/model.ts';
import { readExamples } from '#triage/read-dictionaries.ts';
import type { Io } from './io.ts';

export interface LearnCommandOptions {
  readonly dictionariesDir: string;
  readonly cacheDir?: string;
}

/** Writes `weights.tsv`; progress on stderr. Exit code 0, or 1 when an example cannot be read. */
export async function learnWeights(options: LearnCommandOptions, io: Io): Promise<number> {
  const { dictionariesDir, cacheDir } = options;
  const { examples, findings } = readExamples(dictionariesDir);
  for (const finding of findings)
    io.stderr.write(`${finding.file}:${finding.line} ${finding.what} ${finding.remedy}\n`);
  const analyser = createAnalyser(dictionariesDir, createKuromojiTokenizer(cacheDir === undefined ? {} : { cacheDir }));
  io.stderr.write(`例文 ${examples.length} 件を読みました。\n`);
  const analyses = examples.map((example) => analyser(example.text));
  const madeFrom = fingerprint(dictionariesDir);
  const model = learn({ examples, analyses, madeFrom, progress: (what) => io.stderr.write(`${what}…\n`) });
  writeFileSync(path.join(dictionariesDir, 'weights.tsv'), writeModel(model));
  io.stderr.write('weights.tsv を書きました。\n');
  return findings.length > 0 ? 1 : 0;
}
