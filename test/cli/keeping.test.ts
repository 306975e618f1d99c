/** Doctor, backup, restore, move and key rotation on what a real conversation has left in a real file, and on real Redis. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backup } from '#cli/backup.ts';
import { doctor, type Report } from '#cli/doctor.ts';
import { keysRotate } from '#cli/keys.ts';
import { move } from '#cli/move.ts';
import { restore } from '#cli/restore.ts';
import { loadContent } from '#content/load-content.ts';
import type { Incoming } from '#contracts/event.ts';
import type { Driver } from '#store/driver.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import type { Body, Kind } from '#store/kinds.ts';
import { createRedisDriver } from '#store/redis/redis-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Operation } from '#store/store.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import type { Storage } from '../../src/open-store.ts';
import { type Harness, openHarness } from '../conversation/harness.ts';
import { type RedisServer, startRedis, whyNoRedis } from '../support/redis-server.ts';

const noRedis = await whyNoRedis();
const dir = mkdtempSync(join(tmpdir(), 'tsunagi-keeping-'));
/** A backup of what the conversation has left. */
const whole = join(dir, 'whole.jsonl');
const { municipalities } = await loadContent({ dir: 'flows' });
const open: Driver[] = [];
let h: Harness;
let source: Storage;
let said: string[] = [];
const io = { stdout: { write: (text: string) => said.push(text) }, stderr: { write: () => true } };

function storageOf(driver: Driver, keys = h.secretKeys): Storage {
  open.push(driver);
  const keyRing = createKeyRing(keys);
  return { driver, keyRing, store: createSealedStore({ driver, keyRing }) };
}
const newFile = (name: string): Storage => storageOf(createEmbeddedDriver({ path: join(dir, `${name}.db`) }));

async function examine(storage: Storage): Promise<{ code: number; reports: Report[] }> {
  said = [];
  const code = await doctor({ json: true, now: h.clock.now() }, io, storage, municipalities);
  return { code, reports: JSON.parse(said.join('')) as Report[] };
}
const faultsOf = async (storage: Storage): Promise<string[]> =>
  (await examine(storage)).reports.flatMap((report) => report.faults.map(({ rule }) => rule));

beforeAll(async () => {
  h = await openHarness();
  for (const text of ['母の物忘れがひどくて', 'もう死にたい', '家賃が払えません', 'あいうえお']) {
    const r = h.resident();
    await r.follow();
    await r.say(text);
    if (text.startsWith('母')) for (let i = 0; i < 12 && r.buttons().length > 0; i++) await r.tap(r.buttons()[0]!);
  }
  await h.conversation.beat();
  source = storageOf(createEmbeddedDriver({ path: h.dbPath }));
  await backup({ file: whole, now: 0 }, io, source);
}, 60_000);
afterAll(async () => {
  for (const driver of open) await driver.close();
  await h.close();
});

describe('doctor', () => {
  it('finds nothing wrong with what a conversation leaves', async () => {
    const { code, reports } = await examine(source);
    expect(reports.flatMap((report) => report.faults)).toEqual([]);
    expect(code).toBe(0);
    const city = reports.find((report) => report.city === 'ashiya')!;
    expect(city.kinds).toMatchObject({ contact: 4 });
    expect(city.kinds.ticket).toBeGreaterThanOrEqual(2);
    console.log(`doctor: ${city.records} records, ${Object.keys(city.kinds).length} kinds, 0 faults`);
  });

  it('finds index rows that are stale or missing', async () => {
    await restore({ file: whole }, io, newFile('rows'));
    const db = new DatabaseSync(join(dir, 'rows.db'));
    db.exec(
      "INSERT INTO entries SELECT space, name, 'nowhere', id FROM entries WHERE name = 'created' LIMIT 1; DELETE FROM entries WHERE name = 'receipt'",
    );
    db.close();
    const faults = await faultsOf(newFile('rows'));
    expect(faults).toContain('an index leads to a record by a key it has not');
    expect(faults).toContain('records are missing from an index');
  });

  it('names what does not hold', async () => {
    const storage = newFile('broken');
    await restore({ file: whole }, io, storage);
    const { store, driver } = storage;
    const [booked] = (await store.list('ashiya', 'ticket', 'created', { limit: 99 })).filter((row) => row.body.booking);
    const place = booked!.body.booking!.id.split('|').slice(0, 2).join('|');
    const found = (await store.get('ashiya', 'place', place))!;
    const claim = { id: 'x', contact: 'c', until: null, ticket: null };
    const many = Array.from({ length: 99 }, (_, i) => ({ ...claim, id: `x${i}` }));
    await store.commit('ashiya', [
      { type: 'put', kind: 'place', id: place, revision: found.revision, body: { ...found.body, claims: many } },
      { type: 'put', kind: 'alert', id: 'nobody', revision: 0, body: { ...ALERT } },
    ]);
    const raw = (await driver.get('ashiya', 'contact', [booked!.body.contact]))[0]!;
    const changed = { type: 'put', kind: 'contact', id: raw.id, revision: raw.revision, expiresAt: null } as const;
    const body = Buffer.from(raw.body);
    body[body.length - 1]! ^= 1;
    await driver.commit('ashiya', [{ ...changed, version: 1, entries: [['strange', '0', null]], body }], true);
    const faults = await faultsOf(storage);
    for (const rule of [
      'more bookings than places',
      'a booking without its place',
      'a place is taken without a booking',
      'an alert for a ticket that is gone',
    ]) {
      expect(faults).toContain(rule);
    }
    expect(faults.some((rule) => rule.startsWith('a record cannot be opened'))).toBe(true);
    expect((await examine(storage)).code).toBe(1);
  });

  it.each<[rule: string, kind: Kind, change: (body: never) => object]>([
    ["a booking on somebody else's place", 'place', (body: Body<'place'>) => ({ claims: renamed(body, 'nobody') })],
    ['a claim stands twice', 'place', ({ claims }: Body<'place'>) => ({ claims: [...claims, ...claims] })],
    ['a contact names a ticket that is gone', 'contact', () => ({ tickets: ['nowhere'] })],
    ['a blocked contact still has an address', 'contact', () => ({ blocked: true })],
    ['a timer for a ticket that is gone', 'timer', () => ({ ticket: 'nowhere' })],
    ['a message to be sent is empty', 'outgoing', () => ({ ...SENT, state: 'waiting' })],
    ['an ended message keeps its words or token', 'outgoing', () => ({ ...SENT, replyToken: 'token' })],
    ['an event from the future', 'inbox', () => waitingSince(h.clock.now() + 2 * 3_600_000)],
    ['a record is not in its shape', 'ticket', () => ({ needs: 'many' })],
    ['the audit log cannot be read', 'setting', () => ({ value: '{}' })],
  ])('says: %s', async (rule, kind, change) => {
    const storage = newFile(`says-${rule.replaceAll(/\W/gu, '')}`);
    await restore({ file: whole }, io, storage);
    const { records } = await storage.store.inspect('ashiya', null, 1_000);
    // Nothing waits after a talk, in or out.
    const { id, body } = records.find((record) => record.kind === kind) ?? { id: 'new', body: {} };
    const changed = { ...(body as object), ...change(body as never) } as Body<Kind>;
    const put = { type: 'put', kind, id, revision: 'any', body: changed } as Operation;
    expect(await storage.store.commit('ashiya', [put])).toEqual({ ok: true });
    expect(await faultsOf(storage)).toContain(rule);
  });

  it('says: a session without its contact', async () => {
    const storage = newFile('no-contact');
    await restore({ file: whole }, io, storage);
    const { records } = await storage.store.inspect('ashiya', null, 1_000);
    const { id, body } = records.find(({ kind }) => kind === 'contact')!;
    const { talk } = body as Body<'contact'>;
    await storage.store.commit('ashiya', [
      { type: 'put', kind: 'session', id, revision: 0, body: talk! },
      { type: 'delete', kind: 'contact', id, revision: 'any' },
    ]);
    expect(await faultsOf(storage)).toContain('a session without its contact');
  });
});
const renamed = ({ claims }: Body<'place'>, ticket: string) => claims.map((claim) => ({ ...claim, ticket }));
const SENT: Body<'outgoing'> = {
  contact: 'c',
  createdAt: 0,
  cause: 'staff',
  messages: [],
  replyToken: null,
  replyBefore: 0,
  retryKey: '123e4567-e89b-42d3-a456-426614174000',
  via: 'push',
  state: 'sent',
  attempts: 1,
  nextAt: 0,
  outcome: null,
  quotes: [],
  expiresAt: 9e15,
};
const waitingSince = (receivedAt: number): Body<'inbox'> => {
  const from = { municipality: 'ashiya', channel: 'line', contact: 'c', address: 'U1' } as const;
  const event: Incoming = { ...from, id: 'e1', at: receivedAt, receivedAt, type: 'unfollow' };
  return { event, order: '', attempts: 0, withdrawn: false, expiresAt: null };
};
const ALERT = {
  receipt: 'AAA',
  window: 'w',
  kind: 'suicide' as const,
  at: 0,
  acknowledged: null,
  round: 0,
  nextAt: 0,
  told: [],
};

describe('backup and restore', () => {
  it('gives back every record, and refuses half a file and a store that is not empty', async () => {
    const file = join(dir, 'again.jsonl');
    expect(await backup({ file, now: 0 }, io, source)).toBe(0);
    const copy = newFile('copy');
    expect(await restore({ file }, io, copy)).toBe(0);
    expect((await examine(copy)).reports).toEqual((await examine(source)).reports);
    await expect(restore({ file }, io, copy)).rejects.toThrow('すでに記録があります');
    const half = join(dir, 'half.jsonl');
    writeFileSync(half, readFileSync(file).subarray(0, 4000));
    await expect(restore({ file: half }, io, newFile('half'))).rejects.toThrow('途中で切れている');
    writeFileSync(half, readFileSync(file, 'utf8').replace('"version":1', '"version":2'));
    await expect(restore({ file: half }, io, newFile('half2'))).rejects.toThrow('変わっています');
    // Words are in neither.
    expect(readFileSync(file, 'utf8')).not.toMatch(/物忘れ|死にたい|家賃/u);
  });
});

describe.skipIf(noRedis !== null)('with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('moves from the file to Redis, backs up from there, restores into a file', { timeout: 30_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tsunagi-keeping-'));
    const old = storageOf(createEmbeddedDriver({ path: join(dataDir, 'tsunagi.db') }));
    await restore({ file: whole }, io, old);
    await expect(move({ dataDir, to: redis.url, allowUnsafe: false }, io)).rejects.toThrow('サービスを止めて');
    await old.driver.close();
    expect(await move({ dataDir, to: redis.url, allowUnsafe: false }, io)).toBe(0);
    const there = storageOf(await createRedisDriver({ url: redis.url }));
    expect((await examine(there)).reports).toEqual((await examine(source)).reports);
    const file = join(dir, 'redis.jsonl');
    await backup({ file, now: 0 }, io, there);
    const back = newFile('back');
    await restore({ file }, io, back);
    expect((await examine(back)).reports).toEqual((await examine(source)).reports);
    await expect(move({ dataDir, to: redis.url, allowUnsafe: false }, io)).rejects.toThrow('すでに記録があります');
  });
});

describe('key rotation', () => {
  it('seals everything under the newest key, in as many runs as it takes', async () => {
    const before = newFile('rotate');
    await restore({ file: whole }, io, before);
    const newer = generateKey('k2');
    const both = storageOf(before.driver, `${newer},${h.secretKeys}`);
    // Interrupted after a page.
    await both.store.reseal('ashiya', null, 10);
    expect(await keysRotate(io, both)).toBe(0);
    const alone = storageOf(before.driver, newer);
    expect((await examine(alone)).code).toBe(0);
    expect((await examine(before)).code).toBe(1);
  });
});
