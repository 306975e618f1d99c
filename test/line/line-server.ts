/** A host that answers as told, over a real connection, and holds every call against LINE's document. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LineContract, OutgoingCall } from './openapi.ts';

export type Answer =
  | { status: number; body?: unknown; raw?: string; headers?: Record<string, string> }
  | 'silence'
  | 'reset'
  | 'half an answer';

export interface LineServer {
  url: string;
  calls: OutgoingCall[];
  violations: string[];
  connections(): number;
  /** Answers of the next calls, in order; afterwards 200 `{}`. */
  answer(...answers: Answer[]): void;
  /** Answers by path instead; null ends it. */
  answerBy(choose: ((path: string) => Answer) | null): void;
  close(): Promise<void>;
}

export async function startLineServer(contract: LineContract | null): Promise<LineServer> {
  const calls: OutgoingCall[] = [];
  const violations: string[] = [];
  const queue: Answer[] = [];
  let choose: ((path: string) => Answer) | null = null;
  let connections = 0;

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const call: OutgoingCall = {
      method: incoming.method!,
      path: incoming.url!,
      headers: incoming.headers as Record<string, string>,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    calls.push(call);
    violations.push(...(contract?.call(call) ?? []));
    const next = choose?.(call.path) ?? queue.shift() ?? { status: 200, body: {} };
    if (next === 'silence') return;
    if (next === 'reset') incoming.socket.resetAndDestroy();
    else if (next === 'half an answer') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"sent', () => incoming.socket.resetAndDestroy());
    } else {
      response.writeHead(next.status, {
        'content-type': 'application/json',
        'x-line-request-id': 'req-1',
        ...next.headers,
      });
      response.end(next.raw ?? JSON.stringify(next.body ?? {}));
    }
  };

  const server = createServer((incoming, response) => void handle(incoming, response));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    violations,
    connections: () => connections,
    answer: (...answers) => queue.push(...answers),
    answerBy: (by) => {
      choose = by;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
