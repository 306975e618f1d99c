/** `npm run bench` measures everything against the floor; `npm run bench -- NAME …` runs test/bench/NAME.ts, which exports `run(args)`. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

const ALL = ['load', 'stored', 'burst'];
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'bench.ts' && !file.includes('-child'))
  .map((file) => file.replace(/\.ts$/, ''));
if (name !== undefined && !names.includes(name)) {
  console.error(`Name one of: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  for (const one of name === undefined ? ALL : [name]) {
    const { run } = (await import(path.join(import.meta.dirname, `${one}.ts`))) as {
      run: (args: readonly string[]) => Promise<void>;
    };
    await run(args);
  }
}
