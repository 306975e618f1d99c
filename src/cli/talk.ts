import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { stringify } from 'yaml';
import { loadContent } from '#content/load-content.ts';
import type { Message } from '#contracts/message.ts';
import { createTriage } from '#triage/create-triage.ts';
import { readQuestions } from '#triage/splitting-question.ts';
import { perform } from './perform.ts';
import { MEDIA, type TalkStep } from './talk-file.ts';
import { lines } from './talk-runner.ts';
import { openTalkWorld, type TalkWorld } from './talk-world.ts';
import { WrongUse } from './wrong-use.ts';

export interface TalkOptions {
  root: string;
  city: string;
  now: number;
  save?: string;
  /** `YYYY-MM-DD HH:MM`, Japan time. */
  at?: string;
}

interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
}

const HELP = `ふつうに書いて Enter を押すと、相談する人として話します。
  1, 2, 3 …      その番号のボタンを押す
  /スタンプ      スタンプを送る（/写真 /声 /動画 /ファイル /場所 も）
  /取り消し N    N番目に書いた言葉を取り消す
  /待つ 1日      時間を進める（30分、2時間、1日）
  /日 2026-12-01 カレンダーで日を選ぶ
  /票            できた相談票を見る
  /終わり        終わる
`;

/** `tsunagi talk <city>`: plays the real conversation in the terminal, in memory. Reads from a pipe as well. */
export async function talk(options: TalkOptions, io: Terminal): Promise<number> {
  const content = await loadContent({ dir: join(options.root, 'flows') });
  if (!content.municipalities.has(options.city)) {
    const known = [...content.municipalities.keys()].join('、');
    throw new WrongUse(
      `「${options.city}」がないか、直すところがあります。tsunagi check で見てください。使える市: ${known}`,
    );
  }
  const at = options.at === undefined ? options.now : Date.parse(`${options.at.replace(' ', 'T')}:00+09:00`);
  if (Number.isNaN(at)) throw new WrongUse('--at は「2026-11-24 10:00」のように書いてください。');
  const dictionariesDir = join(options.root, 'dictionaries');
  const triage = await createTriage({ dictionariesDir, cacheDir: join(options.root, '.cache') });
  const questions = readQuestions(dictionariesDir);
  const world = await openTalkWorld({ content, municipality: options.city, triage, questions, at });
  const steps: TalkStep[] = [{ follows: true }];
  const write = (text: string): unknown => io.stdout.write(text);
  write(HELP);
  show(world, await world.follow(), write);
  const reader = createInterface({ input: io.stdin, output: io.stdout, prompt: '> ' });
  // Input from a pipe ends before the last line is worked on.
  let open = true;
  reader.once('close', () => {
    open = false;
  });
  reader.prompt();
  for await (const line of reader) {
    const said = line.trim();
    if (said === '/終わり') break;
    if (said !== '') await turn(world, said, steps, write);
    if (open) reader.prompt();
  }
  reader.close();
  for (const failure of world.failures()) io.stdout.write(`\n途中で不具合がありました: ${failure}\n`);
  if (options.save !== undefined) {
    await writeFile(options.save, asTalkFile(options.city, at, steps));
    write(`\n${options.save} に保存しました。hears: を書き足すと、試験になります。\n`);
  }
  await world.close();
  return 0;
}

async function turn(
  world: TalkWorld,
  said: string,
  steps: TalkStep[],
  write: (text: string) => unknown,
): Promise<void> {
  if (said === '/票') return void write(`${JSON.stringify(await world.tickets(), null, 2)}\n`);
  const step = stepOf(world, said);
  if (step === null) return void write(HELP);
  const answer = await perform(world, step);
  if (answer === null) return void write('そのボタンはありません。\n');
  steps.push(step);
  show(world, answer, write);
}

function stepOf(world: TalkWorld, said: string): TalkStep | null {
  const [word = '', rest = ''] = said.split(/\s+/u, 2);
  const media = Object.entries(MEDIA).find(([, name]) => `/${name}` === word);
  if (media !== undefined) return { sends: media[0] as keyof typeof MEDIA };
  if (word === '/取り消し') return { unsends: Number(rest) || 1 };
  if (word === '/待つ') return /^\d+(分|時間|日)$/u.test(rest) ? { waits: rest } : null;
  if (word === '/日') return { picks: rest };
  if (said.startsWith('/')) return null;
  const button = /^\d{1,2}$/u.test(said) ? world.buttons()[Number(said) - 1] : undefined;
  return button === undefined ? { says: said } : { taps: button.label };
}

function show(world: TalkWorld, messages: readonly Message[], write: (text: string) => unknown): void {
  for (const message of messages) write(`\n${lines({ ...message, choices: [] }).join('\n')}\n`);
  // Older cards' buttons would still work, as on LINE, but only confuse here.
  const newest = messages.at(-1);
  const count = newest === undefined ? 0 : lastButtons(newest);
  const buttons = world
    .buttons()
    .slice(0, count)
    .map((choice, index) => `${index + 1}.[${choice.label}]`);
  if (buttons.length > 0) write(`\n  ${buttons.join(' ')}\n`);
}

const lastButtons = (message: Message): number =>
  message.choices.length + (message.type === 'cards' ? message.cards.flatMap((card) => card.buttons).length : 0);

function asTalkFile(city: string, at: number, steps: readonly TalkStep[]): string {
  const japan = new Date(at + 9 * 3_600_000).toISOString();
  const head = '# yaml-language-server: $schema=../../schema/talk.schema.json\n';
  const file = { talk: '（どんな人の、どんな話か）', city, at: `${japan.slice(0, 10)} ${japan.slice(11, 16)}`, steps };
  return `${head}${stringify(file)}`;
}
