/** `tsunagi resources export|import`: a city's places as a spreadsheet, and back into its `municipality.yaml`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import { checkContent } from '#content/check-content.ts';
import { loadContent } from '#content/load-content.ts';
import type { Municipality, Resource } from '#contracts/municipality.ts';
import { csvToResources, type Encoding, resourcesToCsv } from '#handoff/resources-csv.ts';
import type { Out } from './out.ts';
import { WrongUse } from './wrong-use.ts';

/** Writes the table. @returns 0. */
export async function exportResources(
  options: { root: string; city: string; file: string; encoding?: Encoding },
  io: Out,
): Promise<number> {
  const city = await cityOf(options.root, options.city);
  await writeFile(options.file, resourcesToCsv(city, options.encoding ?? 'utf8'));
  io.stdout.write(`${city.name}の場所 ${city.resources.length}件を ${options.file} に書き出しました。\n`);
  return 0;
}

/**
 * Replaces the city's places by the table's; the rest of the file, comments included, stays as it is.
 * @returns 1 when a row or the result has a fault: the file is then as it was before.
 */
export async function importResources(
  options: { root: string; city: string; file: string; now: number },
  io: Out,
): Promise<number> {
  const { root, now } = options;
  const city = await cityOf(root, options.city);
  const { resources, faults } = csvToResources(city, await readFile(options.file));
  if (faults.length > 0) {
    io.stderr.write(
      `${faults.map((fault) => `× ${fault}\n`).join('')}直してから、もう一度取り込んでください。何も変えていません。\n`,
    );
    return 1;
  }
  const path = join(root, 'flows', city.id, 'municipality.yaml');
  const before = await readFile(path, 'utf8');
  await writeFile(path, withResources(before, resources));
  const findings = await checkContent({ dir: join(root, 'flows'), now, municipality: city.id });
  const errors = findings.filter(({ level, file }) => level === 'error' && file.includes(`/${city.id}/`));
  if (errors.length > 0) {
    await writeFile(path, before);
    io.stderr.write(`${errors.map(({ what, remedy }) => `× ${what} ${remedy}\n`).join('')}何も変えていません。\n`);
    return 1;
  }
  io.stdout.write(`${city.name}の場所を ${resources.length}件にしました（前は ${city.resources.length}件）。\n`);
  return 0;
}

async function cityOf(root: string, id: string): Promise<Municipality> {
  const { municipalities } = await loadContent({ dir: join(root, 'flows') });
  const city = municipalities.get(id);
  if (city !== undefined) return city;
  throw new WrongUse(`「${id}」がないか、直すところがあります。使える市: ${[...municipalities.keys()].join('、')}`);
}

/** @returns the file's text with this list under `resources:`. */
export function withResources(text: string, resources: readonly Resource[]): string {
  const list = resources.map((one) => `  - ${stringify(one, { collectionStyle: 'flow', lineWidth: 0 }).trim()}\n`);
  const block = list.length === 0 ? 'resources: []\n' : `resources:\n${list.join('')}`;
  const { contents } = parseDocument(text);
  const pair = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && key.value === 'resources')
    : undefined;
  const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  if (start === undefined) return `${text.trimEnd()}\n\n${block}`;
  // Up to the next key at the margin; what stands between (a comment to that key) is kept.
  const rest = text.slice(start);
  const next = /\n(?=(?:#[^\n]*\n)*[^\s#-][^\n]*:)/u.exec(rest.slice(1));
  return `${text.slice(0, start)}${block}${next === null ? '' : `\n${rest.slice(next.index + 2)}`}`;
}
