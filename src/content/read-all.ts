import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Finding } from '#contracts/finding.ts';
import { type CrisisLine, crisisLineSchema, type Municipality, municipalitySchema } from '#contracts/municipality.ts';
import { REPAIRS, type RepairCommand, TEXT_KEYS, type TextKey } from '#contracts/texts.ts';
import { explainIssue } from './explain-issue.ts';
import { type FlowSource, parseFlow } from './parse-flow.ts';
import { type Read, readYaml, type Source } from './read-yaml.ts';
import {
  type CrisisFile,
  crisisFileSchema,
  crisisLinesFileSchema,
  repairFileSchema,
  textsFileSchema,
} from './schemas.ts';
import { maybe } from './suggest.ts';

/** Files that every city shares, as read. A part that could not be read is null and has findings. */
export interface Common {
  texts: Partial<Record<TextKey, string>>;
  textsSource: Source | null;
  repair: Record<RepairCommand, string[]> | null;
  crisis: CrisisFile | null;
  crisisSource: Source | null;
  crisisLines: CrisisLine[];
  linesSource: Source | null;
  flows: FlowSource[];
  findings: Finding[];
}

export interface City {
  /** Name of its folder. */
  id: string;
  municipality: Municipality | null;
  source: Source | null;
  texts: Partial<Record<TextKey, string>>;
  flows: FlowSource[];
  findings: Finding[];
}

const NOT_FLOWS = new Set(['municipality.yaml', 'texts.yaml', 'repair.yaml', 'crisis-lines.yaml', 'crisis.yaml']);
const SHARED = new Set(['common', 'schema']);

/**
 * @param dir the project's `flows` folder
 * @param only the cities asked for; default all
 */
export async function readAll(dir: string, only?: readonly string[]): Promise<{ common: Common; cities: City[] }> {
  const entries = await readdir(dir, { withFileTypes: true });
  const folders = entries
    .filter(({ name }) => !SHARED.has(name) && (only === undefined || only.includes(name)))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const cities = await Promise.all(folders.toSorted().map((id) => readCity(dir, id)));
  return { common: await readCommon(dir), cities };
}

async function readCommon(dir: string): Promise<Common> {
  const findings: Finding[] = [];
  const read = (name: string): Promise<Read> => readYaml(dir, `common/${name}`, `flows/common/${name}`);
  const texts = await parsed(await read('texts.yaml'), textsFileSchema, findings);
  const repair = await parsed(await read('repair.yaml'), repairFileSchema, findings, () => REPAIRS);
  const crisis = await parsed(await read('crisis.yaml'), crisisFileSchema, findings, () =>
    Object.keys(crisisFileSchema.shape),
  );
  const lines = await parsed(await read('crisis-lines.yaml'), crisisLinesFileSchema, findings, () =>
    Object.keys(crisisLineSchema.shape),
  );
  return {
    texts: texts.value === null ? {} : flatTexts(texts.value, texts.source!, findings),
    textsSource: texts.source,
    repair: repair.value,
    crisis: crisis.value,
    crisisSource: crisis.source,
    crisisLines: lines.value ?? [],
    linesSource: lines.source,
    flows: await readFlows(dir, 'common', findings),
    findings,
  };
}

async function readCity(dir: string, id: string): Promise<City> {
  const findings: Finding[] = [];
  const names = await readdir(join(dir, id));
  const read = await readYaml(dir, `${id}/municipality.yaml`, `flows/${id}/municipality.yaml`);
  const { value, source } = await parsed(read, municipalitySchema, findings, knownInMunicipality);
  let texts: City['texts'] = {};
  if (names.includes('texts.yaml')) {
    const file = await parsed(
      await readYaml(dir, `${id}/texts.yaml`, `flows/${id}/texts.yaml`),
      textsFileSchema,
      findings,
    );
    if (file.value !== null) texts = flatTexts(file.value, file.source!, findings);
  }
  return { id, municipality: value, source, texts, flows: await readFlows(dir, id, findings), findings };
}

async function readFlows(dir: string, folder: string, findings: Finding[]): Promise<FlowSource[]> {
  const names = (await readdir(join(dir, folder))).toSorted();
  const flows: FlowSource[] = [];
  for (const name of names) {
    if (!name.endsWith('.yaml') || name.endsWith('.talk.yaml') || NOT_FLOWS.has(name)) continue;
    const { source, findings: unread } = await readYaml(dir, `${folder}/${name}`, `flows/${folder}/${name}`);
    findings.push(...unread);
    if (source === null) continue;
    const { flow, findings: wrong } = parseFlow(source);
    findings.push(...wrong);
    if (flow !== null) flows.push({ flow, source });
  }
  return flows;
}

async function parsed<T extends z.ZodType>(
  read: Read,
  schema: T,
  findings: Finding[],
  known: (path: readonly PropertyKey[]) => readonly string[] = () => [],
): Promise<{ value: z.output<T> | null; source: Source | null }> {
  findings.push(...read.findings);
  if (read.source === null) return { value: null, source: null };
  const { source } = read;
  const result = schema.safeParse(source.value);
  if (result.success) return { value: result.data, source };
  findings.push(...result.error.issues.flatMap((issue) => explainIssue(issue, source, [], known)));
  return { value: null, source };
}

function knownInMunicipality(path: readonly PropertyKey[]): readonly string[] {
  const shape = municipalitySchema.shape;
  if (path[0] === 'windows') return path.includes('booking') ? BOOKING_KEYS : Object.keys(shape.windows.element.shape);
  if (path[0] === 'resources') return Object.keys(shape.resources.unwrap().element.shape);
  if (path[0] === 'districts') return Object.keys(shape.districts.unwrap().element.shape);
  if (path[0] === 'consent') return Object.keys(shape.consent.shape);
  return Object.keys(shape);
}
const BOOKING_KEYS = ['minutes', 'capacity', 'noticeHours', 'daysAhead', 'ways'];

function flatTexts(
  value: Record<string, Record<string, string>>,
  source: Source,
  findings: Finding[],
): Partial<Record<TextKey, string>> {
  const flat: Partial<Record<TextKey, string>> = {};
  for (const [group, entries] of Object.entries(value)) {
    for (const [key, text] of Object.entries(entries)) {
      const name = `${group}.${key}`;
      if ((TEXT_KEYS as readonly string[]).includes(name)) flat[name as TextKey] = text.trimEnd();
      else {
        findings.push({
          file: source.file,
          line: source.keyLine([group], key),
          level: 'error',
          what: `「${name}」という言いまわしは、どこでも使われていません。`,
          remedy: `${maybe(name, TEXT_KEYS)}使わないなら消してください。`,
        });
      }
    }
  }
  return flat;
}
