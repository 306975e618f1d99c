/**
 * One POST to LINE's API over kept connections. The official client's `fetch` costs more than twice as much processor
 * time a call, which was the largest single part of a turn (docs/performance.md); it also cannot be told to stop.
 * Errors are the official client's own, so that `outcome.ts` judges both alike.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { HTTPFetchError } from '@line/bot-sdk';
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

export function createPostJson(options: { baseUrl: string; timeoutMs: number }): PostJson {
  const { timeoutMs } = options;
  const base = new URL(options.baseUrl);
  const secure = base.protocol === 'https:';
  const settings = { keepAlive: true, maxSockets: 512, scheduling: 'lifo', timeout: IDLE_MS } as const;
  const agent = secure ? new HttpsAgent(settings) : new HttpAgent(settings);
  const request = secure ? httpsRequest : httpRequest;
  const place = { host: base.hostname.replace(/^\[|\]$/gu, ''), port: base.port || (secure ? 443 : 80), agent };

  return (path, body, headers) =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const call = request({
        ...place,
        path,
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        },
      });
      const deadline = setTimeout(() => call.destroy(new DeadlineError(`no answer within ${timeoutMs} ms`)), timeoutMs);
      const fail = (error: Error): void => {
        clearTimeout(deadline);
        reject(error instanceof DeadlineError ? error : new TypeError('the call failed', { cause: error }));
      };
      call.on('error', fail);
      call.on('response', (response) => {
        readAll(response, fail, (said) => {
          clearTimeout(deadline);
          const answered = answeredOf(response, said);
          if (answered.status >= 200 && answered.status < 300) resolve(answered);
          else reject(asHttpError(response, said));
        });
      });
      call.end(text);
    });
}

function readAll(response: IncomingMessage, fail: (error: Error) => void, done: (text: string) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (part: string) => {
    text += part;
  });
  response.on('error', fail);
  response.on('end', () => done(text));
}

function answeredOf({ statusCode, headers }: IncomingMessage, body: string): Answered {
  const get = (name: string): string | null => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  };
  return { status: statusCode ?? 0, headers: { get }, body };
}

function asHttpError({ statusCode = 0, statusMessage = '', headers }: IncomingMessage, body: string): HTTPFetchError {
  const given = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return new HTTPFetchError(`${statusCode} - ${statusMessage}`, {
    status: statusCode,
    statusText: statusMessage,
    headers: new Headers(given),
    body,
  });
}
