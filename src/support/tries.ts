/**
 * What this process has begun, in files that outlive the process though not the machine: a line before each try, without
 * waiting for the disk. Afterwards it can be told of a thing that was left half done whether it was ever begun.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Tries {
  /** Kept with what is to be tried; null when nothing can be noted here. */
  generation(): string | null;
  /** Before the try, which waits for it. Those that come together are one write. */
  begin(id: string): Promise<void>;
  /**
   * @param generation as it was kept with the thing.
   * @returns true only when it is certain that its first try was never begun.
   */
  untried(generation: string, id: string): boolean;
  close(): void;
}

const MOST_BYTES = 1 << 20;
/** Of one process, at a time. Older ones can no longer be told about. */
const FILES = 3;
const KEEP_MS = 2 * 86_400_000;
const NAME = /^tries-[0-9a-f]{8}\.\d+$/u;

/** @param options.boot changes when the machine restarts, after which files may lack their last lines; null = unknown. */
export function createTries(options: { dir: string; boot?: string | null; mostBytes?: number }): Tries {
  const { dir, boot = readBoot(), mostBytes = MOST_BYTES } = options;
  const self = randomUUID().slice(0, 8);
  const pathOf = (generation: string): string => join(dir, `tries-${generation}`);
  let file = -1;
  let count = 0;
  let bytes = 0;
  let generation: string | null = null;
  let lines = '';
  let writing: Promise<void> | null = null;

  /** Without its file nobody can be told that something was not tried. */
  const giveUp = (): void => {
    for (let n = 0; n < count; n++) remove(pathOf(`${self}.${n}`));
    if (file !== -1) closeSync(file);
    file = -1;
    generation = null;
  };
  const next = (): void => {
    if (file !== -1) closeSync(file);
    file = -1;
    remove(pathOf(`${self}.${count - FILES}`));
    const name = `${self}.${count++}`;
    file = openSync(pathOf(name), 'wx', 0o600);
    bytes = writeSync(file, `${boot}\n`);
    generation = name;
  };

  const write = (): void => {
    const together = lines;
    lines = '';
    writing = null;
    if (file === -1) return;
    try {
      bytes += writeSync(file, together);
      if (bytes > mostBytes) next();
    } catch {
      giveUp();
    }
  };

  if (boot !== null) {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      removeOld(dir);
      next();
    } catch {
      giveUp();
    }
  }
  return {
    generation: () => generation,
    begin(id) {
      lines += `${id}\n`;
      writing ??= Promise.resolve().then(write);
      return writing;
    },
    untried(of, id) {
      if (boot === null || !NAME.test(`tries-${of}`)) return false;
      const [process, first] = of.split('.');
      try {
        // The first one throws when it is gone; of the same process, later files go later.
        for (let n = Number(first); ; n++) {
          const name = `${process}.${n}`;
          if (n > Number(first) && !readdirSync(dir).includes(`tries-${name}`)) return true;
          const [bootThen, ...tried] = readFileSync(pathOf(name), 'utf8').split('\n');
          if (bootThen !== boot || tried.includes(id)) return false;
        }
      } catch {
        return false;
      }
    },
    close() {
      if (file !== -1) closeSync(file);
      file = -1;
      generation = null;
    },
  };
}

function readBoot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

function removeOld(dir: string): void {
  for (const name of readdirSync(dir)) {
    if (NAME.test(name) && statSync(join(dir, name)).mtimeMs < Date.now() - KEEP_MS) remove(join(dir, name));
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already.
  }
}
