/** `tsunagi triage eval FILE`: how well the dictionaries answer labelled messages. */
import { readFileSync } from 'node:fs';
import { createTriage } from '#triage/create-triage.ts';
import {
  type Answered,
  confusion,
  evaluate,
  FIGURES,
  type Figure,
  faults,
  type Labelled,
  stylesOf,
} from '#triage/evaluate.ts';
import type { Io } from './io.ts';

export interface EvalCommandOptions {
  readonly dictionariesDir: string;
  readonly cacheDir?: string;
  /** JSON lines {id, text, needs, ok?, scope, about, crisis}. */
  readonly file: string;
  readonly json?: boolean;
  /** Leave out the list of wrong answers. */
  readonly brief?: boolean;
}

export async function evalTriage(options: EvalCommandOptions, io: Io): Promise<number> {
  const triage = await createTriage(options);
  const lines = readFileSync(options.file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const answered = lines.map((line): Answered => {
    const message = JSON.parse(line) as Labelled;
    return { message, answer: triage.assess(message.text) };
  });
  io.stdout.write(options.json ? `${JSON.stringify(asJson(answered))}\n` : asText(answered, options.brief ?? false));
  return 0;
}

function asJson(answered: readonly Answered[]): unknown {
  const figures = evaluate(answered).map((f) => [f.name, { share: share(f), hit: f.hit, of: f.of }]);
  const wrong = answered.map((a) => ({ id: a.message.id, faults: faults(a) })).filter((w) => w.faults.length > 0);
  const table = [...confusion(answered)].map(([is, row]) => [is, Object.fromEntries(row)]);
  return {
    messages: answered.length,
    figures: Object.fromEntries(figures),
    confusion: Object.fromEntries(table),
    wrong,
  };
}

function asText(answered: readonly Answered[], brief: boolean): string {
  const parts = [
    `■ ${answered.length} 件の成績`,
    figureTable(answered),
    '',
    '■ 取り違えの表（行: 正解、列: 答え）',
    confusionTable(answered),
    '',
    '■ 書き方ごと',
    styleTable(answered),
  ];
  if (!brief) {
    parts.push('', '■ 間違えたもの');
    for (const a of answered) {
      const wrong = faults(a);
      if (wrong.length > 0) parts.push(`${a.message.id}\t${wrong.join(' / ')}\t${a.message.text}`);
    }
  }
  return `${parts.join('\n')}\n`;
}

function figureTable(answered: readonly Answered[]): string {
  return evaluate(answered)
    .map((f) => `${percent(f).padStart(6)}  ${`${f.hit}/${f.of}`.padStart(9)}  ${FIGURES[f.name]}`)
    .join('\n');
}

function confusionTable(answered: readonly Answered[]): string {
  const table = confusion(answered);
  const columns = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))].sort();
  const rows = [...table].sort(([a], [b]) => (a < b ? -1 : 1));
  const cell = (text: string): string => text.slice(0, 7).padStart(8);
  const head = `${' '.repeat(14)}${columns.map(cell).join('')}`;
  return [
    head,
    ...rows.map(([is, row]) => is.padEnd(14) + columns.map((c) => cell(String(row.get(c) ?? '·'))).join('')),
  ].join('\n');
}

function styleTable(answered: readonly Answered[]): string {
  const styles = new Map<string, Answered[]>();
  for (const a of answered)
    for (const style of stylesOf(a.message)) styles.set(style, [...(styles.get(style) ?? []), a]);
  const shown = ['crisisRecall', 'crisisFalse', 'top1', 'top3', 'about'];
  return [...styles]
    .map(([style, list]) => {
      const figures = evaluate(list).filter((f) => shown.includes(f.name));
      return `${style}（${list.length}件）: ${figures.map((f) => `${FIGURES[f.name]} ${percent(f)}`).join('、')}`;
    })
    .join('\n');
}

function share(figure: Figure): number | null {
  return figure.of === 0 ? null : Math.round((figure.hit / figure.of) * 1000) / 1000;
}

function percent(figure: Figure): string {
  return figure.of === 0 ? '–' : `${((100 * figure.hit) / figure.of).toFixed(1)}%`;
}
