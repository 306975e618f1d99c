import type { Outcome } from '#conversation/channel.ts';

/** LINE answered, and not with 2xx: the fields of the official client's `HTTPFetchError`, which is judged alike. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
  constructor(answer: Pick<AnswerError, 'status' | 'headers' | 'body'>) {
    super(`LINE answered ${answer.status}`);
    this.status = answer.status;
    this.headers = answer.headers;
    this.body = answer.body;
  }
}

type AnswerFields = Pick<AnswerError, 'status' | 'headers' | 'body'>;
const isAnswer = (error: unknown): error is AnswerFields =>
  error instanceof Error && 'status' in error && 'headers' in error && 'body' in error;

/** LINE did not answer in time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

type Call = 'reply' | 'push' | 'quota' | 'consumption';

/** Plain data. */
export interface Judged {
  outcome: Outcome;
  status: number | null;
  requestId: string | null;
  /** Places in the request that LINE complained of, e.g. `messages[0].text`. No words. */
  detail: string | null;
}

const SILENT = { status: null, requestId: null, detail: null };

/** It may have been sent, and nobody heard how it went. */
export const LOST: Judged = { ...SILENT, outcome: { type: 'later', unknown: true, code: 'connection_lost' } };

export function judgeAnswer({ status, headers }: Pick<AnswerFields, 'status' | 'headers'>): Judged {
  return { outcome: { type: 'delivered' }, status, requestId: headers.get('x-line-request-id'), detail: null };
}

/**
 * What a failed call of the SDK means. Sources: LINE reference (errors, retry key), guide "Retry failed API requests".
 *
 * | LINE says | outcome |
 * | --- | --- |
 * | 409 to a retry key | delivered: accepted before |
 * | 400 `Invalid reply token` | token_gone: this call sent nothing |
 * | 429 of the month | quota |
 * | 429 else | later: the bucket refills |
 * | 5xx, no answer in time, connection lost | later, unknown |
 * | no connection came about | later: LINE saw nothing |
 * | 2xx with a body that is no JSON | delivered: taken all the same |
 * | else | refused |
 */
export function judgeError(error: unknown, call: Call): Judged {
  if (isAnswer(error)) return judgeStatus(error, call);
  if (error instanceof DeadlineError) return { ...SILENT, outcome: { type: 'later', unknown: true, code: 'timeout' } };
  // The SDK parses a body only after it has seen a 2xx.
  if (error instanceof SyntaxError) return { ...SILENT, outcome: { type: 'delivered' } };
  return neverConnected(error)
    ? { ...SILENT, outcome: { type: 'later', unknown: false, code: 'no_connection' } }
    : LOST;
}

function judgeStatus({ status, headers, body }: AnswerFields, call: Call): Judged {
  const { message, detail } = readError(body);
  return { outcome: outcomeOf(), status, requestId: headers.get('x-line-request-id'), detail };

  function outcomeOf(): Outcome {
    const code = `http_${status}`;
    if (status === 409 && call === 'push') return { type: 'delivered' };
    if (status === 400 && call === 'reply' && /^invalid reply token\b/iu.test(message)) return { type: 'token_gone' };
    if (status === 429 && /monthly limit/iu.test(message)) return { type: 'quota' };
    if (status === 429) return { type: 'later', unknown: false, code: 'rate_limit', ...retryAfter(headers) };
    if (status >= 500) return { type: 'later', unknown: true, code };
    return { type: 'refused', code };
  }
}

function retryAfter(headers: AnswerFields['headers']): { afterMs?: number } {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,4}$/u.test(seconds) ? { afterMs: Number(seconds) * 1_000 } : {};
}

function readError(body: unknown): { message: string; detail: string | null } {
  try {
    const json = JSON.parse(String(body)) as { message?: unknown; details?: unknown } | null;
    const details: unknown[] = Array.isArray(json?.details) ? json.details : [];
    const places = details
      .map((one) => String((one as { property?: unknown } | null)?.property ?? ''))
      .filter((place) => /^[\w[\]./-]{1,80}$/u.test(place));
    return {
      message: typeof json?.message === 'string' ? json.message : '',
      detail: places.slice(0, 5).join(' ') || null,
    };
  } catch {
    return { message: '', detail: null };
  }
}

const BEFORE_CONNECTION = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** fetch wraps the network's error in a TypeError; trying several addresses wraps theirs in an AggregateError. */
function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError) return cause.errors.length > 0 && cause.errors.every(isBeforeConnection);
  return isBeforeConnection(cause);
}

function isBeforeConnection(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (typeof code !== 'string') return false;
  // A handshake that fails over the certificate ends before anything is sent.
  return BEFORE_CONNECTION.has(code) || syscall === 'connect' || /CERT|UNABLE_TO_VERIFY_LEAF/u.test(code);
}
