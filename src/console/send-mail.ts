/** Mail over SMTP. What goes out holds receipt and case numbers, times and addresses of the console, never a resident's words (R16, R31). */
import { createTransport } from 'nodemailer';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** A calendar file that mail programs offer to take over (RFC 6047). */
  calendar?: { method: 'REQUEST' | 'CANCEL'; text: string };
}
/** Resolves once the server has taken it. */
export type SendMail = (mail: Mail) => Promise<void>;

/** @param options.smtpUrl `smtp://user:password@host:587` or `smtps://…` */
export function createSendMail(options: { smtpUrl: string; from: string }): SendMail {
  const url = new URL(options.smtpUrl);
  const transport = createTransport({
    host: url.hostname,
    port: url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : Number(url.port),
    secure: url.protocol === 'smtps:',
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 15_000,
  });
  return async ({ to, subject, text, calendar }) => {
    await transport.sendMail({
      from: options.from,
      to,
      subject,
      text,
      ...(calendar === undefined
        ? {}
        : { icalEvent: { method: calendar.method, filename: 'meeting.ics', content: calendar.text } }),
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}
