/** Plays `*.talk.yaml` files and says, in plain Japanese, where a talk went otherwise than written. */

import { explainIssue } from '#content/explain-issue.ts';
import type { Content } from '#content/load-content.ts';
import { readYaml, type Source } from '#content/read-yaml.ts';
import type { Assessment } from '#contracts/assessment.ts';
import type { Finding } from '#contracts/finding.ts';
import type { Message } from '#contracts/message.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Triage } from '#triage/create-triage.ts';
import type { Questions } from '#triage/splitting-question.ts';
import { perform } from './perform.ts';
import { type Stub, type TalkFile, type TalkStep, talkFileSchema } from './talk-file.ts';
import { openTalkWorld, type TalkWorld } from './talk-world.ts';

export interface TalkRun {
  file: string;
  talk: string;
  /** Things the resident said or tapped. */
  turns: number;
  findings: Finding[];
  /** The whole talk as it was on the screen. */
  transcript: string[];
}

/**
 * @param options.root folder that `file` is relative to
 * @param options.triage null when no dictionary has been learned yet: then every text needs a line under `triage:`
 * @param options.stubs false plays with the real triage alone
 */
export async function runTalk(options: {
  root: string;
  file: string;
  content: Content;
  triage: Triage | null;
  questions: Questions;
  stubs?: boolean;
}): Promise<TalkRun> {
  const { root, file, content } = options;
  const { source, findings } = await readYaml(root, file, file);
  const run: TalkRun = { file, talk: file, turns: 0, findings, transcript: [] };
  if (source === null) return run;
  const parsed = talkFileSchema.safeParse(source.value);
  if (!parsed.success) {
    const known = (): string[] => Object.keys(talkFileSchema.shape);
    findings.push(...parsed.error.issues.flatMap((issue) => explainIssue(issue, source, [], known)));
    return run;
  }
  const talk = parsed.data;
  run.talk = talk.talk;
  if (!content.municipalities.has(talk.city)) {
    add(
      run,
      source,
      ['city'],
      `「${talk.city}」の窓口がありません。`,
      'city に、flows の下のフォルダーの名前を書いてください。',
    );
    return run;
  }
  const at = Date.parse(`${talk.at.replace(' ', 'T')}:00+09:00`);
  const triage = withStubs(options.triage, options.stubs === false ? [] : talk.triage);
  const world = await openTalkWorld({ content, municipality: talk.city, triage, questions: options.questions, at });
  try {
    await play(world, talk, source, run);
    await compareTicket(world, talk, source, run);
  } finally {
    await world.close();
  }
  return run;
}

async function play(world: TalkWorld, talk: TalkFile, source: Source, run: TalkRun): Promise<void> {
  for (const [index, step] of talk.steps.entries()) {
    if (step.says !== undefined || step.taps !== undefined || step.picks !== undefined) run.turns += 1;
    run.transcript.push(`> ${whatDone(step)}`);
    const answer = await perform(world, step);
    const path = ['steps', index];
    if (answer === null) {
      const labels = world.buttons().map((choice) => `「${choice.label}」`);
      add(
        run,
        source,
        path,
        `「${step.taps ?? step.taps_old ?? step.picks ?? step.someone_takes ?? ''}」というボタンがありません。`,
        `いまあるボタン: ${labels.join('') || 'なし'}`,
      );
      return;
    }
    run.transcript.push(...answer.flatMap(lines));
    compareAnswer(world, step, answer, (what, remedy) => add(run, source, path, what, remedy));
  }
  for (const failure of world.failures())
    add(run, source, [], `途中で不具合が起きました: ${failure}`, '開発者に知らせてください。');
  if (talk.turns_at_most !== undefined && run.turns > talk.turns_at_most) {
    add(
      run,
      source,
      ['turns_at_most'],
      `${run.turns}回のやりとりがかかりました。`,
      `${talk.turns_at_most}回までのはずです。`,
    );
  }
}

function compareAnswer(
  world: TalkWorld,
  step: TalkStep,
  answer: readonly Message[],
  fault: (what: string, remedy: string) => void,
): void {
  const text = answer.flatMap(lines).join('\n');
  for (const wanted of step.hears ?? []) {
    if (!text.includes(wanted)) fault(`お返事に「${wanted}」がありません。`, `実際のお返事: ${text || '（なし）'}`);
  }
  for (const unwanted of step.never ?? []) {
    if (text.includes(unwanted)) fault(`お返事に「${unwanted}」が出てしまいました。`, `実際のお返事: ${text}`);
  }
  const labels = world.buttons().map((choice) => choice.label);
  for (const button of step.buttons ?? []) {
    if (!labels.includes(button))
      fault(`「${button}」というボタンがありません。`, `いまあるボタン: ${labels.join('、') || 'なし'}`);
  }
}

async function compareTicket(world: TalkWorld, talk: TalkFile, source: Source, run: TalkRun): Promise<void> {
  if (talk.ticket === undefined) return;
  const tickets = await world.tickets();
  // A crisis and a hand-off may have made one each: the nearest one is meant.
  const wanted = talk.ticket;
  const ticket =
    wanted === 'none' ? tickets.at(-1) : tickets.toSorted((a, b) => misses(a, wanted) - misses(b, wanted))[0];
  if (wanted === 'none') {
    if (ticket !== undefined) add(run, source, ['ticket'], '相談票ができてしまいました。', 'できないはずの話です。');
    return;
  }
  if (ticket === undefined)
    return add(run, source, ['ticket'], '相談票ができませんでした。', '話の終わりまで進んでいるか、見てください。');
  const is = seen(ticket);
  for (const [key, value] of Object.entries(wanted)) {
    if (!fits(is, key, value))
      add(
        run,
        source,
        ['ticket', key],
        `相談票の ${key} が「${show(value)}」ではなく「${show(is[key.replace('_never', '')])}」です。`,
        '流れか、この期待のどちらかを直してください。',
      );
  }
}

type Seen = Record<string, unknown>;
const fits = (is: Seen, key: string, value: unknown): boolean => FITS[key]?.(is, value) ?? same(is[key], value);
const misses = (ticket: Ticket, wanted: object): number =>
  Object.entries(wanted).filter(([key, value]) => !fits(seen(ticket), key, value)).length;

const FITS: Record<string, (is: Seen, wanted: unknown) => boolean> = {
  words: (is, wanted) => (wanted as string[]).every((word) => String(is.words).includes(word)),
  words_never: (is, wanted) => (wanted as string[]).every((word) => !String(is.all).includes(word)),
  household: (is, wanted) => (wanted as string[]).every((word) => String(is.household).includes(word)),
  needs: (is, wanted) => (wanted as string[]).every((need) => (is.needs as string[]).includes(need)),
};

function seen(ticket: Ticket): Seen {
  const text = (heard: { text: string | null }): string => heard.text ?? '';
  return {
    window: ticket.window,
    needs: ticket.needs.map((entry) => entry.need),
    urgent: ticket.urgent,
    booked: ticket.booking !== null && ticket.booking.state !== 'cancelled',
    way: ticket.way,
    consent: ticket.consent,
    nickname: ticket.nickname?.text ?? null,
    name: ticket.name?.text ?? null,
    phone: ticket.phone?.text ?? null,
    district: ticket.district,
    words: ticket.words.map(text).join('\n'),
    household: ticket.household.map(text).join('\n'),
    crisis: ticket.crisis,
    all: JSON.stringify(ticket),
  };
}

const show = (value: unknown): string => (Array.isArray(value) ? value.join('、') : String(value));
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function add(run: TalkRun, source: Source, path: readonly PropertyKey[], what: string, remedy: string): void {
  run.findings.push({ file: run.file, line: source.line(path), level: 'error', what, remedy });
}

/** A message as one reads it: text, cards, buttons. */
export function lines(message: Message): string[] {
  const buttons = message.choices.map((choice) => `[${choice.label}]`).join(' ');
  const tail = buttons === '' ? [] : [`  ${buttons}`];
  if (message.type === 'text') return [message.text, ...tail];
  const cards = message.cards.flatMap((card) => [
    `┌ ${card.title}`,
    ...card.lines.map((line) => `│ ${line.label === undefined ? '' : `${line.label}: `}${line.text}`),
    ...(card.buttons.length === 0 ? [] : [`└ ${card.buttons.map((choice) => `[${choice.label}]`).join(' ')}`]),
  ]);
  return [...cards, ...tail];
}

function whatDone(step: TalkStep): string {
  if (step.says !== undefined) return step.says;
  const tapped = step.taps ?? step.taps_old;
  return tapped === undefined
    ? JSON.stringify({ ...step, hears: undefined, never: undefined, buttons: undefined })
    : `[${tapped}]`;
}

function withStubs(triage: Triage | null, stubs: readonly Stub[]): Pick<Triage, 'assess'> {
  return {
    assess(text, earlier = []) {
      const all = [...earlier, text].join('\n');
      // The newest words decide; a stub for words said before holds until newer ones have their own.
      const stub = stubs.find((one) => text.includes(one.if)) ?? stubs.find((one) => all.includes(one.if));
      if (stub !== undefined) return fromStub(stub);
      return triage?.assess(text, earlier) ?? UNCLEAR;
    },
  };
}

const UNCLEAR: Assessment = {
  needs: [],
  scope: 'unclear',
  about: 'unknown',
  crisis: 'none',
  confident: false,
  evidence: [],
  concerns: [],
};

function fromStub(stub: Stub): Assessment {
  return {
    needs: stub.needs.map((need, index) => ({ need, score: 0.9 - index * 0.1 })),
    scope: stub.scope ?? (stub.needs.length > 0 ? 'need' : 'unclear'),
    about: stub.about,
    crisis: stub.crisis,
    confident: stub.confident,
    evidence: stub.needs.map((need) => ({
      words: stub.if,
      by: 'rule' as const,
      label: `need:${need}`,
      score: 1,
    })),
    concerns: [],
  };
}
