/** Calls to LINE that send something, judged by what LINE says of them. */
import { type Judged, judgeAnswer, judgeError } from './outcome.ts';
import { createPostJson } from './post-json.ts';

export interface CallOptions {
  baseUrl: string;
  /** For a whole call, until the answer is read. */
  timeoutMs: number;
  /** Channel access tokens by municipality. */
  tokens: ReadonlyMap<string, string>;
}

export interface SendCall {
  call: 'reply' | 'push';
  municipality: string;
  /** JSON. */
  body: string;
  /** Of a push (LINE answers 400 to one with a reply). */
  retryKey: string | null;
}

export interface Calls {
  /** Does not reject: what fails is told by the outcome. */
  make(call: SendCall): Promise<Judged>;
  close(): Promise<void>;
}

const PATHS = { reply: '/v2/bot/message/reply', push: '/v2/bot/message/push' } as const;
const USER_AGENT = 'tsunagi';

export function createCalls({ baseUrl, timeoutMs, tokens }: CallOptions): Calls {
  const post = createPostJson({ baseUrl, timeoutMs });
  return {
    async make({ call, municipality, body, retryKey }) {
      const headers: Record<string, string> = {
        authorization: `Bearer ${tokens.get(municipality)}`,
        'user-agent': USER_AGENT,
      };
      if (retryKey !== null) headers['x-line-retry-key'] = retryKey;
      try {
        return judgeAnswer(await post(PATHS[call], body, headers));
      } catch (error) {
        return judgeError(error, call);
      }
    },
    async close() {},
  };
}
