#!/usr/bin/env node
// `npx tsunagi …`: plain JavaScript, since it runs on whatever Node the machine has; installs what is missing once, then hands
// over to the Node 24 that npm brought.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from '../setup.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const node = join(here, '..', '..', 'node_modules', '.bin', 'node');
// Only when nothing is there: a command must not rebuild packages under a running service.
if (!existsSync(node)) install();

const child = spawn(node, [join(here, 'tsunagi.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`tsunagi: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
