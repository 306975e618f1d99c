/** Joins the counsellors' console: its pages, the alerts outside LINE, and the calendar that staff keep there. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Config } from '#config';
import { type Alerter, createAlerter } from '#console/alerter.ts';
import { type Console, createConsole } from '#console/create-console.ts';
import { createPostHook } from '#console/post-hook.ts';
import { createReminder } from '#console/reminder.ts';
import { createSendMail } from '#console/send-mail.ts';
import type { Script } from '#contracts/flow.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { openCalendarOverlay } from '#handoff/calendar-overlay.ts';
import type { LineChannel } from '#line/channel.ts';
import type { Store } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';
import type { Logger } from '#support/logger.ts';
import type { Metrics } from '#support/metrics.ts';

export interface ConsoleParts {
  config: Config;
  store: Store;
  /** The script as the files have it. */
  script(municipality: string): Script | null;
  line: LineChannel;
  clock: Clock;
  ids: Ids;
  log: Logger;
  metrics: Metrics;
  publicUrl(): string;
}

export interface OpenConsole {
  console: Console;
  /** Alerts, and the daily mail of what falls due. */
  alerter: Alerter;
  /** The script with the hours, closures and events that staff have set. */
  script(municipality: string): Script | null;
}

export async function openConsole(parts: ConsoleParts): Promise<OpenConsole> {
  const { config, store, clock, ids, log, metrics, publicUrl } = parts;
  const { municipalities } = config;
  const calendar = await openCalendarOverlay({ store, municipalities });
  const joined = new WeakMap<Municipality, Script>();

  const script = (id: string): Script | null => {
    const plain = parts.script(id);
    if (plain === null) return null;
    const municipality = calendar.apply(plain.municipality);
    if (municipality === plain.municipality) return plain;
    let own = joined.get(municipality);
    if (!own) {
      own = { ...plain, municipality };
      joined.set(municipality, own);
    }
    return own;
  };
  const municipality = (id: string): Municipality | null => script(id)?.municipality ?? null;

  const mail = config.SMTP_URL ? createSendMail({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM! }) : null;
  const shared = { store, municipalities, municipality, clock, log, count: metrics.count, publicUrl, mail };
  const alerter = createAlerter({ ...shared, post: createPostHook() });
  const reminder = createReminder(shared);
  const console = createConsole({
    ...shared,
    ids,
    secure: publicUrl().startsWith('https:'),
    address: (c) => addressOf(c, config.TRUST_PROXY === 'yes'),
    quota: (id) => parts.line.quota(id),
    oidc: config.OIDC_ISSUER
      ? {
          issuer: config.OIDC_ISSUER,
          clientId: config.OIDC_CLIENT_ID!,
          clientSecret: config.OIDC_CLIENT_SECRET!,
          name: config.OIDC_NAME,
        }
      : null,
  });
  return {
    script,
    alerter: {
      ...alerter,
      start() {
        alerter.start();
        reminder.start();
      },
      async stop() {
        await Promise.all([alerter.stop(), reminder.stop()]);
      },
    },
    console: {
      ...console,
      close() {
        console.close();
        calendar.close();
      },
    },
  };
}

/** For throttling. Behind a proxy the last address it added counts: earlier ones are the caller's own claim. */
export function addressOf(c: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded || (getConnInfo(c).remote.address ?? 'unknown');
}
