/**
 * One POST to LINE's API over kept connections, through undici's dispatcher. The official client's `fetch` costs several
 * times as much processor time a call, which was the largest single part of a turn (docs/performance.md); it also cannot
 * be told to stop.
 */
import type { Dispatcher, Pool } from 'undici';
import { AnswerError, DeadlineError } from './outcome.ts';

/**
 * @returns the 2xx answer; its body is read to the end.
 * @throws AnswerError for any other answer; DeadlineError; TypeError with the network's error as `cause`.
 */
export type PostJson = (path: string, json: string, headers: Record<string, string>) => Promise<Answered>;

export interface Answered {
  status: number;
  headers: { get(name: string): string | null };
  body: string;
}

/** LINE cuts an idle connection sooner or later; one that is cut just as it is used again has an unknown fate. */
const IDLE_MS = 4_000;
const CONNECTIONS = 512;

export function createPostJson(options: { baseUrl: string; timeoutMs: number }): PostJson {
  const { timeoutMs } = options;
  let pool: Pool | null = null;
  /** Loaded with the first call: a start need not wait for it. */
  const open = async (): Promise<Pool> => {
    const undici = await import('undici');
    pool ??= new undici.Pool(new URL(options.baseUrl).origin, {
      connections: CONNECTIONS,
      connectTimeout: timeoutMs,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      // One deadline for the whole call, below.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return pool;
  };
  return (path, json, headers) =>
    new Promise((resolve, reject) => {
      const call: Dispatcher.DispatchOptions = {
        path,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: json,
      };
      const handler = readAnswer(timeoutMs, resolve, reject);
      if (pool) pool.dispatch(call, handler);
      else open().then((opened) => opened.dispatch(call, handler), reject);
    });
}

/** The fields the official client's answers have, gathered as they come. */
function readAnswer(
  timeoutMs: number,
  resolve: (answered: Answered) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | null = null;
  let head: { status: number; headers: Record<string, string | string[] | undefined> };
  const parts: Buffer[] = [];
  const deadline = setTimeout(() => {
    const late = new DeadlineError(`no answer within ${timeoutMs} ms`);
    if (controller) controller.abort(late);
    else reject(late);
  }, timeoutMs);
  return {
    onRequestStart(begun) {
      controller = begun;
    },
    onResponseStart(_, status, headers) {
      head = { status, headers };
    },
    onResponseData(_, chunk) {
      parts.push(chunk);
    },
    onResponseEnd() {
      clearTimeout(deadline);
      const body = (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString();
      const { status, headers } = head;
      const answered = { status, headers: { get: (name: string) => fieldOf(headers[name]) }, body };
      if (status >= 200 && status < 300) resolve(answered);
      else reject(new AnswerError(answered));
    },
    onResponseError(_, error) {
      clearTimeout(deadline);
      reject(error instanceof DeadlineError ? error : new TypeError('the call failed', { cause: error }));
    },
  };
}

function fieldOf(value: string | string[] | undefined): string | null {
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}
