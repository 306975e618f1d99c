import { flowGraph } from '#content/flow-graph.ts';
import { loadContent } from '#content/load-content.ts';
import { type Flow, type FlowStep, kindOf, type StepKind } from '#contracts/flow.ts';
import type { Out } from './out.ts';
import { WrongUse } from './wrong-use.ts';

/** `tsunagi flows graph`: the flow as a Mermaid diagram, or its edges as JSON. */
export async function graph(
  options: { dir: string; city: string; flow?: string; json?: boolean },
  io: Out,
): Promise<number> {
  const content = await loadContent({ dir: options.dir });
  const script = content.script(options.city);
  if (script === null) {
    const known = [...content.municipalities.keys()].join('、');
    throw new WrongUse(
      `「${options.city}」がないか、直すところがあります。tsunagi check で見てください。使える市: ${known}`,
    );
  }
  const flow = script.flow(options.flow ?? script.municipality.flow);
  if (flow === null) throw new WrongUse(`流れ「${options.flow}」がありません。`);
  io.stdout.write(options.json ? `${JSON.stringify(flowGraph(flow), null, 2)}\n` : mermaid(flow));
  return 0;
}

/** Steps as nodes (questions rounded, ends doubled), ways on as arrows. */
function mermaid(flow: Flow): string {
  const ids = new Map(flow.steps.map((step, index) => [step.step, `s${index}`]));
  const nodes = flow.steps.map((step) => `  ${ids.get(step.step)}${shape(step)}`);
  const arrows = flowGraph(flow).flatMap((edge) => {
    const to = edge.to === null ? undefined : ids.get(edge.to);
    if (to === undefined) return [];
    return `  ${ids.get(edge.from)} -->${edge.label === '' ? '' : `|"${quote(edge.label)}"|`} ${to}`;
  });
  return ['flowchart TD', ...nodes, ...[...new Set(arrows)], ''].join('\n');
}

const NAMES: Record<StepKind, string> = {
  say: '話す',
  ask: '聞く',
  triage: '読み取る',
  route: '分かれ道',
  confirm: '確かめる',
  windows: '窓口',
  book: '予約',
  consent: '同意',
  handoff: '届ける',
  resources: '場所',
  cancel: '取り消す',
  call: '別の流れ',
  end: 'おわり',
};

function shape(step: FlowStep): string {
  const kind = kindOf(step);
  const text = `"${quote(step.step)}<br>（${NAMES[kind]}）"`;
  if (kind === 'route') return `{${text}}`;
  if (kind === 'end') return `(((${text})))`;
  return kind === 'say' || kind === 'triage' || kind === 'resources' || kind === 'call' ? `[${text}]` : `(${text})`;
}

const quote = (text: string): string => text.replaceAll('"', '#quot;');
