/** Reads staff's dictionary files into entries. Lines that cannot be read become findings, the rest still works. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ExampleEntry, PatternEntry, PatternMeaning, Place, SlipEntry, WordEntry } from '#contracts/dictionary.ts';
import type { Finding } from '#contracts/finding.ts';
import {
  ABOUTS,
  type About,
  CONCERNS,
  type Concern,
  CRISES,
  type Crisis,
  NEEDS,
  type Need,
} from '#contracts/label-lists.ts';

export interface DictionaryEntries {
  readonly words: readonly WordEntry[];
  /** situations.txt, crisis.txt and concerns.txt. */
  readonly patterns: readonly PatternEntry[];
  readonly slips: readonly SlipEntry[];
  readonly findings: readonly Finding[];
}

interface Line extends Place {
  readonly text: string;
}

/** Entries of `dir` without the examples (a running service needs only these and the weights). */
export function readDictionaries(dir: string): DictionaryEntries {
  const findings: Finding[] = [];
  return {
    words: textFiles(dir, 'words').flatMap((file) => readWords(readLines(dir, file), findings)),
    patterns: ['situations.txt', 'crisis.txt', 'concerns.txt'].flatMap((file) =>
      readPatterns(readLines(dir, file), findings),
    ),
    slips: readSlips(readLines(dir, 'slips.txt'), findings),
    findings,
  };
}

/** Example sentences of `dir`/examples, in the order of file names and lines. */
export function readExamples(dir: string): { examples: ExampleEntry[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const examples: ExampleEntry[] = [];
  for (const file of textFiles(dir, 'examples')) {
    let heading = '';
    for (const line of readLines(dir, file)) {
      if (line.text.startsWith('#')) heading = line.text.replace(/^#+\s*/, '');
      else if (line.text !== '') {
        const example = parseExample(line, heading, findings);
        if (example !== undefined) examples.push(example);
      }
    }
  }
  return { examples, findings };
}

function textFiles(dir: string, folder: string): string[] {
  const place = path.join(dir, folder);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

function readLines(dir: string, file: string): Line[] {
  const place = path.join(dir, file);
  if (!existsSync(place)) return [];
  const lines = readFileSync(place, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
  return lines.map((text, i) => ({ text: text.trim(), file, line: i + 1 }));
}

function readWords(lines: readonly Line[], findings: Finding[]): WordEntry[] {
  const words: WordEntry[] = [];
  let group = '';
  for (const { text, file, line } of lines) {
    if (text === '' || text.startsWith('#')) continue;
    const header = /^[[［](.+)[\]］]$/u.exec(text);
    if (header) group = header[1]!.trim();
    else if (group === '') {
      findings.push({
        file,
        line,
        level: 'error',
        what: `「${text}」の前にグループの見出しがありません。`,
        remedy: '上の行に［グループ名］と書いてください。',
      });
    } else for (const word of text.split(/[、,\s]+/u)) if (word !== '') words.push({ word, group, file, line });
  }
  return words;
}

const STRENGTHS: Record<string, number> = { 弱: 0.15, 中: 0.3, 強: 0.6 };

function readPatterns(lines: readonly Line[], findings: Finding[]): PatternEntry[] {
  const entries: PatternEntry[] = [];
  for (const { text, file, line } of lines) {
    if (text === '' || text.startsWith('#')) continue;
    const [pattern = '', label = '', strength = ''] =
      text.split('|').length > 3 || /[()]/.test(text) ? splitColumns(text) : text.split('|').map((s) => s.trim());
    const says = meaningOf(label, strength);
    if (pattern !== '' && says !== undefined) entries.push({ pattern, says, file, line });
    else {
      findings.push({
        file,
        line,
        level: 'error',
        what: `「${text}」を読めません。`,
        remedy: '「ことば | ラベル | 強さ」の形で書いてください。ラベルは docs/labels.md にあります。',
      });
    }
  }
  return entries;
}

/** Columns are parted by ` | ` with spaces; a `|` inside parentheses belongs to the pattern. */
function splitColumns(text: string): string[] {
  const columns = [''];
  let depth = 0;
  for (const c of text) {
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (c === '|' && depth === 0) columns.push('');
    else columns[columns.length - 1] += c;
  }
  return columns.map((s) => s.trim());
}

function meaningOf(label: string, column: string): PatternMeaning | undefined {
  const strength = STRENGTHS[column === '' ? '中' : column];
  const [kind, name = ''] = label.includes(':') ? (label.split(':') as [string, string]) : ['need', label];
  if (label === '除外') return { kind: 'harmless' };
  if (kind === 'crisis' && isOne(CRISES, name) && name !== 'none') {
    return { kind: 'crisis', crisis: name as Exclude<Crisis, 'none'>, sure: column !== '疑い' };
  }
  if (kind === 'concern' && isOne(CONCERNS, name)) return { kind: 'concern', concern: name as Concern };
  if (strength === undefined) return undefined;
  if (kind === 'need' && isOne(NEEDS, name)) return { kind: 'need', need: name as Need, strength };
  if (kind === 'about' && isOne(ABOUTS, name)) return { kind: 'about', about: name as About, strength };
  if (kind === 'scope' && (name === 'unclear' || name === 'other')) return { kind: 'scope', scope: name, strength };
  return undefined;
}

function isOne(list: readonly string[], name: string): boolean {
  return list.includes(name);
}

function readSlips(lines: readonly Line[], findings: Finding[]): SlipEntry[] {
  const slips: SlipEntry[] = [];
  for (const { text, file, line } of lines) {
    if (text === '' || text.startsWith('#')) continue;
    const parts = text.split(/\s*(?:→|->)\s*/u);
    if (parts.length === 2 && parts[0] !== '') slips.push({ from: parts[0]!, to: parts[1]!, file, line });
    else
      findings.push({
        file,
        line,
        level: 'error',
        what: `「${text}」を読めません。`,
        remedy: '「書かれ方 → ふつうの書き方」の形で書いてください。',
      });
  }
  return slips;
}

function parseExample(line: Line, heading: string, findings: Finding[]): ExampleEntry | undefined {
  const { file } = line;
  const [text = '', labels = '', about = '', crisis = 'none'] = line.text.split('|').map((s) => s.trim());
  const names = labels.split(/\s*,\s*/).filter((name) => name !== '');
  const scope = labels === 'unclear' || labels === 'other' ? labels : 'need';
  const wrong = [
    ...(scope === 'need' ? names.filter((name) => !isOne(NEEDS, name)) : []),
    ...(isOne(ABOUTS, about) ? [] : [about]),
    ...(isOne(CRISES, crisis === '' ? 'none' : crisis) ? [] : [crisis]),
  ];
  if (text === '' || wrong.length > 0 || (scope === 'need' && names.length === 0)) {
    const what =
      wrong.length > 0 ? `「${wrong.join('、')}」というラベルはありません。` : `「${line.text}」を読めません。`;
    findings.push({
      file,
      line: line.line,
      level: 'error',
      what,
      remedy: '「文 | ニーズ | だれのこと | 危機」の形で、docs/labels.md のラベルを使ってください。',
    });
    return undefined;
  }
  return {
    text,
    needs: scope === 'need' ? ([...new Set(names)] as Need[]) : [],
    scope,
    about: about as About,
    crisis: (crisis === '' ? 'none' : crisis) as Crisis,
    heading: `${file}#${heading}`,
    file,
    line: line.line,
  };
}
