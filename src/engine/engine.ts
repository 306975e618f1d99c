/**
 * The engine's door. It knows a flow, a session and one input; no clock, no dice, no I/O, no LINE. Every function leaves
 * its arguments as they are and returns a new session with what is to be said and asked of the world.
 *
 * Reading order: this file, `drive.ts` (the loop), `run.ts` (the words of a step), `steps/` (one file per kind).
 */
import type { Script } from '#contracts/flow.ts';
import { type Facts, factsSchema, type Heard, type Input, type Session, type Step } from '#contracts/session.ts';
import { copy } from '#support/copy.ts';
import { ask, corrects, currentStep, drive, enter, fail, finish, handlerOf, open } from './drive.ts';
import { matchAnswer, normalize } from './match-answer.ts';
import { type Answer, HUMAN, MISUNDERSTOOD, type Move, type Run, say } from './run.ts';

export interface StartOptions {
  flow: string;
  /** `[\w-]`, at most 40: buttons carry it. */
  talk: string;
  /** Milliseconds UTC. */
  at: number;
  /** What is known before, e.g. the booking that the talk is about. */
  facts?: Partial<Facts>;
  /** A message that came without a session: the welcome is said, the opening question is taken as answered by it. */
  first?: { text: string; messageId: string };
  /** True when the long welcome was seen in an earlier talk. */
  greeted?: boolean;
}

/** Begins a flow. A flow that does not exist gives a failed session, not an exception. */
export function start(script: Script, options: StartOptions): Step {
  const { talk, at, first } = options;
  const facts = factsSchema.parse({ ...options.facts });
  const run = newRun(script, blank(options.flow, talk, facts), options.greeted ?? false);
  if (first !== undefined) run.pending = { ...first, at };
  return drive(run, open(run, options.flow) ?? MISSING);
}

/** Takes one input up to the next wait. Anything a resident can send leads to words, never to an exception. */
export function resume(script: Script, session: Session, input: Input): Step {
  const run = newRun(script, copy(session));
  if (input.type === 'result') return withResult(run, input);
  if (session.status === 'asking' && session.request !== null) {
    return finish(run, [{ type: 'request', request: session.request }]);
  }
  if (session.status !== 'waiting') return fail(run, 'unexpected_result');
  const step = currentStep(run);
  if (step === null) return lost(run, input);
  if (input.type === 'text') return withText(run, { messageId: input.messageId, text: input.text, at: input.at });
  return withAnswer(run, input);
}

/** ひとつ戻る: the question before, with what was known then; within a step of several questions, its beginning. */
export function back(script: Script, session: Session): Step {
  const run = newRun(script, copy(session));
  const { trail } = run.session;
  const within = run.session.stage !== null && run.session.stage !== 'preview' && run.session.stage !== 'slot';
  if (!within) {
    if (trail.length < 2 || run.session.status !== 'waiting') {
      return again(run, script.texts['hear.nothing_before']);
    }
    trail.pop();
  }
  const top = trail.at(-1);
  if (top === undefined) return again(run, script.texts['hear.nothing_before']);
  const { hold } = run.session.facts;
  if (hold !== null && top.facts!.hold !== hold) run.asides.push({ type: 'release', hold });
  run.session.facts = copy(top.facts!);
  run.session.stack = callsOf(top, run.session.stack);
  run.session.flow = top.place.flow;
  run.session.revision = top.place.revision;
  delete run.session.tries[MISUNDERSTOOD];
  return drive(run, enter(run, top.place.step) ?? MISSING);
}

/** もう一度: the open question again, after `lead` where one is given (an answer to a sticker, 話をつづける). */
export function repeat(script: Script, session: Session, options: { lead?: string } = {}): Step {
  return again(newRun(script, copy(session)), options.lead);
}

/** 訂正: what was understood is put aside (the words stay), and the resident is asked to say it their way. */
export function correct(script: Script, session: Session): Step {
  const run = newRun(script, copy(session));
  run.session.facts.confirmedNeeds = null;
  run.session.facts.rejectedNeeds = [];
  say(run, script.texts['reply.correct']);
  const move = session.status === 'waiting' ? corrects(run) : null;
  return move === null ? again(run) : drive(run, move);
}

/** 人と話す, in any state. */
export function human(script: Script, session: Session): Step {
  return drive(newRun(script, copy(session)), { to: 'human' });
}

/**
 * Puts another flow on top; when it ends, the open question is put again. With `facts` the flow on top is about something
 * else (a booking made earlier) and has facts of its own until then.
 */
export function interrupt(script: Script, session: Session, options: { flow: string; facts?: Partial<Facts> }): Step {
  const run = newRun(script, copy(session));
  const { flow, revision, step, status } = session;
  const own = options.facts !== undefined;
  if (status === 'waiting' && step !== null) {
    run.session.stack.push({ flow, revision, step, facts: own ? run.session.facts : null });
  }
  if (own) run.session.facts = factsSchema.parse({ ...options.facts });
  return drive(run, open(run, options.flow) ?? MISSING);
}

/** やめる: the talk ends, a held time is given back. */
export function stop(script: Script, session: Session): Step {
  const run = newRun(script, copy(session));
  const { hold } = run.session.facts;
  if (hold !== null) run.asides.push({ type: 'release', hold });
  Object.assign(run.session.facts, {
    hold: null,
    slot: run.session.facts.booking === null ? null : run.session.facts.slot,
  });
  run.session.stack = [];
  say(run, script.texts['reply.stopped']);
  return drive(run, { to: 'end', whole: true });
}

/** The calls that were under way at an earlier wait; one that still is keeps the facts it covers. */
function callsOf(top: Session['trail'][number], now: Session['stack']): Session['stack'] {
  const same = (a: Session['trail'][number]['place'], b: Session['trail'][number]['place'] | undefined): boolean =>
    a.flow === b?.flow && a.revision === b.revision && a.step === b.step;
  return (top.stack ?? now).map((place, index) => (same(place, now[index]) ? now[index]! : { ...place, facts: null }));
}

const MISSING: Move = { to: 'next', step: '' };

/** @param session belongs to the run from here on. */
function newRun(script: Script, session: Session, greeted = true): Run {
  const top = session.trail.at(-1);
  if (top?.facts === null) top.facts = copy(session.facts);
  return { script, session, messages: [], asides: [], notes: [], greeted, pending: null };
}

function blank(flow: string, talk: string, facts: Facts): Session {
  return {
    ...{ talk, flow, revision: '', step: null, stage: null, status: 'waiting', request: null, turn: 0, stack: [] },
    ...{ trail: [], facts, asked: [], askedText: null, tries: {} },
  };
}

function again(run: Run, lead?: string): Step {
  if (lead !== undefined && lead !== '') say(run, lead);
  const step = currentStep(run);
  if (run.session.status === 'waiting' && step !== null) ask(run, step);
  return finish(run, []);
}

/** The step under the resident's feet is gone (the flow file was changed): the words are kept and heard. */
function lost(run: Run, input: Input): Step {
  run.notes.push('revision_changed');
  if (input.type === 'text')
    run.session.facts.heard.push({ messageId: input.messageId, text: input.text, at: input.at });
  return drive(run, run.session.facts.heard.length > 0 ? { to: 'hears' } : { to: 'next' });
}

function withResult(run: Run, input: Extract<Input, { type: 'result' }>): Step {
  // Nobody waits for a release.
  if (input.result.type === 'release') return { session: run.session, events: [] };
  const step = currentStep(run);
  if (run.session.status !== 'asking' || step === null) return fail(run, 'unexpected_result');
  run.session.request = null;
  const move = handlerOf(step).result?.(step, run, input.result) ?? null;
  return move === null ? fail(run, 'unexpected_result') : drive(run, move);
}

function withAnswer(run: Run, answer: Answer): Step {
  const step = currentStep(run)!;
  if (answer.type === 'choice') {
    if (answer.value === HUMAN) return drive(run, { to: 'human' });
    if (!run.session.asked.some((option) => option.value === answer.value)) {
      return again(run, run.script.texts['hear.old_choice']);
    }
  }
  return drive(run, handlerOf(step).answer?.(step, run, answer) ?? { to: 'next' });
}

function withText(run: Run, heard: Heard): Step {
  const { session, script } = run;
  const step = currentStep(run)!;
  const chosen = matchAnswer(heard.text ?? '', session.asked);
  // A date picker cannot be tapped in words.
  if (chosen !== null && chosen.date === undefined) {
    return withAnswer(run, { type: 'choice', value: chosen.value, at: heard.at });
  }
  const move = handlerOf(step).hear?.(step, run, heard) ?? null;
  if (move !== null) return drive(run, move);
  if (THANKS.test(normalize(heard.text ?? ''))) return again(run, script.texts['hear.thanks']);
  return newWords(run, heard);
}

const THANKS =
  /^(ありがとう(ございます)?|ありがと|どうも|わかりました|分かりました|了解(です|しました)?|はーい|はい|ok|おけ|うん|へえ|なるほど)$/u;

/** Words that answer no open question are about the trouble: added to what was heard, and read again. */
function newWords(run: Run, heard: Heard): Step {
  const { session, script } = run;
  const flow = script.flow(session.flow, session.revision);
  session.facts.heard.push(heard);
  if (flow?.hears === undefined && !session.stack.some((place) => script.flow(place.flow, place.revision)?.hears)) {
    const tries = (session.tries[MISUNDERSTOOD] ?? 0) + 1;
    session.tries[MISUNDERSTOOD] = tries;
    if (tries < 2) return again(run, script.texts['hear.not_understood']);
  } else if (session.facts.assessment !== null) {
    say(run, script.texts['hear.more']);
  }
  return drive(run, { to: 'hears' });
}
