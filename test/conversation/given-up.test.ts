/** What stands of a resident cannot be read any more (a disk, a hand): they are heard nevertheless, danger before anything else. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, openHarness } from './harness.ts';

let h: Harness;
beforeEach(async () => {
  h = await openHarness();
});
afterEach(async () => {
  await h.close();
});

function damage(kind: string): void {
  const db = new DatabaseSync(h.dbPath, { timeout: 1000 });
  db.prepare(
    `UPDATE records SET body = substr(body, 1, length(body) - 1) || x'00'
     WHERE space = (SELECT space FROM spaces WHERE municipality = 'ashiya' AND kind = ?)`,
  ).run(kind);
  db.close();
}

describe.each([['session'], ['contact'], ['ticket']])('a %s that is damaged', (kind) => {
  it('does not keep a crisis from its screen, its ticket and its alert', async () => {
    const r = h.resident();
    await r.follow();
    await r.say('夫に殴られて、こわくて家に帰れません');
    const before = await h.store.counts('ashiya', 'alert', 'open');
    expect(await h.tickets()).toHaveLength(1);
    damage(kind);
    const screen = await r.say('もう死にたい');
    expect(screen.join('\n')).toMatch(/0120|#7119|119|電話/u);
    const alerts = await h.store.list('ashiya', 'alert', 'open', { limit: 9 });
    expect(alerts.length, JSON.stringify(before)).toBe(2);
    expect(alerts.map(({ body }) => body.kind)).toContain('suicide');
  });

  it('does not stand in the way of what they write next', async () => {
    const r = h.resident();
    await r.follow();
    await r.say('夫に殴られて、こわくて家に帰れません');
    damage(kind);
    await r.say('家賃が払えません');
    const screen = await r.say('家賃が払えません');
    expect(screen.join('\n')).not.toContain('こちらの不具合');
    expect(screen.length).toBeGreaterThan(0);
  });
});
