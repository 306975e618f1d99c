import { type Flow, type FlowStep, kindOf, type StepKind } from '#contracts/flow.ts';

/** One way on from a step. `soft`: taken without the resident having been asked anything in between. */
export interface Edge {
  from: string;
  /** null = beyond the last step. */
  to: string | null;
  label: string;
  soft: boolean;
  /** Where the name stands in the file, for findings. */
  path: PropertyKey[];
}

/** Kinds that always put a question before they go on. */
const WAITS = new Set<StepKind>(['ask', 'confirm', 'windows', 'book', 'consent', 'handoff', 'cancel']);

/** Every way on that the file allows, whether or not a condition makes it rare. */
export function flowGraph(flow: Flow): Edge[] {
  return flow.steps.flatMap((step, index) => edgesOf(step, ['steps', index], flow.steps[index + 1]?.step ?? null));
}

function edgesOf(step: FlowStep, path: PropertyKey[], below: string | null): Edge[] {
  const kind = kindOf(step);
  const edge = (to: string | null, label: string, at: PropertyKey[], soft = !WAITS.has(kind)): Edge => ({
    from: step.step,
    to,
    label,
    soft,
    path: [...path, ...at],
  });
  const edges = waysOn(step).map(([to, label, at]) => edge(to, label, at));
  // A call in the last place hands the talk over for good.
  const handsOver = kind === 'call' && step.next === undefined && below === null;
  if (kind !== 'end' && !handsOver && goesOn(step))
    edges.push(edge(step.next ?? below, '', step.next === undefined ? [] : ['next']));
  if (step.when !== undefined) edges.push(edge(below, 'あてはまらない', [], true));
  return edges;
}

type Way = [to: string, label: string, path: PropertyKey[]];
const way = (to: string | undefined, label: string, ...path: PropertyKey[]): Way[] =>
  to === undefined ? [] : [[to, label, path]];

function waysOn(step: FlowStep): Way[] {
  if ('ask' in step) return step.choices.flatMap((c, n) => way(c.go, c.label, 'choices', n, 'go'));
  if ('route' in step)
    return step.route.map((line, n) => [
      line.go,
      line.when === undefined ? 'ほか' : whenText(line.when),
      ['route', n, 'go'],
    ]);
  if ('confirm' in step)
    return [
      ...way(step.confirm.none, 'どれでもない', 'confirm', 'none'),
      ...way(step.confirm.more, '少しちがう', 'confirm', 'more'),
    ];
  if ('windows' in step) return way(step.windows.none, '窓口がない', 'windows', 'none');
  if ('book' in step) return way(step.book.later, '予約しない', 'book', 'later');
  if ('consent' in step) return way(step.consent.refused, '同意しない', 'consent', 'refused');
  if ('handoff' in step) {
    return [
      ...way(step.handoff.cancelled, '届けない', 'handoff', 'cancelled'),
      ...step.handoff.edit.flatMap((edit, n) => way(edit.go, edit.label, 'handoff', 'edit', n, 'go')),
    ];
  }
  if (!('resources' in step)) return [];
  return [
    ...way(step.resources.none, '場所がない', 'resources', 'none'),
    ...way(step.resources.introduce, '紹介', 'resources', 'introduce'),
    ...way(step.resources.alone, '自分で', 'resources', 'alone'),
  ];
}

/** Whether the step can go on to its `next` or to the step below. */
function goesOn(step: FlowStep): boolean {
  if ('route' in step) return step.route.every((line) => line.when !== undefined);
  if ('ask' in step) {
    return (
      step.save !== undefined ||
      step.list !== undefined ||
      step.answer !== undefined ||
      step.choices.some((c) => c.go === undefined)
    );
  }
  return true;
}

const whenText = (when: object): string =>
  Object.entries(when)
    .map(
      ([key, value]) =>
        `${key}: ${Array.isArray(value) ? value.join('/') : typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    )
    .join(', ');
