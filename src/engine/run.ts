/**
 * One call of the engine under way: the draft of the session, what is to be said, and the words in which a step tells
 * the engine what comes next (`Move`). Steps know this file and nothing of the loop that drives them.
 */
import type { FlowStepOf, Script, StepKind } from '#contracts/flow.ts';
import type { Message } from '#contracts/message.ts';
import type { Facts, Heard, Request, Result, Session } from '#contracts/session.ts';
import type { TextKey } from '#contracts/texts.ts';

export type Asked = Session['asked'][number];

export interface Run {
  readonly script: Script;
  /** A copy that belongs to this call alone. */
  readonly session: Session;
  readonly messages: Message[];
  /** Requests that nobody waits for (`release`). */
  readonly asides: Request[];
  readonly notes: string[];
  readonly greeted: boolean;
  /** Words that arrived before any question was put; taken by the first `ask` with `save: heard`. */
  pending: Heard | null;
}

export type Move =
  /** To the named step, else to the step's `next`, else to the step below, else the end. */
  | { to: 'next'; step?: string | undefined }
  /** Put the question of this stage and rest. */
  | { to: 'wait'; stage: string | null; choices: Asked[] }
  /** Ask the world; the result comes to `result` of the same step. */
  | { to: 'request'; stage: string | null; request: Request }
  | { to: 'call'; flow: string }
  /** The resident's words are saved; on to the flow's `hears`. */
  | { to: 'hears' }
  | { to: 'human' }
  | { to: 'end'; whole: boolean };

/** What a question shows. Cards carry the choices of their `values` as buttons; the others stand below as quick replies. */
export interface Question {
  text: string;
  alt?: string;
  cards?: { title: string; lines: { label?: string; text: string }[]; values: string[] }[];
}

export type Answer = { type: 'choice'; value: string; at: number } | { type: 'date'; date: string; at: number };

/** What one kind of step does. Methods change the run's draft only. */
export interface StepHandler<K extends StepKind> {
  enter(step: FlowStepOf<K>, run: Run): Move;
  /** The open question, from the facts and the stage alone: it is put again by 「もう一度」. */
  question?(step: FlowStepOf<K>, run: Run): Question;
  answer?(step: FlowStepOf<K>, run: Run, answer: Answer): Move;
  /** Free text that equals no label; null = it does not belong to this question. */
  hear?(step: FlowStepOf<K>, run: Run, heard: Heard): Move | null;
  /** null = this is not what was asked for. */
  result?(step: FlowStepOf<K>, run: Run, result: Result): Move | null;
}

/** Times in a row that the resident was not understood, whatever the step. */
export const MISUNDERSTOOD = '!misunderstood';
export const HUMAN = '!human';
export const NONE = '!none';

export const facts = (run: Run): Facts => run.session.facts;

export function say(run: Run, text: string): void {
  run.messages.push({ type: 'text', text, choices: [] });
}

/** The wording of a step: its own `texts:` first, the common one else. */
export function wording(run: Run, step: { texts: Record<string, string> }, key: TextKey): string {
  return step.texts[key.slice(key.indexOf('.') + 1)] ?? run.script.texts[key];
}

export function choice(label: string, value: string, also: string[] = []): Asked {
  return { label, value, also };
}

export function humanChoice(run: Run): Asked {
  return choice(run.script.texts['common.human'], HUMAN);
}

/** Gives a held place back; nobody waits for the answer, a hold also ends by itself. */
export function letGo(run: Run): void {
  const { hold } = run.session.facts;
  if (hold !== null) run.asides.push({ type: 'release', hold });
  run.session.facts.hold = null;
  run.session.facts.slot = null;
}
