import { describe, expect, it } from 'vitest';
import { auditVerify } from '#cli/audit.ts';
import { chainAudit, writeAudit } from '#handoff/audit.ts';
import { createDraft } from '#store/draft.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { createIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';

describe('tsunagi audit verify', () => {
  it('is content with a whole log, and names the place where a line was removed', async () => {
    const driver = createEmbeddedDriver({ path: ':memory:' });
    const store = createSealedStore({ driver, keyRing: createKeyRing(generateKey('k')) });
    for (let n = 0; n < 3; n++) {
      const draft = createDraft(store, 'ashiya');
      writeAudit(
        draft,
        { at: 1_800_000_000_000 + n, by: 'sato', action: 'ticket.view', subject: `t${n}` },
        createIds(),
      );
      await draft.commit();
    }
    await chainAudit(store, 'ashiya');
    let out = '';
    const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true } };
    const of = { store, municipalities: ['ashiya'] };
    expect(await auditVerify({}, io, of)).toBe(0);
    expect(out).toBe('ashiya: 3行、つながっています\n');
    const rows = await store.list('ashiya', 'audit', 'at', { limit: 10 });
    await store.commit('ashiya', [{ type: 'delete', kind: 'audit', id: rows[1]!.id, revision: 'any' }]);
    out = '';
    expect(await auditVerify({ json: true }, io, of)).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ city: 'ashiya', ok: false, why: 'missing' }]);
    await store.close();
  });
});
