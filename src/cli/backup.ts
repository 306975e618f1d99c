/**
 * `tsunagi backup FILE`: every record as one line, sealed as it is kept (without SECRET_KEYS nobody can read it), while the
 * service runs. The last line holds the number of records and a hash of all lines before, so that half a file shows.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import type { Storage } from '../open-store.ts';
import { readAll } from './copy-records.ts';
import type { Out } from './out.ts';
import { fileTrouble, WrongUse } from './wrong-use.ts';

export const BACKUP_FORMAT = 1;

/** @returns the exit code. @throws WrongUse for a file that is there already or cannot be written; StoreError. */
export async function backup(options: { file: string; now: number }, io: Out, storage: Storage): Promise<number> {
  const { file } = options;
  const part = `${file}.part`;
  if (existsSync(file)) throw fileTrouble({ code: 'EEXIST' }, file);
  let records: number;
  try {
    records = await write(part, options.now, storage);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new WrongUse(`${part} があります。いま写している控えでなければ、消してからやり直してください。`);
    // Half a file is of no use to anybody.
    await unlink(part).catch(() => {});
    throw fileTrouble(error, file);
  }
  await rename(part, file);
  io.stdout.write(`${records}件を ${file} に写しました。読むには SECRET_KEYS の鍵が要ります。\n`);
  return 0;
}

async function write(part: string, now: number, storage: Storage): Promise<number> {
  const out = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
  let failed: unknown = null;
  out.on('error', (error) => {
    failed ??= error;
  });
  const hash = createHash('sha256');
  const line = async (content: unknown): Promise<void> => {
    const text = `${JSON.stringify(content)}\n`;
    hash.update(text);
    if (failed !== null) throw failed;
    if (!out.write(text)) await once(out, 'drain');
  };
  await once(out, 'open');
  await line({ tsunagi: 'backup', format: BACKUP_FORMAT, at: new Date(now).toISOString() });
  let records = 0;
  try {
    for await (const page of readAll(storage.driver)) {
      for (const { body, ...record } of page) {
        await line({ ...record, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') });
        records++;
      }
    }
  } catch (error) {
    out.destroy();
    throw error;
  }
  out.end(`${JSON.stringify({ end: records, sha256: hash.digest('hex') })}\n`);
  await once(out, 'close');
  if (failed !== null) throw failed;
  return records;
}
