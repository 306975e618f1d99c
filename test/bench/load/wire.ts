/**
 * As little HTTP/1.1 as a load generator needs: kept connections, one message at a time, bodies with a declared length (or
 * chunked, from a server). Node's own client and server cost several times as much, and what residents and LINE use of a
 * machine in a measurement, the server under load lacks.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

const ANSWER = '{"sentMessages":[{"id":"1"}]}';
const OK = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\n\r\n${ANSWER}`,
);
const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '\r\n0\r\n\r\n';

/** Answers each request with a success of LINE's. @param take told of each body, as latin1. */
export function serveOk(take: (body: string) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    eachMessage(socket, (_, body) => {
      socket.write(OK);
      take(body);
    });
    // A server that is killed resets its connections.
    socket.on('error', () => {});
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export interface Caller {
  /** @returns the status; 0 when there was no answer. One at a time. */
  post(path: string, headers: string, body: Buffer): Promise<number>;
  close(): void;
}

/** One kept connection, made anew when the other side has closed it. */
export function createCaller(target: string): Caller {
  const { hostname, port, host } = new URL(target);
  let socket: Socket | null = null;
  let answered: ((status: number) => void) | null = null;
  const settle = (status: number): void => {
    const resolve = answered;
    answered = null;
    resolve?.(status);
  };
  const open = (): Socket => {
    const made = connect(Number(port), hostname);
    made.setNoDelay(true);
    eachMessage(made, (head) => settle(Number(head.slice(9, 12))));
    made.on('error', () => {});
    made.on('close', () => {
      if (socket !== made) return;
      socket = null;
      settle(0);
    });
    return made;
  };
  return {
    post: (path, headers, body) =>
      new Promise((resolve) => {
        answered = resolve;
        socket ??= open();
        const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers}content-length: ${body.length}${HEAD_END}`;
        socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
      }),
    close: () => socket?.destroy(),
  };
}

function eachMessage(socket: Socket, take: (head: string, body: string) => void): void {
  let rest = '';
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    for (;;) {
      const headEnd = rest.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const head = rest.slice(0, headEnd);
      const start = headEnd + HEAD_END.length;
      const length = /content-length: *(\d+)/iu.exec(head)?.[1];
      const end = length === undefined ? endOfChunks(rest, headEnd) : start + Number(length);
      if (end < 0 || rest.length < end) return;
      const body = rest.slice(start, end);
      rest = rest.slice(end);
      take(head, body);
    }
  });
}

function endOfChunks(text: string, from: number): number {
  const at = text.indexOf(LAST_CHUNK, from + 2);
  return at < 0 ? -1 : at + LAST_CHUNK.length;
}
