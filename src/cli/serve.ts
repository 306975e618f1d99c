import { spawn } from 'node:child_process';
import { START_ARGS } from '#support/start-args.ts';

/** Runs the service as a process of its own and passes signals on. @returns its exit code. */
export async function serve(root: string): Promise<number> {
  const child = spawn(process.execPath, START_ARGS, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
