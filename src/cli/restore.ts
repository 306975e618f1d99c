/** `tsunagi restore FILE`: writes a backup into an empty store; the file is checked to its end before anything is written. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Storage } from '../open-store.ts';
import { BACKUP_FORMAT } from './backup.ts';
import { expectEmpty, type Kept, writeAll } from './copy-records.ts';
import type { Out } from './out.ts';
import { fileTrouble, WrongUse } from './wrong-use.ts';

const PAGE = 500;
const lineSchema = z.object({
  city: z.string(),
  kind: z.string(),
  id: z.string(),
  version: z.int(),
  expiresAt: z.number().nullable(),
  entries: z.array(z.tuple([z.string(), z.string(), z.string().nullable()])),
  body: z.base64(),
});
const headSchema = z.object({ tsunagi: z.literal('backup'), format: z.int() });
const endSchema = z.object({ end: z.int(), sha256: z.string() });

/** @throws WrongUse for a file that is none, is of another format or is not whole; a store that is not empty. */
export async function restore(options: { file: string }, io: Out, storage: Storage): Promise<number> {
  await checkFile(options.file).catch((error: unknown) => {
    throw fileTrouble(error, options.file);
  });
  await expectEmpty(storage.driver);
  const written = await writeAll(storage.driver, pagesOf(options.file));
  io.stdout.write(`${written}件を戻しました。tsunagi doctor で確かめてください。\n`);
  return 0;
}

const linesOf = (file: string) =>
  createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });

async function checkFile(file: string): Promise<void> {
  const hash = createHash('sha256');
  let n = -1;
  let last: string | null = null;
  for await (const line of linesOf(file)) {
    if (n === -1) {
      const head = headSchema.safeParse(parse(line));
      if (!head.success) throw new WrongUse(`${file} は tsunagi の控えではありません。`);
      if (head.data.format > BACKUP_FORMAT) throw new WrongUse(`${file} は、より新しい版の控えです。`);
    }
    if (last !== null) hash.update(`${last}\n`);
    last = line;
    n++;
  }
  const end = endSchema.safeParse(parse(last ?? ''));
  if (!end.success || end.data.end !== n - 1 || end.data.sha256 !== hash.digest('hex')) {
    throw new WrongUse(`${file} は途中で切れているか、変わっています。何も書きこんでいません。`);
  }
}

async function* pagesOf(file: string): AsyncGenerator<Kept[]> {
  let page: Kept[] = [];
  for await (const line of linesOf(file)) {
    const record = lineSchema.safeParse(parse(line));
    // The first and the last line; the file as a whole was checked.
    if (!record.success) continue;
    page.push({ ...record.data, body: Buffer.from(record.data.body, 'base64') });
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
