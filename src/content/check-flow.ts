import type { Finding } from '#contracts/finding.ts';
import { type Flow, type FlowStep, kindOf } from '#contracts/flow.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { TEXT_KEYS } from '#contracts/texts.ts';
import { checkLabel, checkPlaceholders, isLabel } from './check-texts.ts';
import { type Edge, flowGraph } from './flow-graph.ts';
import { MAIN_BUTTONS, MESSAGES } from './limits.ts';
import type { FlowSource } from './parse-flow.ts';
import { maybe } from './suggest.ts';

type Add = (path: readonly PropertyKey[], what: string, remedy: string, level?: Finding['level']) => void;

/**
 * @param flows names of the flows that may be called
 * @param city null for a common flow, which is checked without a city's windows
 */
export function checkFlow(
  { flow, source }: FlowSource,
  flows: readonly string[],
  city: Municipality | null,
): Finding[] {
  const findings: Finding[] = [];
  const add: Add = (path, what, remedy, level = 'error') => {
    findings.push({ file: source.file, line: source.line(path), level, what, remedy });
  };
  const edges = flowGraph(flow);
  checkNames(flow, edges, flows, add);
  for (const [index, step] of flow.steps.entries()) {
    checkButtons(step, index, add, (label, path) => findings.push(...checkLabel(label, source, source.line(path))));
    for (const [path, text] of textsOf(step, index))
      findings.push(...checkPlaceholders(text, source, source.line(path)));
    checkOwnTexts(step, index, add, (text, path) => findings.push(...checkLabel(text, source, source.line(path))));
    if (city !== null && 'ask' in step && step.list === 'districts' && city.districts.length === 0) {
      add(
        ['steps', index],
        `手順「${step.step}」は地域を聞きますが、municipality.yaml に地域（districts）がありません。`,
        '地域を書くか、この手順を消してください。',
      );
    }
  }
  if (findings.length === 0) {
    checkReach(flow, edges, add);
    checkLoops(flow, edges, add);
    checkMessages(flow, edges, add);
  }
  return findings;
}

function checkNames(flow: Flow, edges: readonly Edge[], flows: readonly string[], add: Add): void {
  const names = flow.steps.map((step) => step.step);
  const known = (name: string | undefined, path: readonly PropertyKey[]): void => {
    if (name !== undefined && !names.includes(name))
      add(path, `手順「${name}」がありません。`, `${maybe(name, names)}ある手順: ${names.join('、')}`);
  };
  for (const key of ['hears', 'human', 'corrects'] as const) known(flow[key], [key]);
  for (const edge of edges) if (edge.to !== null) known(edge.to, edge.path);
  for (const [index, step] of flow.steps.entries()) {
    if (names.indexOf(step.step) !== index)
      add(['steps', index], `手順「${step.step}」が2つあります。`, 'それぞれちがう名前にしてください。');
    if ('call' in step && !flows.includes(step.call))
      add(
        ['steps', index, 'call'],
        `流れ「${step.call}」がありません。`,
        `${maybe(step.call, flows)}ある流れ: ${flows.join('、')}`,
      );
  }
}

function checkButtons(
  step: FlowStep,
  index: number,
  add: Add,
  label: (text: string, path: PropertyKey[]) => void,
): void {
  if ('ask' in step) {
    if (step.choices.length > MAIN_BUTTONS) {
      add(
        ['steps', index, 'choices', MAIN_BUTTONS],
        `手順「${step.step}」のボタンが${step.choices.length}個あります。多いと選びにくくなります。`,
        `${MAIN_BUTTONS}個までにしてください。`,
      );
    }
    for (const [n, choice] of step.choices.entries()) label(choice.label, ['steps', index, 'choices', n, 'label']);
    if (step.choices.length === 0 && step.save === undefined && step.answer === undefined && step.list === undefined) {
      add(['steps', index], `手順「${step.step}」の答えの行き先がありません。`, 'save: か choices: を書いてください。');
    }
  }
  if ('handoff' in step) {
    for (const [n, edit] of step.handoff.edit.entries())
      label(edit.label, ['steps', index, 'handoff', 'edit', n, 'label']);
    if (step.handoff.edit.length > 3)
      add(['steps', index, 'handoff', 'edit', 3], '「直す」の行き先は3つまでです。', '3つまでに減らしてください。');
  }
}

function checkOwnTexts(
  step: FlowStep,
  index: number,
  add: Add,
  label: (text: string, path: PropertyKey[]) => void,
): void {
  const kind = kindOf(step);
  // A hand-off says its receipt as well.
  const groups = kind === 'handoff' ? ['handoff.', 'receipt.'] : [`${kind}.`];
  const known = TEXT_KEYS.filter((key) => groups.some((group) => key.startsWith(group))).map((key) =>
    key.slice(key.indexOf('.') + 1),
  );
  for (const [key, text] of Object.entries(step.texts)) {
    const path = ['steps', index, 'texts', key];
    if (isLabel(`${kind}.${key}`)) label(text, path);
    if (!known.includes(key))
      add(
        path,
        `「${key}」は、この手順の言いまわしにありません。`,
        `${maybe(key, known)}使えるもの: ${known.join('、')}`,
      );
  }
}

function* textsOf(step: FlowStep, index: number): Generator<[PropertyKey[], string]> {
  const path: PropertyKey[] = ['steps', index];
  if ('say' in step) for (const text of [step.say].flat()) yield [[...path, 'say'], text];
  if ('ask' in step) yield [[...path, 'ask'], step.ask];
  if ('end' in step) {
    const text = typeof step.end === 'string' ? step.end : step.end === true ? undefined : step.end.say;
    if (text !== undefined) yield [[...path, 'end'], text];
  }
  for (const [key, text] of Object.entries(step.texts)) yield [[...path, 'texts', key], text];
}

function checkReach(flow: Flow, edges: readonly Edge[], add: Add): void {
  const reached = new Set<string>();
  const open = [flow.steps[0]!.step, ...[flow.hears, flow.human, flow.corrects].flatMap((name) => name ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const edge of edges) if (edge.from === name && edge.to !== null) open.push(edge.to);
  }
  for (const [index, step] of flow.steps.entries()) {
    if (!reached.has(step.step))
      add(
        ['steps', index],
        `手順「${step.step}」には、どこからもたどり着けません。`,
        'どこかの next や go に書くか、要らなければ消してください。',
        'warning',
      );
  }
  for (const edge of edges) {
    if (edge.to === null && reached.has(edge.from)) {
      const index = flow.steps.findIndex((step) => step.step === edge.from);
      add(
        ['steps', index],
        `手順「${edge.from}」のあとに続きがありません。話が急に終わってしまいます。`,
        '下に end: の手順を足すか、next: で行き先を書いてください。',
      );
    }
  }
}

/** A round of steps none of which asks anything would never come to rest. */
function checkLoops(flow: Flow, edges: readonly Edge[], add: Add): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      const round = [...trail.slice(trail.indexOf(name)), name].map((step) => `「${step}」`).join('→');
      const index = flow.steps.findIndex((step) => step.step === name);
      add(
        ['steps', index],
        `${round} と、何も聞かないままぐるぐる回ってしまいます。`,
        '途中に ask などの、返事を待つ手順を入れてください。',
      );
      return;
    }
    state.set(name, 'open');
    for (const edge of edges) if (edge.soft && edge.from === name && edge.to !== null) visit(edge.to, [...trail, name]);
    state.set(name, 'done');
  };
  for (const step of flow.steps) visit(step.step, []);
}

/** Bubbles that one turn can pile up. */
function checkMessages(flow: Flow, edges: readonly Edge[], add: Add): void {
  const known = new Map<string, number>();
  const most = (name: string): number => {
    const found = known.get(name);
    if (found !== undefined) return found;
    known.set(name, 0);
    const step = flow.steps.find((one) => one.step === name)!;
    const on = edges
      .filter((edge) => edge.soft && edge.from === name && edge.to !== null)
      .map((edge) => most(edge.to!));
    const count = bubbles(step) + Math.max(0, ...on);
    known.set(name, count);
    return count;
  };
  for (const [index, step] of flow.steps.entries()) {
    if (most(step.step) > MESSAGES) {
      add(
        ['steps', index],
        `手順「${step.step}」から、一度に${most(step.step)}個のふきだしが出ます。LINEで一度に送れるのは${MESSAGES}個までです。`,
        'say をまとめるか、途中で返事を待ってください。',
        'warning',
      );
    }
  }
}

function bubbles(step: FlowStep): number {
  if ('say' in step) return [step.say].flat().length;
  if ('windows' in step || 'handoff' in step) return 2;
  return 'route' in step || 'triage' in step || 'call' in step ? 0 : 1;
}
