/** Tells whether weights.tsv was learned from the dictionary files as they are now. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** SHA-256 (hex) over the text files that learning reads, in the order of their names; line ends do not matter. */
export function fingerprint(dictionariesDir: string): string {
  const hash = createHash('sha256');
  for (const folder of ['.', 'examples', 'words']) {
    const place = path.join(dictionariesDir, folder);
    if (!existsSync(place)) continue;
    for (const name of readdirSync(place)
      .filter((file) => file.endsWith('.txt'))
      .sort()) {
      hash.update(`${folder}/${name}\n${readFileSync(path.join(place, name), 'utf8').replaceAll('\r\n', '\n')}\n`);
    }
  }
  return hash.digest('hex');
}
