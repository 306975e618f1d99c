/**
 * The settings, read once from the environment. Nobody else reads `process.env`; nobody here knows what a value is for.
 * Every wrong setting is one line that names it and says what is expected.
 */
import { z } from 'zod';

export class ConfigError extends Error {
  override name = 'ConfigError';
}

const url = z.url({ protocol: /^https?$/u, error: 'must be an http(s) URL' });
const environmentSchema = z.object({
  PORT: z.coerce.number({ error: 'must be a number' }).int().min(0).max(65535, 'must be 0 to 65535').default(3000),
  HOST: z.string().default('0.0.0.0'),
  DATA_DIR: z.string().min(1).default('.data'),
  REDIS_URL: z
    .string()
    .regex(/^(rediss?(-cluster|-sentinel)?|redis-unix):\/\//u, 'must begin with redis:// or rediss://')
    .optional(),
  REDIS_ALLOW_UNSAFE: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
  MUNICIPALITIES: z
    .string()
    .regex(/^[a-z0-9-]+(,[a-z0-9-]+)*$/u, 'must be a comma list of city ids, e.g. ashiya,fukui')
    .default('ashiya'),
  LINE_API_BASE_URL: url.optional(),
  SECRET_KEYS: z.string().optional(),
  PUBLIC_URL: url.optional(),
  SIMULATOR: z.enum(['on', 'off'], 'must be on or off').optional(),
  FLOWS_DIR: z.string().default('flows'),
  DICTIONARIES_DIR: z.string().default('dictionaries'),
  CACHE_DIR: z.string().default('.cache'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .default('info'),
  WORKERS: z.coerce.number({ error: 'must be a number' }).int().min(1).max(1024, 'must be 1 to 1024').default(64),
  TRUST_PROXY: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//u, 'must begin with smtp:// or smtps://')
    .optional(),
  MAIL_FROM: z.string().optional(),
  OIDC_ISSUER: url.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** What the sign-in button says. */
  OIDC_NAME: z.string().default('職員アカウント'),
});

export interface LineCredentials {
  secret: string;
  accessToken: string;
}

export type Config = z.output<typeof environmentSchema> & {
  municipalities: string[];
  /** Cities without credentials are served by the simulator only. */
  line: Map<string, LineCredentials>;
  /** `SECRET_KEYS_ASHIYA` and so on: cities whose records are sealed under keys of their own. */
  cityKeys: Map<string, string>;
  simulator: boolean;
};

/** @throws ConfigError with one line per wrong setting. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  // An empty value in a compose file means "not set".
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError([...new Set(lines)].join('\n'));
  }
  const settings = parsed.data;
  if (
    settings.OIDC_ISSUER !== undefined &&
    (settings.OIDC_CLIENT_ID === undefined || settings.OIDC_CLIENT_SECRET === undefined)
  ) {
    throw new ConfigError('OIDC_CLIENT_ID: needed with OIDC_ISSUER (and OIDC_CLIENT_SECRET)');
  }
  if (settings.SMTP_URL !== undefined && settings.MAIL_FROM === undefined) {
    throw new ConfigError('MAIL_FROM: needed with SMTP_URL');
  }
  const municipalities = [...new Set(settings.MUNICIPALITIES.split(','))];
  const line = readCredentials(given, municipalities);
  const simulator = settings.SIMULATOR === undefined ? line.size === 0 : settings.SIMULATOR === 'on';
  if (!simulator && line.size === 0) {
    throw new ConfigError('LINE_CHANNEL_SECRET: needed when SIMULATOR is off (with LINE_CHANNEL_ACCESS_TOKEN)');
  }
  const cityKeys = new Map(
    municipalities.flatMap((city) => {
      const keys = given[`SECRET_KEYS${suffixOf(city)}`];
      return keys === undefined ? [] : [[city, keys] as const];
    }),
  );
  return { ...settings, municipalities, line, cityKeys, simulator };
}

/** `ashiya` → `_ASHIYA`. */
const suffixOf = (city: string): string => `_${city.toUpperCase().replaceAll('-', '_')}`;

function readCredentials(
  given: Record<string, string | undefined>,
  municipalities: readonly string[],
): Map<string, LineCredentials> {
  const line = new Map<string, LineCredentials>();
  for (const municipality of municipalities) {
    const suffix = suffixOf(municipality);
    // The short names are for a service with one city.
    const read = (name: string): string | undefined =>
      given[name + suffix] ?? (municipalities.length === 1 ? given[name] : undefined);
    const secret = read('LINE_CHANNEL_SECRET');
    const accessToken = read('LINE_CHANNEL_ACCESS_TOKEN');
    if (secret === undefined && accessToken === undefined) continue;
    if (secret === undefined)
      throw new ConfigError(`LINE_CHANNEL_SECRET: missing for ${municipality} (the access token is set)`);
    if (accessToken === undefined)
      throw new ConfigError(`LINE_CHANNEL_ACCESS_TOKEN: missing for ${municipality} (the secret is set)`);
    if (!/^[0-9a-f]{32}$/u.test(secret))
      throw new ConfigError(`LINE_CHANNEL_SECRET: for ${municipality} it must be 32 characters of 0-9 a-f`);
    line.set(municipality, { secret, accessToken });
  }
  if (
    municipalities.length > 1 &&
    (given.LINE_CHANNEL_SECRET !== undefined || given.LINE_CHANNEL_ACCESS_TOKEN !== undefined)
  ) {
    throw new ConfigError(
      'LINE_CHANNEL_SECRET: with several cities each needs its own, e.g. LINE_CHANNEL_SECRET_ASHIYA',
    );
  }
  return line;
}
