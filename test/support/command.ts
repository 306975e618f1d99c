/** `tsunagi …` as a process of its own, as an operator types it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';

const CLI = 'src/cli/tsunagi.ts';
const envOf = (more: Record<string, string>): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  CACHE_DIR: '.cache',
  ...more,
});

export interface Ended {
  code: number;
  out: string;
  err: string;
}

export function tsunagi(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env: envOf(env), timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

/** For a test that ends it on the way. @param wrapper a program that starts it, with its arguments. */
export function startTsunagi(
  args: readonly string[],
  env: Record<string, string>,
  wrapper: readonly string[] = [],
): ChildProcess {
  const [program, ...rest] = [...wrapper, process.execPath, CLI, ...args];
  return spawn(program!, rest, { env: envOf(env), stdio: ['ignore', 'ignore', 'pipe'] });
}
