/**
 * One POST to LINE's API over kept connections, through undici's dispatcher. The official client's `fetch` costs several
 * times as much processor time a call, which was the largest single part of a turn (docs/performance.md); it also cannot
 * be told to stop. Errors are the official client's own, so that `outcome.ts` judges both alike.
 */
import { HTTPFetchError } from '@line/bot-sdk';
import { type Dispatcher, Pool } from 'undici';
import { DeadlineError } from './outcome.ts';

/**
 * @returns the 2xx answer; its body is read to the end.
 * @throws HTTPFetchError for any other answer; DeadlineError; TypeError with the network's error as `cause`.
 */
export type PostJson = (path: string, body: unknown, headers: Record<string, string>) => Promise<Answered>;

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
  const pool = new Pool(new URL(options.baseUrl).origin, {
    connections: CONNECTIONS,
    connectTimeout: timeoutMs,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    // One deadline for the whole call, below.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return (path, body, headers) =>
    new Promise((resolve, reject) => {
      const call: Dispatcher.DispatchOptions = {
        path,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      pool.dispatch(call, readAnswer(timeoutMs, resolve, reject));
    });
}

/** The fields the official client's answers have, gathered as they come. */
function readAnswer(
  timeoutMs: number,
  resolve: (answered: Answered) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | null = null;
  let head: { status: number; text: string; headers: Record<string, string | string[] | undefined> };
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
    onResponseStart(_, status, headers, text = '') {
      head = { status, text, headers };
    },
    onResponseData(_, chunk) {
      parts.push(chunk);
    },
    onResponseEnd() {
      clearTimeout(deadline);
      const body = (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString();
      const { status, text, headers } = head;
      if (status >= 200 && status < 300) resolve({ status, headers: { get: (name) => fieldOf(headers[name]) }, body });
      else reject(new HTTPFetchError(`${status} - ${text}`, { status, statusText: text, headers: all(headers), body }));
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

function all(headers: Record<string, string | string[] | undefined>): Headers {
  return new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, fieldOf(value) ?? '']));
}
