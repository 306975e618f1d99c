/**
 * `tsunagi keys rotate`: seals every record again under the newest key of SECRET_KEYS, while the service runs with the
 * same keys. Interrupted, it is begun again: what is done already is only looked at.
 */
import type { Storage } from '../open-store.ts';
import type { Out } from './out.ts';
import { placesOf } from './storage.ts';

const PAGE = 500;

/** @returns the exit code. */
export async function keysRotate(io: Out, storage: Storage): Promise<number> {
  const { store, keyRing } = storage;
  let total = 0;
  for (const city of await placesOf(storage)) {
    let cursor: string | null = null;
    let resealed = 0;
    let looked = 0;
    do {
      const page = await store.reseal(city, cursor, PAGE);
      cursor = page.cursor;
      resealed += page.resealed;
      looked += PAGE;
      if (looked % 10_000 === 0) io.stderr.write(`${city}: ${looked}件まで（${resealed}件を新しい鍵に）\n`);
    } while (cursor !== null);
    total += resealed;
    io.stdout.write(
      `${city === '-' ? '（共通）' : city}: ${resealed}件を鍵「${keyRing.newestAt(`${city}/`)}」に移しました。\n`,
    );
  }
  const left = await countOthers(storage);
  if (left > 0) io.stdout.write(`ほかの鍵の記録が ${left}件あります（動いているサービスが古い鍵で書いています）。\n`);
  else io.stdout.write(`すべて、いちばん新しい鍵です（${total}件を移しました）。古い鍵は SECRET_KEYS から外せます。\n`);
  return left === 0 ? 0 : 1;
}

async function countOthers({ driver, keyRing }: Storage): Promise<number> {
  let others = 0;
  for (const city of await placesOf({ driver })) {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof driver.scan>> = await driver.scan(city, cursor, PAGE);
      for (const { kind, body } of page.records)
        if (kind !== 'ping' && keyRing.keyOf(body) !== keyRing.newestAt(`${city}/`)) others++;
      cursor = page.cursor;
    } while (cursor !== null);
  }
  return others;
}
