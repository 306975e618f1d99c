/** A crisis reaches people outside LINE: a real SMTP server, a real webhook receiver; no resident's word leaves. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Alerter, createAlerter } from '#console/alerter.ts';
import { createPostHook, signatureOf } from '#console/post-hook.ts';
import { createSendMail } from '#console/send-mail.ts';
import { silentLogger } from '#support/logger.ts';
import { raiseFor } from './demo-tickets.ts';
import { CITY, type Office, openOffice } from './harness.ts';

const WORDS = 'もう全部終わりにしたい';
let office: Office;
let smtp: SMTPServer;
let receiver: Server;
let alerter: Alerter;
let mails: { to: string[]; text: string }[];
let posts: { headers: Record<string, unknown>; body: string }[];
let hookUrl: string;

beforeEach(async () => {
  office = await openOffice();
  mails = [];
  posts = [];
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: decoded(text) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posts.push({ headers: request.headers, body });
      response.writeHead(200).end('ok');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', () => resolve()));
  hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  alerter = makeAlerter();
});
afterEach(async () => {
  await alerter.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await new Promise((resolve) => receiver.close(resolve));
  await office.close();
});

const makeAlerter = (): Alerter =>
  createAlerter({
    store: office.store,
    municipalities: [CITY],
    municipality: () => office.city(),
    clock: office.clock,
    log: silentLogger,
    count: () => {},
    publicUrl: () => 'https://office.test',
    mail: createSendMail({
      smtpUrl: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
      from: 'tsunagi@city.test',
    }),
    post: createPostHook(),
  });
const crisis = () =>
  office.ticket({
    urgent: true,
    crisis: 'suicide',
    crisisAt: office.clock.now(),
    words: [{ messageId: 'c', text: WORDS, at: office.clock.now() }],
  });
const told = (): string[] => mails.flatMap(({ to }) => to).toSorted();

describe('a crisis alert', () => {
  beforeEach(async () => {
    await office.person('sato', ['counsellor'], ['sogo'], { mail: 'sato@city.test' });
    await office.person('ito', ['counsellor'], ['sogo'], { mail: 'ito@city.test' });
    await office.person('kato', ['counsellor'], ['kodomo'], { mail: 'kato@city.test' });
    await office.person('boss', ['coordinator'], [], { mail: 'boss@city.test' });
    await office.person('gone', ['coordinator'], [], { mail: 'gone@city.test', disabled: true });
    await office.person('chief', ['administrator'], [], { mail: 'chief@city.test' });
  });

  it('is mailed at once to the window’s people, and goes to more people until somebody has it', async () => {
    const ticket = await crisis();
    await raiseFor(office, ticket);
    await alerter.beat();
    expect(told()).toEqual(['ito@city.test', 'sato@city.test']);
    await alerter.beat();
    expect(mails).toHaveLength(2);
    mails.length = 0;
    office.clock.advance(5 * 60_000);
    await alerter.beat();
    expect(told()).toEqual(['boss@city.test', 'ito@city.test', 'sato@city.test']);
    mails.length = 0;
    office.clock.advance(10 * 60_000);
    await alerter.beat();
    expect(told()).toEqual(['boss@city.test', 'ito@city.test', 'kato@city.test', 'sato@city.test']);
    mails.length = 0;
    // By now every counsellor has it on their screen and can take it.
    const kato = await office.enter('mori', ['counsellor'], ['kodomo']);
    await kato.get('/tickets');
    expect(kato.text()).toContain(`急ぎの相談 1 件 ${ticket.receipt}`);
    expect(await kato.go(`/alerts/${ticket.id}/acknowledge`)).toContain('引き受けました');
    office.clock.advance(3_600_000);
    await alerter.beat();
    expect(mails).toEqual([]);
    expect((await office.audit()).find(({ action }) => action === 'crisis.acknowledge')).toMatchObject({
      by: kato.id,
      detail: { seconds: '900' },
    });
  });

  it('holds a receipt number and an address, and no word of the resident', async () => {
    const ticket = await crisis();
    await raiseFor(office, ticket);
    await alerter.beat();
    const [mail] = mails;
    expect(mail?.text).toContain(ticket.receipt);
    expect(mail?.text).toContain(`https://office.test/console/ashiya/tickets/${ticket.id}`);
    for (const word of [WORDS, '終わり', '自殺', '命']) expect(mail?.text).not.toContain(word);
  });

  it('goes to who is on duty when the window is closed', async () => {
    office.clock.set(Date.parse('2026-11-24T22:00:00+09:00'));
    const people = await office.store.list(CITY, 'staff', 'login', { prefix: 'kato', limit: 1 });
    await office.store.commit(CITY, [
      {
        type: 'put',
        kind: 'duty',
        id: 'd1',
        revision: 0,
        body: { staff: people[0]!.id, from: office.clock.now() - 1, to: office.clock.now() + 3_600_000 },
      },
    ]);
    await raiseFor(office, await crisis());
    await alerter.beat();
    // Two people at least (R16): the one on duty and the coordinator.
    expect(told()).toEqual(['boss@city.test', 'kato@city.test']);
  });

  it('is told once by two servers', async () => {
    const other = makeAlerter();
    await raiseFor(office, await crisis());
    await Promise.all([alerter.beat(), other.beat()]);
    expect(mails).toHaveLength(2);
    await other.stop();
  });

  it('still reaches the others when a mail cannot be sent, and the failure is shown', async () => {
    await office.store.commit(CITY, [
      {
        type: 'put',
        kind: 'hook',
        id: 'h',
        revision: 0,
        body: { name: '宿直', url: hookUrl, format: 'slack', secret: 'k', at: 0 },
      },
    ]);
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
    const ticket = await crisis();
    await raiseFor(office, ticket);
    await alerter.beat();
    expect(posts).toHaveLength(1);
    const stored = await office.store.get(CITY, 'alert', ticket.id);
    expect(stored?.body.told.map(({ to, outcome }) => [to === 'hook:h', outcome === 'ok']).toSorted()).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ]);
  });

  it('is begun at once by the watch, not at the next beat', async () => {
    alerter.start();
    const ticket = await crisis();
    const seen = new Promise<void>((resolve) => {
      office.store.watch(({ kind }) => {
        if (kind === 'alert' && mails.length === 2) resolve();
      });
    });
    await raiseFor(office, ticket);
    await seen;
    expect(told()).toEqual(['ito@city.test', 'sato@city.test']);
  });
});

describe('a webhook', () => {
  it.each(['generic', 'slack', 'teams'] as const)('in the form of %s is signed and holds no word', async (format) => {
    await office.store.commit(CITY, [
      {
        type: 'put',
        kind: 'hook',
        id: 'h',
        revision: 0,
        body: { name: 'x', url: hookUrl, format, secret: 'topsecret', at: 0 },
      },
    ]);
    const ticket = await crisis();
    await raiseFor(office, ticket);
    await alerter.beat();
    const [post] = posts;
    const time = String(post!.headers['x-tsunagi-timestamp']);
    expect(post!.headers['x-tsunagi-signature']).toBe(signatureOf('topsecret', time, post!.body));
    expect(post!.body).toContain(ticket.receipt);
    expect(post!.body).toContain(`/console/ashiya/tickets/${ticket.id}`);
    expect(post!.body).not.toContain(WORDS);
    const parsed = JSON.parse(post!.body);
    expect(parsed).toHaveProperty(format === 'generic' ? 'receipt' : format === 'slack' ? 'text' : 'attachments');
  });
});

/** Quoted-printable or base64 parts as text, headers too. */
function decoded(raw: string): string {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/content-transfer-encoding: base64/iu.test(head)) return head + Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return head + Buffer.from(bytes, 'latin1').toString('utf8');
}
