/** Where Redis is: one server, a master that Sentinels name, or a cluster. Read from a URL, or given as options. */
import { readFileSync } from 'node:fs';
import { StoreError } from '../store.ts';

export interface Address {
  host: string;
  port: number;
}

/** The server is on this machine and listens at a file. */
export interface SocketFile {
  path: string;
}

export const nameOf = (place: Address | SocketFile): string =>
  'path' in place ? place.path : `${place.host}:${place.port}`;

export interface Login {
  username?: string;
  password?: string;
}

export interface Tls {
  /** PEM; without it the system's certificate authorities are trusted. */
  ca?: string;
  cert?: string;
  key?: string;
}

interface Common extends Login {
  tls?: Tls | null;
}

export interface SentinelOptions extends Common {
  /** The name under which the Sentinels watch the master. */
  name: string;
  nodes: readonly Address[];
  /** Login at the Sentinels themselves. */
  sentinelLogin?: Login;
  database?: number;
}

export interface ClusterOptions extends Common {
  /** Some of the cluster's nodes; the others are found through them. */
  nodes: readonly Address[];
}

export type RedisPlace = { url: string } | { sentinel: SentinelOptions } | { cluster: ClusterOptions };

export interface Target {
  mode: 'single' | 'sentinel' | 'cluster';
  nodes: readonly Address[];
  /** Instead of `nodes`. */
  file: SocketFile | null;
  login: Login;
  tls: Tls | null;
  database: number;
  sentinel: { name: string; login: Login } | null;
}

/** @throws StoreError `misconfigured` with one sentence that never shows a password. */
export function readTarget(place: RedisPlace): Target {
  if ('url' in place) return parseUrl(place.url);
  const options = 'sentinel' in place ? place.sentinel : place.cluster;
  if (options.nodes.length === 0) throw wrong('name at least one node');
  return {
    mode: 'sentinel' in place ? 'sentinel' : 'cluster',
    nodes: options.nodes,
    file: null,
    login: loginOf(options.username, options.password),
    tls: options.tls ?? null,
    database: 'sentinel' in place ? (place.sentinel.database ?? 0) : 0,
    sentinel: 'sentinel' in place ? { name: place.sentinel.name, login: place.sentinel.sentinelLogin ?? {} } : null,
  };
}

const FORM =
  /^redis(?<tls>s)?(?:-(?<mode>cluster|sentinel))?:\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<nodes>[^/?@]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/u;

/** As a URL without a host, whose path is a file. */
const FILE_FORM =
  /^redis-unix:\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<path>\/[^?]+)(?:\?database=(?<database>\d+))?$/u;

/**
 * `redis[s]://[user[:password]@]host[:port][/database]`, `redis-unix://[user[:password]@]/file[?database=n]`, `redis[s]-cluster://…@host:port,host:port…`,
 * `redis[s]-sentinel://…@host:port,host:port…/master-name[/database]`; after `?`: `ca`, `cert`, `key` (PEM files),
 * `sentinelUsername`, `sentinelPassword`.
 */
function parseUrl(url: string): Target {
  const file = FILE_FORM.exec(url)?.groups;
  if (file) {
    return {
      mode: 'single',
      nodes: [],
      file: { path: decodeURIComponent(file.path!) },
      login: loginOf(decode(file.username), decode(file.password)),
      tls: null,
      database: Number(file.database ?? 0),
      sentinel: null,
    };
  }
  const parts = FORM.exec(url)?.groups;
  if (!parts) throw wrong('the URL must look like redis://user:password@host:6379');
  const mode = (parts.mode ?? 'single') as Target['mode'];
  const nodes = parts.nodes!.split(',').map((node) => parseNode(node, mode === 'sentinel' ? 26379 : 6379));
  if (mode === 'single' && nodes.length > 1) throw wrong('several hosts need redis-cluster:// or redis-sentinel://');
  const query = new URLSearchParams(parts.query ?? '');
  const [first = '', second = ''] = (parts.path ?? '').split('/');
  if (mode === 'sentinel' && first === '')
    throw wrong('redis-sentinel:// needs the name of the master after the hosts');
  if (mode === 'cluster' && first !== '' && first !== '0') throw wrong('a cluster has no numbered databases');
  const database = mode === 'sentinel' ? second : first;
  if (!/^\d*$/u.test(database)) throw wrong('the database after the host must be a number');
  return {
    mode,
    nodes,
    file: null,
    login: loginOf(decode(parts.username), decode(parts.password)),
    tls: parts.tls === 's' ? readTls(query) : null,
    database: Number(database),
    sentinel:
      mode === 'sentinel'
        ? {
            name: decodeURIComponent(first),
            login: loginOf(query.get('sentinelUsername') ?? undefined, query.get('sentinelPassword') ?? undefined),
          }
        : null,
  };
}

function parseNode(text: string, standard: number): Address {
  const [, host, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/u.exec(text) ?? [];
  if (host === undefined || Number(port ?? standard) > 65535) throw wrong('a host must look like name:6379');
  return { host: host.replace(/^\[|\]$/gu, ''), port: Number(port ?? standard) };
}

function readTls(query: URLSearchParams): Tls {
  const tls: Tls = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = query.get(name);
    if (path === null) continue;
    try {
      tls[name] = readFileSync(path, 'utf8');
    } catch (cause) {
      throw new StoreError('misconfigured', `REDIS_URL: the ${name} file ${path} cannot be read`, { cause });
    }
  }
  return tls;
}

const decode = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : decodeURIComponent(text);

function loginOf(username: string | undefined, password: string | undefined): Login {
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function wrong(what: string): StoreError {
  return new StoreError('misconfigured', `REDIS_URL: ${what}`);
}
