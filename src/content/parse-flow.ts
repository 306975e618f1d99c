import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Finding } from '#contracts/finding.ts';
import {
  conditionSchema,
  type Flow,
  type FlowStep,
  flowChoiceSchema,
  flowFileSchema,
  STEP_KINDS,
  STEP_SCHEMAS,
  type StepKind,
} from '#contracts/flow.ts';
import { explainIssue } from './explain-issue.ts';
import type { Source } from './read-yaml.ts';
import { suggest } from './suggest.ts';

/** A flow file with where it came from, so that checks can name lines. */
export interface FlowSource {
  flow: Flow;
  source: Source;
}

const headSchema = z.strictObject({
  ...flowFileSchema.shape,
  steps: z.array(z.record(z.string(), z.unknown())).min(1),
});

/** @returns the flow, or null with what is wrong; every step is looked at even when another is broken. */
export function parseFlow(source: Source): { flow: Flow | null; findings: Finding[] } {
  const head = headSchema.safeParse(source.value);
  if (!head.success) {
    const known = (): string[] => Object.keys(flowFileSchema.shape);
    return { flow: null, findings: head.error.issues.flatMap((issue) => explainIssue(issue, source, [], known)) };
  }
  const findings: Finding[] = [];
  const steps = head.data.steps.flatMap((raw, index) => parseStep(raw, index, source, findings) ?? []);
  if (findings.length > 0) return { flow: null, findings };
  const revision = createHash('sha256').update(source.text).digest('hex').slice(0, 16);
  return { flow: { ...head.data, steps, revision }, findings };
}

function parseStep(raw: Record<string, unknown>, index: number, source: Source, findings: Finding[]): FlowStep | null {
  const path = ['steps', index];
  const kinds = STEP_KINDS.filter((kind) => kind in raw);
  const at = { file: source.file, line: source.line(path), level: 'error' as const };
  const kind = kinds[0];
  if (kind === undefined || kinds.length > 1) {
    findings.push({ ...at, ...kindSentence(raw, kinds) });
    return null;
  }
  const parsed = STEP_SCHEMAS[kind].safeParse(raw);
  if (parsed.success) return parsed.data as FlowStep;
  findings.push(...parsed.error.issues.flatMap((issue) => explainIssue(issue, source, path, knownKeys(kind))));
  return null;
}

function kindSentence(raw: Record<string, unknown>, kinds: readonly StepKind[]): { what: string; remedy: string } {
  const name = typeof raw.step === 'string' ? `手順「${raw.step}」` : 'この手順';
  if (kinds.length > 1) {
    return {
      what: `${name}に、することが2つ（${kinds.join(' と ')}）書かれています。`,
      remedy: '手順を2つに分けてください。',
    };
  }
  const near = Object.keys(raw)
    .filter((key) => !['step', 'when', 'next', 'texts', 'save', 'answer', 'choices', 'examples', 'list'].includes(key))
    .flatMap((key) => suggest(key, STEP_KINDS) ?? []);
  const hint = near[0] === undefined ? '' : `もしかして「${near[0]}」ですか。`;
  return { what: `${name}に、何をするかが書かれていません。`, remedy: `${hint}使える言葉: ${STEP_KINDS.join('、')}` };
}

function knownKeys(kind: StepKind): (path: readonly PropertyKey[]) => readonly string[] {
  return (path) => {
    if (path.includes('when')) return Object.keys(conditionSchema.shape);
    if (path.includes('choices')) return Object.keys(flowChoiceSchema.shape);
    const own = STEP_SCHEMAS[kind].shape as Record<string, z.ZodType>;
    const inner = path.length > 2 ? own[kind] : undefined;
    return inner instanceof z.ZodObject ? Object.keys(inner.shape) : Object.keys(own);
  };
}
