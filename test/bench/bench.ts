/** `npm run bench -- NAME …`: runs test/bench/NAME.ts, which exports `run(args)`. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const [name, ...args] = process.argv.slice(2);
const file = path.join(import.meta.dirname, `${name}.ts`);
if (name === undefined || name === 'bench' || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname).filter(
    (f) => f.endsWith('.ts') && f !== 'bench.ts' && !f.includes('-child'),
  );
  console.error(`Name one of: ${names.map((f) => f.replace(/\.ts$/, '')).join(', ')}`);
  process.exitCode = 2;
} else {
  const { run } = (await import(file)) as { run: (args: readonly string[]) => Promise<void> };
  await run(args);
}
