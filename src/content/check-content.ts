import type { Finding } from '#contracts/finding.ts';
import { checkCity, checkCommon } from './check-all.ts';
import { checkExpiry, checkProduction } from './check-production.ts';
import { readAll } from './read-all.ts';

/**
 * Everything that is wrong with the staff's files, in plain Japanese with file, line and remedy.
 * @param options.production also refuses demo values and empty facts
 * @param options.now milliseconds UTC; lines whose check has expired by then are found
 * @param options.municipality only this city and the common files
 */
export async function checkContent(options: {
  dir: string;
  production?: boolean;
  now: number;
  municipality?: string;
}): Promise<Finding[]> {
  const { common, cities } = await readAll(options.dir);
  const chosen = cities.filter((city) => options.municipality === undefined || city.id === options.municipality);
  const findings = [...checkCommon(common), ...checkExpiry(common, options.now, options.production ?? false)];
  for (const city of chosen) {
    findings.push(...checkCity(city, common));
    if (options.production) findings.push(...checkProduction(city));
  }
  return findings.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}
