/**
 * Structured logs, one JSON line each. Callers give ids, codes and counts; a resident's words are never an argument.
 * An error is logged by its name, code and place, not by its message: messages may quote what they were given.
 */
import { destination, pino } from 'pino';

export interface Logger {
  debug(what: string, facts?: Record<string, unknown>): void;
  info(what: string, facts?: Record<string, unknown>): void;
  warn(what: string, facts?: Record<string, unknown>): void;
  error(what: string, facts?: Record<string, unknown>): void;
}

/** @param options.write receives each line; default is standard output. */
export function createLogger(options: { level: string; write?: (line: string) => void }): Logger {
  const settings = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  // Lines are written beside the work, not within it: a slow terminal must not hold up a resident.
  const log = pino(settings, options.write ? { write: options.write } : destination({ dest: 1, sync: false }));
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (what: string, facts: Record<string, unknown> = {}): void => {
      if (!log.isLevelEnabled(level)) return;
      log[level](Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, plain(value)])), what);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const code = (value as { code?: unknown }).code;
  const place = value.stack
    ?.split('\n')
    .find((line) => /^\s+at .*\/src\//u.test(line))
    ?.replace(/^.*\/src\//u, 'src/')
    .replace(/\)$/u, '');
  return {
    name: value.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(place === undefined ? {} : { place }),
    ...(value.cause instanceof Error ? { cause: plain(value.cause) } : {}),
  };
}
