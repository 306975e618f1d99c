/** One of several processes that all want the same last place: `claimer.ts REDIS_URL SECRET_KEYS START COUNT NAME`. */
import { loadContent } from '#content/load-content.ts';
import type { Slot } from '#contracts/session.ts';
import { holdSlot } from '#handoff/claims.ts';
import { inDraft } from '#store/draft.ts';
import { openStore } from '../../src/open-store.ts';

const [url, keys, slotJson, count, name] = process.argv.slice(2);
const store = await openStore({ DATA_DIR: '', REDIS_URL: url!, SECRET_KEYS: keys! });
const municipality = (await loadContent({ dir: 'flows' })).municipalities.get('ashiya')!;
const slot = JSON.parse(slotJson!) as Slot;
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const held = await Promise.all(
  Array.from({ length: Number(count) }, (_, i) =>
    inDraft(
      store,
      'ashiya',
      (draft) => holdSlot(draft, { municipality, slot, contact: `${name}-${i}`, id: `${name}-${i}`, now: Date.now() }),
      { tries: 2000 },
    ),
  ),
);
process.stdout.write(`held ${held.filter((one) => !one.taken).length}\n`);
process.stdin.destroy();
await store.close();
