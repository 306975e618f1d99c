/**
 * Tells staff outside LINE that somebody is in danger, in rounds, until a named person has acknowledged (R16). Each round is
 * claimed by a commit, so several servers tell it once; a server that dies in the middle is followed by the next round.
 *
 * | round | after | who |
 * | --- | --- | --- |
 * | 0 | at once | staff of the window, and who is on duty; coordinators too when that is fewer than two |
 * | 1 | 5 minutes | and all coordinators |
 * | 2 | 15 minutes | and everybody who may acknowledge |
 * | … | every 30 minutes | the same again |
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Alert } from '#contracts/staff.ts';
import { isOpen } from '#handoff/opening-hours.ts';
import { listStaff, type Person } from '#handoff/staff-accounts.ts';
import { timeKey } from '#store/kinds.ts';
import type { Store, Stored } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Logger } from '#support/logger.ts';
import { may } from './permissions.ts';
import type { PostHook } from './post-hook.ts';
import type { SendMail } from './send-mail.ts';
import { windowName } from './words.ts';

export const ROUNDS_MS = [5 * 60_000, 10 * 60_000, 30 * 60_000];
const KEPT_LINES = 200;

export interface AlerterOptions {
  store: Store;
  municipalities: readonly string[];
  municipality(id: string): Municipality | null;
  clock: Clock;
  log: Logger;
  count(name: string, labels: Record<string, string>, by?: number): void;
  publicUrl(): string;
  /** null: no mail server is set; the console still shows and sounds. */
  mail: SendMail | null;
  post: PostHook;
  beatMs?: number;
}

export interface Alerter {
  start(): void;
  /** One look at what is due. */
  beat(): Promise<void>;
  stop(): Promise<void>;
}

export function createAlerter(options: AlerterOptions): Alerter {
  const { store, clock, log } = options;
  let timer: NodeJS.Timeout | null = null;
  let beating: Promise<void> = Promise.resolve();
  /** A look that has not begun yet sees everything that has come until then. */
  let queued = false;
  let stopped = true;
  let unwatch: () => void = () => {};

  /** @returns false when it was this process's turn to tell, and nobody could be told. */
  const tell = async (city: Municipality, stored: Stored<'alert'>, directory: Directory): Promise<boolean> => {
    const alert = stored.body;
    const now = clock.now();
    const round = alert.round + 1;
    const nextAt = now + (ROUNDS_MS[alert.round] ?? ROUNDS_MS.at(-1)!);
    const claim = {
      type: 'put',
      kind: 'alert',
      id: stored.id,
      revision: stored.revision,
      body: { ...alert, round, nextAt },
    } as const;
    // Another server tells this round, or somebody has just acknowledged.
    if (!(await store.commit(city.id, [claim])).ok) return true;
    const people = whom(directory, city, alert, now);
    const told = await Promise.all([
      ...mailAll(city, stored.id, alert, people),
      ...postAll(city, stored.id, alert, directory.hooks),
    ]);
    for (const { outcome } of told)
      options.count('alerts_told', { municipality: city.id, outcome: outcome === 'ok' ? 'ok' : 'failed' });
    const lines = told.map((one) => ({ ...one, at: now }));
    if (lines.length > 0) await note(city.id, stored.id, lines);
    return told.some(({ outcome }) => outcome === 'ok');
  };

  const mailAll = (
    city: Municipality,
    ticket: string,
    alert: Alert,
    people: readonly Person[],
  ): Promise<{ to: string; outcome: string }>[] =>
    people.flatMap(({ id, staff }) => {
      if (options.mail === null || staff.mail === null) return [];
      const sending = options.mail({
        to: staff.mail,
        subject: `【急ぎ】つなぎ 受付番号 ${alert.receipt}`,
        text: mailText(options, city, ticket, alert),
      });
      return [
        sending.then(
          () => ({ to: id, outcome: 'ok' }),
          (error: unknown) => ({ to: id, outcome: codeOf(error) }),
        ),
      ];
    });

  const postAll = (
    city: Municipality,
    ticket: string,
    alert: Alert,
    hooks: Directory['hooks'],
  ): Promise<{ to: string; outcome: string }>[] => {
    const window = windowName(city, alert.window);
    const notice = {
      type: 'crisis',
      city: city.id,
      receipt: alert.receipt,
      window,
      url: urlOf(options, city, ticket),
      text: `【急ぎ】${window} 受付番号 ${alert.receipt}：だれも引き受けていません`,
      at: alert.at,
    };
    return hooks.map(({ id, body }) =>
      options.post(body, notice).then(
        (status) => ({ to: `hook:${id}`, outcome: status < 300 ? 'ok' : `http_${status}` }),
        (error: unknown) => ({ to: `hook:${id}`, outcome: codeOf(error) }),
      ),
    );
  };

  const note = async (city: string, ticket: string, told: Alert['told']): Promise<void> => {
    for (let tries = 0; tries < 5; tries++) {
      const stored = await store.get(city, 'alert', ticket);
      if (!stored) return;
      const body = { ...stored.body, told: [...stored.body.told, ...told].slice(-KEPT_LINES) };
      if ((await store.commit(city, [{ type: 'put', kind: 'alert', id: ticket, revision: stored.revision, body }])).ok)
        return;
    }
  };

  const beat = async (): Promise<void> => {
    for (const id of options.municipalities) {
      try {
        const city = options.municipality(id);
        if (!city) continue;
        const due = await store.list(id, 'alert', 'due', { limit: 50, to: timeKey(clock.now() + 1) });
        if (due.length === 0) continue;
        const directory = await readDirectory(store, id, clock.now());
        const told = await Promise.all(due.map((row) => tell(city, row, directory)));
        const unheard = due.filter((_, i) => !told[i]).map((row) => row.id);
        if (unheard.length > 0) {
          const tickets = unheard.slice(0, 10);
          log.error('crisis alerts reached nobody', { municipality: id, alerts: unheard.length, tickets });
        }
      } catch (error) {
        log.error('alerts left for later', { municipality: id, error });
      }
    }
  };
  const run = (): Promise<void> => {
    if (queued) return beating;
    queued = true;
    beating = beating.then(() => {
      queued = false;
      return beat();
    });
    return beating;
  };
  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void run().finally(schedule), options.beatMs ?? 2_000);
  };

  return {
    beat: run,
    start() {
      stopped = false;
      // At once, not at the next beat.
      unwatch = store.watch(({ kind }) => {
        if (kind === 'alert' && !stopped) void run();
      });
      schedule();
    },
    async stop() {
      stopped = true;
      unwatch();
      if (timer) clearTimeout(timer);
      await beating;
    },
  };
}

/** Who and what can be told of a city's alerts. */
interface Directory {
  /** Whoever may acknowledge. */
  people: Person[];
  onDuty: ReadonlySet<string>;
  hooks: Stored<'hook'>[];
}

async function readDirectory(store: Store, city: string, now: number): Promise<Directory> {
  const [staff, duty, hooks] = await Promise.all([
    listStaff(store, city),
    store.list(city, 'duty', 'to', { from: timeKey(now), limit: 200 }),
    store.list(city, 'hook', 'all', { limit: 100 }),
  ]);
  return {
    people: staff.filter((one) => !one.staff.disabled && may(one.staff.roles, 'crisis.acknowledge')),
    onDuty: new Set(duty.filter((row) => row.body.from <= now).map((row) => row.body.staff)),
    hooks,
  };
}

/** At least two people from the first round on (R16). */
function whom({ people, onDuty }: Directory, city: Municipality, alert: Alert, now: number): Person[] {
  if (alert.round >= 2) return people;
  const window = city.windows.find((one) => one.id === alert.window);
  const open = window !== undefined && isOpen(city, window, now);
  const coordinators = people.filter(({ staff }) => staff.roles.includes('coordinator'));
  const first = people.filter(
    ({ id, staff }) => onDuty.has(id) || (staff.windows.includes(alert.window) && (open || onDuty.size === 0)),
  );
  const some = alert.round >= 1 || first.length < 2 ? [...first, ...coordinators] : first;
  const all = some.length < 2 ? [...some, ...people] : some;
  return [...new Map(all.map((person) => [person.id, person])).values()];
}

const urlOf = (options: AlerterOptions, city: Municipality, ticket: string): string =>
  `${options.publicUrl()}/console/${city.id}/tickets/${ticket}`;

function mailText(options: AlerterOptions, city: Municipality, ticket: string, alert: Alert): string {
  const again = alert.round === 0 ? '' : `\nまだだれも引き受けていません（${alert.round + 1}回目のお知らせ）。\n`;
  return `${city.name} つなぎ\n\n急ぎの相談があります。\n受付番号: ${alert.receipt}\n窓口: ${windowName(city, alert.window)}\n${again}\n開いて「私が引き受けます」を押してください:\n${urlOf(options, city, ticket)}\n\n内容はこのメールには書かれていません。返信はできません。\n`;
}

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code.slice(0, 40) : 'failed';
};
