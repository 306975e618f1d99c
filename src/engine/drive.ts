/** The loop: from step to step until one waits, asks the world, or the flow ends. Steps are in `steps/`. */
import { type Flow, type FlowStep, kindOf, type StepKind } from '#contracts/flow.ts';
import type { Choice, Message } from '#contracts/message.ts';
import { encodePostback } from '#contracts/postback.ts';
import type { EngineEvent, Facts, Session, Step } from '#contracts/session.ts';
import { clip } from './clip.ts';
import { holds } from './conditions.ts';
import type { Asked, Move, Question, Run, StepHandler } from './run.ts';
import { HANDLERS } from './steps.ts';

/** Steps gone through without a wait in one call; a flow that needs more is going round in circles. */
const STEP_LIMIT = 50;
const TRAIL = 20;
/** LINE: messages a call. */
const MESSAGES = 5;

export function drive(run: Run, first: Move): Step {
  let move: Move | null = first;
  for (let n = 0; move !== null; n++) {
    if (n >= STEP_LIMIT) return fail(run, 'step_limit');
    const { session } = run;
    switch (move.to) {
      case 'wait':
        return wait(run, move);
      case 'request':
        session.stage = move.stage;
        session.status = 'asking';
        session.request = move.request;
        return finish(run, [{ type: 'request', request: move.request }]);
      case 'end':
        if (move.whole || session.stack.length === 0) return ended(run);
        move = leave(run);
        break;
      default:
        move = go(run, move);
    }
  }
  return fail(run, 'unknown_step');
}

function currentFlow(run: Run): Flow | null {
  return run.script.flow(run.session.flow, run.session.revision);
}

export function currentStep(run: Run): FlowStep | null {
  return currentFlow(run)?.steps.find((step) => step.step === run.session.step) ?? null;
}

// The table pairs each kind with its own handler; the pair cannot be told to the compiler for a step of unknown kind.
export const handlerOf = (step: FlowStep): StepHandler<StepKind> => HANDLERS[kindOf(step)] as StepHandler<StepKind>;

/** Puts the session at a step and enters it; a step whose `when` does not hold is passed over. */
export function enter(run: Run, name: string): Move | null {
  const { session } = run;
  Object.assign(session, { step: name, stage: null, asked: [], askedText: null, request: null });
  const step = currentStep(run);
  if (step === null) return null;
  return holds(step.when, run) ? handlerOf(step).enter(step, run) : { to: 'next', step: below(run, step) };
}

/** Messages of the open question with the choices as they were. */
export function ask(run: Run, step: FlowStep): void {
  const question = handlerOf(step).question?.(step, run);
  if (question !== undefined) run.messages.push(...render(run, question, run.session.asked));
}

function go(run: Run, move: Exclude<Move, { to: 'wait' | 'request' | 'end' }>): Move | null {
  const { session } = run;
  const flow = currentFlow(run);
  const step = currentStep(run);
  if (flow === null) return null;
  switch (move.to) {
    case 'next': {
      const name = move.step ?? step?.next ?? (step === null ? flow.steps[0]?.step : below(run, step));
      return name === undefined ? { to: 'end', whole: false } : enter(run, name);
    }
    case 'call': {
      const after = step === null ? undefined : (step.next ?? below(run, step));
      if (after !== undefined)
        session.stack.push({ flow: session.flow, revision: session.revision, step: after, facts: null });
      return open(run, move.flow);
    }
    case 'human':
      return flow.human !== undefined && session.step !== null ? enter(run, flow.human) : open(run, 'talk-to-human');
    case 'hears':
      return hears(run, flow);
  }
}

/** Words about the trouble go to the nearest flow that hears; the city's first flow at the last. */
function hears(run: Run, flow: Flow): Move | null {
  const { session, script } = run;
  let hearing: Flow | null = flow;
  while (hearing?.hears === undefined) {
    const place = session.stack.pop();
    hearing = script.flow(place?.flow ?? script.municipality.flow, place?.revision);
    if (hearing === null || (place === undefined && hearing.hears === undefined)) return null;
    if (place !== undefined) putBack(session, place.facts);
    session.flow = hearing.flow;
    session.revision = hearing.revision;
  }
  return enter(run, hearing.hears);
}

/** 訂正: the step for it of this flow, else of the nearest one underneath; null when none has one. */
export function corrects(run: Run): Move | null {
  const { session, script } = run;
  const places = [{ flow: session.flow, revision: session.revision }, ...session.stack.toReversed()];
  const index = places.findIndex(({ flow, revision }) => script.flow(flow, revision)?.corrects !== undefined);
  const place = places[index];
  if (place === undefined) return null;
  for (const left of session.stack.splice(session.stack.length - index).toReversed()) putBack(session, left.facts);
  const flow = script.flow(place.flow, place.revision)!;
  session.flow = flow.flow;
  session.revision = flow.revision;
  return enter(run, flow.corrects!);
}

/** Facts of the flow underneath, with the words that were said on top of it. */
function putBack(session: Session, facts: Facts | null): void {
  if (facts === null) return;
  session.facts = { ...facts, heard: [...facts.heard, ...session.facts.heard] };
}

/** Starts a flow at its first step, on whatever stack there is. */
export function open(run: Run, id: string): Move | null {
  const flow = run.script.flow(id);
  const first = flow?.steps[0];
  if (flow === null || first === undefined) return null;
  run.session.flow = flow.flow;
  run.session.revision = flow.revision;
  return enter(run, first.step);
}

function leave(run: Run): Move | null {
  const place = run.session.stack.pop()!;
  const flow = run.script.flow(place.flow, place.revision);
  if (flow === null) return null;
  if (place.facts !== null) run.session.facts = place.facts;
  run.session.flow = flow.flow;
  run.session.revision = flow.revision;
  return enter(run, place.step);
}

function below(run: Run, step: FlowStep): string | undefined {
  const steps = currentFlow(run)?.steps ?? [];
  return steps[steps.findIndex((other) => other.step === step.step) + 1]?.step;
}

function wait(run: Run, move: Extract<Move, { to: 'wait' }>): Step {
  const { session } = run;
  const step = currentStep(run);
  if (step === null) return fail(run, 'unknown_step');
  Object.assign(session, { stage: move.stage, asked: move.choices, status: 'waiting', request: null });
  session.turn += 1;
  const top = session.trail.at(-1);
  if (top?.place.step !== session.step || top.place.flow !== session.flow) {
    session.trail.push({
      place: { flow: session.flow, revision: session.revision, step: step.step },
      stage: null,
      facts: null,
      stack: session.stack.map(({ flow, revision, step }) => ({ flow, revision, step })),
    });
    if (session.trail.length > TRAIL) session.trail.shift();
  }
  ask(run, step);
  return finish(run, []);
}

function ended(run: Run): Step {
  Object.assign(run.session, { step: null, stage: null, status: 'ended', request: null, asked: [], askedText: null });
  return finish(run, [{ type: 'ended' }]);
}

/** A fault of a flow file or of the service: told in plain words, with a human at hand. */
export function fail(run: Run, code: string): Step {
  const { session, script } = run;
  const step = session.step ?? '';
  Object.assign(session, { status: 'failed', stage: null, request: null, asked: [], askedText: null });
  const command = (label: string, name: string): Choice => ({
    label,
    kind: 'postback',
    data: encodePostback({ type: 'command', command: name, argument: null }),
  });
  const choices = [command(script.texts['common.human'], 'human'), command(script.texts['failed.restart'], 'restart')];
  run.messages.push({ type: 'text', text: script.texts['failed.said'], choices });
  return finish(run, [{ type: 'failed', code, step }]);
}

export function finish(run: Run, last: EngineEvent[]): Step {
  const events: EngineEvent[] = run.notes.map((code) => ({ type: 'note', code }));
  if (run.messages.length > 0) events.push({ type: 'say', messages: few(run.messages) });
  events.push(...run.asides.map((request): EngineEvent => ({ type: 'request', request })), ...last);
  return { session: run.session, events };
}

/** Neighbouring plain texts are put together until the turn fits LINE's five messages. */
function few(messages: readonly Message[]): Message[] {
  const all = [...messages];
  while (all.length > MESSAGES) {
    const index = all.findIndex(
      (message, at) => isPlain(message) && at + 1 < all.length && all[at + 1]!.type === 'text',
    );
    if (index < 0) return all;
    const [a, b] = [all[index]!, all[index + 1]!];
    if (a.type === 'text' && b.type === 'text') all.splice(index, 2, { ...b, text: `${a.text}\n\n${b.text}` });
  }
  return all;
}

const isPlain = (message: Message): boolean => message.type === 'text' && message.choices.length === 0;

function render(run: Run, question: Question, asked: readonly Asked[]): Message[] {
  const button = (option: Asked): Choice => toChoice(run, option);
  if (question.cards === undefined) return [{ type: 'text', text: question.text, choices: asked.map(button) }];
  const inCards = new Set(question.cards.flatMap((card) => card.values));
  return [
    { type: 'text', text: question.text, choices: [] },
    {
      type: 'cards',
      alt: question.alt ?? question.text,
      cards: question.cards.map((card) => ({
        title: card.title,
        lines: card.lines,
        buttons: asked
          .filter((option) => card.values.includes(option.value))
          .slice(0, 4)
          .map(button),
      })),
      choices: asked.filter((option) => !inCards.has(option.value)).map(button),
    },
  ];
}

function toChoice(run: Run, option: Asked): Choice {
  const { talk, turn } = run.session;
  const data = encodePostback({ type: 'answer', talk, turn, value: option.value });
  const label = clip(option.label, 20);
  if (option.date === undefined) return { label, kind: 'postback', data };
  return { label, kind: 'date', data, min: option.date.min, max: option.date.max, initial: option.date.min };
}
