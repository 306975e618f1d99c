/** A real SMTP server on this machine that keeps what it was given, as people would read it. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Letter {
  to: string[];
  /** Headers and parts, decoded. */
  text: string;
}
export interface MailServer {
  url: string;
  letters: Letter[];
  /** Addresses it does not take mail for. */
  refuse: Set<string>;
  close(): Promise<void>;
}

export async function openMailServer(): Promise<MailServer> {
  const letters: Letter[] = [];
  const refuse = new Set<string>();
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      done(refuse.has(address) ? new Error('no such mailbox') : null);
    },
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      stream.on('end', () => {
        letters.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: decoded(text) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    letters,
    refuse,
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
}

const base64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
const quoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\r?\n/gu, '')
      .replaceAll(/=([0-9A-F]{2})/gu, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** Headers (RFC 2047) and bodies (base64, quoted-printable) as words; folded lines of a calendar joined. */
function decoded(raw: string): string {
  const heads = raw
    .replaceAll(/\?=\r?\n =\?/gu, '?==?')
    .replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/giu, (_, text) => base64(text))
    .replaceAll(/=\?UTF-8\?Q\?([^?]*)\?=/giu, (_, text) => quoted(text.replaceAll('_', ' ')));
  const parts = heads.split(/\r?\n--[^\r\n]+/u).map((part) => {
    const at = part.search(/\r?\n\r?\n/u);
    if (at < 0) return part;
    const [head, body] = [part.slice(0, at), part.slice(at).trim()];
    if (/transfer-encoding: base64/iu.test(head)) return `${head}\n\n${base64(body.replaceAll(/\s/gu, ''))}`;
    return /transfer-encoding: quoted-printable/iu.test(head) ? `${head}\n\n${quoted(body)}` : part;
  });
  return parts.join('\n').replaceAll(/\r?\n[ \t]/gu, '');
}
