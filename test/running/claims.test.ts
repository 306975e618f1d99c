/** Two processes, 500 residents each, one slot: never more claims than places. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { loadContent } from '#content/load-content.ts';
import { bookingRules, freeSlots } from '#handoff/free-slots.ts';
import { createDraft } from '#store/draft.ts';
import { generateKey } from '#support/key-ring.ts';
import { openStore } from '../../src/open-store.ts';
import { startRedis, whyNoRedis } from '../support/redis-server.ts';

const noRedis = await whyNoRedis();
const EACH = Number(process.env.CLAIMS ?? 500);

describe.skipIf(noRedis !== null)('the last place of a slot', () => {
  it(`2 × ${EACH} claims at once from two processes`, async () => {
    const redis = await startRedis();
    const keys = generateKey('k1');
    const store = await openStore({ DATA_DIR: '', REDIS_URL: redis.url, SECRET_KEYS: keys });
    const municipality = (await loadContent({ dir: 'flows' })).municipalities.get('ashiya')!;
    const window = municipality.windows.find((one) => bookingRules(municipality, one.id, 'visit') !== null)!;
    const draft = createDraft(store, 'ashiya');
    const query = { municipality, window: window.id, way: 'visit' as const, limit: 1, now: Date.now() };
    const [slot] = (await freeSlots(draft, query)).slots;
    const { capacity } = bookingRules(municipality, window.id, 'visit')!;
    const children = ['a', 'b'].map((name) => {
      const args = ['test/running/claimer.ts', redis.url, keys, JSON.stringify(slot), String(EACH), name];
      return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    });
    let output = '';
    for (const child of children) child.stdout.on('data', (chunk) => (output += chunk));
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    const ended = children.map((child) => once(child, 'exit'));
    for (const child of children) child.stdin.write('go\n');
    await Promise.all(ended);
    const held = [...output.matchAll(/held (\d+)/gu)].map((match) => Number(match[1]));
    const [place] = await store.list('ashiya', 'place', 'window', { limit: 10 });
    console.log(`claims: ${2 * EACH} at once for ${capacity} place(s): ${held.join(' + ')} held`);
    expect(held.reduce((sum, n) => sum + n, 0)).toBe(capacity);
    expect(place!.body.claims).toHaveLength(capacity);
    await store.close();
    await redis.stop();
  });
});
