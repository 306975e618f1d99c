/** Whether Redis keeps what it is told; looked at once, at start, on every server that takes writes. */
import { StoreError } from '../store.ts';
import type { Connection } from './connection.ts';

/** @throws StoreError `misconfigured` with one sentence that names the server and the setting. */
export async function checkServer(connection: Connection): Promise<void> {
  const told = await connection.sendToAll(['INFO']).catch((cause: unknown) => {
    throw new StoreError('misconfigured', 'the Redis user may not read INFO, which shows whether data is kept', {
      cause,
    });
  });
  for (const { address, reply } of told) {
    const facts = readInfo(String(reply));
    const refuse = (what: string): never => {
      throw new StoreError('misconfigured', `Redis at ${address} ${what} (REDIS_ALLOW_UNSAFE=yes starts all the same)`);
    };
    const version = facts.get('redis_version') ?? '0';
    if (Number.parseInt(version, 10) < 7) refuse(`has version ${version}, 7 or newer is needed`);
    if (facts.get('role') !== 'master') refuse('is a replica, writes need the master');
    if (facts.get('aof_enabled') !== '1') refuse('would forget on a restart: set "appendonly yes"');
    const policy = facts.get('maxmemory_policy');
    if (policy !== 'noeviction') refuse(`may drop records (${policy}): set "maxmemory-policy noeviction"`);
  }
  await checkFsync(connection);
}

/**
 * `always`: Redis writes to the disk once for all commits of one round of its loop, before it answers them. With
 * `everysec` up to a second of answered commits is gone after a power cut, which breaks what `durable` promises.
 */
async function checkFsync(connection: Connection): Promise<void> {
  const told = await connection.sendToAll(['CONFIG', 'GET', 'appendfsync']).catch((cause: unknown) => {
    throw new StoreError(
      'misconfigured',
      'the Redis user may not read the setting appendfsync: grant "+config|get" (REDIS_ALLOW_UNSAFE=yes starts all the same)',
      { cause },
    );
  });
  for (const { address, reply } of told) {
    const value = String(Object.values(reply as Record<string, unknown>)[0]);
    if (value === 'always') continue;
    throw new StoreError(
      'misconfigured',
      `Redis at ${address} may lose the last second on a power cut (appendfsync ${value}): set "appendfsync always" (REDIS_ALLOW_UNSAFE=yes starts all the same)`,
    );
  }
}

function readInfo(text: string): Map<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );
}
