/**
 * `npx tsunagi <command>`: staff's tools and operators'. Reads words, hands each command to its own file, turns what it
 * returns into an exit code: 0 fine, 1 findings, 2 wrong use. Commands are loaded when they are called.
 */
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { TICKET_STATES, type TicketState } from '#contracts/ticket.ts';
import type { Encoding } from '#handoff/resources-csv.ts';
import type { Pattern } from './new-city-files.ts';
import type { Operator } from './operator.ts';
import type { StaffTools } from './staff.ts';

const top = join(import.meta.dirname, '..', '..');

/** Runs one command line (without `node` and the script). @returns the exit code. */
export async function tsunagi(argv: readonly string[], root: string = top): Promise<number> {
  let code = 0;
  const done = (result: number): void => {
    code = result;
  };
  const program = build(root, done);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // --help and --version end this way too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { isWrongUse, sayError } = await import('./wrong-use.ts');
    sayError(error, process.stderr);
    return isWrongUse(error) ? 2 : 1;
  }
}

function build(root: string, done: (code: number) => void): Command {
  const program = new Command('tsunagi')
    .description('つなぎ: LINEの相談受付。流れと辞書を確かめ、試し、相談票を見る道具')
    .exitOverride()
    .showHelpAfterError('(使い方は --help)')
    .helpOption('-h, --help', '使い方を表示する')
    .helpCommand('help [command]', '使い方を表示する');
  addServe(program, root, done);
  addCheck(program, root, done);
  addTalk(program, root, done);
  addFlows(program, root, done);
  addNewCity(program, root, done);
  addResources(program, root, done);
  addTriage(program, root, done);
  addTickets(program, root, done);
  addStaff(program, root, done);
  addKeys(program, root, done);
  addKeeping(program, root, done);
  for (const command of [program, ...program.commands]) exitOverrideAll(command);
  return program;
}

function exitOverrideAll(command: Command): void {
  command.exitOverride().helpOption('-h, --help', '使い方を表示する');
  for (const inner of command.commands) exitOverrideAll(inner);
}

const flows = (root: string): string => join(root, 'flows');
const json = (): Option => new Option('--json', 'プログラムで読める形（JSON）で出す');

function addServe(program: Command, root: string, done: (code: number) => void): void {
  program
    .command('serve')
    .description('サービスを動かす（npm start と同じ）')
    .action(async () => done(await (await import('./serve.ts')).serve(root)));
}

function addCheck(program: Command, root: string, done: (code: number) => void): void {
  program
    .command('check')
    .description('流れ・市の設定・言いまわし・電話の一覧を確かめ、どのファイルの何行目をどう直すかを言う')
    .argument('[city]', '1つの市だけ（フォルダーの名前、例: ashiya）')
    .option('--production', '見本の値、空欄、確認の期限切れも間違いとして数える')
    .addOption(json())
    .action(async (city: string | undefined, options: { production?: boolean; json?: boolean }) => {
      const { check } = await import('./check.ts');
      done(await check({ root, now: Date.now(), ...options, ...(city === undefined ? {} : { city }) }, process));
    });
}

function addTalk(program: Command, root: string, done: (code: number) => void): void {
  program
    .command('talk')
    .description('この画面で話してみる（どこにも送られず、残らない）')
    .argument('<city>', '市（フォルダーの名前、例: ashiya）')
    .option('--save <file>', '終わったときに *.talk.yaml として保存する')
    .option('--at <when>', '「2026-11-24 10:00」のような日本の日時から始める')
    .action(async (city: string, options: { save?: string; at?: string }) => {
      const { talk } = await import('./talk.ts');
      done(await talk({ root, city, now: Date.now(), ...options }, process));
    });
}

function addFlows(program: Command, root: string, done: (code: number) => void): void {
  const group = program.command('flows').description('流れを試す、図にする、入力補助の定義を書き出す');
  group
    .command('test')
    .description('*.talk.yaml を全部（または名指しのものだけ）試す')
    .argument('[files...]', '試すファイル')
    .option('--real', '見立て（triage:）を使わず、辞書だけで試す')
    .option('-v, --verbose', 'やりとりの全文も出す')
    .addOption(json())
    .action(async (files: string[], options: { real?: boolean; verbose?: boolean; json?: boolean }) => {
      const { testFlows } = await import('./flows-test.ts');
      done(await testFlows({ root, files, ...options }, process));
    });
  group
    .command('graph')
    .description('流れを図にする（Mermaid）')
    .argument('<city>', '市（フォルダーの名前）')
    .argument('[flow]', '流れの名前。なければ最初の流れ')
    .addOption(json())
    .action(async (city: string, flow: string | undefined, options: { json?: boolean }) => {
      const { graph } = await import('./flows-graph.ts');
      done(await graph({ dir: flows(root), city, ...options, ...(flow === undefined ? {} : { flow }) }, process));
    });
  group
    .command('schema')
    .description('エディターの入力補助の定義（JSON Schema）を flows/schema に書き出す')
    .action(async () => {
      const { writeSchemas } = await import('./flows-schema.ts');
      done(await writeSchemas({ dir: join(flows(root), 'schema') }, process));
    });
}

function addNewCity(program: Command, root: string, done: (code: number) => void): void {
  program
    .command('new-city')
    .description('新しい市を作る。いくつか答えると、確かめて、話せるところまで進む')
    .argument('<name>', '市（フォルダーの名前、例: sabae）')
    .option('--title <title>', '市の名前（例: 鯖江市）')
    .addOption(
      new Option('--pattern <pattern>', '行き先が決まらない人を、どこが受け止めるか').choices([
        'general',
        'choice',
        'nearest',
        'district',
      ]),
    )
    .option('--districts <names>', '地域の名前（コンマで区切る）', (names: string) =>
      names.split(/[,、]/u).filter((one) => one !== ''),
    )
    .option('-y, --yes', '何も聞かずに作る')
    .action(
      async (name: string, options: { title?: string; pattern?: Pattern; districts?: string[]; yes?: boolean }) => {
        const { newCity } = await import('./new-city.ts');
        done(await newCity({ root, name, now: Date.now(), ...options }, process));
      },
    );
}

function addResources(program: Command, root: string, done: (code: number) => void): void {
  const group = program.command('resources').description('居場所や集まり（社会資源）の表');
  group
    .command('export')
    .description('表計算ソフトで開ける CSV に書き出す')
    .argument('<city>', '市（フォルダーの名前）')
    .argument('<file>', '書き出すファイル')
    .addOption(new Option('--encoding <encoding>', '文字の形').choices(['utf8', 'sjis']).default('utf8'))
    .action(async (city: string, file: string, { encoding }: { encoding: Encoding }) => {
      const { exportResources } = await import('./resources.ts');
      done(await exportResources({ root, city, file, encoding }, process));
    });
  group
    .command('import')
    .description('CSV（UTF-8 か Shift_JIS）で、その市の場所を入れかえる')
    .argument('<city>', '市（フォルダーの名前）')
    .argument('<file>', '読み込むファイル')
    .action(async (city: string, file: string) => {
      const { importResources } = await import('./resources.ts');
      done(await importResources({ root, city, file, now: Date.now() }, process));
    });
}

interface Looking {
  city?: string;
  reveal?: boolean;
  reason?: string;
  json?: boolean;
}

function addTickets(program: Command, root: string, done: (code: number) => void): void {
  const group = program.command('tickets').description('相談票（つなぐシート）を見る');
  const looking = (command: Command): Command =>
    command
      .option('--city <city>', '1つの市だけ')
      .option('--reveal', '伏せずに出す（--reason がいります。記録に残ります）')
      .option('--reason <why>', '伏せずに出すわけ')
      .addOption(json());
  looking(group.command('list').description('相談票の一覧。言葉や名前は伏せて出す'))
    .option('--window <id>', '1つの窓口だけ')
    .addOption(new Option('--state <state>', '状態').choices(TICKET_STATES))
    .option('--limit <n>', '新しいものから何件まで', Number)
    .action(async ({ city, ...options }: Looking & { window?: string; state?: TicketState; limit?: number }) => {
      const { ticketsList } = await import('./tickets.ts');
      const narrowed = city === undefined ? options : { ...options, municipality: city };
      done(await operator(root, (world) => ticketsList(narrowed, process, world)));
    });
  looking(group.command('show').description('相談票を1つ見る').argument('<ticket>', '受付番号')).action(
    async (ticket: string, { city, ...options }: Looking) => {
      const { ticketsShow } = await import('./tickets.ts');
      const narrowed = { ...options, ticket, ...(city === undefined ? {} : { municipality: city }) };
      done(await operator(root, (world) => ticketsShow(narrowed, process, world)));
    },
  );
}

async function operator(root: string, use: (operator: Operator) => Promise<number>): Promise<number> {
  const { asOperator } = await import('./operator.ts');
  return asOperator(root, use);
}

function addStaff(program: Command, root: string, done: (code: number) => void): void {
  const group = program.command('staff').description('職員の登録（パスワードはここでは決めません）');
  const tools = (city: string | undefined, use: (tools: StaffTools) => Promise<number>): Promise<number> =>
    operator(root, async (world) => {
      const { store, clock, ids, publicUrl } = world;
      return use({ store, clock, ids, publicUrl, municipality: await world.municipality(city), io: process });
    });
  const list = (value: string): string[] => value.split(/[,、]/u).filter((one) => one !== '');
  group
    .command('add')
    .description('職員を足す。一度だけ使える入口のリンクが出ます')
    .argument('<login>', 'ログイン名（メールアドレスでも）')
    .requiredOption('--roles <roles>', '役割（コンマで区切る）', list)
    .option('--windows <windows>', '受けもつ窓口の id（コンマで区切る）', list)
    .option('--name <name>', '名前')
    .option('--mail <mail>', 'メール')
    .option('--city <city>', '市')
    .action(
      async (
        login: string,
        { city, ...person }: { city?: string; roles: string[]; windows?: string[]; name?: string },
      ) => {
        const { staffAdd } = await import('./staff.ts');
        done(await tools(city, (of) => staffAdd(of, { login, ...person })));
      },
    );
  for (const [name, what, description] of [
    ['disable', 'staffDisable', '職員が入れないようにする'],
    ['reset', 'staffReset', '入れなくなった職員に、新しい入口のリンクを出す'],
  ] as const) {
    group
      .command(name)
      .description(description)
      .argument('<login>', 'ログイン名')
      .option('--city <city>', '市')
      .action(async (login: string, { city }: { city?: string }) => {
        const staff = await import('./staff.ts');
        done(await tools(city, (of) => staff[what](of, login)));
      });
  }
  group
    .command('list')
    .description('職員の一覧')
    .option('--city <city>', '市')
    .addOption(json())
    .action(async ({ city, ...options }: { city?: string; json?: boolean }) => {
      const { staffList } = await import('./staff.ts');
      done(await tools(city, (of) => staffList(of, options)));
    });
}

function addKeys(program: Command, root: string, done: (code: number) => void): void {
  const group = program.command('keys').description('保管の鍵');
  group
    .command('new')
    .description('新しい鍵を1つ作って表示する（SECRET_KEYS の先頭に足す）')
    .argument('[name]', '鍵の名前', 'k1')
    .action(async (name: string) => {
      const { createKeyRing, generateKey } = await import('#support/key-ring.ts');
      // Says what a name may look like.
      createKeyRing(generateKey(name));
      process.stdout.write(`${generateKey(name)}\n`);
      done(0);
    });
  group
    .command('rotate')
    .description(
      'すべての記録を SECRET_KEYS の先頭の鍵で封じなおす（サービスが動いたままでよい。途中で止めても続きからできる）',
    )
    .action(async () => {
      const { withStorage } = await import('./storage.ts');
      const { keysRotate } = await import('./keys.ts');
      done(await withStorage(root, (storage) => keysRotate(process, storage)));
    });
}

function addKeeping(program: Command, root: string, done: (code: number) => void): void {
  program
    .command('audit')
    .description('操作の記録（だれが、いつ、何を見て、何を変えたか）')
    .command('verify')
    .description('記録から消された行、書きかえられた行がないか確かめる')
    .addOption(json())
    .action(async (options: { json?: boolean }) => {
      const { auditVerify } = await import('./audit.ts');
      done(await operator(root, (world) => auditVerify(options, process, world)));
    });
  program
    .command('doctor')
    .description('すべての記録を読み、つじつまの合わないところを言う（何も変えない）')
    .addOption(json())
    .action(async (options: { json?: boolean }) => {
      const { withStorage } = await import('./storage.ts');
      const { doctor } = await import('./doctor.ts');
      const { loadContent } = await import('#content/load-content.ts');
      const check = withStorage(root, async (storage, settings) => {
        const { municipalities } = await loadContent({ dir: join(root, settings.FLOWS_DIR) });
        return doctor({ ...options, now: Date.now() }, process, storage, municipalities);
      });
      done(await check);
    });
  program
    .command('backup')
    .description('すべての記録をファイルに写す（封じたまま。サービスが動いたままでよい）')
    .argument('<file>', '新しいファイル')
    .action(async (file: string) => {
      const { withStorage } = await import('./storage.ts');
      const { backup } = await import('./backup.ts');
      done(await withStorage(root, (storage) => backup({ file, now: Date.now() }, process, storage)));
    });
  program
    .command('restore')
    .description('控えを、空の保管場所に戻す')
    .argument('<file>', 'backup で作ったファイル')
    .action(async (file: string) => {
      const { withStorage } = await import('./storage.ts');
      const { restore } = await import('./restore.ts');
      done(await withStorage(root, (storage) => restore({ file }, process, storage)));
    });
  program
    .command('move')
    .description('組みこみの保管場所の記録を、空の Redis に移す（サービスを止めてから）')
    .argument('<redis-url>', '移す先（REDIS_URL と同じ形）')
    .action(async (to: string) => {
      const { readSettings } = await import('./storage.ts');
      const { move } = await import('./move.ts');
      const { DATA_DIR: dataDir, REDIS_ALLOW_UNSAFE } = readSettings(root);
      done(await move({ dataDir, to, allowUnsafe: REDIS_ALLOW_UNSAFE === 'yes' }, process));
    });
}

function addTriage(program: Command, root: string, done: (code: number) => void): void {
  const dictionary = { dictionariesDir: join(root, 'dictionaries'), cacheDir: join(root, '.cache') };
  const group = program
    .command('triage')
    .description('1文がどう受け取られるかと、そのわけを見る')
    // `triage eval FILE --json`: the option is the inner command's.
    .enablePositionalOptions()
    .argument('[text]', '相談の文')
    .option('--jsonl', '標準入力の {"id","text"} を1行ずつ読み、答えを1行ずつ出す')
    .addOption(json())
    .action(async (text: string | undefined, options: { jsonl?: boolean; json?: boolean }) => {
      const { triageText } = await import('./triage/triage.ts');
      done(await triageText({ ...dictionary, ...options, ...(text === undefined ? {} : { text }) }, process));
    });
  group
    .command('eval')
    .description('答えのついた例（JSON Lines）で、当たり具合を測る')
    .argument('<file>', 'ファイル')
    .option('--brief', '外れた例を出さない')
    .addOption(json())
    .action(async (file: string, options: { json?: boolean; brief?: boolean }) => {
      const { evalTriage } = await import('./triage/eval.ts');
      done(await evalTriage({ ...dictionary, file, ...options }, process));
    });
  group
    .command('learn')
    .description('例文から重みを学び直す')
    .action(async () => done(await (await import('./triage/learn.ts')).learnWeights(dictionary, process)));
  group
    .command('unmatched')
    .description('分けきれなかったことばの一覧（辞書を育てるため）。ことばは伏せて出す')
    .option('--city <city>', '1つの市だけ')
    .option('--limit <n>', '新しいものから何件まで', Number)
    .option('--reveal', '伏せずに出す（--reason がいります。記録に残ります）')
    .option('--reason <why>', '伏せずに出すわけ')
    .addOption(json())
    .action(async ({ city, ...options }: Looking & { limit?: number }) => {
      const { unmatched } = await import('./triage/unmatched.ts');
      const narrowed = city === undefined ? options : { ...options, municipality: city };
      done(await operator(root, (world) => unmatched(narrowed, process, world)));
    });
}

// `tsunagi … | head`: the reader has seen enough; that is no fault.
if (import.meta.main)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
if (import.meta.main) process.exitCode = await tsunagi(process.argv.slice(2));
