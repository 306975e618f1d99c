/** `tsunagi new-city NAME`: asks five things, writes a city that passes `check` and talks, and proves both. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { checkContent } from '#content/check-content.ts';
import { loadContent } from '#content/load-content.ts';
import { readQuestions } from '#triage/splitting-question.ts';
import { municipalityFile, PATTERNS, type Pattern, type Plan, whereTalkFile } from './new-city-files.ts';
import type { Out } from './out.ts';
import { runTalk } from './talk-runner.ts';
import { WrongUse } from './wrong-use.ts';

export interface NewCityOptions {
  root: string;
  /** Name of the folder, e.g. `sabae`. */
  name: string;
  now: number;
  /** Answers given on the command line are not asked for. */
  title?: string;
  pattern?: Pattern;
  /** Names of the areas; empty = windows serve the whole city. */
  districts?: readonly string[];
  /** Asks nothing: what is not given is taken as proposed. */
  yes?: boolean;
}

interface Terminal extends Out {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
}

const STEPS = 5;

/** @returns 0 when the city is there, passes the check and talks; 1 with findings, the files stay to be mended. */
export async function newCity(options: NewCityOptions, io: Terminal): Promise<number> {
  const { root, name } = options;
  const dir = join(root, 'flows');
  await mayBeMade(dir, name);
  const write = (text: string): unknown => io.stdout.write(text);
  const step = (n: number, what: string): unknown => write(`[${n}/${STEPS}] ${what}\n`);

  step(1, 'その市のことを聞きます。あとから、いつでも直せます。');
  const plan = await askPlan(options, io);
  step(2, `flows/${name} を書きます。`);
  await mkdir(join(dir, name, 'talks'), { recursive: true });
  await writeFile(join(dir, name, 'municipality.yaml'), municipalityFile(plan), { flag: 'wx' });
  const talk = `flows/${name}/talks/01-where.talk.yaml`;
  await writeFile(join(root, talk), whereTalkFile(plan), { flag: 'wx' });
  step(3, '書いたものを確かめます。');
  const findings = await checkContent({ dir, now: options.now, municipality: name });
  for (const { level, file, line, what, remedy } of findings) {
    write(`  ${level === 'error' ? '×' : '△'} ${file}:${line} ${what} ${remedy}\n`);
  }
  if (findings.some(({ level }) => level === 'error')) return 1;
  step(4, '「どこに相談していいかわからない」と話しかけてみます。');
  const questions = readQuestions(join(root, 'dictionaries'));
  const content = await loadContent({ dir });
  const played = await runTalk({ root, file: talk, content, triage: null, questions });
  for (const { what, remedy } of played.findings) write(`  × ${what} ${remedy}\n`);
  if (played.findings.length > 0) return 1;
  write(`  ${played.turns}回のやりとりで、窓口に届きました。\n`);
  step(5, 'できました。');
  const demo = await checkContent({ dir, now: options.now, municipality: name, production: true });
  const todo = demo.filter(({ file }) => file.startsWith(`flows/${name}/`)).length;
  write(
    [
      `話してみる      npx tsunagi talk ${name}`,
      `動かす          MUNICIPALITIES=${name} npm start`,
      `直すところ      flows/${name}/municipality.yaml（見本と空欄が${todo}か所: npx tsunagi check ${name} --production）`,
      `言いまわし      flows/common/first-contact.yaml を flows/${name}/ に写して、この市の言葉に直せます`,
      `居場所の表      npx tsunagi resources import ${name} 表.csv`,
      '',
    ].join('\n'),
  );
  return 0;
}

async function mayBeMade(dir: string, name: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/u.test(name))
    throw new WrongUse(
      `「${name}」は使えません。フォルダーの名前になるので、英小文字・数字・ハイフンで書いてください（例: sabae）。`,
    );
  if (['common', 'schema'].includes(name) || (await readdir(dir)).includes(name))
    throw new WrongUse(`「${name}」はもうあります。ほかの名前にしてください。`);
}

async function askPlan(options: NewCityOptions, io: Terminal): Promise<Plan> {
  const { name, yes } = options;
  const reader = yes ? null : createInterface({ input: io.stdin, output: io.stdout });
  const lines = reader === null ? null : lineByLine(reader);
  const ask = async (question: string, proposed: string): Promise<string> => {
    if (lines === null) return proposed;
    io.stdout.write(`  ${question}${proposed === '' ? '' : `（そのまま Enter で ${proposed}）`}\n  > `);
    return (await lines()).trim() || proposed;
  };
  try {
    const title = options.title ?? (await ask('市の名前は。例: 鯖江市', name));
    const pattern = options.pattern ?? (await askPattern(ask, (text) => io.stdout.write(text)));
    const areas =
      options.districts ??
      (await ask('地域で窓口が分かれているなら、地域の名前を「、」で区切って。なければそのまま', ''))
        .split(/[、,]/u)
        .map((area) => area.trim())
        .filter((area) => area !== '');
    return { id: name, title, pattern, districts: [...new Set(areas)] };
  } finally {
    reader?.close();
  }
}

async function askPattern(
  ask: (question: string, proposed: string) => Promise<string>,
  write: (text: string) => unknown,
): Promise<Pattern> {
  const names = Object.keys(PATTERNS) as Pattern[];
  write(`  行き先が決まらない人は、どこが受け止めますか。\n`);
  for (const [index, pattern] of names.entries()) write(`    ${index + 1}. ${PATTERNS[pattern]}\n`);
  for (;;) {
    const chosen = names[Number(await ask('番号で', '1')) - 1];
    if (chosen !== undefined) return chosen;
    write(`  1 から ${names.length} の番号で書いてください。\n`);
  }
}

/** Lines in order, also from a pipe that is read faster than it is asked; after the end, the proposed answers. */
function lineByLine(reader: Interface): () => Promise<string> {
  const lines = reader[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    return done === true ? '' : String(value);
  };
}
