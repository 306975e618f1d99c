/** What is wrong or doubtful in staff's dictionary files, in plain Japanese with the place and the remedy. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ExampleEntry, PatternEntry, WordEntry } from '#contracts/dictionary.ts';
import type { Finding } from '#contracts/finding.ts';
import { fingerprint } from './fingerprint.ts';
import { parsePattern } from './parse-pattern.ts';
import { readDictionaries, readExamples } from './read-dictionaries.ts';
import { readQuestions } from './splitting-question.ts';

/** `dir`: the folder with words/, examples/, crisis.txt and so on. Sorted by file and line. */
export function checkDictionaries(dir: string): Finding[] {
  const entries = readDictionaries(dir);
  const { examples, findings } = readExamples(dir);
  const groups = new Set(entries.words.map((entry) => entry.group));
  return [
    ...entries.findings,
    ...findings,
    ...wordsTwice(entries.words),
    ...neverFound(entries.words),
    ...slipsThatCannotWork(entries.slips),
    ...patternsThatCannotMatch(entries.patterns, groups),
    ...patternsTwice(entries.patterns),
    ...exampleFindings(examples),
    ...questionFindings(dir),
    ...weightFindings(dir),
  ].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function wordsTwice(words: readonly WordEntry[]): Finding[] {
  const seen = new Map<string, WordEntry>();
  const findings: Finding[] = [];
  for (const entry of words) {
    const key = `${entry.group}\t${entry.word}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, entry);
    else {
      findings.push({
        file: entry.file,
        line: entry.line,
        level: 'warning',
        what: `「${entry.word}」がグループ［${entry.group}］に二度あります（一度目は ${first.file} の${first.line}行目）。`,
        remedy: 'どちらかを消してください。',
      });
    }
  }
  return findings;
}

/** Marks and spaces part words in a message, so a word that is only marks is never found. */
function neverFound(words: readonly WordEntry[]): Finding[] {
  return words
    .filter(({ word }) => !/[\p{L}\p{N}]/u.test(word.replace(/…/gu, '')))
    .map(({ word, file, line }) => ({
      file,
      line,
      level: 'warning',
      what: `「${word}」は記号だけなので、文の中で見つかりません。`,
      remedy: '文字のあることばにするか、消してください。',
    }));
}

function slipsThatCannotWork(slips: readonly { from: string; to: string; file: string; line: number }[]): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, string>();
  for (const { from, to, file, line } of slips) {
    const before = seen.get(from);
    seen.set(from, to);
    if (from === to)
      findings.push({
        file,
        line,
        level: 'warning',
        what: `「${from}」は左右が同じです。`,
        remedy: 'この行を消してください。',
      });
    else if (before !== undefined && before !== to) {
      findings.push({
        file,
        line,
        level: 'error',
        what: `「${from}」の書きかえ先が「${before}」と「${to}」の二つあります。`,
        remedy: 'どちらか一つにしてください。',
      });
    } else if (before !== undefined) {
      findings.push({
        file,
        line,
        level: 'warning',
        what: `「${from}」が二度あります。`,
        remedy: 'どちらかを消してください。',
      });
    }
  }
  return findings;
}

function patternsThatCannotMatch(patterns: readonly PatternEntry[], groups: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = [];
  for (const { pattern, file, line } of patterns) {
    const parts = parsePattern(pattern);
    if (parts === undefined) {
      findings.push({
        file,
        line,
        level: 'error',
        what: `「${pattern}」のかっこが閉じていないか、探すことばがありません。`,
        remedy: 'かっこと「…」の位置を見直してください。',
      });
      continue;
    }
    for (const group of parts.flatMap((part) => part.groups)) {
      if (!groups.has(group)) {
        findings.push({
          file,
          line,
          level: 'error',
          what: `グループ〈${group}〉は words/ にありません。`,
          remedy: 'グループ名の書きまちがいを直すか、words/ にグループを作ってください。',
        });
      }
    }
    if (parts.some((part) => part.literals.some((literal) => literal.length > 25))) {
      findings.push({
        file,
        line,
        level: 'warning',
        what: `「${pattern}」は長すぎて、まず当てはまりません。`,
        remedy: '大事なことばだけにして、間を「…」でつないでください。',
      });
    }
  }
  return findings;
}

function patternsTwice(patterns: readonly PatternEntry[]): Finding[] {
  const seen = new Map<string, PatternEntry>();
  const findings: Finding[] = [];
  for (const entry of patterns) {
    const key = `${entry.pattern}\t${JSON.stringify(entry.says)}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, entry);
    else
      findings.push({
        file: entry.file,
        line: entry.line,
        level: 'warning',
        what: `同じ決まり「${entry.pattern}」が${first.line}行目にもあります。`,
        remedy: 'どちらかを消してください。',
      });
  }
  return findings;
}

function exampleFindings(examples: readonly ExampleEntry[]): Finding[] {
  const seen = new Map<string, ExampleEntry>();
  const findings: Finding[] = [];
  for (const example of examples) {
    const { file, line, text } = example;
    const first = seen.get(text);
    if (first === undefined) seen.set(text, example);
    else if (labels(first) === labels(example)) {
      findings.push({
        file,
        line,
        level: 'warning',
        what: `例文「${text}」が二度あります（一度目は ${first.file} の${first.line}行目）。`,
        remedy: 'どちらかを消してください。',
      });
    } else {
      findings.push({
        file,
        line,
        level: 'error',
        what: `例文「${text}」に二通りのラベルがついています（もう一つは ${first.file} の${first.line}行目）。`,
        remedy: '正しいほうだけを残してください。',
      });
    }
    if (example.crisis !== 'none' && example.scope !== 'need') {
      findings.push({
        file,
        line,
        level: 'error',
        what: `例文「${text}」は危機なのに ${example.scope} になっています。`,
        remedy: '危機の例文には、何のことかのラベル（mental や abuse など）をつけてください。',
      });
    }
  }
  return findings;
}

function labels(example: ExampleEntry): string {
  return [example.scope, example.needs.join(','), example.about, example.crisis].join('|');
}

function questionFindings(dir: string): Finding[] {
  if (!existsSync(path.join(dir, 'questions.yaml'))) return [];
  try {
    readQuestions(dir);
    return [];
  } catch {
    return [
      {
        file: 'questions.yaml',
        line: 1,
        level: 'error',
        what: '聞き分けの質問を読めません。',
        remedy: 'ニーズの名前と、選択肢が20字までかを見直してください。',
      },
    ];
  }
}

function weightFindings(dir: string): Finding[] {
  const file = 'weights.tsv';
  const remedy = 'npx tsunagi triage learn を実行してください。';
  if (!existsSync(path.join(dir, file))) {
    return [{ file, line: 1, level: 'error', what: '学習した重みのファイルがありません。', remedy }];
  }
  if (readFileSync(path.join(dir, file), 'utf8').includes(`"madeFrom":"${fingerprint(dir)}"`)) return [];
  return [{ file, line: 2, level: 'warning', what: '辞書や例文が、前に学習したときから変わっています。', remedy }];
}
