/**
 * What staff keep as files, read and checked: municipalities, flows, wording, words that steer, crisis lines. This room
 * knows the disk and plain Japanese findings; it knows no session, no store, no LINE and not the engine.
 */
import type { Finding } from '#contracts/finding.ts';
import type { Flow, Script, Texts } from '#contracts/flow.ts';
import type { CrisisLine, Municipality } from '#contracts/municipality.ts';
import type { RepairCommand } from '#contracts/texts.ts';
import { checkCity, checkCommon } from './check-all.ts';
import { type City, type Common, readAll } from './read-all.ts';
import { repairWords } from './repair-words.ts';
import type { CrisisFile } from './schemas.ts';

export interface Content {
  /** Everything found, warnings too. */
  readonly findings: readonly Finding[];
  /** Cities that are not served, each with the errors that are why. */
  readonly refused: ReadonlyMap<string, readonly Finding[]>;
  readonly municipalities: ReadonlyMap<string, Municipality>;
  /** What the engine runs on for a city; null for one that is absent or refused. */
  script(municipality: string): Script | null;
  /** Every flow its talks can run on now: its own and the common ones. Empty for a city that is not served. */
  flows(municipality: string): readonly Flow[];
  readonly texts: Texts;
  /** The command a text is, if it is nothing but one. */
  repair(text: string): RepairCommand | null;
  readonly crisis: CrisisFile;
  readonly crisisLines: readonly CrisisLine[];
}

/**
 * @param options.dir the project's `flows` folder
 * @param options.cities only these; default all there are
 * @param options.previous content loaded earlier: its flow revisions stay known, so that open talks go on as they began
 * @throws ContentError when the files that every city shares are broken: nothing can be served then
 */
export async function loadContent(options: {
  dir: string;
  cities?: readonly string[];
  previous?: Content;
}): Promise<Content> {
  const { common, cities } = await readAll(options.dir, options.cities);
  const shared = checkCommon(common);
  const broken = shared.filter((finding) => finding.level === 'error');
  const { crisis, repair } = common;
  if (broken.length > 0 || crisis === null || repair === null) throw new ContentError(broken);
  const findings = [...shared];
  const refused = new Map<string, Finding[]>();
  const scripts = new Map<string, Script>();
  const flows = new Map<string, Flow[]>();
  for (const city of cities) {
    const found = checkCity(city, common);
    findings.push(...found);
    const errors = found.filter((finding) => finding.level === 'error');
    if (errors.length > 0 || city.municipality === null) refused.set(city.id, errors);
    else {
      const byName = new Map([...common.flows, ...city.flows].map(({ flow }) => [flow.flow, flow]));
      flows.set(city.municipality.id, [...byName.values()]);
      scripts.set(city.municipality.id, makeScript(city, city.municipality, common, options.previous));
    }
  }
  return deepFreeze<Content>({
    findings,
    refused,
    municipalities: new Map([...scripts].map(([id, script]) => [id, script.municipality])),
    script: (municipality) => scripts.get(municipality) ?? null,
    flows: (municipality) => flows.get(municipality) ?? [],
    texts: common.texts as Texts,
    repair: repairWords(repair),
    crisis,
    crisisLines: common.crisisLines,
  });
}

/** The shared files are broken; `findings` say where. */
export class ContentError extends Error {
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    const first = findings[0];
    super(
      `flows/common: ${findings.length} findings${first === undefined ? '' : `, first ${first.file}:${first.line} ${first.what}`}`,
    );
    this.name = 'ContentError';
    this.findings = findings;
  }
}

function makeScript(city: City, municipality: Municipality, common: Common, previous: Content | undefined): Script {
  const current = new Map<string, Flow>();
  // A city's own flow of the same name replaces the common one.
  for (const { flow } of [...common.flows, ...city.flows]) current.set(flow.flow, flow);
  const earlier = previous?.script(municipality.id) ?? null;
  const flow = (id: string, revision?: string): Flow | null => {
    const now = current.get(id) ?? null;
    if (revision === undefined || revision === '' || now?.revision === revision) return now;
    const before = earlier?.flow(id, revision) ?? null;
    return before?.revision === revision ? before : now;
  };
  return { municipality, texts: { ...(common.texts as Texts), ...city.texts }, flow: withFrozen(flow) };
}

const withFrozen =
  (flow: Script['flow']): Script['flow'] =>
  (id, revision) => {
    const found = flow(id, revision);
    return found === null ? null : deepFreeze(found);
  };

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(inner);
  return value;
}
