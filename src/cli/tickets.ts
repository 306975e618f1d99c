/**
 * `tsunagi tickets list` and `tsunagi tickets show`. Masked as in any list (R20); `--reveal` needs a reason, and who looked,
 * at what and why stands in the audit log before a word is printed (R24).
 */
import { NEED_NAMES } from '#contracts/labels.ts';
import type { Ticket, TicketState } from '#contracts/ticket.ts';
import { dayOf, timeLabel } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { maskTicket } from '#handoff/mask-ticket.ts';
import { createDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';

export interface TicketsIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export interface TicketsWorld {
  store: Store;
  /** Ids of the cities served. */
  municipalities: readonly string[];
  clock: Clock;
  ids: Ids;
  /** Who runs the command, as the audit log shows it, e.g. `cli:tanaka`. */
  by: string;
}

interface Reveal {
  reveal?: boolean;
  reason?: string;
}

export interface ListOptions extends Reveal {
  municipality?: string;
  window?: string;
  state?: TicketState;
  /** Newest first; 1000 unless told. */
  limit?: number;
  json?: boolean;
}

const DEFAULT_LIMIT = 1000;
const PAGE = 200;

/** JSON: an array of tickets as in contracts/ticket.ts. @returns exit code: 0, or 2 for wrong use. */
export async function ticketsList(options: ListOptions, io: TicketsIo, world: TicketsWorld): Promise<number> {
  const wrong = wrongUse(options, world);
  if (wrong !== null) return fail(io, wrong);
  const cities = options.municipality === undefined ? world.municipalities : [options.municipality];
  const limit = options.limit ?? DEFAULT_LIMIT;
  const tickets: Ticket[] = [];
  for (const city of cities) tickets.push(...(await newest(world.store, city, options, limit)));
  tickets.sort((a, b) => b.createdAt - a.createdAt);
  const shown = tickets.slice(0, limit);
  for (const city of cities) {
    const own = shown.filter((ticket) => ticket.municipality === city);
    await record(world, city, 'tickets.list', null, { count: String(own.length) }, options);
  }
  const views = shown.map((ticket) => view(ticket, options));
  io.stdout.write(options.json ? `${JSON.stringify(views, null, 2)}\n` : table(views));
  return 0;
}

export interface ShowOptions extends Reveal {
  municipality?: string;
  /** Receipt number or id. */
  ticket: string;
  json?: boolean;
}

/** JSON: an array with one ticket. @returns exit code: 0, 1 when there is no such ticket, 2 for wrong use. */
export async function ticketsShow(options: ShowOptions, io: TicketsIo, world: TicketsWorld): Promise<number> {
  const wrong = wrongUse(options, world);
  if (wrong !== null) return fail(io, wrong);
  const cities = options.municipality === undefined ? world.municipalities : [options.municipality];
  for (const city of cities) {
    const ticket = await find(world.store, city, options.ticket);
    if (ticket === null) continue;
    await record(world, city, 'ticket.show', ticket.id, {}, options);
    const shown = view(ticket, options);
    io.stdout.write(options.json ? `${JSON.stringify([shown], null, 2)}\n` : sheet(shown));
    return 0;
  }
  io.stderr.write(`チケット「${options.ticket}」は見つかりませんでした。受付番号をご確認ください。\n`);
  return 1;
}

function wrongUse(options: Reveal & { municipality?: string; limit?: number }, world: TicketsWorld): string | null {
  if (options.reveal && (options.reason ?? '').trim() === '') {
    return '--reveal を使うときは --reason "理由" も書いてください。理由は監査ログに残ります。';
  }
  if (options.municipality !== undefined && !world.municipalities.includes(options.municipality)) {
    return `自治体「${options.municipality}」はありません。使えるのは ${world.municipalities.join('、')} です。`;
  }
  if (options.limit !== undefined && !(Number.isInteger(options.limit) && options.limit > 0)) {
    return '--limit には 1 以上の整数を書いてください。';
  }
  return null;
}

function fail(io: TicketsIo, sentence: string): number {
  io.stderr.write(`${sentence}\n`);
  return 2;
}

/** @throws Error when the line could not be kept: then nothing is shown. */
async function record(
  world: TicketsWorld,
  city: string,
  action: string,
  subject: string | null,
  detail: Record<string, string>,
  options: Reveal,
): Promise<void> {
  const { store, clock, ids, by } = world;
  const reason = options.reveal ? { revealed: 'true', reason: options.reason!.trim() } : {};
  const draft = createDraft(store, city);
  writeAudit(draft, { at: clock.now(), by, action, subject, detail: { ...detail, ...reason } }, ids);
  if (!(await draft.commit()).ok) throw new Error('the audit line could not be written');
}

async function newest(store: Store, city: string, options: ListOptions, limit: number): Promise<Ticket[]> {
  const tickets: Ticket[] = [];
  let after: string | undefined;
  while (tickets.length < limit) {
    const page = { limit: PAGE, reverse: true, ...(after === undefined ? {} : { after }) };
    const rows = await store.list(city, 'ticket', 'created', page);
    for (const { body } of rows) if (fits(body, options) && tickets.length < limit) tickets.push(body);
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.cursor;
  }
  return tickets;
}

const fits = (ticket: Ticket, options: ListOptions): boolean =>
  (options.window === undefined || ticket.window === options.window) &&
  (options.state === undefined || ticket.state === options.state);

async function find(store: Store, city: string, wanted: string): Promise<Ticket | null> {
  const byId = await store.get(city, 'ticket', wanted);
  if (byId) return byId.body;
  const receipt = wanted.trim().normalize('NFKC').toUpperCase();
  const rows = await store.list(city, 'ticket', 'receipt', { prefix: receipt, limit: 2 });
  return rows.find((row) => row.body.receipt === receipt)?.body ?? null;
}

const view = (ticket: Ticket, options: Reveal): Ticket => (options.reveal ? ticket : maskTicket(ticket));

const STATE_NAMES: Record<TicketState, string> = {
  new: '新規',
  accepted: '対応中',
  waiting_resident: '本人待ち',
  waiting_body: '他機関待ち',
  closed: '終結',
};

function line(ticket: Ticket): string {
  const at = `${dayOf(ticket.createdAt)} ${timeLabel(ticket.createdAt)}`;
  const needs = ticket.needs.map(({ need }) => NEED_NAMES[need]).join('、');
  return [ticket.receipt, at, ticket.window, STATE_NAMES[ticket.state], ticket.urgent ? '緊急' : '', needs].join('\t');
}

function table(tickets: readonly Ticket[]): string {
  if (tickets.length === 0) return 'チケットはありません。\n';
  return `${['受付番号\t受付\t窓口\t状態\t緊急\t困りごと', ...tickets.map(line)].join('\n')}\n`;
}

function sheet(ticket: Ticket): string {
  const words = ticket.words.map(({ text }) => text ?? '（本人が取り消しました）');
  const booking =
    ticket.booking === null ? 'なし' : `${dayOf(ticket.booking.slot.start)} ${timeLabel(ticket.booking.slot.start)}`;
  return [
    line(ticket),
    `言葉\t${words.join(' / ')}`,
    `予約\t${booking}`,
    `同意\t${ticket.consent}`,
    ...ticket.history.map((entry) => `履歴\t${dayOf(entry.at)} ${timeLabel(entry.at)}\t${entry.by}\t${entry.what}`),
    '',
  ].join('\n');
}
