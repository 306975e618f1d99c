/** `tsunagi triage "…"` and `tsunagi triage --jsonl`: what is seen in a text, why, and what to edit to change it. */
import type { Explanation } from '#contracts/assessment.ts';
import { ABOUT_NAMES, CONCERN_NAMES, CRISIS_NAMES, NEED_NAMES, type Need } from '#contracts/labels.ts';
import { createTriage, type Triage } from '#triage/create-triage.ts';
import { splittingQuestion } from '#triage/splitting-question.ts';
import type { Io } from './io.ts';

export interface TriageCommandOptions {
  readonly dictionariesDir: string;
  readonly cacheDir?: string;
  /** The text to look at; without it, and without `jsonl`, standard input is read. */
  readonly text?: string;
  /** Lines {"id","text"} in, lines of assessments out, in the same order and nothing else. */
  readonly jsonl?: boolean;
  /** The assessment as JSON instead of the screen for people. */
  readonly json?: boolean;
}

/** Exit code 0; 2 when a line of `--jsonl` is not {"id","text"} (it is named on stderr; the lines before it are answered). */
export async function triageText(options: TriageCommandOptions, io: Io): Promise<number> {
  const triage = await createTriage(options);
  if (options.jsonl) return answerLines(triage, io);
  const text = options.text ?? (await readAll(io)).trim();
  const assessment = triage.explain(text);
  io.stdout.write(options.json ? `${JSON.stringify(assessment)}\n` : screen(text, assessment));
  return 0;
}

async function answerLines(triage: Triage, io: Io): Promise<number> {
  let number = 0;
  for await (const line of linesOf(io.stdin)) {
    number++;
    if (line.trim() === '') continue;
    const read = parseLine(line);
    if (read === undefined) {
      io.stderr.write(`${number}行目が {"id": …, "text": …} の形ではありません。\n`);
      return 2;
    }
    const { needs, scope, about, crisis, confident, evidence, concerns } = triage.explain(read.text);
    io.stdout.write(`${JSON.stringify({ id: read.id, needs, scope, about, crisis, confident, evidence, concerns })}\n`);
  }
  return 0;
}

function parseLine(line: string): { id: unknown; text: string } | undefined {
  try {
    const value = JSON.parse(line) as { id?: unknown; text?: unknown } | null;
    return value !== null && typeof value.text === 'string' ? { id: value.id, text: value.text } : undefined;
  } catch {
    return undefined;
  }
}

/** Streams, so that a long file is answered as it comes. */
async function* linesOf(stdin: Io['stdin']): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stdin) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function readAll(io: Io): Promise<string> {
  const lines: string[] = [];
  for await (const line of linesOf(io.stdin)) lines.push(line);
  return lines.join('\n');
}

const SCOPE_NAMES = { need: '福祉の相談', unclear: 'まだわからない（聞き返す）', other: '福祉以外' } as const;

function screen(text: string, assessment: Explanation): string {
  const { needs, scope, about, crisis, confident, evidence, concerns } = assessment;
  const question = splittingQuestion(assessment);
  const lines = [
    `文　　　　: ${text}`,
    `危機　　　: ${CRISIS_NAMES[crisis]}${crisis === 'none' ? '' : `（${crisis}）★人につなぎます`}`,
    `種類　　　: ${SCOPE_NAMES[scope]}`,
    `ニーズ　　: ${needs.map((n) => `${NEED_NAMES[n.need]} ${Math.round(n.score * 100)}%`).join('、') || 'なし'}`,
    `自信　　　: ${confident ? 'あり（そのまま案内できます）' : 'なし（たしかめてから案内します）'}`,
    `だれのこと: ${ABOUT_NAMES[about]}`,
    `申込票の印: ${concerns.map((c) => `${c.most ? '◎' : '○'}${CONCERN_NAMES[c.concern]}`).join('、') || 'なし'}`,
    ...(question === null
      ? []
      : [`聞くこと　: ${question.question} ［${question.choices.map((c) => c.label).join('／')}］`]),
    '',
    'そう考えたわけ（＋が大きいほど強く）',
    ...evidence.map(evidenceLine),
    '',
    '変えたいとき',
    ...hints(evidence, needs[0]?.need),
  ];
  return `${lines.join('\n')}\n`;
}

function evidenceLine({ words, by, source, label, score }: Explanation['evidence'][number]): string {
  const sign = score >= 0 ? '+' : '';
  const what = words === '' ? '（文全体）' : `「${words}」`;
  return `  ${sign}${score.toFixed(2)}  ${label.padEnd(20)} ${what}  ${by === 'rule' ? `決まり ${source}` : source}`;
}

function hints(evidence: Explanation['evidence'], first: Need | undefined): string[] {
  const rules = [...new Set(evidence.filter((e) => e.by === 'rule').map((e) => e.source))];
  const groups = [...new Set(evidence.filter((e) => e.source.startsWith('群:')).map((e) => e.source.slice(2)))];
  return [
    ...(rules.length > 0 ? [`  ・決まりを直す: dictionaries/${rules.join('、dictionaries/')}`] : []),
    ...(groups.length > 0 ? [`  ・ことばのグループを直す: dictionaries/words/ の［${groups.join('］［')}］`] : []),
    `  ・正しい答えを例文として足す: dictionaries/examples/ に「文 | ${first ?? 'ニーズ'} | だれのこと」を一行書き、npx tsunagi triage learn`,
  ];
}
