/**
 * `tsunagi backup FILE`: every record as one line, sealed as it is kept (without SECRET_KEYS nobody can read it), while the
 * service runs. The last line holds the number of records and a hash of all lines before, so that half a file shows.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { Storage } from '../open-store.ts';
import { readAll } from './copy-records.ts';
import type { Out } from './out.ts';

export const BACKUP_FORMAT = 1;

/** @returns the exit code. */
export async function backup(options: { file: string; now: number }, io: Out, storage: Storage): Promise<number> {
  const part = `${options.file}.part`;
  const out = createWriteStream(part, { flags: 'wx', mode: 0o600 });
  const hash = createHash('sha256');
  const write = async (line: unknown): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    if (!out.write(text)) await once(out, 'drain');
  };
  await once(out, 'open');
  await write({ tsunagi: 'backup', format: BACKUP_FORMAT, at: new Date(options.now).toISOString() });
  let records = 0;
  for await (const page of readAll(storage.driver)) {
    for (const { body, ...record } of page) {
      await write({ ...record, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') });
      records++;
    }
  }
  out.end(`${JSON.stringify({ end: records, sha256: hash.digest('hex') })}\n`);
  await once(out, 'close');
  await rename(part, options.file);
  io.stdout.write(`${records}件を ${options.file} に写しました。読むには SECRET_KEYS の鍵が要ります。\n`);
  return 0;
}
